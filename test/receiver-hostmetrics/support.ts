import { createCollector, type Collector } from '@tributary/collector';
import type { Logger } from '@tributary/component';
import type { Metric, NumberDataPoint } from '@tributary/pdata';
import {
  createHostMetricsReceiver,
  type HostFiles,
  type HostMetricsReceiverConfig,
  type HostSystem,
} from '@tributary/receiver-hostmetrics';
import { memoryExporter, virtualClock, type MemorySink, type VirtualClock } from '@tributary/testkit';
import fs from 'node:fs';
import { measured, type Measurements } from '../support/measured.js';
import { writeTree } from '../support/tree.js';

/** What was written to the log. */
export interface Line {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export const realFiles: HostFiles = {
  open: (path) => fs.openSync(path, 'r'),
  read: (descriptor, into, offset, position) =>
    fs.readSync(descriptor, into, offset, into.length - offset, position),
  close: (descriptor) => fs.closeSync(descriptor),
  readlink: (path) => fs.readlinkSync(path),
  readdir: (path) => fs.readdirSync(path),
  statfs: (path) => fs.statfsSync(path),
};

export const linux: HostSystem = {
  platform: 'linux',
  pid: 4711,
  is64Bit: true,
  env: {},
  files: realFiles,
};

export interface World extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly sink: MemorySink;
  readonly collector: Collector;
  readonly metrics: Measurements;
  readonly lines: readonly Line[];
  /** Errors of the log: what they say. */
  errors(): readonly string[];
  /** Scrapes once more, after an interval. */
  tick(): Promise<void>;
  /** The points of the last batch, by the name of the metric. */
  points(): Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface WorldOptions {
  readonly system?: Partial<HostSystem>;
  readonly signal?: 'metrics' | 'logs';
  readonly statfs?: (path: string) => Promise<fs.StatsFs>;
  /** Milliseconds since the epoch at the start. */
  readonly startMs?: number;
}

/** A started collector with a receiver before a sink. The first scrape has been made. */
export async function world(
  config: HostMetricsReceiverConfig,
  { system, signal = 'metrics', statfs, startMs }: WorldOptions = {},
): Promise<World> {
  const clock = virtualClock(startMs === undefined ? {} : { startMs });
  const sink = memoryExporter();
  const metrics = measured();
  const lines: Line[] = [];
  const log =
    (level: keyof Logger) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push({ level, message, fields });
  const receiver = createHostMetricsReceiver({ ...linux, ...system })(config);
  const pipeline = { receivers: [receiver], exporters: [sink] };
  const collector = createCollector({
    runtime: {
      clock,
      meterProvider: metrics.provider,
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      ...(statfs && { fs: { ...fs.promises, statfs } as typeof fs.promises }),
    },
    pipelines: signal === 'metrics' ? { metrics: pipeline } : { logs: pipeline },
  });
  await collector.start();
  await clock.advance('1s');
  return {
    clock,
    sink,
    collector,
    metrics,
    lines,
    errors: () =>
      lines.filter(({ level }) => level === 'error').map(({ fields }) => String(fields?.['error'])),
    tick: () => clock.advance(config.collection_interval ?? '1m'),
    points: () => pointsOf(sink.batches.at(-1)?.signal === 'metrics' ? [...lastMetrics(sink)] : []),
    [Symbol.asyncDispose]: () => collector.shutdown({ graceMs: 0 }),
  };
}

function* lastMetrics({ batches }: MemorySink): Iterable<Metric> {
  const last = batches.at(-1);
  if (last?.signal === 'metrics') yield* (last as unknown as { metrics(): Iterable<Metric> }).metrics();
}

/** Values by name and by attributes: `{ 'system.cpu.time': { 'cpu0 user': 1 } }`. */
export function pointsOf(
  metrics: Iterable<Metric>,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const all: Record<string, Record<string, number>> = {};
  for (const metric of metrics) {
    const points = (all[metric.name] ??= {});
    for (const point of metric.dataPoints() as Iterable<NumberDataPoint>) {
      points[[...point.attributes].map(([, value]) => value as string).join(' ')] = Number(point.value);
    }
  }
  return all;
}

/** A folder that looks like the root of a host. */
export function hostRoot(files: Readonly<Record<string, string>>): string {
  return writeTree({
    'proc/stat': [
      'cpu  300 20 100 1000 10 5 5 3 50 0',
      'cpu0 100 10 50 500 5 2 3 1 25 0',
      'cpu1 200 10 50 500 5 3 2 2 25 0',
      'intr 5 0 0',
      'ctxt 12',
      'btime 1700000000',
      'processes 4711',
      'procs_running 2',
      'procs_blocked 1',
      '',
    ].join('\n'),
    ...files,
  });
}
