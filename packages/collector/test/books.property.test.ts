import {
  background,
  ConsumeError,
  defineConnector,
  defineExporter,
  defineProcessor,
  defineReceiver,
  type Consumer,
  type Context,
} from '@tributary/component';
import { Logs, Traces } from '@tributary/pdata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assertProperty } from '../../../test/support/property.js';
import { createCollector, imbalances, type CollectorOptions } from '../src/index.js';

/** What waits for the test to say "go on": answers under way. */
class Waits {
  readonly #open: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#open.push(resolve));
  }

  release(index: number): void {
    this.#open.splice(index % Math.max(1, this.#open.length), 1)[0]?.();
  }

  get count(): number {
    return this.#open.length;
  }
}

const honest = [
  'pass',
  'pass later',
  'filter',
  'filter later',
  'add',
  'replace',
  'hold',
  'split',
  'cut',
  'drop',
  'refuse',
  'refuse a part',
  'throw',
] as const;
const liars = ['lose', 'double', 'drop and forget'] as const;
type Behaviour = (typeof honest)[number] | (typeof liars)[number];

/** One run: a small world whose components do what chance says. */
class World {
  readonly waits = new Waits();
  readonly flushes: (() => Promise<void>)[] = [];
  /** What the exporters took, by id: the truth that the books are held against. */
  readonly taken = new Map<string, number>();
  /** How often each exporter was made. */
  readonly made = new Map<string, number>();
  readonly heads: Consumer<'traces'>[] = [];
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  readonly random = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };

  error(rejected?: Traces): ConsumeError {
    const kind = (['refused', 'retryable', 'permanent'] as const)[Math.floor(this.random() * 3)]!;
    const tooLarge = kind === 'permanent' && this.random() < 0.5 ? { maxBytes: 10 } : undefined;
    return new ConsumeError(kind, 'by chance', { rejected, tooLarge });
  }

  readonly receiver = defineReceiver({
    type: 'receiver',
    config: z.strictObject({}),
    traces: ({ next }) => {
      this.heads.push(next);
      return {};
    },
  });

  readonly processor = defineProcessor({
    type: 'processor',
    config: z.strictObject({ behaviour: z.custom<Behaviour>() }),
    traces: ({ config, next, ledger }) => {
      const { waits, random } = this;
      const removeSome = (traces: Traces): void => traces.filter(() => random() < 0.6);
      switch (config.behaviour) {
        case 'pass':
          return { consume: (traces, context) => next.consume(traces, context) };
        case 'pass later':
          return {
            async consume(traces, context) {
              await waits.wait();
              return next.consume(traces, context);
            },
          };
        case 'filter':
          return { process: removeSome };
        case 'filter later':
          return {
            async process(traces) {
              await waits.wait();
              removeSome(traces);
            },
          };
        case 'add':
          return {
            process(traces) {
              traces.addResourceSpans().addScope().add({ name: 'added' });
            },
          };
        case 'replace':
          return { process: () => spans(1 + Math.floor(random() * 4)) };
        case 'hold': {
          const queue: Traces[] = [];
          ledger.held(() => queue.reduce((sum, traces) => sum + traces.itemCount, 0));
          const flush = async (isLast: boolean): Promise<void> => {
            const batch = queue.shift();
            if (batch === undefined) return;
            const copy = batch.clone();
            try {
              await next.consume(batch, background);
            } catch (error) {
              const back = (error as ConsumeError<'traces'>).rejected ?? copy;
              const isLost = isLast || (error as ConsumeError).kind === 'permanent';
              if (isLost) ledger.dropped(back.itemCount, 'lost');
              else queue.push(back);
            }
          };
          this.flushes.push(() => flush(false));
          return {
            consume(traces) {
              queue.push(traces);
            },
            async shutdown() {
              while (queue.length > 0) await flush(true);
            },
          };
        }
        case 'split':
          return {
            async consume(traces, context) {
              while (traces.itemCount > 0) {
                const piece = traces.take(2);
                const copy = piece.clone();
                try {
                  await next.consume(piece, context);
                } catch (error) {
                  const rejected = (error as ConsumeError<'traces'>).rejected ?? copy;
                  rejected.append(traces);
                  throw new ConsumeError((error as ConsumeError).kind, 'split', { rejected });
                }
              }
            },
          };
        case 'cut': {
          // Hands over all of it, and what is too large in two pieces, as who delivers does.
          const passOn = async (traces: Traces, context: Context): Promise<void> => {
            const copy = traces.clone();
            try {
              await next.consume(traces, context);
            } catch (error) {
              const { tooLarge, rejected = copy, kind } = error as ConsumeError<'traces'>;
              if (kind !== 'permanent') throw new ConsumeError(kind, 'cut', { rejected });
              if (tooLarge === undefined || rejected.itemCount < 2) {
                return ledger.dropped(rejected.itemCount, 'too large');
              }
              const first = rejected.take(Math.ceil(rejected.itemCount / 2));
              try {
                await passOn(first, context);
              } catch (failure) {
                const back = (failure as ConsumeError<'traces'>).rejected!;
                back.append(rejected);
                throw new ConsumeError('retryable', 'cut', { rejected: back });
              }
              await passOn(rejected, context);
            }
          };
          return { consume: passOn };
        }
        case 'drop':
          return {
            consume(traces) {
              ledger.dropped(traces.itemCount, 'test');
            },
          };
        case 'refuse':
          return {
            consume: (traces, context) => {
              if (random() < 0.5) throw this.error();
              return next.consume(traces, context);
            },
          };
        case 'refuse a part':
          return {
            consume: async (traces, context) => {
              const rejected = traces.take(1);
              await next.consume(traces, context);
              if (rejected.itemCount > 0) throw this.error(rejected);
            },
          };
        case 'throw':
          return {
            consume: (traces, context) => {
              if (random() < 0.3) throw new Error('a bug');
              return next.consume(traces, context);
            },
          };
        case 'lose':
          return { consume() {} };
        case 'double':
          return {
            async consume(traces, context) {
              await next.consume(traces.clone(), context);
              await next.consume(traces, context);
            },
          };
        case 'drop and forget':
          return {
            consume(traces, context) {
              ledger.dropped(1, 'not true');
              return next.consume(traces, context);
            },
          };
      }
    },
  });

  readonly exporter = defineExporter({
    type: 'exporter',
    config: z.strictObject({ isReliable: z.boolean() }),
    traces: ({ config, id }) => {
      this.#make(id);
      return {
        consume: (traces) => {
          const answer = (): void => {
            if (!config.isReliable && this.random() < 0.5) {
              if (this.random() < 0.2) throw new Error('a bug');
              if (this.random() < 0.5) throw this.error();
              const rejected = traces.take(1);
              this.#take(id, traces.itemCount);
              throw this.error(rejected);
            }
            this.#take(id, traces.itemCount);
          };
          return this.random() < 0.5 ? answer() : this.waits.wait().then(answer);
        },
      };
    },
    logs: ({ id }) => {
      this.#make(id);
      return { consume: (logs) => this.#take(id, logs.itemCount) };
    },
  });

  readonly broken = defineExporter({
    type: 'broken',
    config: z.strictObject({}),
    traces: () => ({
      consume() {},
      start() {
        throw new Error('does not start');
      },
    }),
  });

  readonly connector = defineConnector({
    type: 'connector',
    config: z.strictObject({}),
    traces: {
      traces: ({ next }) => ({
        consume: (traces, context) => {
          if (this.random() < 0.5) return next.consume(traces, context);
          const some = next.pipelines.filter(() => this.random() < 0.5);
          return some.length === 0 ? undefined : next.to(...some).consume(traces, context);
        },
      }),
      logs: ({ next }) => ({
        consume: (traces, context) => {
          const logs = Logs.create();
          logs
            .addResourceLogs()
            .addScope()
            .add({ body: `${traces.itemCount} spans` });
          return next.consume(logs, context);
        },
      }),
    },
  });

  #make(id: string): void {
    this.made.set(id, (this.made.get(id) ?? 0) + 1);
  }

  #take(id: string, items: number): void {
    this.taken.set(id, (this.taken.get(id) ?? 0) + items);
  }
}

