import type { TailSamplingConfig } from '@tributary/processor-tailsampling';
import { expect, it } from 'vitest';
import { all, world } from './support.js';

/** The second after the start at which the trace arrives at the sink. */
async function decidedAt(
  config: Omit<TailSamplingConfig, 'policies'>,
  firstS: number,
  rootS: number | undefined,
): Promise<number> {
  await using w = await world({ policies: all, ...config });
  const { clock, sink } = w;
  const startMs = clock.now();
  const until = (seconds: number): Promise<void> => clock.advance(startMs + seconds * 1000 - clock.now());
  await until(firstS);
  await w.sendSpans({ trace: 1, ...(rootS !== firstS && { parentSpanId: '0102030405060708' }) });
  if (rootS !== undefined && rootS > firstS) {
    await until(rootS);
    await w.sendSpans({ trace: 1 });
  }
  let second = Math.floor(rootS ?? firstS);
  while (sink.spans.length === 0 && second < 100) await until(++second);
  return second;
}

// The reference's table, with whole seconds counted from the start.
it.each([
  ['10s', 0.3, undefined, undefined, 11],
  ['30s', 0, undefined, undefined, 31],
  ['1s', 0.9, undefined, undefined, 2],
  ['500ms', 0.9, undefined, undefined, 2],
  ['1.9s', 0.9, undefined, undefined, 2],
  ['10s', 0.3, 4.5, '2s', 7],
  ['10s', 0.3, 0.3, '500ms', 1],
  ['10s', 0.3, 9.9, '5s', 11],
] as const)(
  'decision_wait %s, first span at %d s, root at %s s with %s after it: decided at %i s',
  async (...row) => {
    const [decision_wait, firstS, rootS, wait, expected] = row;
    const config = { decision_wait, ...(wait !== undefined && { decision_wait_after_root_received: wait }) };
    expect(await decidedAt(config, firstS, rootS)).toBe(expected);
  },
);

it('a root span is one without a parent, or with one of zeros', async () => {
  await using w = await world({ policies: all, decision_wait_after_root_received: '1s' });
  await w.sendSpans({ trace: 1, parentSpanId: '0102030405060708' }, { trace: 2 });
  await w.clock.advance('2s');
  expect(w.kept()).toEqual([2]);
});

it('spans of a trace that come in pieces are decided together, at the time of the first', async () => {
  await using w = await world({ policies: all, decision_wait: '5s' });
  for (let i = 0; i < 5; i++) {
    await w.send(1, 2, 1);
    await w.clock.advance('1s');
  }
  expect(w.kept()).toEqual([]);
  expect(w.held()).toBe(15);
  await w.clock.advance('1s');
  expect(w.kept().filter((trace) => trace === 1)).toHaveLength(10);
  expect(w.held()).toBe(0);
});
