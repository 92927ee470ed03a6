import { createCollector, imbalances, type Balance } from '@tributary/collector';
import {
  ConsumeError,
  createContext,
  defineExporter,
  defineProcessor,
  type Batch,
  type Clock,
  type ConsumeErrorKind,
  type ProcessorRef,
} from '@tributary/component';
import { forward } from '@tributary/connector-forward';
import { deliver, deliveryShape, type DeliveryConfig } from '@tributary/delivery';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { createMemoryLimiter } from '@tributary/processor-memorylimiter';
import { testReceiver, virtualClock } from '@tributary/testkit';
import { z } from 'zod';
import { numbered, numbersIn } from '../delivery/support.js';

/** How a backend answers one request. */
export interface Answer {
  readonly kind: 'accepted' | 'rejected in part' | ConsumeErrorKind | 'thrown' | 'silence';
  /** Items that are taken although it is no success. */
  readonly taken: number;
  /** 0 is at once. */
  readonly afterMs: number;
  readonly retryAfterMs: number | undefined;
}

export interface Backend {
  /** Used up in order; after the last, everything is accepted. */
  readonly answers: readonly Answer[];
  /** Items in the largest request that it takes. */
  readonly maxItems: number;
  /** Whether it tells how many bytes it takes. */
  readonly tellsLimit: boolean;
  readonly delivery: DeliveryConfig;
}

/** A processor of a pipeline. `filter` removes every fifth item, `gate` and `bug` fail by chance. */
export type Processor =
  | { readonly kind: 'batch'; readonly config: BatchConfig }
  | { readonly kind: 'memory limiter' | 'filter' | 'gate' | 'bug' };

export interface Pipeline {
  readonly processors: readonly Processor[];
  /** Indexes of backends. At least one. */
  readonly exporters: readonly number[];
  /** Exports to the forward connector, too. */
  readonly forwards: boolean;
}

export interface Graph {
  readonly seed: number;
  readonly backends: readonly Backend[];
  /** The first is fed by both receivers, the second by one, the third by the connector. */
  readonly pipelines: readonly [Pipeline, Pipeline, Pipeline];
}

export type Step =
  | { readonly send: number; readonly to: number; readonly leavesMs: number }
  | { readonly waitMs: number }
  | { readonly pressure: boolean }
  | { readonly shutdownMs: number };

/** What a run came to. */
export interface Result {
  /** What was found wrong with the books, at any moment. */
  readonly wrong: ReadonlySet<string>;
  readonly balance: Balance;
  /** Sends that nobody answered. */
  readonly unanswered: number;
  readonly isShutDown: boolean;
  /** Items that the log names as dropped. */
  readonly logged: number;
  /** By source, what its senders know to be taken. */
  readonly acknowledged: readonly (readonly number[])[];
  /** By backend, how often it took which item. */
  readonly taken: readonly ReadonlyMap<number, number>[];
}

