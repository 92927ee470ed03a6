import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Logs, Metrics } from '@tributary/pdata';
import { createCollector } from '@tributary/collector';
import { createHostMetricsReceiver } from '@tributary/receiver-hostmetrics';
import { memoryExporter, virtualClock } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { hostRoot, linux, realFiles, world } from './support.js';

const load = { 'proc/loadavg': '3.00 2.00 1.00 1/2 3\n', 'proc/uptime': '7 1\n' };

describe('the batch of a scrape', () => {
  it('has a group for each scraper, an empty resource, the names of the Collector and one time', async () => {
    const startMs = 1_700_000_060_000;
    await using w = await world(
      { root_path: hostRoot(load), scrapers: { cpu: null, load: null } },
      { startMs },
    );
    const [metrics] = w.sink.batches as readonly Metrics[];
    const groups = [...metrics!.resourceMetrics()];
    expect(groups.map(({ schemaUrl }) => schemaUrl)).toEqual(
      Array(2).fill('https://opentelemetry.io/schemas/1.9.0'),
    );
    expect(groups.map(({ resource }) => resource.attributes.size)).toEqual([0, 0]);
    const all = [...metrics!.metrics()];
    const scope =
      'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/hostmetricsreceiver/internal/scraper/';
    expect(all.map(({ name, unit, kind, scope: { name: of } }) => [name, unit, kind, of])).toEqual([
      ['system.cpu.logical.count', '{cpu}', 'sum', `${scope}cpuscraper`],
      ['system.cpu.time', 's', 'sum', `${scope}cpuscraper`],
      ['system.cpu.load_average.15m', '{thread}', 'gauge', `${scope}loadscraper`],
      ['system.cpu.load_average.1m', '{thread}', 'gauge', `${scope}loadscraper`],
      ['system.cpu.load_average.5m', '{thread}', 'gauge', `${scope}loadscraper`],
    ]);
    expect(all.slice(0, 2).map(({ sum }) => [sum!.aggregationTemporality, sum!.isMonotonic])).toEqual([
      ['cumulative', false],
      ['cumulative', true],
    ]);
    const points = [...metrics!.dataPoints()];
    expect(new Set(points.map(({ timeUnixNano }) => timeUnixNano))).toEqual(
      new Set([BigInt(startMs + 1000) * 1_000_000n]),
    );
    expect(all[1]!.sum!.dataPoints()[Symbol.iterator]().next().value!.startTimeUnixNano).toBe(
      1_700_000_000_000_000_000n,
    );
    expect(w.collector.balance().components.find(({ kind }) => kind === 'receiver')).toMatchObject({
      created: points.length,
      passed: points.length,
    });
  });
});

