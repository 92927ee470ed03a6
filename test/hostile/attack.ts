import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceiverKeys, Victim } from './victim.js';

/** For how long an attacker waits for a server that reads no more. */
const stuckMs = 2000;
const lookMs = 10;

/** How often each thing was heard by the attackers. */
export class Heard {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** All that was heard, without the counts. */
  get kinds(): string[] {
    return [...this.#counts.keys()].sort();
  }

  toString(): string {
    return [...this.#counts].map(([what, times]) => `${what}: ${times}`).join(', ');
  }
}

/** An attack that is under way. */
export interface Siege {
  readonly heard: Heard;
  /** Ends it, with all its connections. */
  lift(): void;
}

/** Something that hostile clients do. */
export interface Attack {
  /** As `docs/security.md` calls it. */
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** How many, in the short and in the long form. */
  readonly short: number;
  readonly long: number;
  /** Keys of the receiver that differ from the defaults. */
  readonly keys?: ReceiverKeys;
  /**
   * Does it so many times. Resolves when all is done and nothing more comes, with the connections that are left
   * open. Rejects where something was heard that should not be.
   */
  lay(victim: Victim, times: number): Promise<Siege>;
}

/** A siege that has left nothing. */
export function over(heard: Heard): Siege {
  return { heard, lift() {} };
}

/** Calls `work` with 0 to `times` - 1, so many at once. */
export async function inParallel(
  times: number,
  atOnce: number,
  work: (n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, times) }, worker));
}

/**
 * Writes, and waits until more may be written. False where the server takes no more, has closed, or has said what
 * the attacker waits for.
 */
export async function push(
  socket: Socket,
  bytes: string | Buffer,
  isOver: () => boolean = () => false,
): Promise<boolean> {
  if (socket.destroyed || isOver()) return false;
  if (socket.write(bytes)) return true;
  await untilOrStuck(() => !socket.writableNeedDrain || socket.destroyed || isOver());
  return !socket.writableNeedDrain && !socket.destroyed && !isOver();
}

/** Whether something comes to be so while an attacker waits. */
export async function untilOrStuck(isSo: () => boolean): Promise<boolean> {
  const endMs = performance.now() + stuckMs;
  while (!isSo()) {
    if (performance.now() > endMs) return false;
    await sleep(lookMs);
  }
  return true;
}