/** Makes a small world by chance, runs its steps, and shuts it down. Always the same way for the same input. */
export async function run(graph: Graph, steps: readonly Step[], liar: boolean = false): Promise<Result> {
  const { random, backends } = { random: generator(graph.seed), backends: graph.backends };
  const clock = virtualClock();
  const wrong = new Set<string>();
  const taken = backends.map(() => new Map<number, number>());
  let logged = 0;
  let underPressure = false;
  const look = (when: string): void => {
    for (const line of imbalances(collector.balance())) wrong.add(`${when}: ${line}`);
  };

  function count(backend: number, numbers: readonly number[], by: 1 | -1): void {
    for (const n of numbers) taken[backend]!.set(n, (taken[backend]!.get(n) ?? 0) + by);
  }

  /** Returns how many items it will never take. */
  function end(
    backend: number,
    batch: Batch<'logs'>,
    { kind, taken: part, retryAfterMs }: Answer,
    signal: AbortSignal,
  ): number {
    /** Truthful: an attempt that ends before it hears of this has not been here. */
    function take(backend: number, batch: Batch<'logs'>): void {
      const numbers = numbersIn(batch);
      count(backend, numbers, 1);
      signal.addEventListener('abort', () => count(backend, numbers, -1));
    }

    if (kind === 'thrown') throw new Error('connection reset');
    const first = part > 0 && part < batch.itemCount ? batch.take(part) : undefined;
    if (first !== undefined) take(backend, first);
    if (kind === 'rejected in part' && first !== undefined) return batch.itemCount;
    if (kind === 'accepted' || kind === 'rejected in part') {
      take(backend, batch);
      return 0;
    }
    const rejected = first === undefined ? undefined : batch;
    throw new ConsumeError(kind as ConsumeErrorKind, kind, { rejected, retryAfterMs });
  }

  const next = backends.map(() => 0);
  const oneItem = numbered(1_000).byteLength;
  async function answer(backend: number, batch: Batch<'logs'>, signal: AbortSignal): Promise<number> {
    const { answers, maxItems, tellsLimit } = backends[backend]!;
    if (batch.itemCount > maxItems) {
      const maxBytes = tellsLimit ? oneItem * maxItems : undefined;
      throw new ConsumeError('permanent', 'too large', { tooLarge: { maxBytes } });
    }
    const given = answers[next[backend]!++] ?? accepted;
    if (given.kind === 'silence') return new Promise(() => {});
    if (given.afterMs > 0) await clock.sleep(given.afterMs);
    // Given up: what is said now is not heard.
    return signal.aborted ? 0 : end(backend, batch, given, signal);
  }

  const backend = defineExporter({
    type: 'backend',
    config: z.strictObject({ ...deliveryShape, index: z.int() }),
    logs: (settings) => {
      const { index } = settings.config;
      return deliver<'logs'>(settings, async (batch, { signal }) => {
        look('before an attempt');
        const items = await answer(index, batch, signal);
        if (items > 0) settings.ledger.dropped(items, 'rejected_by_peer');
        look('after an attempt');
      });
    },
  });
  const filter = defineProcessor({
    type: 'filter',
    config: z.strictObject({}),
    logs: () => ({
      process: (logs) => logs.filter((record) => Number(record.body) % 5 !== 0),
    }),
  });
  /** Fails by chance, with a refusal or with an exception. */
  const failing = defineProcessor({
    type: 'failing',
    config: z.strictObject({ isBug: z.boolean() }),
    logs: ({ config, next: to }) => ({
      consume(logs, context) {
        if (random() > 0.3) return to.consume(logs, context);
        if (config.isBug) throw new Error('a bug');
        const kind = (['refused', 'retryable', 'permanent'] as const)[Math.floor(random() * 3)]!;
        throw new ConsumeError(kind, 'the gate is closed', { retryAfterMs: 100 });
      },
    }),
  });
  /** What the checks are there for: says yes and forgets. */
  const forgetful = defineProcessor({
    type: 'forgetful',
    config: z.strictObject({}),
    logs: () => ({ consume() {} }),
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
      case 'gate':
      case 'bug':
        return failing({ isBug: processor.kind === 'bug' });
    }
  }

  const sources = [testReceiver({}, { name: 'one' }), testReceiver({}, { name: 'two' })];
  const exporters = backends.map(({ delivery }, index) =>
    backend({ ...delivery, index }, { name: String(index) }),
  );
  const link = forward();
  const [first, second, third] = graph.pipelines.map(({ processors, exporters: indexes, forwards }) => ({
    processors: [...(liar ? [forgetful()] : []), ...processors.map(processorOf)],
    exporters: [...indexes.map((index) => exporters[index]!), ...(forwards ? [link] : [])],
  }));
  const isForwarded = first!.exporters.includes(link) || second!.exporters.includes(link);
  const collector = createCollector({
    runtime: {
      clock: watched(clock, () => look('after a timer')),
      random,
      logger: {
        debug() {},
        info() {},
        warn() {},
        error(_message, fields) {
          logged += Number(fields?.['dropped_items'] ?? 0);
        },
      },
    },
    pipelines: {
      logs: { receivers: sources, ...first! },
      'logs/second': { receivers: [sources[1]!], ...second! },
      ...(isForwarded && { 'logs/third': { receivers: [link], ...third! } }),
    },
  });
  collector.tap({}, () => look('at an edge'));
  collector.events.on('dropped', () => look('at a drop'));
  collector.events.on('status', () => look('at a status'));
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

  let isShutDown = false;
  function shutDown(graceMs: number): void {
    void collector.shutdown({ graceMs }).then(() => (isShutDown = true));
  }

  const sends: Promise<void>[] = [];
  for (const step of steps) {
    if ('send' in step) sends.push(send(step.send, step.to % sources.length, step.leavesMs));
    else if ('waitMs' in step) await clock.advance(step.waitMs);
    else if ('pressure' in step) underPressure = step.pressure;
    else shutDown(step.shutdownMs);
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
    logged,
    acknowledged,
    taken,
  };
}

const accepted: Answer = { kind: 'accepted', taken: 0, afterMs: 0, retryAfterMs: undefined };

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
