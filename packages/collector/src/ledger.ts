import type { Clock, DropCause, Ledger, Logger, Timer } from '@tributary/component';
import type { Account } from './books.js';

/** How long drops of one reason are gathered into one line of the log. */
const summaryMs = 10_000;

/** The reason of what a component removes on purpose. */
export const filtered = 'filtered';

/** What components say that they hold, over all of a collector. */
export class HeldBytes {
  readonly #askers = new Set<() => number>();

  /** Returns how to forget it. */
  add(bytes: () => number): () => void {
    // Each call counts, also with a function that was given before.
    const asker = (): number => bytes();
    this.#askers.add(asker);
    return () => void this.#askers.delete(asker);
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
  heldBytes: { add(bytes: () => number): void },
  onDrop: (items: number, reason: string, why?: DropCause) => void,
  onFiltered: (items: number) => void,
): Ledger {
  return {
    created(items) {
      if (account !== undefined) account.created += items;
    },
    absorbed(items) {
      if (account !== undefined) account.absorbed += items;
    },
    dropped(items, reason, why) {
      if (items === 0) return;
      account?.drop(items, reason);
      onDrop(items, reason, why);
    },
    filtered(items) {
      if (items === 0) return;
      account?.drop(items, filtered);
      onFiltered(items);
    },
    held(items, bytes) {
      account?.held.push(orNothing(items));
      if (bytes !== undefined) heldBytes.add(orNothing(bytes));
    },
  };
}

/** Whoever asks must not fail with a component that cannot say: of items, the alarm will tell. */
function orNothing(ask: () => number): () => number {
  return () => {
    try {
      return ask();
    } catch {
      return 0;
    }
  };
}

/** Drops that are gathered for one line. */
interface Gathered {
  readonly message: string;
  readonly reason: string;
  items: number;
  /** Of the last of them. */
  error: string | undefined;
  timer: Timer;
}

/**
 * Logs the drops of one component: the first of a kind at once, what follows in one line per ten
 * seconds. The lines together name every item that was dropped. A kind that comes no more is forgotten.
 */
export class DropLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #open = new Map<string, Gathered>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  add(items: number, reason: string, { message = 'Dropping data.', error }: DropCause = {}): void {
    const kind = `${reason}\n${message}`;
    let gathered = this.#open.get(kind);
    if (gathered !== undefined) {
      gathered.items += items;
      gathered.error = error;
      return;
    }
    gathered = { message, reason, items, error, timer: this.#await(kind) };
    this.#open.set(kind, gathered);
    this.#write(gathered);
  }

  /** Writes what was gathered. For shutdown. */
  flush(): void {
    for (const gathered of this.#open.values()) {
      gathered.timer.stop();
      if (gathered.items > 0) this.#write(gathered);
    }
    this.#open.clear();
  }

  #await(kind: string): Timer {
    return this.#clock.after(summaryMs, () => {
      const gathered = this.#open.get(kind)!;
      if (gathered.items === 0) {
        this.#open.delete(kind);
        return;
      }
      this.#write(gathered);
      gathered.timer = this.#await(kind);
    });
  }

  #write(gathered: Gathered): void {
    const { message, reason, items, error } = gathered;
    gathered.items = 0;
    this.#logger.error(message, { dropped_items: items, reason, ...(error !== undefined && { error }) });
  }
}
