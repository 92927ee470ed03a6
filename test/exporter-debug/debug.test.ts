import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCollector, imbalances, type BalanceLine, type Collector } from '@tributary/collector';
import type { ExporterRef, Signal } from '@tributary/component';
import { debugExporter, type DebugExporterConfig } from '@tributary/exporter-debug';
import { testReceiver, virtualClock, type TestSource, type VirtualClock } from '@tributary/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from './telemetry.js';

const golden = fileURLToPath(new URL('golden', import.meta.url));
const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

interface Bench extends AsyncDisposable {
  readonly source: TestSource;
  readonly clock: VirtualClock;
  readonly collector: Collector;
  /** Messages of the collector's log, level INFO, with their fields. */
  readonly log: (readonly [message: string, fields: unknown])[];
}

async function bench(exporter: ExporterRef<Signal>): Promise<Bench> {
  const source = testReceiver();
  const clock = virtualClock();
  const log: (readonly [string, unknown])[] = [];
  const pipeline = { receivers: [source], exporters: [exporter] };
  const collector = createCollector({
    runtime: {
      clock,
      logger: {
        debug() {},
        info: (message, fields) => void log.push([message, fields]),
        warn() {},
        error() {},
      },
    },
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline, profiles: pipeline },
  });
  await collector.start();
  log.length = 0;
  return { source, clock, collector, log, [Symbol.asyncDispose]: () => collector.shutdown({ graceMs: 0 }) };
}

function account({ collector }: Bench): BalanceLine | undefined {
  return collector
    .balance()
    .components.find(({ component, signal }) => component === 'debug' && signal === 'logs');
}

const counts = {
  traces: ['Traces', { 'resource spans': 2, spans: 3 }],
  metrics: ['Metrics', { 'resource metrics': 1, metrics: 6, 'data points': 8 }],
  logs: ['Logs', { 'resource logs': 1, 'log records': 3 }],
  profiles: ['Profiles', { 'resource profiles': 1, 'sample records': 2 }],
} as const;

describe.each(signals)('%s', (signal) => {
  it('are one line of counts a batch', async () => {
    await using b = await bench(debugExporter());
    await b.source.send(telemetry[signal]());
    expect(b.log).toEqual([[counts[signal][0], expect.objectContaining(counts[signal][1])]]);
  });

  it.each(['normal', 'detailed'] as const)('are written as the golden says when %s', async (verbosity) => {
    await using b = await bench(debugExporter({ verbosity }));
    await b.source.send(telemetry[signal]());
    expect(b.log).toHaveLength(2);
    expect(b.log[0]?.[0]).toBe(counts[signal][0]);
    expect(b.log[1]?.[0]).toBe(await readFile(path.join(golden, `${signal}-${verbosity}.txt`), 'utf8'));
  });
});

describe('with use_internal_logger: false', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tributary-debug-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('appends to files, and closes them at the shutdown', async () => {
    const file = path.join(directory, 'out.txt');
    for (const verbosity of ['basic', 'normal'] as const) {
      const b = await bench(debugExporter({ verbosity, use_internal_logger: false, output_paths: [file] }));
      await b.source.send(telemetry.logs());
      await b.collector.shutdown();
      expect(b.log.filter(([message]) => message === 'Logs')).toEqual([]);
    }
    const line = 'Logs\t{"resource logs": 1, "log records": 3}\n';
    const text = await readFile(path.join(golden, 'logs-normal.txt'), 'utf8');
    expect(await readFile(file, 'utf8')).toBe(line + line + text);
  });

  it('does not start where a file cannot be opened', async () => {
    const file = path.join(directory, 'no', 'such', 'folder');
    await expect(bench(debugExporter({ use_internal_logger: false, output_paths: [file] }))).rejects.toThrow(
      'ENOENT',
    );
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('writes to stdout unless told otherwise', async () => {
    const written: unknown[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
      written.push(text);
      (done as unknown as () => void)();
      return true;
    });
    try {
      await using b = await bench(debugExporter({ use_internal_logger: false }));
      await b.source.send(telemetry.traces());
    } finally {
      write.mockRestore();
    }
    expect(written).toEqual(['Traces\t{"resource spans": 2, "spans": 3}\n']);
  });

  it('says "retryable" when the output fails', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((_, done) => {
      (done as unknown as (error: Error) => void)(new Error('EPIPE'));
      return false;
    });
    try {
      await using b = await bench(debugExporter({ use_internal_logger: false, output_paths: ['stderr'] }));
      await expect(b.source.send(telemetry.traces() as never)).rejects.toMatchObject({ kind: 'retryable' });
    } finally {
      write.mockRestore();
    }
  });
});

