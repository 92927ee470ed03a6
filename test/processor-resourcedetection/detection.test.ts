import { createCollector } from '@tributary/collector';
import { createResourceDetection } from '@tributary/processor-resourcedetection';
import type { ApiClient } from '@tributary/kubernetes';
import { Logs, Metrics, Profiles, Traces } from '@tributary/pdata';
import {
  assertBalance,
  memoryExporter,
  sampleLogs,
  sampleMetrics,
  sampleProfiles,
  sampleTraces,
  testReceiver,
} from '@tributary/testkit';
import { expect, it } from 'vitest';
import { advanceWhile, bench, nowhere, server, silence } from './support.js';

const env = { OTEL_RESOURCE_ATTRIBUTES: 'host.name=by-env,team=shop' };
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';
const surroundings = { hostname: () => 'by-system', platform: 'linux', endpoints: nowhere };
const system = { hostname_sources: ['os'] } as const;

it('the first detector of the list has an attribute', async () => {
  const first = bench({ detectors: ['env', 'system'], system }, { env, surroundings });
  await first.start();
  expect(await first.pass()).toEqual({ 'host.name': 'by-env', team: 'shop', 'os.type': 'linux', schemaUrl });
  const second = bench({ detectors: ['system', 'env'], system }, { env, surroundings });
  await second.start();
  expect(await second.pass()).toMatchObject({ 'host.name': 'by-system', team: 'shop' });
});

it('replaces what telemetry comes with, unless override is false', async () => {
  const replacing = bench({}, { env });
  await replacing.start();
  expect(await replacing.pass({ 'host.name': 'app', a: 1 })).toEqual({
    'host.name': 'by-env',
    team: 'shop',
    a: 1,
  });
  const adding = bench({ override: false }, { env });
  await adding.start();
  expect(await adding.pass({ 'host.name': 'app', a: 1 })).toEqual({ 'host.name': 'app', team: 'shop', a: 1 });
});

it('leaves a schema alone that telemetry comes with', async () => {
  const { start, pass } = bench({ detectors: ['system'], system }, { surroundings });
  await start();
  expect(await pass({}, 'https://example.com/1')).toMatchObject({ schemaUrl: 'https://example.com/1' });
});

it('edits each resource of all four signals', async () => {
  const { start, source, sink } = bench({}, { env, pipelines: ['traces', 'metrics', 'logs', 'profiles'] });
  await start();
  await source.send(sampleTraces({ spans: 30 }));
  await source.send(sampleMetrics({ dataPoints: 10 }));
  await source.send(sampleLogs({ records: 10 }));
  await source.send(sampleProfiles({ samples: 10 }));
  const teams = sink.batches.map((batch) => {
    const bytes = batch.toBytes();
    switch (batch.signal) {
      case 'traces':
        return [...Traces.from(bytes).resourceSpans()];
      case 'metrics':
        return [...Metrics.from(bytes).resourceMetrics()];
      case 'logs':
        return [...Logs.from(bytes).resourceLogs()];
      case 'profiles':
        return [...Profiles.from(bytes).resourceProfiles()];
    }
  });
  expect(sink.batches.map(({ signal }) => signal)).toEqual(['traces', 'metrics', 'logs', 'profiles']);
  for (const groups of teams) {
    expect(groups.length).toBeGreaterThan(0);
    for (const { resource } of groups) {
      expect([resource.attributes.get('team'), resource.attributes.get('host.name')]).toEqual([
        'shop',
        'by-env',
      ]);
    }
  }
  expect(sink.spans).toHaveLength(30);
});

it('finds out once, whatever the number of pipelines', async () => {
  const { url, seen } = await server({ '/info': '{"Name":"n","OSType":"linux"}' }, 'socket');
  const { start, measure } = bench(
    { detectors: ['docker'] },
    { surroundings: { endpoints: { ...nowhere, docker: url } }, pipelines: ['traces', 'metrics', 'logs'] },
  );
  await start();
  expect(seen).toHaveLength(1);
  expect((await measure()).find(({ name }) => name === 'detector.results')).toMatchObject({
    value: 1,
    attributes: { detector: 'docker', outcome: 'success' },
  });
});

