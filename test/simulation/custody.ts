import { Counts } from './counts.js';

/** One process from its start to its end. */
export interface LifeRecord {
  readonly name: string;
  readonly life: number;
  /** How it ended. A `killed` one has lost what it had in memory. */
  end: 'alive' | 'killed' | 'shut down';
  /** What its callers were told to be taken, by item. */
  readonly taken: Counts;
  /** What it was told to be taken, by whom and item. */
  readonly passed: Map<string, Counts>;
  /** When it last passed an item on, as a number of events. */
  readonly passedAt: Map<number, number>;
  /** By its own books: what it held when it ended, and what it had dropped by then. */
  heldAtEnd: number;
  drops: number;
  readonly dropReasons: Set<string>;
  loggedDrops: number;
}

/**
 * Where every item is, seen from the network: who has told whom that it is taken. It knows nothing of what the
 * collectors say of themselves.
 */
export class Custody {
  readonly lives: LifeRecord[] = [];
  /** Items that somebody may send again although somebody has them, and why. */
  readonly mayRepeat: Map<number, string> = new Map();
  #events = 0;

  begin(name: string, life: number, targets: readonly string[]): LifeRecord {
    const passed = new Map(targets.map((target) => [target, new Counts()]));
    const record: LifeRecord = {
      name,
      life,
      end: 'alive',
      taken: new Counts(),
      passed,
      passedAt: new Map(),
      heldAtEnd: 0,
      drops: 0,
      dropReasons: new Set(),
      loggedDrops: 0,
    };
    this.lives.push(record);
    return record;
  }

  /** A moment, for {@link hasPassed}. */
  now(): number {
    return ++this.#events;
  }

  take({ taken }: LifeRecord, items: readonly number[]): void {
    for (const item of items) taken.add(item);
  }

  pass({ passed, passedAt }: LifeRecord, target: string, items: readonly number[]): void {
    const at = this.now();
    for (const item of items) {
      const times = passed.get(target)!.add(item);
      passedAt.set(item, at);
      const isBehind = times > 1 && [...passed.values()].some((counts) => counts.of(item) < times);
      // One branch of a fan-out has it already when it is offered to all of them again.
      if (isBehind) this.repeat([item], 'another branch did not take it');
    }
  }

  /** Whether it has passed the item on since then. */
  hasPassed({ passedAt }: LifeRecord, item: number, since: number): boolean {
    return (passedAt.get(item) ?? 0) > since;
  }

  repeat(items: readonly number[], why: string): void {
    for (const item of items) if (!this.mayRepeat.has(item)) this.mayRepeat.set(item, why);
  }
}

/** Items that it has told its callers to be taken, and that this target has not taken from it. */
export function unpassed({ taken, passed }: LifeRecord, target: string, item: number): number {
  return Math.max(0, taken.of(item) - (passed.get(target)?.of(item) ?? 0));
}

/** Items that are on their way through it to at least one target. */
export function allUnpassed(record: LifeRecord): number {
  let sum = 0;
  for (const item of record.taken.items()) {
    sum += Math.max(...[...record.passed.keys()].map((target) => unpassed(record, target, item)));
  }
  return sum;
}
