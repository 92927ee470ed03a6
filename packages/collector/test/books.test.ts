import {
  background,
  ConsumeError,
  defineConnector,
  defineProcessor,
  defineReceiver,
  type Ledger,
} from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { metrics, type Attributes, type Meter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  createCollector,
  imbalances,
  type BalanceLine,
  type Collector,
  type DroppedEvent,
} from '../src/index.js';
import { errorOf, ManualClock, noConfig, recordingLogger, sink, source, spans } from './support.js';

const filter = defineProcessor({
  type: 'keep',
  config: noConfig,
  traces: () => ({ process: (traces) => traces.filter(({ name }) => name === 'keep') }),
});

const line = (collector: Collector, component: string): BalanceLine =>
  collector.balance().components.find((found) => found.component === component)!;

describe('the short form of a processor', () => {
  it('has what it removed counted as dropped', async () => {
    const from = source();
    const to = sink();
    const drops: DroppedEvent[] = [];
    await using collector = createCollector({
      pipelines: { traces: { receivers: [from], processors: [filter()], exporters: [to] } },
    });
    collector.events.on('dropped', (event) => drops.push(event));
    await collector.start();
    await from.send(spans('keep', 'a', 'b'));
    expect(to.names).toEqual(['keep']);
    expect(line(collector, 'keep')).toMatchObject({
      received: 3,
      passed: 1,
      dropped: new Map([['filtered', 2]]),
    });
    expect(drops).toEqual([
      {
        component: 'keep',
        kind: 'processor',
        signal: 'traces',
        pipeline: 'traces',
        items: 2,
        reason: 'filtered',
      },
    ]);
  });

  it('does not trouble the next one with nothing', async () => {
    const from = source();
    let calls = 0;
    await using collector = createCollector({
      pipelines: {
        traces: {
          receivers: [from],
          processors: [filter()],
          exporters: [sink({ consume: () => void calls++ })],
        },
      },
    });
    await collector.start();
    await from.send(spans('a'));
    expect(calls).toBe(0);
    expect(line(collector, 'keep').dropped).toEqual(new Map([['filtered', 1]]));
  });

  it('drops nothing when the rest is refused: the caller still has all of it', async () => {
    const from = source();
    const consume = (): never => {
      throw new ConsumeError('refused', 'full');
    };
    await using collector = createCollector({
      pipelines: { traces: { receivers: [from], processors: [filter()], exporters: [sink({ consume })] } },
    });
    await collector.start();
    await errorOf(() => from.send(spans('keep', 'a')));
    expect(line(collector, 'keep')).toMatchObject({ received: 0, passed: 0, dropped: new Map() });
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it.each([
    ['at once', (traces: Traces): Traces => traces],
    ['later', (traces: Traces): Promise<Traces> => Promise.resolve(traces)],
  ])('may return another batch %s; what is more than before was created', async (_, answer) => {
    const widen = defineProcessor({
      type: 'widen',
      config: noConfig,
      traces: () => ({ process: () => answer(spans('x', 'y', 'z')) }),
    });
    const from = source();
    const to = sink();
    await using collector = createCollector({
      pipelines: { traces: { receivers: [from], processors: [widen()], exporters: [to] } },
    });
    await collector.start();
    await from.send(spans('a'));
    expect(to.names).toEqual(['x', 'y', 'z']);
    expect(line(collector, 'widen')).toMatchObject({ received: 1, created: 2, passed: 3 });
  });
});

describe('the ledger', () => {
  async function withLedger(): Promise<{
    ledger: Ledger;
    collector: Collector;
    clock: ManualClock;
    lines: () => unknown[];
  }> {
    let ledger!: Ledger;
    const holder = defineProcessor({
      type: 'holder',
      config: noConfig,
      traces: (settings) => {
        ledger = settings.ledger;
        return { process() {} };
      },
    });
    const clock = new ManualClock();
    const logger = recordingLogger();
    const collector = createCollector({
      runtime: { clock, logger },
      pipelines: { traces: { receivers: [source()], processors: [holder()], exporters: [sink()] } },
    });
    await collector.start();
    const lines = (): unknown[] =>
      logger.lines
        .filter(({ fields }) => 'dropped_items' in fields)
        .map(({ fields: { dropped_items: items, reason } }) => [items, reason]);
    return { ledger, collector, clock, lines };
  }

  it('logs the first drop of a reason, then one sum per ten seconds', async () => {
    const { ledger, collector, clock, lines } = await withLedger();
    const idle = clock.timers;
    ledger.dropped(1, 'full');
    ledger.dropped(2, 'full');
    ledger.dropped(3, 'full');
    ledger.dropped(7, 'late');
    expect(lines()).toEqual([
      [1, 'full'],
      [7, 'late'],
    ]);
    await clock.advance(10_000);
    expect(lines().slice(2)).toEqual([[5, 'full']]);
    ledger.dropped(4, 'full');
    await clock.advance(9_999);
    expect(lines()).toHaveLength(3);
    await clock.advance(1);
    expect(lines().slice(3)).toEqual([[4, 'full']]);
    await clock.advance(20_000);
    expect(clock.timers).toBe(idle);
    ledger.dropped(9, 'full');
    expect(lines().slice(4)).toEqual([[9, 'full']]);
    ledger.dropped(1, 'full');
    await collector.shutdown();
    expect(lines().slice(5)).toEqual([[1, 'full']]);
    expect(line(collector, 'holder').dropped).toEqual(
      new Map([
        ['full', 20],
        ['late', 7],
      ]),
    );
    expect(clock.timers).toBe(0);
  });

  it('says nothing of nothing', async () => {
    const { ledger, collector, lines } = await withLedger();
    ledger.dropped(0, 'full');
    expect(lines()).toEqual([]);
    await collector.shutdown();
  });

  it('is asked for what is held at the moment of the balance', async () => {
    const { ledger, collector } = await withLedger();
    let held = 5;
    ledger.created(5);
    ledger.held(() => held);
    expect(line(collector, 'holder')).toMatchObject({ created: 5, held: 5 });
    held = 0;
    ledger.absorbed(5);
    expect(line(collector, 'holder')).toMatchObject({ absorbed: 5, held: 0 });
    expect(imbalances(collector.balance())).toEqual([]);
    await collector.shutdown();
  });
});

it('a long form that adds items tells before it passes them on, and takes it back after a refusal', async () => {
  let isFull = true;
  const adding = defineProcessor({
    type: 'adding',
    config: noConfig,
    traces: ({ ledger, next }) => ({
      async consume(traces, context) {
        traces.append(spans('added'));
        ledger.created(1);
        try {
          await next.consume(traces, context);
        } catch (error) {
          ledger.created(-1);
          throw error;
        }
      },
    }),
  });
  const from = source();
  const consume = (): void => {
    expect(imbalances(collector.balance())).toEqual([]);
    if (isFull) throw new ConsumeError('refused', 'full');
  };
  await using collector = createCollector({
    pipelines: { traces: { receivers: [from], processors: [adding()], exporters: [sink({ consume })] } },
  });
  await collector.start();
  await errorOf(() => from.send(spans('a')));
  expect(line(collector, 'adding')).toMatchObject({ received: 0, created: 0, passed: 0 });
  isFull = false;
  await from.send(spans('a'));
  expect(line(collector, 'adding')).toMatchObject({ received: 1, created: 1, passed: 2 });
  expect(imbalances(collector.balance())).toEqual([]);
});

describe('connectors', () => {
  const route = defineConnector({
    type: 'route',
    config: noConfig,
    traces: {
      traces: ({ next }) => ({
        consume(traces, context) {
          const [first] = traces.spans();
          return next.to(...first!.name.split(' ')).consume(traces, context);
        },
      }),
    },
  });

  it('choose the pipelines that a batch goes to, and are told of names that are none', async () => {
    const from = source();
    const link = route();
    const a = sink({}, { name: 'a' });
    const b = sink({}, { name: 'b' });
    await using collector = createCollector({
      runtime: { logger: recordingLogger() },
      pipelines: {
        traces: { receivers: [from], exporters: [link] },
        'traces/a': { receivers: [link], exporters: [a] },
        'traces/b': { receivers: [link], exporters: [b] },
      },
    });
    await collector.start();
    let tapped = 0;
    collector.tap({ from: 'route' }, (batch) => (tapped += batch.itemCount));
    await from.send(spans('traces/a'));
    expect(tapped).toBe(1);
    const ways = collector.balance().edges.length;
    await from.send(spans('traces/a'));
    expect(collector.balance().edges).toHaveLength(ways);
    await from.send(spans('traces/b traces/a'));
    expect(a.names).toEqual(['traces/a', 'traces/a', 'traces/b traces/a']);
    expect(b.names).toEqual(['traces/b traces/a']);
    const error = await errorOf(() => from.send(spans('traces/c')));
    expect(error.message).toContain('missing consumer: "traces/c"; there are traces/a, traces/b');
    expect(imbalances(collector.balance())).toEqual([]);
    const lines = collector.balance().components.filter(({ kind }) => kind === 'connector');
    expect(lines).toMatchObject([
      { pipeline: 'traces', received: 3, absorbed: 3, passed: 0 },
      { pipeline: 'traces/a, traces/b', received: 0, created: 3, passed: 3 },
    ]);
  });

  it('answer admit for themselves alone', async () => {
    const from = source();
    const link = route();
    await using collector = createCollector({
      pipelines: {
        traces: { receivers: [from], exporters: [link] },
        'traces/a': { receivers: [link], exporters: [sink({ admit: () => ({ retryAfterMs: 9 }) })] },
      },
    });
    await collector.start();
    expect(from.admit(1)).toBeUndefined();
  });
});

describe('a timer of a component', () => {
  it('that throws shows in status and log, and ends nothing', async () => {
    const clock = new ManualClock();
    const logger = recordingLogger();
    let isBroken = true;
    const ticker = defineProcessor({
      type: 'ticker',
      config: noConfig,
      traces: (settings) => {
        const timer = settings.clock.every(1000, () => {
          if (isBroken) throw new Error('a bug');
        });
        settings.clock.after(1, () => {
          throw new Error('another');
        });
        return { process() {}, shutdown: () => timer.stop() };
      },
    });
    await using collector = createCollector({
      runtime: { clock, logger },
      pipelines: { traces: { receivers: [source()], processors: [ticker()], exporters: [sink()] } },
    });
    const statuses: string[] = [];
    await collector.start();
    collector.events.on('status', ({ status }) => statuses.push(status));
    await clock.advance(1000);
    isBroken = false;
    await clock.advance(1000);
    expect(statuses).toEqual(['recoverable_error', 'recoverable_error', 'ok']);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

describe('a meter', () => {
  it('puts the name of the component on everything', async () => {
    const recorded: unknown[] = [];
    const note = (value: number, attributes?: Attributes): unknown => recorded.push([value, attributes]);
    const meter = Object.assign(Object.create(metrics.getMeter('none')) as Meter, {
      createCounter: () => ({ add: note }),
      createHistogram: () => ({ record: note }),
      createObservableGauge: () => ({
        addCallback: (callback: (result: { observe: typeof note }) => void) => callback({ observe: note }),
        removeCallback() {},
      }),
    }) as Meter;
    const counting = defineProcessor({
      type: 'counting',
      config: noConfig,
      traces: (settings) => {
        settings.meter.createCounter('c').add(1);
        settings.meter.createHistogram('h').record(2, { own: true });
        settings.meter.createObservableGauge('g').addCallback((result) => result.observe(3));
        return { process() {} };
      },
    });
    await using _ = createCollector({
      runtime: { meterProvider: { getMeter: () => meter } },
      pipelines: {
        traces: { receivers: [source()], processors: [counting({}, { name: 'x' })], exporters: [sink()] },
      },
    });
    expect(recorded).toEqual([
      [1, { processor: 'counting/x' }],
      [2, { processor: 'counting/x', own: true }],
      [3, { processor: 'counting/x' }],
    ]);
  });
});

it('a source that says what it creates is held to it', async () => {
  let ledger!: Ledger;
  const scraper = defineReceiver({
    type: 'scraper',
    config: noConfig,
    traces: ({ next, ledger: given }) => {
      ledger = given;
      return { start: () => next.consume(spans('a', 'b'), background) };
    },
  });
  await using collector = createCollector({
    runtime: { logger: recordingLogger() },
    pipelines: { traces: { receivers: [scraper()], exporters: [sink()] } },
  });
  await collector.start();
  expect(line(collector, 'scraper')).toMatchObject({ created: 2, passed: 2 });
  ledger.created(3);
  expect(imbalances(collector.balance())).toEqual([
    'receiver "scraper" in traces (traces): received 0 + created 3 is not passed 2 + absorbed 0 + dropped 0 + held 0: 1 items are lost',
  ]);
});