describe('scrapes', () => {
  it('keep nothing for the next where the time of the boot is not known', async () => {
    const root = hostRoot({ 'proc/stat': 'cpu0 1 2 3 4 5 6 7 8 9 10\n' });
    await using w = await world({ root_path: root, collection_interval: '10s', scrapers: { cpu: null } });
    await w.clock.advance('20s');
    expect(w.sink.batches).toEqual([]);
    writeFileSync(path.join(root, 'proc/stat'), 'cpu0 1 2 3 4 5 6 7 8 9 10\nbtime 1700000000\n');
    await w.clock.advance('10s');
    // A point for each of the eight states, and the number of CPUs.
    expect(w.sink.items).toBe(9);
  });

  it('begin after initial_delay and come at each collection_interval', async () => {
    await using w = await world({
      root_path: hostRoot(load),
      collection_interval: '10s',
      initial_delay: '3s',
      scrapers: { load: null },
    });
    expect(w.sink.batches).toHaveLength(0);
    await w.clock.advance('2s');
    expect(w.sink.batches).toHaveLength(1);
    await w.clock.advance('30s');
    expect(w.sink.batches).toHaveLength(4);
  });

  it('begin at once where there is no delay', async () => {
    await using w = await world({ root_path: hostRoot(load), initial_delay: '0s', scrapers: { load: null } });
    expect(w.sink.batches).toHaveLength(1);
  });

  it('do not pile up while the pipeline is slow', async () => {
    await using w = await world({
      root_path: hostRoot(load),
      collection_interval: '10s',
      scrapers: { load: null },
    });
    let under = 0;
    let most = 0;
    w.sink.respond(async () => {
      most = Math.max(most, ++under);
      await w.clock.sleep(25_000);
      under--;
    });
    await w.clock.advance('2m');
    expect(most).toBe(1);
    expect(w.sink.batches.length).toBeLessThan(6);
    await w.clock.advance('1m');
  });

  it('read each file once, whatever the number of scrapers that want it', async () => {
    const reads: string[] = [];
    const names = new Map<number, string>();
    const files = {
      ...realFiles,
      open(file: string) {
        const descriptor = realFiles.open(file);
        names.set(descriptor, path.basename(file));
        return descriptor;
      },
      read(descriptor: number, into: Buffer, offset: number, position: number) {
        if (position === 0) reads.push(names.get(descriptor)!);
        return realFiles.read(descriptor, into, offset, position);
      },
    };
    await using w = await world(
      { root_path: hostRoot(load), scrapers: { cpu: null, processes: null, load: { cpu_average: true } } },
      { system: { files } },
    );
    expect(reads.filter((name) => name === 'stat')).toHaveLength(1);
    await w.tick();
    expect(reads.filter((name) => name === 'stat')).toHaveLength(2);
    // And each was opened once for both.
    expect([...names.values()].filter((name) => name === 'loadavg')).toHaveLength(1);
  });

  it('leave out scrapers whose turn comes after the timeout', async () => {
    const clock = virtualClock();
    const sink = memoryExporter();
    const errors: unknown[] = [];
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`proc/${i + 1}/stat`, 'x']));
    // Each pause takes a second: others have their turn.
    const slow = { ...clock, sleep: () => clock.sleep(1000) };
    const receiver = createHostMetricsReceiver(linux)({
      root_path: hostRoot({ ...load, ...many }),
      timeout: '2s',
      scrapers: { load: null, processes: null, system: null },
    });
    await using collector = createCollector({
      runtime: {
        clock: slow,
        logger: { debug() {}, info() {}, warn() {}, error: (_, fields) => errors.push(fields) },
      },
      pipelines: { metrics: { receivers: [receiver], exporters: [sink] } },
    });
    await collector.start();
    await clock.advance('10s');
    const [metrics] = sink.batches as readonly Metrics[];
    expect([...metrics!.metrics()].map(({ name }) => name.slice(0, 15))).toEqual(
      Array(3).fill('system.cpu.load'),
    );
    expect(errors).toMatchObject([
      { scraper: 'processes', error: 'context deadline exceeded' },
      { scraper: 'system', error: 'context deadline exceeded' },
    ]);
  });
});

describe('what cannot be read', () => {
  it('costs its own points, is logged and counted; it is read again when it comes back', async () => {
    const root = hostRoot(load);
    await using w = await world({
      root_path: root,
      scrapers: { load: null, system: null, paging: null },
    });
    expect(Object.keys(w.points())).toEqual([
      'system.cpu.load_average.15m',
      'system.cpu.load_average.1m',
      'system.cpu.load_average.5m',
      'system.uptime',
    ]);
    expect(w.lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'Error scraping metrics',
        fields: expect.objectContaining({
          scraper: 'paging',
          error: expect.stringContaining('swaps') as string,
        }) as object,
      },
    ]);
    const counted = await w.metrics.collect('otelcol_scraper_');
    expect(counted.map(({ name, attributes, value }) => [name, attributes['scraper'], value])).toEqual([
      ['errored_metric_points', 'paging', 3],
      ['scraped_metric_points', 'load', 3],
      ['scraped_metric_points', 'system', 1],
    ]);
    expect(counted[0]!.attributes).toMatchObject({ receiver: 'host_metrics' });
  });

  it('a file that is closed under the receiver is opened again', async () => {
    const opened: number[] = [];
    const files = {
      ...realFiles,
      open(file: string) {
        const descriptor = realFiles.open(file);
        if (file.endsWith('loadavg')) opened.push(descriptor);
        return descriptor;
      },
      read(descriptor: number, into: Buffer, offset: number, position: number) {
        if (descriptor === opened[0] && isBroken)
          throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
        return realFiles.read(descriptor, into, offset, position);
      },
    };
    let isBroken = false;
    await using w = await world(
      { root_path: hostRoot(load), scrapers: { load: null } },
      { system: { files } },
    );
    isBroken = true;
    const before = w.sink.batches.length;
    files.close = (descriptor) => {
      if (descriptor === opened[0]) isBroken = false;
      realFiles.close(descriptor);
    };
    await w.tick();
    expect(w.sink.batches).toHaveLength(before + 1);
    expect(w.errors()).toEqual([]);
    expect(opened).toHaveLength(2);
  });

  it('without a time of boot there are no points, and an error says so', async () => {
    await using w = await world({
      root_path: hostRoot({ 'proc/stat': 'cpu0 1 2 3 4 5 6 7 8\n' }),
      scrapers: { cpu: null },
    });
    expect(w.sink.batches).toHaveLength(0);
    expect(w.errors()).toEqual([expect.stringContaining('does not say when the host was booted')]);
  });
});

