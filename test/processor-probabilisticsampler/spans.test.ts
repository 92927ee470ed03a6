import { describe, expect, it } from 'vitest';
import { bench, ids, sampled, spans } from './support.js';

const dropped = undefined;
const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');
/** As long as a tracestate may be: 1024 characters. */
const longest = `${`a=${'x'.repeat(200)},`.repeat(5)}b=${'x'.repeat(7)}`;

describe('a span', () => {
  it.each([
    ['equalizing', 50, 'T2', '', 'ot=th:8'],
    ['equalizing', 50, 'T1', '', dropped],
    ['equalizing', 25, 'T2', 'ot=th:8', 'ot=th:c'],
    ['equalizing', 25, 'T4', 'ot=th:e', 'ot=th:e'],
    ['equalizing', 100, 'T4', 'ot=th:e', 'ot=th:e'],
    ['equalizing', 50, 'T8', 'ot=th:80', 'ot=th:8'],
    ['equalizing', 10, 'T4', '', 'ot=th:e666'],
    ['equalizing', 50, 'T1', 'ot=rv:80000000000000', 'ot=rv:80000000000000;th:8'],
    ['equalizing', 50, 'T2', 'ot=rv:7fffffffffffff', dropped],
    ['equalizing', 50, 'T0', 'ot=rv:80000000000000', 'ot=rv:80000000000000;th:8'],
    ['equalizing', 0, 'T4', '', dropped],
    ['proportional', 50, 'T2', 'ot=th:8', 'ot=th:c'],
    ['proportional', 50, 'T8', 'ot=th:8', dropped],
    ['proportional', 50, 'T9', 'vendor=x,ot=rv:9b8233f7e3a151;th:0', 'ot=rv:9b8233f7e3a151;th:8,vendor=x'],
    ['proportional', 50, 'T2', 'a=1 , ot=x:y,b=2', 'ot=th:8;x:y,a=1,b=2'],
    ['proportional', 10, 'T4', 'ot=rv:ffffffffffffff;th:ffffffffffffff', dropped],
    ['proportional', 100, 'T2', 'ot=th:C', 'ot=th:c'],
    ['proportional', 0, 'T4', '', dropped],
    ['hash_seed', 25, 'T2', '', 'ot=rv:fdc80d0b42008d;th:c'],
    ['hash_seed', 25, 'T2', 'vendor=x', 'ot=rv:fdc80d0b42008d;th:c,vendor=x'],
    ['hash_seed', 100, 'T1', '', 'ot=rv:976837c4f25a25;th:0'],
    ['hash_seed', 50, 'T8', '', dropped],
    ['hash_seed', 0.006, 'T2', '', dropped],
    ['hash_seed', 25, 'T2', members(31), `ot=rv:fdc80d0b42008d;th:c,${members(31)}`],
  ] as const)('%s, %d %%, %s with %j', async (mode, sampling_percentage, id, traceState, expected) => {
    expect(await sampled({ mode, sampling_percentage }, { traceId: ids[id], traceState })).toBe(expected);
  });

  it('is hashed where no mode is named', async () => {
    expect(await sampled({ sampling_percentage: 25 }, { traceId: ids.T2 })).toBe('ot=rv:fdc80d0b42008d;th:c');
  });

  it('has a threshold of as many digits as are asked for', async () => {
    const config = { mode: 'equalizing', sampling_percentage: 10, sampling_precision: 14 } as const;
    expect(await sampled(config, { traceId: ids.T4 })).toBe('ot=th:e6666666666666');
  });
});

