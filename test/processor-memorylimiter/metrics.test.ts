import { createCollector } from '@tributary/collector';
import { batchFactory } from '@tributary/pdata';
import { createMemoryLimiter } from '@tributary/processor-memorylimiter';
import {
  memoryExporter,
  sampleLogs,
  sampleMetrics,
  sampleTraces,
  testReceiver,
  virtualClock,
} from '@tributary/testkit';
import { expect, it } from 'vitest';
import { measured } from '../support/measured.js';

it('counts by signal what it lets in, whatever becomes of it, and what it refuses; no profiles', async () => {
  let usedBytes = 0;
  const limiter = createMemoryLimiter({
    memory: () => ({ usedBytes, rssBytes: usedBytes }),
    totalBytes: () => 2 ** 30,
    collectGarbage: () => undefined,
  });
  const clock = virtualClock();
  const metrics = measured();
  const source = testReceiver();
  const sink = memoryExporter();
  const guard = limiter({ check_interval: '1s', limit_mib: 100 }, { name: 'front' });
  const pipeline = { receivers: [source], processors: [guard], exporters: [sink] };
  await using collector = createCollector({
    runtime: {
      clock,
      meterProvider: metrics.provider,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    },
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline, profiles: pipeline },
  });
  await collector.start();
  sink.refuseNext('permanent', { times: 1 });
  await expect(source.send(sampleTraces({ spans: 3 }))).rejects.toMatchObject({ kind: 'permanent' });
  await source.send(sampleMetrics({ dataPoints: 5 }));
  await source.send(
    batchFactory('profiles').fromJson(
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"values":["1"]}]}]}]}]}',
    ),
  );
  usedBytes = 99 * 2 ** 20;
  await clock.advance('1s');
  await expect(source.send(sampleLogs({ records: 2 }))).rejects.toMatchObject({ kind: 'refused' });
  const found = await metrics.collect('otelcol_processor_memory_limiter_');
  expect(found).toEqual([
    {
      name: 'accepted_metric_points',
      unit: '{datapoint}',
      attributes: { processor: 'memory_limiter/front' },
      value: 5,
    },
    { name: 'accepted_spans', unit: '{span}', attributes: { processor: 'memory_limiter/front' }, value: 3 },
    {
      name: 'refused_log_records',
      unit: '{record}',
      attributes: { processor: 'memory_limiter/front' },
      value: 2,
    },
  ]);
});
