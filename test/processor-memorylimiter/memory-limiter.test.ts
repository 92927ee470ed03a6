import * as fs from 'node:fs/promises';
import { createCollector, type Collector } from '@tributary/collector';
import type { ProcessorRef, Runtime } from '@tributary/component';
import {
  createMemoryLimiter,
  memoryLimiter,
  type Machine,
  type MemoryLimiterConfig,
} from '@tributary/processor-memorylimiter';
import {
  memoryExporter,
  sampleTraces,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { describe, expect, it } from 'vitest';

const mib = 1024 * 1024;

/** A machine whose memory the test sets. */
class FakeMachine implements Machine {
  usedMib = 0;
  totalMib = 1000;
  /** What is used after a collection; undefined where nobody can collect. */
  afterCollection: ((usedMib: number) => number) | undefined = undefined;
  readonly collectedAt: number[] = [];
  clock: VirtualClock | undefined;

  usedBytes(): number {
    return this.usedMib * mib;
  }
  totalBytes(): number {
    return this.totalMib * mib;
  }
  collectGarbage(): (() => void) | undefined {
    const { afterCollection: after } = this;
    if (after === undefined) return undefined;
    return () => {
      this.collectedAt.push(this.clock!.monotonic());
      this.usedMib = after(this.usedMib);
    };
  }
}

interface Bench extends AsyncDisposable {
  readonly machine: FakeMachine;
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
  /** Level and message of what was logged, and the fields. */
  readonly log: { readonly text: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

/** `files` are what the limiter finds of a cgroup: path to content. */
async function bench(
  config: MemoryLimiterConfig,
  prepare: (machine: FakeMachine) => void = () => {},
  files: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const machine = new FakeMachine();
  prepare(machine);
  const clock = virtualClock();
  machine.clock = clock;
  const log: { text: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const write =
    (level: string) =>
    (text: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void log.push({ text: `${level} ${text}`, fields });
  const source = testReceiver();
  const sink = memoryExporter();
  const guard: ProcessorRef<'traces' | 'metrics'> = createMemoryLimiter(machine)(config);
  const readFile = (path: string): Promise<string> => {
    const text = files[path];
    return text === undefined ? Promise.reject(new Error(`ENOENT: ${path}`)) : Promise.resolve(text);
  };
  const collector = createCollector({
    runtime: {
      clock,
      logger: { debug: write('DEBUG'), info: write('INFO'), warn: write('WARN'), error: write('ERROR') },
      fs: { ...fs, readFile } as unknown as Runtime['fs'],
    },
    pipelines: {
      traces: { receivers: [source], processors: [guard], exporters: [sink] },
      metrics: { receivers: [source], processors: [guard], exporters: [sink] },
    },
  });
  await collector.start();
  return {
    machine,
    clock,
    source,
    sink,
    collector,
    log,
    async [Symbol.asyncDispose]() {
      await collector.shutdown({ graceMs: 0 });
    },
  };
}

const limits = { check_interval: '1s', limit_mib: 100, spike_limit_mib: 20 } as const;
const traces = (): ReturnType<typeof sampleTraces> => sampleTraces({ spans: 1 });
const warnings = ({ log }: Bench): string[] =>
  log.map(({ text }) => text).filter((text) => !text.startsWith('DEBUG'));

describe('refusing', () => {
  it('begins at the soft limit, with a hint of one check interval, and ends below it', async () => {
    await using b = await bench(limits);
    b.machine.usedMib = 80 - 1 / mib;
    await b.clock.advance('1s');
    await b.source.send(traces());
    b.machine.usedMib = 80;
    await b.clock.advance('1s');
    await expect(b.source.send(traces())).rejects.toMatchObject({
      kind: 'refused',
      message: 'data refused due to high memory usage',
      retryAfterMs: 1000,
    });
    b.machine.usedMib = 79;
    await b.clock.advance('1s');
    await b.source.send(traces());
    expect(b.sink.items).toBe(2);
  });

  it('holds between two checks', async () => {
    await using b = await bench({ ...limits, check_interval: '10s' });
    b.machine.usedMib = 90;
    await b.clock.advance('9999ms');
    await b.source.send(traces());
    await b.clock.advance('1ms');
    await expect(b.source.send(traces())).rejects.toMatchObject({ retryAfterMs: 10_000 });
  });

  it('is told at the head of the pipeline, before a body is read', async () => {
    await using b = await bench(limits);
    expect(b.source.admit('traces', 100)).toBeUndefined();
    b.machine.usedMib = 90;
    await b.clock.advance('1s');
    expect(b.source.admit('traces', 100)).toEqual({ retryAfterMs: 1000 });
    expect(b.source.admit('traces')).toEqual({ retryAfterMs: 1000 });
  });

  it('is one for all pipelines of an object: memory is measured once a check', async () => {
    await using b = await bench(limits);
    let reads = 0;
    b.machine.usedBytes = () => (reads++, 90 * mib);
    await b.clock.advance('3s');
    expect(reads).toBe(3);
    expect(b.source.admit('metrics')).toEqual({ retryAfterMs: 1000 });
  });

  it('is a status, and a line in the log, once', async () => {
    await using b = await bench(limits);
    const statuses: string[] = [];
    b.collector.events.on('status', ({ component, status }) => {
      if (component === 'memory_limiter') statuses.push(status);
    });
    b.machine.usedMib = 90;
    await b.clock.advance('3s');
    b.machine.usedMib = 10;
    await b.clock.advance('3s');
    expect(statuses).toEqual(['recoverable_error', 'ok']);
    expect(warnings(b).slice(1)).toEqual([
      'WARN Memory usage is above soft limit. Refusing data.',
      'INFO Memory usage back within limits. Resuming normal operation.',
    ]);
    expect(b.log.at(-1)?.fields).toMatchObject({ cur_mem_mib: 10 });
  });

  it('ends with the shutdown: no timer is left', async () => {
    const b = await bench(limits);
    expect(b.clock.pending).toBe(1);
    await b.collector.shutdown();
    expect(b.clock.pending).toBe(0);
  });
});

it.each([
  ['1 MiB, which every Node exceeds', 1, true],
  ['16 TiB', 16_777_216, false],
] as const)('measures this process: with a limit of %s', async (_, limit_mib, isRefusing) => {
  const clock = virtualClock();
  const source = testReceiver();
  await using collector = createCollector({
    runtime: { clock, logger: { debug() {}, info() {}, warn() {}, error() {} } },
    pipelines: {
      traces: {
        receivers: [source],
        processors: [memoryLimiter({ check_interval: '1s', limit_mib })],
        exporters: [memoryExporter()],
      },
    },
  });
  await collector.start();
  await clock.advance('1s');
  expect(source.admit('traces') !== undefined).toBe(isRefusing);
});

describe('limits', () => {
  const configured = ({ log }: Bench): unknown => log.find(({ text }) => text.includes('configured'))?.fields;

  it('leave a fifth for spikes unless told otherwise', async () => {
    await using b = await bench({ check_interval: '1s', limit_mib: 101 });
    expect(configured(b)).toMatchObject({ limit_mib: 101, spike_limit_mib: 20 });
  });

  it('in MiB go before those in per cent', async () => {
    await using b = await bench({ ...limits, limit_percentage: 1, spike_limit_percentage: 0 });
    expect(configured(b)).toMatchObject({ limit_mib: 100, spike_limit_mib: 20 });
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['a cgroup of version 2', { '/sys/fs/cgroup/memory.max': `${200 * mib}\n` }, 100],
    ['a cgroup of version 2 without a limit', { '/sys/fs/cgroup/memory.max': 'max\n' }, 500],
    ['a cgroup of version 1', { '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${400 * mib}\n` }, 200],
    [
      'a cgroup of version 1 without a limit',
      { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' },
      500,
    ],
    ['no cgroup', {}, 500],
    ['a file that makes no sense', { '/sys/fs/cgroup/memory.max': 'plenty' }, 500],
  ])('in per cent are of the memory in %s', async (_, files, limitMib) => {
    const config = { check_interval: '1s', limit_percentage: 50, spike_limit_percentage: 10 } as const;
    await using b = await bench(config, () => {}, files);
    expect(configured(b)).toMatchObject({ limit_mib: limitMib, spike_limit_mib: limitMib / 5 });
    expect(b.log.map(({ text }) => text)).toContain('INFO Using percentage memory limiter');
  });
});

describe('collections of garbage', () => {
  const useless = (machine: FakeMachine): void => {
    machine.usedMib = 110;
    machine.afterCollection = (used) => used;
  };

  it('are not forced where nobody can', async () => {
    await using b = await bench(limits);
    b.machine.usedMib = 110;
    await b.clock.advance('1s');
    expect(warnings(b).filter((text) => text.includes('GC'))).toEqual([]);
    expect(b.source.admit('traces')).toBeDefined();
  });

  it('above the hard limit come at once, and then ever more seldom while they free little', async () => {
    await using b = await bench(limits, useless);
    await b.clock.advance('3m');
    const pauses = b.machine.collectedAt.slice(1).map((at, i) => at - b.machine.collectedAt[i]!);
    // Back-offs of 1.9, 3.8, 7.6, 15.2 and 30 s: a check comes each second, and must be later than they say.
    expect(b.machine.collectedAt[0]).toBe(1000);
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 31_000, 31_000, 31_000, 31_000]);
    expect(warnings(b).slice(1, 5)).toEqual([
      'WARN Memory usage is above hard limit. Forcing a GC.',
      'INFO Memory usage after GC.',
      'WARN Forced GC did not reclaim enough memory. Will back off GC frequency to preserve CPU for recovery.',
      'WARN Memory usage is above soft limit. Refusing data.',
    ]);
  });

  it('come at every check without back-off, where max_gc_interval_when_hard_limited is zero', async () => {
    const config = {
      ...limits,
      max_gc_interval_when_hard_limited: '0s',
      max_gc_interval_when_soft_limited: '0s',
    } as const;
    await using b = await bench(config, useless);
    await b.clock.advance('4s');
    expect(b.machine.collectedAt).toEqual([1000, 2000, 3000, 4000]);
  });

  it('above the soft limit wait for min_gc_interval_when_soft_limited', async () => {
    await using b = await bench(limits, (machine) => {
      machine.usedMib = 90;
      machine.afterCollection = (used) => used;
    });
    await b.clock.advance('35s');
    // More than 10 s after the start; then twice that.
    expect(b.machine.collectedAt).toEqual([11_000, 32_000]);
    expect(warnings(b)).toContain('INFO Memory usage is above soft limit. Forcing a GC.');
  });

  it('that free a twentieth are followed by the next without back-off', async () => {
    await using b = await bench(limits, (machine) => {
      machine.usedMib = 400;
      machine.afterCollection = (used) => used * 0.95;
    });
    await b.clock.advance('4s');
    expect(b.machine.collectedAt).toEqual([1000, 2000, 3000, 4000]);
  });

  it('back off no more once memory has fallen by a twentieth by itself', async () => {
    await using b = await bench(limits, useless);
    await b.clock.advance('4s'); // collected at 1 s and 3 s; the next would be at 7 s
    b.machine.usedMib = 104.5;
    await b.clock.advance('1s');
    expect(b.machine.collectedAt).toEqual([1000, 3000, 5000]);
  });

  it('back off no more once memory was below the soft limit', async () => {
    await using b = await bench({ ...limits, spike_limit_mib: 2 }, (machine) => {
      machine.usedMib = 101;
      machine.afterCollection = (used) => used;
    });
    await b.clock.advance('3s'); // collected at 1 s and 3 s; the next would be at 7 s
    b.machine.usedMib = 97;
    await b.clock.advance('1s');
    b.machine.usedMib = 101;
    await b.clock.advance('1s');
    expect(b.machine.collectedAt).toEqual([1000, 3000, 5000]);
  });

  it('that bring memory below the soft limit end the refusal within the same check', async () => {
    await using b = await bench(limits, useless);
    await b.clock.advance('1s');
    b.machine.afterCollection = () => 10;
    await b.clock.advance('2s');
    expect(b.source.admit('traces')).toBeUndefined();
    expect(warnings(b).at(-1)).toBe('INFO Memory usage back within limits. Resuming normal operation.');
  });
});

describe('config', () => {
  const base = { check_interval: '1s', limit_mib: 100 } as const;
  it.each<[MemoryLimiterConfig, string]>([
    [{ limit_mib: 1 } as MemoryLimiterConfig, 'check_interval: is required'],
    [{ ...base, check_interval: '0s' }, "check_interval: 'check_interval' must be greater than zero"],
    [{ check_interval: '1s' }, "limit_mib: 'limit_mib' or 'limit_percentage' must be greater than zero"],
    [
      { ...base, spike_limit_mib: 100 },
      "spike_limit_mib: 'spike_limit_mib' must be smaller than 'limit_mib'",
    ],
    [
      { check_interval: '1s', limit_percentage: 50, spike_limit_percentage: 50 },
      "spike_limit_percentage: 'spike_limit_percentage' must be smaller than 'limit_percentage'",
    ],
    [
      { check_interval: '1s', limit_percentage: 101 },
      "limit_percentage: 'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or equal to hundred",
    ],
    [
      { ...base, min_gc_interval_when_hard_limited: '11s' },
      "min_gc_interval_when_soft_limited: 'min_gc_interval_when_soft_limited' should be larger than 'min_gc_interval_when_hard_limited'",
    ],
    [
      { ...base, max_gc_interval_when_soft_limited: '9s' },
      "max_gc_interval_when_soft_limited: 'max_gc_interval_when_soft_limited' should be larger than 'min_gc_interval_when_soft_limited'",
    ],
    [
      { ...base, max_gc_interval_when_hard_limited: '31s' },
      "max_gc_interval_when_soft_limited: 'max_gc_interval_when_soft_limited' should be larger than 'max_gc_interval_when_hard_limited'",
    ],
    [{ ...base, limit_mib: 1.5 }, 'limit_mib: must be a whole number, got 1.5'],
    [{ ...base, limt_mib: 1 } as MemoryLimiterConfig, 'limt_mib: unknown key; did you mean limit_mib?'],
  ])('refuses %j', (config, message) => {
    expect(() => memoryLimiter(config)).toThrow(`processors.memory_limiter.${message}`);
  });

  it('takes every key that its type has', () => {
    const all: Required<MemoryLimiterConfig> = {
      check_interval: '1s',
      limit_mib: 100,
      spike_limit_mib: 10,
      limit_percentage: 50,
      spike_limit_percentage: 10,
      min_gc_interval_when_soft_limited: '10s',
      min_gc_interval_when_hard_limited: '1s',
      max_gc_interval_when_soft_limited: '40s',
      max_gc_interval_when_hard_limited: '30s',
    };
    expect(() => memoryLimiter(all)).not.toThrow();
  });

  it.each<MemoryLimiterConfig>([
    base,
    { ...base, max_gc_interval_when_soft_limited: '0s', max_gc_interval_when_hard_limited: '0s' },
    { ...base, spike_limit_mib: 99 },
    { check_interval: '1s', limit_percentage: 100 },
  ])('takes %j', (config) => {
    expect(() => memoryLimiter(config)).not.toThrow();
  });
});
