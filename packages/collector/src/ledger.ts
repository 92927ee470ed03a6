import type { Clock, Ledger, Logger, Timer } from '@tributary/component';
import type { Account } from './books.js';

/** How long drops of one reason are gathered into one line of the log. */
const summaryMs = 10_000;

/** What components say that they hold, over all of a collector. */
export class HeldBytes {
  readonly #askers: (() => number)[] = [];

  add(bytes: () => number): void {
    this.#askers.push(bytes);
  }

  total(): number {
    let total = 0;
    for (const bytes of this.#askers) total += bytes();
    return total;
  }
}

/**
 * The ledger of one component. Without an account (what parts share, extensions)
 * only drops are told and held bytes counted: items are the business of the parts.
 */
export function createLedger(
  account: Account | undefined,
  heldBytes: HeldBytes,
  onDrop: (items: number, reason: string) => void,
): Ledger {
  return {
    created(items) {
      if (account !== undefined) account.created += items;
    },
    absorbed(items) {
      if (account !== undefined) account.absorbed += items;
    },
    dropped(items, reason) {
      if (items === 0) return;
      account?.drop(items, reason);
      onDrop(items, reason);
    },
    held(items, bytes) {
      account?.held.push(items);
      if (bytes !== undefined) heldBytes.add(bytes);
    },
  };
}

/**
 * Logs the drops of one component: the first of a reason at once, what follows in
 * one line per ten seconds. A reason that comes no more is forgotten.
 */
export class DropLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #open = new Map<string, { items: number; timer: Timer }>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  add(items: number, reason: string): void {
    const open = this.#open.get(reason);
    if (open !== undefined) {
      open.items += items;
      return;
    }
    this.#write(items, reason);
    this.#open.set(reason, { items: 0, timer: this.#await(reason) });
  }

  /** Writes what was gathered. For shutdown. */
  flush(): void {
    for (const [reason, { items, timer }] of this.#open) {
      timer.stop();
      if (items > 0) this.#write(items, reason);
    }
    this.#open.clear();
  }

  #await(reason: string): Timer {
    return this.#clock.after(summaryMs, () => {
      const { items } = this.#open.get(reason)!;
      if (items === 0) {
        this.#open.delete(reason);
        return;
      }
      this.#write(items, reason);
      this.#open.set(reason, { items: 0, timer: this.#await(reason) });
    });
  }

  #write(items: number, reason: string): void {
    this.#logger.warn('dropped items', { items, reason });
  }
}
