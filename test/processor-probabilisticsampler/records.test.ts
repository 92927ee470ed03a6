import type { AttributeInput, LogRecordInit } from '@tributary/pdata';
import type { ProbabilisticSamplerConfig } from '@tributary/processor-probabilisticsampler';
import { describe, expect, it } from 'vitest';
import { bench, ids, records } from './support.js';

/** Kept with these marks, or dropped. */
async function sampled(
  config: ProbabilisticSamplerConfig,
  record: LogRecordInit,
): Promise<{ rv: unknown; th: unknown; policy: string } | 'dropped'> {
  await using world = await bench(config);
  await world.source.send(records(record));
  const [kept] = world.sink.logRecords;
  const [count] = Object.keys(await world.counts());
  if (kept === undefined) return 'dropped';
  const { attributes } = kept;
  return {
    rv: attributes.get('sampling.randomness'),
    th: attributes.get('sampling.threshold'),
    policy: count!.replace(' true', ''),
  };
}

const none = undefined;

describe('a log record', () => {
  it.each([
    ['hash_seed', 25, 'T2', {}, { rv: 'fdc80d0b42008d', th: 'c', policy: 'trace_id_hash' }],
    ['hash_seed', 50, 'T8', {}, 'dropped'],
    ['equalizing', 50, 'T2', {}, { rv: none, th: '8', policy: 'trace_id_w3c' }],
    ['equalizing', 50, 'T1', {}, 'dropped'],
    ['equalizing', 25, 'T4', { th: 'e' }, { rv: none, th: 'e', policy: 'trace_id_w3c' }],
    ['proportional', 50, 'T2', { th: '8' }, { rv: none, th: 'c', policy: 'trace_id_w3c' }],
    ['proportional', 50, 'T8', { th: '8' }, 'dropped'],
    [
      'proportional',
      50,
      'T0',
      { rv: '9b8233f7e3a151', th: '0' },
      { rv: '9b8233f7e3a151', th: '8', policy: 'sampling_randomness' },
    ],
    ['equalizing', 50, 'T2', { th: 8, rv: true }, { rv: true, th: '8', policy: 'trace_id_w3c' }],
  ] as const)('in mode %s, %d %%, %s with %j', async (mode, sampling_percentage, id, marks, expected) => {
    expect(
      await sampled({ mode, sampling_percentage }, { traceId: ids[id], attributes: named(marks) }),
    ).toEqual(expected);
  });

  it.each([
    ['equalizing', 'T1', { th: '8' }, { rv: none, th: '0', policy: 'trace_id_w3c' }],
    ['equalizing', 'T0', {}, { rv: none, th: '0', policy: 'missing_randomness' }],
    ['equalizing', 'T2', { th: 'x' }, { rv: none, th: 'x', policy: 'missing_randomness' }],
    ['proportional', 'T2', { rv: '1' }, { rv: '1', th: none, policy: 'missing_randomness' }],
    ['hash_seed', 'T2', { th: '8' }, { rv: none, th: '8', policy: 'trace_id_hash' }],
    ['hash_seed', 'T2', { rv: 'x' }, { rv: 'x', th: none, policy: 'trace_id_hash' }],
    ['hash_seed', 'T0', {}, { rv: none, th: '0', policy: 'missing_randomness' }],
  ] as const)(
    'in mode %s, %s with %j, is dropped, and kept with fail_closed: false',
    async (mode, id, marks, expected) => {
      const record = { traceId: ids[id], attributes: named(marks) };
      expect(await sampled({ mode, sampling_percentage: 50 }, record)).toBe('dropped');
      expect(await sampled({ mode, sampling_percentage: 50, fail_closed: false }, record)).toEqual(expected);
    },
  );
});

function named({ rv, th }: { rv?: AttributeInput; th?: AttributeInput }): Record<string, AttributeInput> {
  return {
    ...(rv !== undefined && { 'sampling.randomness': rv }),
    ...(th !== undefined && { 'sampling.threshold': th }),
  };
}

describe('from_attribute', () => {
  const ofT2 = Buffer.from(ids.T2, 'hex');
  const marksOfT2 = { rv: 'fdc80d0b42008d', th: 'c' };

  it('hashes the attribute where there is no trace ID', async () => {
    const config = { sampling_percentage: 25, from_attribute: 'id' };
    const attributes = { id: ofT2 };
    expect(await sampled(config, { attributes })).toEqual({ ...marksOfT2, policy: 'id' });
    expect(await sampled(config, { attributes, traceId: ids.T8 })).toBe('dropped');
  });

  it('hashes the attribute instead of the trace ID where the source is record', async () => {
    const config = { sampling_percentage: 25, from_attribute: 'id', attribute_source: 'record' } as const;
    const attributes = { id: ofT2 };
    expect(await sampled(config, { attributes, traceId: ids.T8 })).toEqual({ ...marksOfT2, policy: 'id' });
    expect(await sampled(config, { traceId: ids.T2 })).toBe('dropped');
  });

  it('texts and numbers have the same hash where they look the same', async () => {
    const config = { sampling_percentage: 100, from_attribute: 'id' };
    const ofText = await sampled(config, { attributes: { id: '42' } });
    expect(ofText).toMatchObject({ th: '0', policy: 'id' });
    expect(await sampled(config, { attributes: { id: 42 } })).toEqual(ofText);
    expect(await sampled(config, { attributes: { id: '' } })).toBe('dropped');
  });
});

describe('sampling_priority', () => {
  it.each([
    [100, 0, '0'],
    [100, 100, '0'],
    [0, 0, 'dropped'],
    [0, 100, '0'],
    [150, 0, 'dropped'],
    [150, 100, '0'],
    [50, 0, '8'],
    [50, 100, '8'],
    [1, 100, 'dropped'],
    [-1, 100, '0'],
  ] as const)('a priority of %d, and %d %% of the rest: %s', async (priority, sampling_percentage, th) => {
    const config = { mode: 'equalizing', sampling_percentage, sampling_priority: 'p' } as const;
    const outcome = await sampled(config, { traceId: ids.T2, attributes: { p: priority } });
    expect(outcome === 'dropped' ? outcome : outcome.th).toBe(th);
  });

  it('decides about what fail_closed would drop, and is the policy then', async () => {
    const config = { mode: 'equalizing', sampling_percentage: 50, sampling_priority: 'p' } as const;
    expect(await sampled(config, { attributes: { p: 100 } })).toEqual({
      rv: none,
      th: '0',
      policy: 'sampling_priority',
    });
  });

  it('no attribute has an effect where none is named', async () => {
    const config = { mode: 'equalizing', sampling_percentage: 50 } as const;
    expect(await sampled(config, { traceId: ids.T1, attributes: { 'sampling.priority': 100 } })).toBe(
      'dropped',
    );
  });
});