describe('what the pipeline refuses', () => {
  it.each([['refused'], ['retryable'], ['permanent']] as const)(
    'is counted, logged with its reason, and gone: %s',
    async (kind) => {
      await using w = await world({ root_path: hostRoot(load), scrapers: { load: null } });
      w.sink.refuseNext(kind, { message: 'no room' });
      await w.tick();
      const counted = await w.metrics.collect('otelcol_receiver_');
      expect(Object.fromEntries(counted.map(({ name, value }) => [name, value]))).toMatchObject({
        accepted_metric_points: 3,
        refused_metric_points: 3,
      });
      const line = w.collector.balance().components.find(({ kind }) => kind === 'receiver')!;
      expect([...line.dropped]).toEqual([[kind, 3]]);
      expect(line.created).toBe(6);
      expect(
        w.lines.find(({ message }) => message.startsWith('The pipeline has refused'))!.fields,
      ).toMatchObject({
        dropped_items: 3,
        reason: kind,
        error: expect.stringContaining('no room') as string,
      });
      await w.tick();
      expect(w.sink.batches).toHaveLength(2);
    },
  );
});

describe('the start', () => {
  const start = async (
    platform: string,
    config: object,
    pid = 4711,
  ): Promise<{ readonly error: string; readonly warnings: readonly string[] }> => {
    const warnings: string[] = [];
    const receiver = createHostMetricsReceiver({ ...linux, platform, pid })({
      scrapers: { cpu: null, disk: null },
      ...config,
    });
    await using collector = createCollector({
      runtime: {
        clock: virtualClock(),
        logger: { debug() {}, info() {}, error() {}, warn: (text) => void warnings.push(text) },
      },
      pipelines: { metrics: { receivers: [receiver], exporters: [memoryExporter()] } },
    });
    const error = await collector.start().then(
      () => '',
      (error: Error) => error.message,
    );
    return { error, warnings };
  };

  it.each([
    ['darwin', {}, 'not supported here: scraper "cpu", scraper "disk": reads /proc of Linux, this is darwin'],
    ['win32', { root_path: '/x' }, 'root_path is supported on linux only'],
    ['linux', { root_path: '/not/there' }, 'invalid root_path: ENOENT'],
  ])('fails on %s with %j', async (platform, config, message) => {
    expect((await start(platform, config)).error).toContain(message);
  });

  it('warns in a container without a root path', async () => {
    const text = 'No `root_path` config set';
    expect((await start('linux', {}, 1)).warnings).toEqual([expect.stringContaining(text)]);
    expect((await start('linux', { root_path: '/' }, 1)).warnings).toEqual([]);
  });

  it('takes HOST_PROC of the environment before the root path', async () => {
    const root = hostRoot(load);
    await using w = await world(
      { root_path: '/', scrapers: { load: null } },
      { system: { env: { HOST_PROC: path.join(root, 'proc') } } },
    );
    expect(w.points()['system.cpu.load_average.1m']).toEqual({ '': 3 });
  });
});

describe('in a pipeline of logs', () => {
  it('says that the host is there, at the start and at each interval', async () => {
    await using w = await world(
      { metadata_collection_interval: '5m', scrapers: { cpu: null } },
      { signal: 'logs' },
    );
    expect(
      w.sink.logRecords.map(({ attributes, scope }) => [
        Object.fromEntries(attributes),
        Object.fromEntries(scope.attributes),
      ]),
    ).toEqual([
      [
        {
          'otel.entity.event.type': 'entity_state',
          'otel.entity.type': 'host',
          'otel.entity.interval': 300_000,
        },
        { 'otel.entity.event_as_log': true },
      ],
    ]);
    expect([...(w.sink.batches[0] as Logs).resourceLogs()][0]!.resource.attributes.size).toBe(0);
    w.sink.refuseNext('permanent');
    await w.clock.advance('10m');
    expect(w.sink.logRecords).toHaveLength(2);
    const line = w.collector.balance().components.find(({ kind }) => kind === 'receiver')!;
    expect([line.created, ...line.dropped]).toEqual([3, ['permanent', 1]]);
  });

  it('says nothing where the interval is 0', async () => {
    await using w = await world(
      { metadata_collection_interval: '0s', scrapers: { cpu: null } },
      { signal: 'logs' },
    );
    await w.clock.advance('1h');
    expect(w.sink.logRecords).toEqual([]);
  });
});

it('a host that vanishes is an error at each scrape, and no crash', async () => {
  const root = hostRoot(load);
  await using w = await world({
    root_path: root,
    scrapers: {
      cpu: null,
      memory: null,
      disk: null,
      filesystem: null,
      network: null,
      load: null,
      paging: null,
      processes: null,
      process: null,
      system: null,
    },
  });
  rmSync(path.join(root, 'proc'), { recursive: true });
  await w.tick();
  await w.tick();
  expect(w.errors().length).toBeGreaterThan(6);
});