function spans(count: number): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (let i = 0; i < count; i++) scope.add({ name: `span ${i}` });
  return traces;
}

interface Shape {
  readonly seed: number;
  readonly processors: readonly (readonly Behaviour[])[];
  readonly exporters: readonly number[];
  readonly isReliable: boolean;
  readonly connector: boolean;
}

function optionsOf(
  world: World,
  { processors, exporters, isReliable, connector }: Shape,
  isBroken: boolean = false,
): CollectorOptions {
  const first = world.receiver();
  const second = world.receiver({}, { name: 'second' });
  const sinks = [0, 1, 2].map((i) => world.exporter({ isReliable }, { name: `${i}` }));
  const link = world.connector();
  const logSink = world.exporter({ isReliable: true }, { name: 'logs' });
  const of = (i: number): ReturnType<World['processor']>[] =>
    (processors[i] ?? []).map((behaviour) => world.processor({ behaviour }));
  return {
    pipelines: {
      traces: {
        receivers: [first, second],
        processors: of(0),
        exporters: [
          ...sinks.slice(0, exporters[0]),
          ...(connector ? [link] : []),
          ...(isBroken ? [world.broken()] : []),
        ],
      },
      'traces/b': { receivers: [first], processors: of(1), exporters: sinks.slice(0, exporters[1]) },
      ...(connector && {
        'traces/c': { receivers: [link], processors: of(2), exporters: sinks.slice(0, exporters[2]) },
        'traces/d': { receivers: [link, second], exporters: [sinks[2]!] },
        logs: { receivers: [link], exporters: [logSink] },
      }),
    },
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

type Step =
  | { readonly send: number; readonly to: number }
  | { readonly release: number }
  | { readonly flush: number }
  | { readonly reload: number; readonly isBroken: boolean }
  | { readonly shutdown: true };

/** Runs the steps and looks at the books whenever anything may have changed. Returns what was found wrong. */
async function run(world: World, shapes: readonly Shape[], steps: readonly Step[]): Promise<Set<string>> {
  const wrong = new Set<string>();
  const runtime = { random: world.random, logger: silent };
  const collector = createCollector({ ...optionsOf(world, shapes[0]!), runtime });
  const look = (when: string) => (): void => {
    for (const line of imbalances(collector.balance())) wrong.add(`${when}: ${line}`);
  };
  collector.tap({}, look('at an edge'));
  collector.events.on('dropped', look('at a drop'));
  collector.events.on('status', look('at a status'));
  await collector.start();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn++) {
      look('after a turn')();
      await Promise.resolve();
    }
  }
  async function send(head: Consumer<'traces'>, items: number): Promise<void> {
    try {
      await head.consume(spans(items), background);
    } catch (error) {
      expect(ConsumeError.is(error)).toBe(true);
    }
  }

  let isShutDown = false;
  let hasEnded = false;
  async function shutDown(): Promise<void> {
    await collector.shutdown();
    hasEnded = true;
  }
  let reloading = 0;
  async function reload(shape: Shape, isBroken: boolean): Promise<void> {
    reloading++;
    const outcome = await collector.reload(optionsOf(world, shape, isBroken)).then(
      () => 'succeeded',
      (error: unknown) => (error as Error).message,
    );
    reloading--;
    const isExpected = isBroken ? outcome.includes('does not start') : outcome === 'succeeded';
    if (!isExpected && !isShutDown)
      wrong.add(`a reload of ${isBroken ? 'what is broken' : 'a shape'}: ${outcome}`);
  }

  const sent: Promise<void>[] = [];
  for (const step of steps) {
    if ('send' in step) sent.push(send(world.heads[step.to % world.heads.length]!, step.send));
    else if ('release' in step) world.waits.release(step.release);
    else if ('reload' in step) void reload(shapes[step.reload % shapes.length]!, step.isBroken);
    else if ('shutdown' in step) {
      isShutDown = true;
      void shutDown();
    } else sent.push(world.flushes[step.flush % Math.max(1, world.flushes.length)]?.() ?? Promise.resolve());
    await settle();
  }
  async function finish(isOver: () => boolean): Promise<void> {
    for (let rounds = 0; !isOver() && rounds < 1000; rounds++) {
      world.waits.release(0);
      await settle();
    }
  }
  await finish(() => world.waits.count + reloading === 0 && hasEnded === isShutDown);
  await Promise.all(sent);
  await settle();

  const { components, edges } = collector.balance();
  for (const { inFlight, from, to } of edges) {
    if (inFlight !== 0) wrong.add(`at rest: ${inFlight} items in flight from ${from} to ${to}`);
  }
  const passed = new Map<string, number>();
  for (const line of components) {
    if (line.kind !== 'exporter') continue;
    passed.set(line.component, (passed.get(line.component) ?? 0) + line.passed);
  }
  for (const [id, items] of passed) {
    // The books of one that has ended are closed.
    if ((world.made.get(id) ?? 0) > 1) continue;
    const truth = world.taken.get(id) ?? 0;
    if (items !== truth) wrong.add(`at rest: ${id} took ${truth} items, the books say ${items}`);
  }
  void shutDown();
  await finish(() => hasEnded);
  if (!hasEnded) wrong.add('the shutdown did not end');
  return wrong;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.nat(),
  processors: fc.array(fc.array(fc.constantFrom(...honest), { maxLength: 4 }), {
    minLength: 3,
    maxLength: 3,
  }),
  exporters: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
  isReliable: fc.boolean(),
  connector: fc.boolean(),
});
const reloadStep: fc.Arbitrary<Step> = fc.record({
  reload: fc.nat(2),
  isBroken: fc.nat(5).map((number) => number === 0),
});
const stepsWith = (
  ...more: readonly { weight: number; arbitrary: fc.Arbitrary<Step> }[]
): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      ...more,
      { weight: 6, arbitrary: fc.record({ send: fc.integer({ min: 0, max: 5 }), to: fc.nat(3) }) },
      { weight: 6, arbitrary: fc.record({ release: fc.nat(10) }) },
      { weight: 4, arbitrary: fc.record({ flush: fc.nat(3) }) },
      // Whatever comes afterwards finds the gates closed.
      { weight: 1, arbitrary: fc.constant({ shutdown: true as const }) },
    ),
    { minLength: 1, maxLength: 12 },
  );

describe('the books', () => {
  it('add up at every moment, whatever honest components do', async () => {
    await assertProperty(
      fc.asyncProperty(shapes, stepsWith(), async (shape, list) => {
        expect([...(await run(new World(shape.seed), [shape], list))]).toEqual([]);
      }),
      0.3,
    );
  });

  it('add up at every moment while the graph changes under them', async () => {
    const several = fc.array(shapes, { minLength: 2, maxLength: 3 });
    await assertProperty(
      fc.asyncProperty(several, stepsWith({ weight: 4, arbitrary: reloadStep }), async (all, list) => {
        expect([...(await run(new World(all[0]!.seed), all, list))]).toEqual([]);
      }),
      0.2,
    );
  });

  it.each(liars)('show a component that lies: %s', async (behaviour) => {
    const shape: Shape = {
      seed: 1,
      processors: [['pass', behaviour], [], []],
      exporters: [1, 1, 1],
      isReliable: true,
      connector: false,
    };
    const wrong = await run(new World(1), [shape], [{ send: 3, to: 0 }]);
    expect([...wrong].filter((line) => line.includes('processor#2'))).not.toEqual([]);
  });
});