describe('sampling', () => {
  it('writes of equal messages within a second the first ones, then every nth', async () => {
    await using b = await bench(debugExporter({ sampling_initial: 2, sampling_thereafter: 3 }));
    for (let n = 0; n < 9; n++) await b.source.send(telemetry.logs());
    expect(b.log).toHaveLength(4); // 1, 2, 5, 8
    await b.source.send(telemetry.traces());
    expect(b.log).toHaveLength(5);
    await b.clock.advance('1s');
    await b.source.send(telemetry.logs());
    expect(b.log).toHaveLength(6);
  });

  it('writes none after the first ones, where sampling_thereafter is zero', async () => {
    await using b = await bench(debugExporter({ sampling_initial: 1, sampling_thereafter: 0 }));
    for (let n = 0; n < 9; n++) await b.source.send(telemetry.logs());
    expect(b.log).toHaveLength(1);
  });

  it('counts each message from its own first', async () => {
    await using b = await bench(debugExporter({ sampling_initial: 1, sampling_thereafter: 0 }));
    await b.source.send(telemetry.logs());
    await b.clock.advance('900ms');
    await b.source.send(telemetry.traces());
    await b.clock.advance('200ms');
    for (const signal of ['traces', 'logs', 'logs'] as const) await b.source.send(telemetry[signal]());
    expect(b.log.map(([message]) => message)).toEqual(['Logs', 'Traces', 'Logs']);
  });

  it('loses no item in the books', async () => {
    await using b = await bench(debugExporter({ sampling_initial: 1, sampling_thereafter: 0 }));
    for (let n = 0; n < 9; n++) await b.source.send(telemetry.logs());
    expect(account(b)).toMatchObject({ received: 27, passed: 27, held: 0, dropped: new Map() });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it('writes all unless told otherwise', async () => {
    await using b = await bench(debugExporter());
    for (let n = 0; n < 9; n++) await b.source.send(telemetry.logs());
    expect(b.log).toHaveLength(9);
  });
});

describe('sending_queue', () => {
  it.skipIf(process.platform !== 'linux')('is off: a caller waits, and hears of a failure', async () => {
    await using b = await bench(debugExporter({ use_internal_logger: false, output_paths: ['/dev/full'] }));
    await expect(b.source.send(telemetry.logs())).rejects.toMatchObject({ kind: 'retryable' });
  });

  it.each([{}, null])(
    'takes batches in at once and writes them later where it is %j',
    async (sending_queue) => {
      let goOn = (): void => {};
      const write = vi.spyOn(process.stderr, 'write').mockImplementation((_, done) => {
        goOn = done as unknown as () => void;
        return true;
      });
      try {
        const b = await bench(
          debugExporter({ use_internal_logger: false, output_paths: ['stderr'], sending_queue }),
        );
        await b.source.send(telemetry.logs());
        expect(account(b)).toMatchObject({ received: 3, held: 3, passed: 0 });
        await expect.poll(() => write.mock.calls.length).toBe(1);
        await b.clock.advance('1h'); // there is no timeout
        expect(account(b)).toMatchObject({ held: 3 });
        const stopped = b.collector.shutdown();
        goOn();
        await stopped;
        expect(account(b)).toMatchObject({ received: 3, held: 0, passed: 3 });
      } finally {
        write.mockRestore();
      }
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'drops what cannot be written, without a second attempt',
    async () => {
      await using b = await bench(
        debugExporter({ use_internal_logger: false, output_paths: ['/dev/full'], sending_queue: {} }),
      );
      await b.source.send(telemetry.logs());
      await expect.poll(() => account(b)).toMatchObject({ received: 3, held: 0, passed: 0 });
      expect([...account(b)!.dropped.values()]).toEqual([3]);
    },
  );
});

describe('config', () => {
  it.each<[object, string]>([
    [{ verbosity: 'none' }, 'verbosity: verbosity level "None" is not supported'],
    [{ verbosity: 'loud' }, 'verbosity: must be basic, normal or detailed, got "loud"'],
    [
      { output_paths: ['stdout'] },
      'output_paths: output_paths is not supported when use_internal_logger is true',
    ],
    [
      { use_internal_logger: false, output_paths: [] },
      'output_paths: output_paths must not be empty when use_internal_logger is false',
    ],
    [{ sending_queue: { queue_size: 0 } }, 'sending_queue.queue_size: `queue_size` must be positive, got 0'],
    [{ retry_on_failure: {} }, 'retry_on_failure: unknown key'],
    [{ sampling_initial: 1.5 }, 'sampling_initial: must be a whole number, got 1.5'],
    [{ verbosty: 'basic' }, 'verbosty: unknown key; did you mean verbosity?'],
  ])('refuses %j', (config, message) => {
    expect(() => debugExporter(config as DebugExporterConfig)).toThrow(`exporters.debug.${message}`);
  });

  it('takes every key that its type has', () => {
    const all: Required<DebugExporterConfig> = {
      verbosity: 'normal',
      sampling_initial: 1,
      sampling_thereafter: 2,
      use_internal_logger: false,
      output_paths: ['stderr'],
      sending_queue: {},
    };
    expect(() => debugExporter(all)).not.toThrow();
  });

  it('takes a verbosity in any case', () => {
    expect(() => debugExporter({ verbosity: 'Detailed' as 'detailed' })).not.toThrow();
  });
});
