import type { Runtime } from '@tributary/component';

/** Finds out which backends there are. */
export interface Resolver {
  /** What `num_backends` and the other metrics call it: `static`, `dns`, `k8s`, or the name of one's own. */
  readonly name: string;
  /**
   * Resolves when the first answer was given or has failed, and goes on until `stop`; called once. `onChange` is told
   * the backends, each once, sorted, whenever they are others than before, from within `start` too; never an empty
   * list because of a failure. A failure is told and keeps what there was. `onAnswer` is told of every answer, whether it
   * changes anything or not. Rejects where it can never work, as `k8s`
   * does outside a cluster.
   */
  start(
    onChange: (backends: readonly string[]) => void,
    onFailure: (error: Error) => void,
    onAnswer: () => void,
  ): Promise<void>;
  /** Tells nothing any more. Safe before `start`, while that is under way, and twice. */
  stop(): void | Promise<void>;
}

/** Makes a resolver; what it needs of the world is in the runtime. */
export type MakeResolver = (runtime: Runtime) => Resolver;
