import { totalmem } from 'node:os';
import { memoryInReach, type Component, type Runtime } from '@tributary/component';

/** Memory that the process may use, as far as this collector knows. */
export class Memory {
  readonly #fs: Pick<Runtime['fs'], 'readFile'>;
  #components: () => Iterable<Component> = () => [];

  constructor(fs: Pick<Runtime['fs'], 'readFile'>) {
    this.#fs = fs;
  }

  /** Says where the components are found that may keep it within a limit. */
  askAmong(components: () => Iterable<Component>): void {
    this.#components = components;
  }

  /** Bytes: the least limit of a component, or what the cgroup allows, or what the machine has. */
  async limit(): Promise<number> {
    const limits: number[] = [];
    for (const component of this.#components()) {
      if (component.memoryLimit !== undefined) limits.push(await component.memoryLimit());
    }
    return limits.length > 0 ? Math.min(...limits) : memoryInReach(totalmem(), this.#fs);
  }
}
