import { createCollector, imbalances, type Balance, type CollectorOptions } from '@tributary/collector';
import {
  ConsumeError,
  createContext,
  defineExporter,
  defineProcessor,
  type Clock,
  type ProcessorRef,
} from '@tributary/component';
import { forward } from '@tributary/connector-forward';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { createMemoryLimiter } from '@tributary/processor-memorylimiter';
import { testReceiver, virtualClock } from '@tributary/testkit';
import { z } from 'zod';
import { numbered, numbersIn } from '../delivery/support.js';
import { createBackends, type Backend } from './graph-backends.js';
import { faulty, type Fault } from './graph-faults.js';

/** A processor of a pipeline. `filter` removes every fifth item. */
export type Processor =
  | { readonly kind: 'batch'; readonly config: BatchConfig }
  | { readonly kind: 'faulty'; readonly fault: Fault }
  | { readonly kind: 'memory limiter' | 'filter' };

export interface Pipeline {
  readonly processors: readonly Processor[];
  /** Indexes of backends. At least one. */
  readonly exporters: readonly number[];
  /** Exports to the forward connector, too. */
  readonly forwards: boolean;
}

/** The first is fed by both receivers, the second by one, the third by the connector. */
export type Pipelines = readonly [Pipeline, Pipeline, Pipeline];

export interface Graph {
  readonly seed: number;
  readonly backends: readonly Backend[];
  /** Those that it begins with, and those that reloads put in their place. */
  readonly shapes: readonly [Pipelines, ...Pipelines[]];
}

export type Step =
  | { readonly send: number; readonly to: number; readonly leavesMs: number }
  | { readonly waitMs: number }
  | { readonly pressure: boolean }
  /** `isBroken`: with an exporter that does not start. */
  | { readonly reload: number; readonly isBroken: boolean }
  | { readonly shutdownMs: number };

/** What a run came to. */
export interface Result {
  /** What was found wrong with the books, at any moment, and reloads that ended otherwise than they should. */
  readonly wrong: ReadonlySet<string>;
  readonly balance: Balance;
  /** Sends that nobody answered. */
  readonly unanswered: number;
  readonly isShutDown: boolean;
  /** Whether a reload may have taken something away: then its books are closed. */
  readonly isReloaded: boolean;
  /** Items that were dropped, by reason, as the events tell. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Items that the log names as dropped. */
  readonly logged: number;
  /** By source, what its senders know to be taken. */
  readonly acknowledged: readonly (readonly number[])[];
  /** By backend, how often it took which item. */
  readonly taken: readonly ReadonlyMap<number, number>[];
}

