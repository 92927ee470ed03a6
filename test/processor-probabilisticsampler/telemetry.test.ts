import { probabilisticSampler } from '@tributary/processor-probabilisticsampler';
import { createCollector } from '@tributary/collector';
import { memoryExporter, testReceiver } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { measured } from '../support/measured.js';
import { bench, ids, records, spans } from './support.js';

it('counts what it keeps and drops, by signal and by where the randomness came from', async () => {
  const metrics = measured();
  const source = testReceiver();
  const processors = [
    probabilisticSampler({ sampling_percentage: 25, from_attribute: 'id' }, { name: 'quarter' }),
  ];
  const pipeline = { receivers: [source], processors, exporters: [memoryExporter()] };
  await using collector = createCollector({
    runtime: { meterProvider: metrics.provider, logger: { debug() {}, info() {}, warn() {}, error() {} } },
    pipelines: { traces: pipeline, logs: pipeline },
  });
  await collector.start();
  const { T2: keep, T8: drop } = ids;
  await source.send(spans({ traceId: keep }, { traceId: drop }, { traceId: drop }));
  await source.send(records({ traceId: keep }, { attributes: { id: Buffer.from(keep, 'hex') } }, {}));
  const of = (name: string, policy: string, isKept: boolean, value: number): object => ({
    name: `count_${name}_sampled`,
    unit: '1',
    attributes: { processor: 'probabilistic_sampler/quarter', policy, sampled: String(isKept) },
    value,
  });
  const found = await metrics.collect('otelcol_processor_probabilistic_sampler_');
  expect(found).toHaveLength(5);
  expect(found).toEqual(
    expect.arrayContaining([
      of('traces', 'trace_id_hash', true, 1),
      of('traces', 'trace_id_hash', false, 2),
      of('logs', 'trace_id_hash', true, 1),
      of('logs', 'id', true, 1),
      of('logs', 'missing_randomness', false, 1),
    ]),
  );
});

it('tells faults in the log, a line for each batch and cause', async () => {
  await using world = await bench({ mode: 'equalizing', sampling_percentage: 100 });
  const of = (traceState: string, traceId: string = ids.T1): { traceState: string; traceId: string } => ({
    traceState,
    traceId,
  });
  await world.source.send(spans(of('x'), of('ot=th:x'), of('ot=th:8'), of('', ids.T0), of('')));
  expect(world.sink.items).toBe(1);
  const faults = world.lines.filter(({ message }) => message.startsWith('cannot decide'));
  expect(faults.map(({ level, message, fields }) => [level, message, fields!['items']])).toEqual([
    [
      'info',
      'cannot decide about an item: the tracestate, or what says how it was sampled, cannot be read',
      2,
    ],
    ['debug', 'cannot decide about an item: by its threshold it should not have been kept before', 1],
    ['debug', 'cannot decide about an item: it has nothing to decide by', 1],
  ]);
});

it('warns at the start of what was hardly meant', async () => {
  await using world = await bench({ sampling_percentage: 0.006 });
  const warnings = world.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  // Of traces and of logs.
  expect(warnings).toHaveLength(2);
  expect(new Set(warnings)).toEqual(
    new Set(['sampling_percentage is less than mode hash_seed can keep: it keeps nothing']),
  );
});
