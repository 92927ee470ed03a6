import { background, ConsumeError, defineProcessor } from '@tributary/component';
import type { Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { createCollector, imbalances, type Collector } from '../src/index.js';
import { errorOf, noConfig, recordingLogger, sink, source, spans } from './support.js';

const passOn = defineProcessor({
  type: 'pass',
  config: noConfig,
  traces: ({ next }) => ({ consume: (traces, context) => next.consume(traces, context) }),
});

async function started(
  from: ReturnType<typeof source>,
  processors: ReturnType<typeof passOn>[],
  ...exporters: ReturnType<typeof sink>[]
): Promise<Collector> {
  const collector = createCollector({
    runtime: { logger: recordingLogger() },
    pipelines: { traces: { receivers: [from], processors, exporters } },
  });
  await collector.start();
  return collector;
}

const edge = (collector: Collector, to: string): object => {
  const { offered, accepted, refused, inFlight } = collector.balance().edges.find((line) => line.to === to)!;
  return { offered, accepted, refused, inFlight };
};

describe('an edge', () => {
  it('answers at once when the consumer does', async () => {
    const from = source();
    await using _ = await started(from, [passOn()], sink());
    expect(from.send(spans('a'))).toBeUndefined();
  });

  it('takes the batch away from the caller, and from the views he kept', async () => {
    const from = source();
    const to = sink();
    await using _ = await started(from, [], to);
    const traces = spans('a');
    const [span] = traces.spans();
    await from.send(traces);
    expect(traces.itemCount).toBe(0);
    expect(() => span!.attributes.set('late', true)).toThrow('this batch was handed on');
    expect(to.names).toEqual(['a']);
  });

  it('counts what is under way until the answer comes', async () => {
    let answer!: () => void;
    const from = source();
    await using collector = await started(
      from,
      [],
      sink({ consume: () => new Promise((resolve) => (answer = resolve)) }),
    );
    const sent = from.send(spans('a', 'b'));
    expect(edge(collector, 'sink')).toEqual({ offered: 2, accepted: 0, refused: 0, inFlight: 2 });
    answer();
    await sent;
    expect(edge(collector, 'sink')).toEqual({ offered: 2, accepted: 2, refused: 0, inFlight: 0 });
  });

  it('tells the direct caller which part was not taken, and books the rest as accepted', async () => {
    const from = source();
    const consume = (traces: Traces): void => {
      throw new ConsumeError('retryable', 'half', { rejected: traces.take(1) });
    };
    await using collector = await started(from, [], sink({ consume }));
    const error = await errorOf(() => from.send(spans('a', 'b', 'c')));
    expect([...error.rejected!.spans()].map(({ name }) => name)).toEqual(['a']);
    expect(edge(collector, 'sink')).toEqual({ offered: 3, accepted: 2, refused: 1, inFlight: 0 });
  });

  it('removes the part from an error that a component lets pass, and keeps the rest of it', async () => {
    const from = source();
    const status = { code: 8, message: 'quota' };
    const consume = (traces: Traces): void => {
      const rejected = traces.take(1);
      throw new ConsumeError('retryable', 'half', { rejected, retryAfterMs: 70, status, cause: 'why' });
    };
    await using collector = await started(from, [passOn()], sink({ consume }));
    const error = await errorOf(() => from.send(spans('a', 'b', 'c')));
    expect(error).toMatchObject({
      kind: 'retryable',
      message: 'half',
      rejected: undefined,
      retryAfterMs: 70,
      status,
      cause: 'why',
    });
    expect(edge(collector, 'pass')).toEqual({ offered: 3, accepted: 0, refused: 3, inFlight: 0 });
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it.each([
    [
      'thrown',
      (): void => {
        throw new Error('a bug');
      },
    ],
    ['rejected', (): Promise<void> => Promise.reject(new Error('a bug'))],
  ])('makes a permanent error of a bug that was %s, and stays up', async (_, consume) => {
    const logger = recordingLogger();
    const from = source();
    const statuses: string[] = [];
    let isBroken = true;
    await using collector = createCollector({
      runtime: { logger },
      pipelines: {
        traces: {
          receivers: [from],
          exporters: [sink({ consume: () => (isBroken ? consume() : undefined) })],
        },
      },
    });
    await collector.start();
    collector.events.on('status', ({ status }) => statuses.push(status));
    const error = await errorOf(() => from.send(spans('a')));
    expect(error.kind).toBe('permanent');
    expect(error.message).toBe('internal error in exporter "sink": a bug');
    expect((error.cause as Error).message).toBe('a bug');
    expect(logger.lines.find(({ level }) => level === 'error')!.fields).toMatchObject({
      'otelcol.component.kind': 'exporter',
      'otelcol.component.id': 'sink',
      'otelcol.signal': 'traces',
    });
    expect(edge(collector, 'sink')).toEqual({ offered: 1, accepted: 0, refused: 1, inFlight: 0 });
    isBroken = false;
    await from.send(spans('b'));
    expect(statuses).toEqual(['recoverable_error', 'ok']);
  });

  it('passes a batch without items on like any other', async () => {
    const from = source();
    let calls = 0;
    await using collector = await started(from, [passOn()], sink({ consume: () => void calls++ }));
    await from.send(spans());
    expect(calls).toBe(1);
    expect(edge(collector, 'sink')).toEqual({ offered: 0, accepted: 0, refused: 0, inFlight: 0 });
  });

  it('takes what an arrow function happens to return for an acceptance', async () => {
    const from = source();
    const list: Traces[] = [];
    await using _ = await started(from, [], sink({ consume: (traces) => list.push(traces) as never }));
    expect(from.send(spans('a'))).toBeUndefined();
  });

  it.each(['before the start', 'after the shutdown'])('refuses %s', async (when) => {
    const from = source();
    const to = sink();
    const collector = createCollector({ pipelines: { traces: { receivers: [from], exporters: [to] } } });
    if (when === 'after the shutdown') {
      await collector.start();
      await collector.shutdown();
    }
    const error = await errorOf(() => from.send(spans('a')));
    expect(error).toMatchObject({ kind: 'refused', retryAfterMs: 1000 });
    expect(from.admit()).toEqual({ retryAfterMs: 1000 });
    expect(to.names).toEqual([]);
    expect(edge(collector, 'sink')).toEqual({ offered: 1, accepted: 0, refused: 1, inFlight: 0 });
    await collector.shutdown();
  });

  it('hands over the very context', async () => {
    const from = source();
    const context = background.with({ client: { address: '::1', metadata: new Map() } });
    let seen: unknown;
    await using _ = await started(
      from,
      [passOn()],
      sink({ consume: (_batch, given) => void (seen = given) }),
    );
    await from.send(spans('a'), context);
    expect(seen).toBe(context);
  });
});

describe('a tap', () => {
  it('sees the batches of the edges it names, until it is taken off', async () => {
    const from = source();
    await using collector = await started(from, [passOn()], sink());
    const seen: string[] = [];
    const off = collector.tap({ to: 'sink' }, (batch, _context, line) => {
      seen.push(`${line.from}: ${batch.itemCount}`);
    });
    await from.send(spans('a', 'b'));
    off();
    await from.send(spans('c'));
    expect(seen).toEqual(['pass: 2']);
  });

  it('has a batch of its own, and cannot fail the pipeline', async () => {
    const from = source();
    const to = sink();
    await using collector = await started(from, [], to);
    collector.tap({}, (batch) => {
      for (const span of (batch as Traces).spans()) span.remove();
      throw new Error('a bug in the tap');
    });
    await from.send(spans('a'));
    expect(to.names).toEqual(['a']);
  });

  it('says so when there is no such edge', async () => {
    await using collector = await started(source(), [], sink());
    expect(() => collector.tap({ to: 'sinc' }, () => {})).toThrow('no edge agrees with {"to":"sinc"}');
  });
});

describe('an answer that several callers get', () => {
  it('is booked once', async () => {
    // Two calls become one batch, whose outcome both callers wait for.
    const merge = defineProcessor({
      type: 'merge',
      config: noConfig,
      traces: ({ next }) => {
        let first: Traces | undefined;
        let outcome: (answer: Promise<void>) => void;
        const both = new Promise<void>((resolve) => (outcome = resolve));
        return {
          consume(traces, context) {
            if (first === undefined) first = traces;
            else {
              traces.append(first);
              outcome(Promise.resolve().then(() => next.consume(traces, context)));
            }
            return both;
          },
        };
      },
    });
    const from = source();
    const consume = (traces: Traces): void => {
      throw new ConsumeError('retryable', 'half', { rejected: traces.take(1) });
    };
    await using collector = await started(from, [merge()], sink({ consume }));
    const errors = await Promise.all([
      errorOf(() => from.send(spans('a', 'b'))),
      errorOf(() => from.send(spans('c'))),
    ]);
    expect(errors.map(({ rejected }) => rejected)).toEqual([undefined, undefined]);
    expect(imbalances(collector.balance())).toEqual([]);
  });
});

describe('admit', () => {
  const full = (retryAfterMs: number) => () => ({ retryAfterMs });
  const openMinded = passOn;

  it('passes those by who have no opinion', async () => {
    const from = source();
    await using _ = await started(from, [openMinded(), openMinded()], sink({ admit: full(200) }));
    expect(from.admit(10)).toEqual({ retryAfterMs: 200 });
  });

  it('is answered by the first who has one, alone', async () => {
    const guard = defineProcessor({
      type: 'guard',
      config: noConfig,
      traces: ({ next }) => ({
        consume: (traces, context) => next.consume(traces, context),
        admit: (bytes) => (bytes === 7 ? next.admit?.(bytes) : undefined),
      }),
    });
    const from = source();
    await using _ = await started(from, [guard()], sink({ admit: full(200) }));
    expect(from.admit(6)).toBeUndefined();
    expect(from.admit(7)).toEqual({ retryAfterMs: 200 });
  });

  it('is refused by a fan-out when a branch refuses, with the longest hint', async () => {
    const from = source();
    await using _ = await started(
      from,
      [],
      sink({ admit: full(200) }),
      sink({}, { name: 'b' }),
      sink({ admit: full(900) }, { name: 'c' }),
    );
    expect(from.admit(1)).toEqual({ retryAfterMs: 900 });
  });

  it('lets in when the answer is an exception', async () => {
    const from = source();
    const admit = (): never => {
      throw new Error('a bug');
    };
    await using _ = await started(from, [], sink({ admit }));
    expect(from.admit(1)).toBeUndefined();
  });
});