it('the timeout is one for all detectors and all pipelines', async () => {
  const { url } = await server({ '*': silence });
  const socket = await server({ '*': silence }, 'socket');
  const endpoints = { instance: url, gcp: url, gcpCompute: url, docker: socket.url };
  const { start, pass } = bench(
    { detectors: ['docker', 'gcp', 'ec2', 'azure'], timeout: '1s' },
    { surroundings: { endpoints }, pipelines: ['traces', 'metrics', 'logs'] },
  );
  expect(await start()).toBe(1000);
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
});

it('does not start where one detector fails, and says which', async () => {
  const bad = { OTEL_RESOURCE_ATTRIBUTES: 'x' };
  const { start, measure } = bench(
    { detectors: ['system', 'env', 'k8s_api'], system },
    { env: bad, surroundings },
  );
  await expect(start()).rejects.toThrow(
    'resource detection failed: env: invalid resource format: "x"; k8s_api: node name can\'t be found: the environment variable K8S_NODE_NAME is not set',
  );
  const results = (await measure()).filter(({ name }) => name === 'detector.results');
  expect(
    results.map(({ attributes: { detector, outcome, 'error.type': error } }) => [detector, outcome, error]),
  ).toEqual([
    ['env', 'failure', 'Error'],
    ['k8s_api', 'failure', 'Error'],
    ['system', 'success', undefined],
  ]);
});

it('does not wait for a detector that does not end with its time', async () => {
  const deaf = { ...surroundings, kubernetes: () => new Promise<never>(() => {}) };
  const { start } = bench(
    { detectors: ['k8s_api'], timeout: '3s' },
    { env: { K8S_NODE_NAME: 'n' }, surroundings: deaf },
  );
  await expect(start()).rejects.toThrow('k8s_api: no answer within 3000 ms (timeout)');
});

it('counts the attributes, and tells how long each detector took', async () => {
  const { start, measure } = bench({ detectors: ['env', 'system'], system }, { env, surroundings });
  await start();
  const measures = await measure();
  expect(measures.find(({ name }) => name === 'attributes.detected')).toMatchObject({
    value: 3,
    unit: '{attribute}',
  });
  const durations = measures.filter(({ name }) => name === 'detector.duration');
  expect(
    durations.map(({ unit, attributes, value }) => [
      unit,
      attributes['detector'],
      (value as { count: number }).count,
    ]),
  ).toEqual([
    ['s', 'env', 1],
    ['s', 'system', 1],
  ]);
});

