import { defineProcessor, type Ledger } from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { Alarm } from '../src/alarm.js';
import { Books } from '../src/books.js';
import { Edge } from '../src/edge.js';
import { createCollector, imbalances, type Collector, type CollectorOptions } from '../src/index.js';
import { ManualClock, noConfig, recordingLogger, sink, source, spans, type Line } from './support.js';

const wrong = 'The books do not add up.';
const right = 'The books add up again.';

interface Watched {
  readonly collector: Collector;
  readonly clock: ManualClock;
  readonly from: ReturnType<typeof source>;
  readonly ledger: Ledger;
  /** What was logged about the books. */
  readonly lines: () => Line[];
  readonly options: (processors: readonly ReturnType<typeof liar>[]) => CollectorOptions;
}

let ledgerOfLiar!: Ledger;
/** Keeps every second span for itself, and does not say so. */
const liar = defineProcessor({
  type: 'liar',
  config: noConfig,
  traces: ({ ledger, next }) => {
    ledgerOfLiar = ledger;
    return { consume: (traces, context) => next.consume(traces.take(1), context) };
  },
});

async function watched(): Promise<Watched> {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const from = source();
  const to = sink();
  const options: Watched['options'] = (processors) => ({
    pipelines: { traces: { receivers: [from], processors, exporters: [to] } },
  });
  const collector = createCollector({ runtime: { clock, logger }, ...options([liar()]) });
  await collector.start();
  const lines = (): Line[] => logger.lines.filter(({ message }) => message === wrong || message === right);
  return { collector, clock, from, ledger: ledgerOfLiar, lines, options };
}

describe('the alarm', () => {
  it('tells within ten seconds of a component that lost items, with all sums', async () => {
    const { collector, clock, from, lines } = await watched();
    await from.send(spans('a', 'b', 'c'));
    await clock.advance(9_999);
    expect(lines()).toEqual([]);
    await clock.advance(1);
    expect(lines()).toEqual([
      {
        level: 'error',
        message: wrong,
        fields: {
          'otelcol.component.kind': 'processor',
          'otelcol.component.id': 'liar',
          'otelcol.pipeline.id': 'traces',
          'otelcol.signal': 'traces',
          received: 3,
          created: 0,
          passed: 1,
          absorbed: 0,
          dropped: 0,
          held: 0,
          missing: 2,
        },
      },
    ]);
    expect(imbalances(collector.balance())).toHaveLength(1);
    await collector.shutdown();
  });

  it('tells of a line once, however far it goes, again when it adds up, and of the next time', async () => {
    const { collector, clock, from, ledger, lines } = await watched();
    const steps = async (act: () => unknown): Promise<unknown[]> => {
      const before = lines().length;
      await act();
      await clock.advance(10_000);
      return lines()
        .slice(before)
        .map(({ message, fields }) => [message, fields['missing']]);
    };
    expect(await steps(() => from.send(spans('a', 'b')))).toEqual([[wrong, 1]]);
    expect(await steps(() => from.send(spans('a', 'b')))).toEqual([]);
    expect(await steps(() => ledger.dropped(2, 'late')).then(([line]) => line)).toEqual([right, undefined]);
    expect(await steps(() => ledger.dropped(3, 'more'))).toEqual([[wrong, -3]]);
    await collector.shutdown();
  });

  it('tells of what happened last when the collector is shut down, and looks no more', async () => {
    const { collector, clock, from, lines } = await watched();
    await from.send(spans('a', 'b'));
    await collector.shutdown();
    expect(lines().map(({ message }) => message)).toEqual([wrong]);
    expect(clock.timers).toBe(0);
  });

  it('tells of a component whose books a reload closes', async () => {
    const { collector, from, lines, options } = await watched();
    await from.send(spans('a', 'b'));
    await collector.reload(options([]));
    expect(lines().map(({ fields }) => fields['missing'])).toEqual([1]);
    expect(imbalances(collector.balance())).toEqual([]);
    await collector.shutdown();
    expect(lines()).toHaveLength(1);
  });

  it('is silent while everything adds up', async () => {
    const { collector, clock, from, ledger, lines } = await watched();
    await from.send(spans('a', 'b'));
    ledger.dropped(1, 'test');
    await clock.advance(60_000);
    await collector.shutdown();
    expect(lines()).toEqual([]);
  });

  it('rings for a component that cannot say what it holds, which harms nobody', async () => {
    const { collector, clock, from, ledger, lines } = await watched();
    ledger.held(
      () => {
        throw new Error('a bug');
      },
      () => {
        throw new Error('a bug');
      },
    );
    await from.send(spans('a', 'b'));
    await clock.advance(10_000);
    expect(lines().map(({ fields }) => fields['missing'])).toEqual([1]);
    await collector.shutdown();
  });

  it('tells of an edge', () => {
    const books = new Books();
    const logger = recordingLogger();
    const alarm = new Alarm(books, { logger, clock: new ManualClock() });
    const holder = { pipeline: 'traces', signal: 'traces', role: 'sink' } as const;
    const from = books.open({ ...holder, component: 'from', kind: 'receiver', role: 'source' });
    const account = books.open({ ...holder, component: 'to', kind: 'exporter' });
    const health = { isAiling: false, fail() {}, recover() {} };
    const target = { account, consumer: { consume() {} }, admits: undefined, closed: undefined, health };
    const edge = books.enter(new Edge(from, target, 'traces'));
    alarm.look();
    expect(logger.lines).toEqual([]);
    edge.offered += 3;
    alarm.look();
    expect(alarm.count).toBe(1);
    expect(logger.lines).toMatchObject([
      { level: 'error', message: wrong, fields: { from: 'from', to: 'to', offered: 3, missing: 3 } },
    ]);
  });
});

it('nobody is told of a batch that is under way', async () => {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const from = source();
  let answer!: () => void;
  const consume = (): Promise<void> => new Promise((resolve) => (answer = resolve));
  await using collector = createCollector({
    runtime: { clock, logger },
    pipelines: { traces: { receivers: [from], exporters: [sink({ consume })] } },
  });
  await collector.start();
  const sent = from.send(Traces.from(spans('a').toBytes()));
  await clock.advance(30_000);
  answer();
  await sent;
  await clock.advance(30_000);
  expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