/** Makes a small world by chance, runs its steps, and shuts it down. Always the same way for the same input. */
export async function run(graph: Graph, steps: readonly Step[], liar: boolean = false): Promise<Result> {
  const random = generator(graph.seed);
  const clock = virtualClock();
  const wrong = new Set<string>();
  let logged = 0;
  let underPressure = false;
  const look = (when: string): void => {
    for (const line of imbalances(collector.balance())) wrong.add(`${when}: ${line}`);
  };
  const { exporters, taken } = createBackends(graph.backends, random, clock, look);
  const filter = defineProcessor({
    type: 'filter',
    config: z.strictObject({}),
    logs: () => ({
      process: (logs) => logs.filter((record) => Number(record.body) % 5 !== 0),
    }),
  });
  const failing = defineProcessor({
    type: 'faulty',
    config: z.strictObject({ fault: z.custom<Fault>() }),
    logs: ({ config: { fault }, next }) =>
      faulty(fault, { random, clock, take: (logs, context) => next.consume(logs, context) }),
  });
  /** What the checks are there for: says yes and forgets. */
  const forgetful = defineProcessor({
    type: 'forgetful',
    config: z.strictObject({}),
    logs: () => ({ consume() {} }),
  });
  const broken = defineExporter({
    type: 'broken',
    config: z.strictObject({}),
    logs: () => ({
      consume() {},
      start() {
        throw new Error('does not start');
      },
    }),
  });
  const mib = 2 ** 20;
  const usedBytes = (): number => (underPressure ? 900 : 100) * mib;
  const machine = {
    usedBytes,
    memory: () => ({ usedBytes: usedBytes(), rssBytes: usedBytes() }),
    totalBytes: () => 4096 * mib,
    collectGarbage: () => () => {},
  };
  const limiter = createMemoryLimiter(machine)({ check_interval: '1s', limit_mib: 512 });

  function processorOf(processor: Processor): ProcessorRef<'logs'> {
    switch (processor.kind) {
      case 'batch':
        return batch(processor.config);
      case 'memory limiter':
        return limiter;
      case 'filter':
        return filter();
      case 'faulty':
        return failing({ fault: processor.fault });
    }
  }

  const sources = [testReceiver({}, { name: 'one' }), testReceiver({}, { name: 'two' })];
  const link = forward();
  function pipelinesOf(shape: Pipelines, isBroken: boolean): CollectorOptions['pipelines'] {
    const [first, second, third] = shape.map(({ processors, exporters: indexes, forwards }) => ({
      processors: [...(liar ? [forgetful()] : []), ...processors.map(processorOf)],
      exporters: [...indexes.map((index) => exporters[index]!), ...(forwards ? [link] : [])],
    }));
    const isForwarded = first!.exporters.includes(link) || second!.exporters.includes(link);
    return {
      logs: { receivers: sources, ...first! },
      'logs/second': { receivers: [sources[1]!], ...second! },
      ...(isForwarded && { 'logs/third': { receivers: [link], ...third! } }),
      ...(isBroken && { 'logs/broken': { receivers: sources, exporters: [broken()] } }),
    };
  }

  const collector = createCollector({
    runtime: {
      clock: watched(clock, () => look('after a timer')),
      random,
      logger: {
        debug() {},
        info() {},
        warn() {},
        error(message, fields) {
          if (message === 'The books do not add up.') wrong.add('the alarm rang');
          logged += Number(fields?.['dropped_items'] ?? 0);
        },
      },
    },
    pipelines: pipelinesOf(graph.shapes[0], false),
  });
  const dropped = new Map<string, number>();
  collector.tap({}, () => look('at an edge'));
  collector.events.on('dropped', ({ reason, items }) => {
    dropped.set(reason, (dropped.get(reason) ?? 0) + items);
    look('at a drop');
  });
  collector.events.on('status', () => look('at a status'));
  collector.events.on('reload', () => look('at the end of a reload'));
  await collector.start();

  const acknowledged: number[][] = sources.map(() => []);
  let unanswered = 0;
  let items = 1_000;
  async function send(count: number, to: number, leavesMs: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => items++);
    const caller = new AbortController();
    const patience = clock.after(leavesMs, () => caller.abort());
    unanswered++;
    try {
      await sources[to]!.send(numbered(...numbers), createContext({ signal: () => caller.signal }));
      acknowledged[to]!.push(...numbers);
    } catch (error) {
      if (!ConsumeError.is(error)) throw error;
      const { rejected } = error as ConsumeError<'logs'>;
      if (rejected !== undefined) {
        const kept = new Set(numbersIn(rejected));
        acknowledged[to]!.push(...numbers.filter((number) => !kept.has(number)));
      }
    }
    unanswered--;
    patience.stop();
    look('after an answer');
  }

  let isStopping = false;
  let isShutDown = false;
  function shutDown(graceMs: number): void {
    isStopping = true;
    void collector.shutdown({ graceMs }).then(() => (isShutDown = true));
  }

  let isReloaded = false;
  async function reload(shape: Pipelines, isBroken: boolean): Promise<void> {
    let outcome = 'succeeded';
    // Whatever becomes of it: a shutdown may come when the ways have changed already.
    if (!isBroken) isReloaded = true;
    try {
      await collector.reload({ pipelines: pipelinesOf(shape, isBroken) }, { graceMs: 2_000 });
    } catch (error) {
      outcome = (error as Error).message;
    }
    const isExpected = isBroken ? outcome.includes('does not start') : outcome === 'succeeded';
    if (!isExpected && !isStopping)
      wrong.add(`a reload ${isBroken ? 'of what is broken ' : ''}ended: ${outcome}`);
  }

  const sends: Promise<void>[] = [];
  for (const step of steps) {
    if ('send' in step) sends.push(send(step.send, step.to % sources.length, step.leavesMs));
    else if ('waitMs' in step) await clock.advance(step.waitMs);
    else if ('pressure' in step) underPressure = step.pressure;
    else if ('reload' in step) {
      // Catches everything itself.
      void reload(graph.shapes[step.reload % graph.shapes.length]!, step.isBroken);
    } else shutDown(step.shutdownMs);
    for (let turn = 0; turn < 10; turn++) {
      look('after a turn');
      await Promise.resolve();
    }
  }
  shutDown(60_000);
  await clock.advance('10m');
  const isAnswered = unanswered === 0;
  if (isAnswered) await Promise.all(sends);
  look('at rest');
  return {
    wrong,
    balance: collector.balance(),
    unanswered,
    isShutDown,
    isReloaded,
    dropped,
    logged,
    acknowledged,
    taken,
  };
}

/** Calls `look` after every timer that ran. */
function watched(clock: Clock, look: () => void): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, run) =>
      clock.after(ms, () => {
        run();
        look();
      }),
    every: (ms, run) =>
      clock.every(ms, async () => {
        await run();
        look();
      }),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      look();
    },
  };
}

/** Numbers in [0, 1). */
function generator(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}