describe('a span that cannot be decided about', () => {
  it.each([
    ['equalizing', 100, 'T1', 'ot=th:8', 'ot=th:0', 'trace_id_w3c'],
    ['equalizing', 50, 'T0', '', 'ot=th:0', 'missing_randomness'],
    ['equalizing', 50, 'T0', 'ot=th:c', 'ot=th:c', 'missing_randomness'],
    ['proportional', 50, 'T1', 'ot=th:8,a=1', 'ot=th:0,a=1', 'trace_id_w3c'],
    ['proportional', 50, 'T2', members(32), members(32), 'missing_randomness'],
    ['hash_seed', 50, 'T2', members(32), members(32), 'trace_id_hash'],
    ['hash_seed', 50, 'T2', `${longest}x`, `${longest}x`, 'trace_id_hash'],
    ['hash_seed', 50, 'T2', 'ot=rv:1', 'ot=rv:1', 'trace_id_hash'],
    ['hash_seed', 50, 'T2', 'ot=th:8', 'ot=th:8', 'trace_id_hash'],
    ['hash_seed', 50, 'T2', 'ot=rv:fdc80d0b42008d;th:c', 'ot=rv:fdc80d0b42008d;th:c', 'trace_id_hash'],
    ['hash_seed', 50, 'T0', '', 'ot=rv:ffffffffffffff;th:0', 'missing_randomness'],
  ] as const)(
    '%s, %d %%, %s with %j, is dropped, and kept with fail_closed: false',
    async (mode, sampling_percentage, id, traceState, open, policy) => {
      const span = { traceId: ids[id], traceState };
      await using closed = await bench({ mode, sampling_percentage });
      await closed.source.send(spans(span));
      expect(closed.sink.items).toBe(0);
      expect(await closed.counts()).toEqual({ [`${policy} false`]: 1 });

      await using opened = await bench({ mode, sampling_percentage, fail_closed: false });
      await opened.source.send(spans(span));
      expect(opened.sink.spans.map((kept) => kept.traceState)).toEqual([open]);
      expect(await opened.counts()).toEqual({ [`${policy} true`]: 1 });
    },
  );

  it('is not one whose tracestate is as long as may be', async () => {
    expect(longest).toHaveLength(1024);
    expect(await sampled({ sampling_percentage: 100 }, { traceId: ids.T2, traceState: longest })).toBe(
      `ot=rv:fdc80d0b42008d;th:0,${longest}`,
    );
  });

  it.each(['hash_seed', 'equalizing', 'proportional'] as const)(
    'is dropped in mode %s at 0 %%, whatever fail_closed says',
    async (mode) => {
      const span = { traceId: ids.T0, traceState: 'ot=th:x' };
      expect(await sampled({ mode, fail_closed: false }, span)).toBeUndefined();
    },
  );
});

describe('sampling.priority', () => {
  it.each([
    ['hash_seed', 10, 'T8', '', '1', 'ot=rv:58401aa4a8a9ef;th:0'],
    ['hash_seed', 0, 'T8', '', 1, 'ot=rv:58401aa4a8a9ef;th:0'],
    ['hash_seed', 10, 'T8', 'ot=th:8', 1, 'ot=th:8'],
    ['hash_seed', 10, 'T8', 'ot=rv:x', 1, 'ot=rv:x'],
    ['equalizing', 10, 'T1', '', 0.5, 'ot=th:0'],
    ['equalizing', 0, 'T1', '', 1, 'ot=th:0'],
    ['equalizing', 10, 'T2', 'ot=th:8', 1, 'ot=th:8'],
    ['equalizing', 10, 'T1', 'ot=th:8', 1, 'ot=th:0'],
    ['proportional', 10, 'T0', '', 1, 'ot=th:0'],
    ['hash_seed', 100, 'T2', '', 0, dropped],
    ['equalizing', 100, 'T2', '', 0, dropped],
    ['proportional', 100, 'T2', '', '0.0', dropped],
    ['equalizing', 50, 'T2', '', -1, 'ot=th:8'],
    ['equalizing', 50, 'T1', '', true, dropped],
    ['equalizing', 50, 'T1', '', 'high', dropped],
  ] as const)(
    'in mode %s, %d %%, %s with %j and %j',
    async (mode, percentage, id, traceState, priority, expected) => {
      const span = { traceId: ids[id], traceState, attributes: { 'sampling.priority': priority } };
      expect(await sampled({ mode, sampling_percentage: percentage }, span)).toBe(expected);
    },
  );

  it('is the policy where it decided, and only there', async () => {
    await using world = await bench({ mode: 'equalizing', sampling_percentage: 50 });
    const traceId = ids.T2;
    await world.source.send(
      spans(
        { traceId, attributes: { 'sampling.priority': 1 } },
        { traceId, attributes: { 'sampling.priority': 0 } },
        { traceId, attributes: { 'sampling.priority': -1 } },
      ),
    );
    expect(await world.counts()).toEqual({
      'sampling_priority true': 1,
      'sampling_priority false': 1,
      'trace_id_w3c true': 1,
    });
  });
});

it('groups that lose all spans are left out, and an empty batch goes no further', async () => {
  await using world = await bench({ mode: 'equalizing', sampling_percentage: 50 });
  const both = spans({ traceId: ids.T1 });
  both.append(spans({ traceId: ids.T2 }));
  await world.source.send(both);
  await world.source.send(spans({ traceId: ids.T1 }));
  expect(world.sink.batches).toHaveLength(1);
  const [batch] = world.sink.batches;
  expect(batch!.signal === 'traces' && [...batch!.resourceSpans()]).toHaveLength(1);
  expect(world.filtered()).toBe(2);
});

it('what is refused behind it is not in the books as dropped', async () => {
  await using world = await bench({ mode: 'equalizing', sampling_percentage: 50 });
  world.sink.refuseNext('refused');
  const sent = world.source.send(spans({ traceId: ids.T1 }, { traceId: ids.T2 }));
  await expect(sent).rejects.toMatchObject({ kind: 'refused' });
  expect(world.filtered()).toBe(0);
});
