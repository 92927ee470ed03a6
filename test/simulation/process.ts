import { createCollector, imbalances, type Collector, type Pipelines } from '@tributary/collector';
import type { Clock, Logger } from '@tributary/component';
import type { Machine } from '@tributary/processor-memorylimiter';
import type { Transport } from '@tributary/transport';
import { allUnpassed, type Custody, type LifeRecord } from './custody.js';
import { lifeClock, type LifeClock } from './life-clock.js';
import type { Death, Host } from './network.js';

/** What a process stands in. */
export interface Surroundings {
  readonly clock: Clock;
  /** Another chance for each process. */
  readonly random: () => () => number;
  readonly custody: Custody;
  /** What happened. */
  readonly log: (line: string) => void;
  /** What must not happen. */
  readonly complain: (problem: string) => void;
}

/** What a program finds when it starts. */
export interface Outside {
  readonly transport: Transport;
  readonly machine: Machine;
  readonly record: LifeRecord;
}

/** What runs in a process: the pipelines of a collector. */
export type Program = (outside: Outside) => Pipelines;

interface Life {
  readonly record: LifeRecord;
  readonly clock: LifeClock;
  readonly collector: Collector;
}

const mib = 2 ** 20;
/** Of which a memory limiter is told. */
export const memoryLimitMib = 512;

/** A collector that may be killed, stopped and started again. Its books are looked at after everything that happens to it. */
export class Process {
  readonly name: string;
  memoryIsShort = false;
  readonly #host: Host;
  readonly #targets: readonly string[];
  readonly #program: Program;
  readonly #around: Surroundings;
  #life: Life | undefined;

  constructor(host: Host, targets: readonly string[], program: Program, around: Surroundings) {
    this.name = host.name;
    this.#host = host;
    this.#targets = targets;
    this.#program = program;
    this.#around = around;
  }

  get record(): LifeRecord | undefined {
    return this.#life?.record;
  }

  /** Items that it answers for, by its own books. */
  get heldItems(): number {
    return this.#life === undefined ? 0 : heldIn(this.#life.collector);
  }

  /** Looks at the books. */
  look(): void {
    if (this.#life === undefined) return;
    for (const line of imbalances(this.#life.collector.balance())) this.#complain(line);
  }

  async start(): Promise<void> {
    const { clock: time, custody, log } = this.#around;
    const host = this.#host;
    const record = custody.begin(this.name, host.life, this.#targets);
    const look = (): void => {
      if (this.#life?.record === record) this.look();
    };
    const clock = lifeClock(time, look);
    const outside: Outside = { transport: host.transport(), machine: this.#machine(), record };
    const collector = createCollector({
      pipelines: this.#program(outside),
      runtime: { clock, random: this.#around.random(), logger: this.#logger(record) },
    });
    collector.tap({}, look);
    collector.events.on('dropped', look);
    collector.events.on('status', look);
    this.#life = { record, clock, collector };
    host.revive();
    log(`${this.name} starts, process ${host.life}`);
    await collector.start();
  }

  /** At once, and with all that was in memory. */
  kill(death: Death): void {
    const life = this.#end('killed');
    if (life === undefined) return;
    const { record, clock } = life;
    this.#around.log(`${this.name} is killed, its ${death}, with ${record.heldAtEnd} items in memory`);
    const unpassed = allUnpassed(record);
    const answeredFor = record.heldAtEnd + record.drops;
    if (unpassed > answeredFor) {
      this.#complain(`answered for ${answeredFor} items when it was killed, and had taken on ${unpassed}`);
    }
    clock.kill();
    this.#host.die(death);
  }

  async stop(graceMs: number): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#around.log(`${this.name} is to stop within ${graceMs} ms`);
    await life.collector.shutdown({ graceMs });
    if (this.#end('shut down') === undefined) return;
    const { record, clock } = life;
    this.#around.log(`${this.name} has stopped, and dropped ${record.drops} items`);
    if (record.heldAtEnd > 0) this.#complain(`holds ${record.heldAtEnd} items after its shutdown`);
    if (record.loggedDrops !== record.drops) {
      this.#complain(`dropped ${record.drops} items, and ${record.loggedDrops} by its log`);
    }
    if (clock.pending > 0) this.#complain(`left ${clock.pending} timers behind its shutdown`);
    this.#host.die('process');
  }

  #end(end: 'killed' | 'shut down'): Life | undefined {
    const life = this.#life;
    if (life === undefined) return undefined;
    this.look();
    const { record, collector } = life;
    record.end = end;
    record.heldAtEnd = heldIn(collector);
    for (const { dropped } of collector.balance().components) {
      for (const [reason, items] of dropped) {
        record.drops += items;
        record.dropReasons.add(reason);
      }
    }
    this.#life = undefined;
    return life;
  }

  #machine(): Machine {
    const usedBytes = (): number => (this.memoryIsShort ? 2 : 0.2) * memoryLimitMib * mib;
    return {
      memory: () => ({ usedBytes: usedBytes(), rssBytes: usedBytes() }),
      totalBytes: () => 8 * memoryLimitMib * mib,
      collectGarbage: () => undefined,
    };
  }

  /** Of errors a log may tell of what is dropped, and of what is refused to its sender. */
  #logger(record: LifeRecord): Logger {
    return {
      debug() {},
      info() {},
      warn() {},
      error: (message, fields = {}) => {
        const { dropped_items: dropped, rejected_items: rejected, error } = fields;
        if (dropped !== undefined) record.loggedDrops += Number(dropped);
        else if (rejected === undefined) this.#complain(`logged "${message}" ${String(error)}`);
      },
    };
  }

  #complain(problem: string): void {
    this.#around.complain(`${this.name}: ${problem}`);
  }
}

function heldIn(collector: Collector): number {
  let held = 0;
  for (const line of collector.balance().components) held += line.held;
  return held;
}
