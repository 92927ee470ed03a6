import { ConsumeError, type ConsumeErrorKind } from '@tributary/component';
import type { Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { createCollector, imbalances, type Collector, type DroppedEvent } from '../src/index.js';
import { errorOf, ManualClock, recordingLogger, sink, source, spans } from './support.js';

type Answer = 'accept' | ConsumeErrorKind | 'permanent in part';

function consumeWith(answer: Answer, retryAfterMs?: number): ((traces: Traces) => void) | undefined {
  if (answer === 'accept') return undefined;
  return (traces) => {
    if (answer !== 'permanent in part') throw new ConsumeError(answer, `is ${answer}`, { retryAfterMs });
    throw new ConsumeError('permanent', 'one is bad', { rejected: traces.take(1) });
  };
}

interface Setup {
  readonly from: ReturnType<typeof source>;
  readonly collector: Collector;
  readonly drops: DroppedEvent[];
}

async function fanOut(
  ...branches: (((traces: Traces) => void | Promise<void>) | undefined)[]
): Promise<Setup> {
  const from = source();
  const collector = createCollector({
    runtime: { logger: recordingLogger() },
    pipelines: {
      traces: {
        receivers: [from],
        exporters: branches.map((consume, i) => sink(consume && { consume }, { name: `${i}` })),
      },
    },
  });
  const drops: DroppedEvent[] = [];
  collector.events.on('dropped', (event) => drops.push(event));
  await collector.start();
  return { from, collector, drops };
}

describe('a fan-out', () => {
  const later = (consume: (traces: Traces) => void) => async (traces: Traces) => {
    await Promise.resolve();
    consume(traces);
  };

  it.each<[Answer[], ConsumeErrorKind | 'accepted']>([
    [['accept', 'accept'], 'accepted'],
    [['accept', 'refused'], 'retryable'],
    [['refused', 'refused'], 'retryable'],
    [['accept', 'retryable'], 'retryable'],
    [['permanent', 'retryable'], 'retryable'],
    [['accept', 'permanent'], 'accepted'],
    [['permanent', 'accept', 'permanent'], 'accepted'],
    [['permanent', 'permanent'], 'permanent'],
    [['permanent', 'permanent in part'], 'accepted'],
  ])('makes of %s: %s', async (answers, outcome) => {
    for (const isLate of [false, true]) {
      const branches = answers.map((answer) => consumeWith(answer));
      const { from, collector } = await fanOut(
        ...branches.map((consume) => (consume !== undefined && isLate ? later(consume) : consume)),
      );
      const answer = await Promise.resolve()
        .then(() => from.send(spans('a', 'b', 'c')))
        .then(
          () => 'accepted',
          (error: ConsumeError) => error.kind,
        );
      expect(answer).toBe(outcome);
      expect(imbalances(collector.balance())).toEqual([]);
      await collector.shutdown();
    }
  });

  it('answers at once when all branches do', async () => {
    const { from, collector } = await fanOut(undefined, undefined);
    expect(from.send(spans('a'))).toBeUndefined();
    await collector.shutdown();
  });

  it('calls every branch although an earlier one failed, each with a batch of its own', async () => {
    const names: string[][] = [];
    const take = (traces: Traces): void => {
      names.push([...traces.spans()].map(({ name }) => name));
      for (const span of traces.spans()) span.name = 'changed';
    };
    const { from, collector } = await fanOut(consumeWith('retryable'), take, take);
    await errorOf(() => from.send(spans('a', 'b')));
    expect(names).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    await collector.shutdown();
  });

  it('passes the longest hint and the status on', async () => {
    const status = { code: 14, message: 'away' };
    const { from, collector } = await fanOut(consumeWith('refused', 100), consumeWith('refused', 900), () => {
      throw new ConsumeError('permanent', 'never', {
        retryAfterMs: 5000,
        status: { code: 3, message: 'bad' },
      });
    });
    expect(await errorOf(() => from.send(spans('a')))).toMatchObject({
      message: 'is refused; is refused; never',
      retryAfterMs: 900,
      status: undefined,
    });
    const other = await fanOut(undefined, () => {
      throw new ConsumeError('retryable', 'away', { status });
    });
    expect(await errorOf(() => other.from.send(spans('a')))).toMatchObject({ message: 'away', status });
    await Promise.all([collector.shutdown(), other.collector.shutdown()]);
  });

  it('books what a branch rejects for good beside an acceptance as dropped, and says by whom', async () => {
    const { from, collector, drops } = await fanOut(undefined, consumeWith('permanent in part'));
    await from.send(spans('a', 'b', 'c'));
    const line = collector.balance().components.find(({ kind }) => kind === 'fan-out')!;
    expect(line).toMatchObject({
      component: 'fan-out of traces',
      received: 3,
      created: 3,
      passed: 5,
      held: 0,
    });
    expect([...line.dropped]).toEqual([['rejected_permanently', 1]]);
    expect(drops).toEqual([
      {
        component: 'sink/1',
        kind: 'exporter',
        signal: 'traces',
        pipeline: 'traces',
        items: 1,
        reason: 'rejected_permanently',
      },
    ]);
    await collector.shutdown();
  });

  it('logs such drops at a limited rate, the last sum at the shutdown', async () => {
    const logger = recordingLogger();
    const from = source();
    const clock = new ManualClock();
    const consume = consumeWith('permanent')!;
    const collector = createCollector({
      runtime: { logger, clock },
      pipelines: { traces: { receivers: [from], exporters: [sink(), sink({ consume }, { name: 'b' })] } },
    });
    await collector.start();
    for (let i = 0; i < 3; i++) await from.send(spans('a'));
    await collector.shutdown();
    const errors = logger.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ fields }) => fields['dropped_items'])).toEqual([1, 2]);
    expect(clock.timers).toBe(0);
  });

  it('is not there when there is one branch', async () => {
    const { collector } = await fanOut(undefined);
    expect(collector.balance().edges.map(({ from, to }) => [from, to])).toEqual([['source', 'sink/0']]);
    await collector.shutdown();
  });
});