it('finds out again where it is told to, and keeps the last good result', async () => {
  const changing: Record<string, string> = { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b=1' };
  const { start, pass, clock, lines, measure } = bench({ refresh_interval: '1m' }, { env: changing });
  await start();
  expect(await pass()).toEqual({ a: '1', b: '1' });
  changing['OTEL_RESOURCE_ATTRIBUTES'] = 'a=2';
  expect(await pass()).toEqual({ a: '1', b: '1' });
  await clock.advance('1m');
  expect(await pass()).toEqual({ a: '2' });
  changing['OTEL_RESOURCE_ATTRIBUTES'] = 'nonsense';
  await clock.advance('1m');
  expect(await pass()).toEqual({ a: '2' });
  expect(lines.join('\n')).toContain('warn: resource refresh failed; keeping previous snapshot');
  changing['OTEL_RESOURCE_ATTRIBUTES'] = '';
  await clock.advance('1m');
  expect(await pass({ c: 'd' })).toEqual({ c: 'd' });
  expect((await measure()).find(({ name }) => name === 'attributes.detected')!.value).toBe(0);
});

it('refreshes no more after the shutdown', async () => {
  const { start, clock, collector, lines } = bench({ refresh_interval: '1m' }, { env });
  await start();
  await collector.shutdown({ graceMs: 0 });
  const before = lines.length;
  await clock.advance('10m');
  expect([lines.length, clock.pending]).toEqual([before, 0]);
});

it('a shutdown ends a detection under way', async () => {
  const { url } = await server({ '*': silence });
  const { collector, clock } = bench(
    { detectors: ['gcp'], timeout: '0s' },
    { surroundings: { endpoints: { ...nowhere, gcp: url } } },
  );
  let isOver = false;
  const starting = collector.start().then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await clock.advance('10ms');
  const stopping = collector.shutdown({ graceMs: 0 });
  await advanceWhile(clock, () => !isOver);
  await Promise.all([starting, stopping]);
  // Before the server is given up, at two seconds.
  expect([clock.pending, clock.monotonic() < 2000]).toEqual([0, true]);
});

it('lets go of the API server, whatever it has said', async () => {
  let closed = 0;
  const answering = (read: () => Promise<unknown>): ApiClient => ({
    read,
    stream: () => {
      throw new Error('nobody watches');
    },
    close: () => Promise.resolve(void closed++),
  });
  const world = (read: () => Promise<unknown>): Parameters<typeof bench>[1] => ({
    env: { K8S_NODE_NAME: 'n' },
    surroundings: { ...surroundings, kubernetes: () => Promise.resolve(answering(read)) },
  });
  const config = { detectors: ['k8s_api'] } as const;
  await bench(
    config,
    world(() => Promise.resolve({ metadata: { name: 'n', uid: 'u' } })),
  ).start();
  expect(closed).toBe(1);
  const failing = bench(
    config,
    world(() => Promise.reject(new Error('no'))),
  );
  await expect(failing.start()).rejects.toThrow('no');
  expect(closed).toBe(2);
});

it('asks a detector that fails again, where it is told to', async () => {
  let calls = 0;
  const kubernetes = (): Promise<never> => Promise.reject(new Error(`attempt ${++calls}`));
  const world = { env: { K8S_NODE_NAME: 'n' }, surroundings: { ...surroundings, kubernetes } };
  const config = { detectors: ['k8s_api'], timeout: '10s' } as const;
  await expect(bench(config, world).start()).rejects.toThrow('k8s_api: attempt 1');
  expect(calls).toBe(1);
  calls = 0;
  // With chance in the middle: at 0, 1 and 2.5 s; 2.25 s later is too late.
  const retry = { enabled: true, initial_interval: '1s', max_elapsed_time: '4s' } as const;
  await expect(bench({ ...config, retry }, world).start()).rejects.toThrow('k8s_api: attempt 1');
  expect(calls).toBe(3);
  calls = 0;
  const often = { enabled: true, initial_interval: '1s', max_interval: '1s' } as const;
  await expect(bench({ ...config, retry: often }, world).start()).rejects.toThrow('k8s_api: attempt 1');
  expect(calls).toBe(10);
});

it('an attempt that succeeds ends it', async () => {
  const changing: Record<string, string> = { OTEL_RESOURCE_ATTRIBUTES: 'x' };
  const { start, pass, clock } = bench({ retry: { enabled: true } }, { env: changing });
  clock.after(1500, () => void (changing['OTEL_RESOURCE_ATTRIBUTES'] = 'a=1'));
  expect(await start()).toBe(2500);
  expect(await pass()).toEqual({ a: '1' });
});

it('has an older name', async () => {
  const source = testReceiver();
  const sink = memoryExporter();
  const make = createResourceDetection({ env });
  await using collector = createCollector({
    runtime: { logger: { debug() {}, info() {}, warn() {}, error() {} } },
    pipelines: {
      traces: {
        receivers: [source],
        processors: [make({}, { alias: 'resourcedetection' })],
        exporters: [sink],
      },
    },
  });
  await collector.start();
  await source.send(sampleTraces({ spans: 1 }));
  expect(sink.spans[0]!.resource.attributes.get('team')).toBe('shop');
});

it('items are neither lost nor made', async () => {
  const { start, source, sink, collector } = bench({}, { env });
  await start();
  await source.send(sampleTraces({ spans: 100 }));
  assertBalance(collector);
  expect(sink.spans).toHaveLength(100);
});
