import * as fs from 'node:fs/promises';
import { createCollector, type Collector } from '@tributary/collector';
import { defineExporter, type ExporterRef, type ProcessorRef, type Runtime } from '@tributary/component';
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
import { z } from 'zod';

const mib = 1024 * 1024;

/** A machine whose memory the test sets. */
class FakeMachine implements Machine {
  usedMib = 0;
  /** By default what JavaScript uses, and nothing else. */
  rssMib: number | undefined = undefined;
  totalMib = 1000;
  reads = 0;
  /** What is used after a collection; undefined where nobody can collect. */
  afterCollection: ((usedMib: number) => number) | undefined = undefined;
  readonly collectedAt: number[] = [];
  clock: VirtualClock | undefined;

  memory(): { readonly usedBytes: number; readonly rssBytes: number } {
    this.reads++;
    return { usedBytes: this.usedMib * mib, rssBytes: (this.rssMib ?? this.usedMib) * mib };
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
  machine: FakeMachine = new FakeMachine(),
  end?: ExporterRef<'traces'>,
): Promise<Bench> {
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
      traces: { receivers: [source], processors: [guard], exporters: [end ?? sink] },
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
  log.map(({ text }) => text).filter((text) => /Memory usage|Forced GC/.test(text));
const hint = { retryAfterMs: expect.any(Number) as number };

describe('refusing', () => {
  it('begins at the soft limit, with a hint, and ends below it', async () => {
    await using b = await bench(limits);
    b.machine.usedMib = 80 - 1 / mib;
    await b.clock.advance('1s');
    await b.source.send(traces());
    b.machine.usedMib = 80;
    await b.clock.advance('1s');
    await expect(b.source.send(traces())).rejects.toMatchObject({
      kind: 'refused',
      message: 'data refused due to high memory usage',
      ...hint,
    });
    b.machine.usedMib = 79;
    await b.clock.advance('1s');
    await b.source.send(traces());
    expect(b.sink.items).toBe(2);
  });

  it('ends a quarter of a second after the pressure, whatever check_interval is', async () => {
    await using b = await bench({ ...limits, check_interval: '10s' });
    b.machine.usedMib = 90;
    await b.clock.advance('9999ms');
    await b.source.send(traces());
    await b.clock.advance('1ms');
    await expect(b.source.send(traces())).rejects.toMatchObject(hint);
    b.machine.usedMib = 70;
    await b.clock.advance('250ms');
    await b.source.send(traces());
  });

  it('is told at the head of the pipeline, before a body is read', async () => {
    await using b = await bench(limits);
    expect(b.source.admit('traces', 100)).toBeUndefined();
    b.machine.usedMib = 90;
    await b.clock.advance('1s');
    expect(b.source.admit('traces', 100)).toEqual(hint);
    expect(b.source.admit('traces')).toEqual(hint);
  });

  it('is one for all pipelines of an object: memory is measured once a check', async () => {
    await using b = await bench(limits);
    b.machine.usedMib = 70;
    b.machine.reads = 0;
    await b.clock.advance('3s');
    expect(b.machine.reads).toBe(3);
    b.machine.usedMib = 90;
    await b.clock.advance('1s');
    expect(b.source.admit('metrics')).toEqual(hint);
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
    expect(warnings(b)).toEqual([
      'WARN Memory usage is above soft limit. Refusing data.',
      'INFO Memory usage back within limits. Resuming normal operation.',
    ]);
    expect(b.log.at(-1)?.fields).toMatchObject({ cur_mem_mib: 10 });
  });

  it('ends with the shutdown: no timer is left', async () => {
    const b = await bench(limits);
    expect(b.clock.timers().map(({ ms }) => ms)).toContain(1_000);
    await b.collector.shutdown();
    expect(b.clock.pending).toBe(0);
  });
});

describe('what is measured', () => {
  it('is what JavaScript uses beyond the idle process, on top of the resident size of that', async () => {
    await using b = await bench(limits, (machine) => {
      machine.usedMib = 10;
      machine.rssMib = 50;
    });
    b.machine.usedMib = 39;
    await b.clock.advance('1s');
    expect(b.source.admit('traces')).toBeUndefined();
    b.machine.usedMib = 40;
    await b.clock.advance('1s');
    expect(b.source.admit('traces')).toEqual(hint);
  });

  it('does not count what a busy process has kept, where the limiter starts again', async () => {
    const machine = new FakeMachine();
    machine.usedMib = 10;
    machine.rssMib = 50;
    await using first = await bench(limits, undefined, {}, machine);
    machine.rssMib = 95;
    await using second = await bench(limits, undefined, {}, machine);
    await second.clock.advance('1s');
    expect(first.source.admit('traces')).toBeUndefined();
    expect(second.source.admit('traces')).toBeUndefined();
  });

  it('leaves room for requests, or the log says that it does not', async () => {
    const idle = (machine: FakeMachine): void => {
      machine.usedMib = 20;
      machine.rssMib = 100;
    };
    const warned = ({ log }: Bench): unknown =>
      log.find(({ text }) => text.includes('less than 64 MiB'))?.fields;
    await using narrow = await bench({ check_interval: '1s', limit_mib: 163 }, idle);
    expect(warned(narrow)).toMatchObject({ limit_mib: 163, idle_mem_mib: 100 });
    await using wide = await bench({ check_interval: '1s', limit_mib: 164 }, idle);
    expect(warned(wide)).toBeUndefined();
  });
});

describe('the resident size', () => {
  const kept = (machine: FakeMachine): void => {
    machine.usedMib = 10;
    machine.rssMib = 10;
    machine.afterCollection = (used) => used;
  };

  it('above the limit makes a collection, which shows that little is in use, and nothing is refused', async () => {
    await using b = await bench(limits, kept);
    b.machine.rssMib = 99;
    await b.clock.advance('1s');
    expect(b.machine.collectedAt).toEqual([0]);
    b.machine.rssMib = 100;
    await b.clock.advance('5s');
    expect(b.machine.collectedAt).toEqual([0, 2000]);
    await b.source.send(traces());
    // More than a spike beyond what is known to be free: that is to be shown again.
    b.machine.rssMib = 120;
    await b.clock.advance('5s');
    expect(b.machine.collectedAt).toEqual([0, 2000, 7000]);
  });

  it('above the limit is refused for until the collection may be made', async () => {
    const config = { ...limits, min_gc_interval_when_hard_limited: '4s' } as const;
    await using b = await bench(config, kept);
    b.machine.usedMib = 78;
    b.machine.rssMib = 130;
    await b.clock.advance('1s');
    // All of it is in use, and known to be: nothing promises that a collection would free any.
    b.machine.rssMib = 160;
    await b.clock.advance('1s');
    expect(b.source.admit('traces')).toEqual(hint);
    await b.clock.advance('5s');
    expect(b.source.admit('traces')).toBeUndefined();
    expect(b.machine.collectedAt).toEqual([0, 1000, 5250]);
  });

  it('is no guard where nobody can collect: it would refuse for ever', async () => {
    await using b = await bench(limits);
    b.machine.rssMib = 500;
    await b.clock.advance('10s');
    expect(b.source.admit('traces')).toBeUndefined();
  });
});

describe('between two checks', () => {
  it('memory is read again when a part of the spike has come in', async () => {
    await using b = await bench({ ...limits, check_interval: '1h' });
    b.machine.usedMib = 90;
    await b.source.send(traces());
    const big = sampleTraces({ spans: 8000 });
    expect(big.byteLength).toBeGreaterThan((20 * mib) / 16);
    await expect(b.source.send(big)).rejects.toMatchObject(hint);
    expect(b.source.admit('traces')).toEqual(hint);
  });

  it('no more is admitted than has room below the hard limit, twice its size each', async () => {
    await using b = await bench({ ...limits, check_interval: '1h' });
    b.machine.usedMib = 70;
    await b.source.send(sampleTraces({ spans: 8000 }));
    // 30 MiB: three of 5 MiB, the memory of each twice that.
    const admitted = Array.from({ length: 5 }, () => b.source.admit('traces', 4.9 * mib));
    expect(admitted).toEqual([undefined, undefined, undefined, hint, hint]);
    // One has come, and is in memory.
    await b.source.send(traces());
    expect(b.source.admit('traces', 4.9 * mib)).toBeUndefined();
    // Those who never came are forgotten.
    await b.clock.advance('10s');
    expect(b.source.admit('traces', 4.9 * mib)).toBeUndefined();
  });

  it('no more is admitted than has room from the start on', async () => {
    await using b = await bench(limits, (machine) => {
      machine.usedMib = 70;
    });
    const admitted = Array.from({ length: 4 }, () => b.source.admit('traces', 4.9 * mib));
    expect(admitted).toEqual([undefined, undefined, undefined, hint]);
  });

  it('one is always admitted, however large', async () => {
    await using b = await bench(limits);
    expect(b.source.admit('traces', 500 * mib)).toBeUndefined();
    expect(b.source.admit('traces', 1)).toEqual(hint);
  });

  it('what was admitted is taken although refusing has begun, up to the hard limit', async () => {
    await using b = await bench(limits);
    expect(b.source.admit('traces', 100)).toBeUndefined();
    expect(b.source.admit('traces', 100)).toBeUndefined();
    b.machine.usedMib = 90;
    await b.clock.advance('1s');
    await b.source.send(traces());
    b.machine.usedMib = 100;
    await b.clock.advance('250ms');
    await expect(b.source.send(traces())).rejects.toMatchObject(hint);
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
  /** Memory that is in use, all of it, or as much as `after` says. */
  function press(
    { machine }: Bench,
    usedMib: number,
    after: (used: number) => number = (used) => used,
  ): void {
    machine.usedMib = usedMib;
    machine.afterCollection = after;
  }

  it('are not forced where nobody can', async () => {
    await using b = await bench(limits);
    b.machine.usedMib = 110;
    await b.clock.advance('1s');
    expect(warnings(b).filter((text) => text.includes('GC'))).toEqual([]);
    expect(b.source.admit('traces')).toBeDefined();
  });

  it('above the hard limit come at once, and then ever more seldom while they free little', async () => {
    await using b = await bench(limits);
    press(b, 110);
    await b.clock.advance('3m');
    const pauses = b.machine.collectedAt.slice(1).map((at, i) => at - b.machine.collectedAt[i]!);
    // Back-offs of 1.9, 3.8, 7.6, 15.2 and 30 s: a check comes four times a second, and must be later than they say.
    expect(b.machine.collectedAt[0]).toBe(1000);
    expect(pauses).toEqual([2000, 4000, 7750, 15_250, 30_250, 30_250, 30_250, 30_250]);
    expect(warnings(b).slice(0, 4)).toEqual([
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
    await using b = await bench(config);
    press(b, 110);
    await b.clock.advance('2s');
    expect(b.machine.collectedAt).toEqual([1000, 1250, 1500, 1750, 2000]);
  });

  it('above the soft limit wait for min_gc_interval_when_soft_limited, once one was in vain', async () => {
    await using b = await bench(limits);
    press(b, 90);
    await b.clock.advance('1m');
    // Twice ten seconds, and then no longer than max_gc_interval_when_soft_limited.
    expect(b.machine.collectedAt).toEqual([1000, 21_250, 51_500]);
    expect(warnings(b)).toContain('INFO Memory usage is above soft limit. Forcing a GC.');
  });

  it('that free a twentieth are followed by the next without back-off', async () => {
    await using b = await bench(limits);
    press(b, 400, (used) => used * 0.95);
    await b.clock.advance('2s');
    expect(b.machine.collectedAt).toEqual([1000, 1250, 1500, 1750, 2000]);
  });

  it('back off no more once memory has fallen by a twentieth by itself', async () => {
    await using b = await bench(limits);
    press(b, 110);
    await b.clock.advance('4s'); // collected at 1 s and 3 s; the next would be at 7 s
    b.machine.usedMib = 104.5;
    await b.clock.advance('1s');
    expect(b.machine.collectedAt.slice(0, 3)).toEqual([1000, 3000, 4250]);
  });

  it('back off no more once memory was below the soft limit', async () => {
    await using b = await bench({ ...limits, spike_limit_mib: 2 });
    press(b, 101);
    await b.clock.advance('3s'); // collected at 1 s and 3 s; the next would be at 7 s
    b.machine.usedMib = 97.9;
    await b.clock.advance('250ms');
    b.machine.usedMib = 101;
    await b.clock.advance('1s');
    expect(b.machine.collectedAt).toEqual([1000, 3000, 4250]);
  });

  it('that bring memory below the soft limit end the refusal within the same check', async () => {
    await using b = await bench(limits);
    press(b, 110);
    await b.clock.advance('1s');
    b.machine.afterCollection = () => 10;
    await b.clock.advance('2s');
    expect(b.source.admit('traces')).toBeUndefined();
    expect(warnings(b).at(-1)).toBe('INFO Memory usage back within limits. Resuming normal operation.');
  });
});

describe('what components hold', () => {
  /** A pipeline whose end keeps what it accepts, and reports it. */
  async function holding(): Promise<Bench & { hold(heldMib: number): void }> {
    let heldBytes = 0;
    const keeper = defineExporter({
      type: 'keeper',
      config: z.strictObject({}),
      traces: ({ ledger }) => {
        ledger.held(
          () => 0,
          () => heldBytes,
        );
        return { consume() {} };
      },
    });
    const b = await bench(limits, undefined, {}, new FakeMachine(), keeper());
    return Object.assign(b, { hold: (heldMib: number) => void (heldBytes = heldMib * mib) });
  }

  it('says when a collection is worth its time: not before the interval, unless much was let go', async () => {
    await using b = await holding();
    b.hold(40);
    b.machine.usedMib = 90;
    b.machine.afterCollection = (used) => used;
    await b.clock.advance('2s');
    expect(b.machine.collectedAt).toEqual([1000]);
    // Of the 90, all that is beyond the idle process goes with what is held: 78 would be left.
    b.hold(35);
    await b.clock.advance('1s');
    expect(b.machine.collectedAt).toEqual([1000]);
    b.hold(33);
    b.machine.afterCollection = () => 74;
    await b.clock.advance('250ms');
    expect(b.machine.collectedAt).toEqual([1000, 3250]);
    expect(b.source.admit('traces')).toBeUndefined();
  });

  it('gives the hint: how long the rest takes at the rate at which it gets less', async () => {
    await using b = await holding();
    b.hold(60);
    b.machine.usedMib = 95;
    await b.clock.advance('1s');
    // Nothing has left yet.
    expect(b.source.admit('traces')).toEqual({ retryAfterMs: 2000 });
    for (let heldMib = 56; heldMib >= 44; heldMib -= 4) {
      b.hold(heldMib);
      await b.clock.advance('250ms');
    }
    // 15 MiB above the soft limit and a quarter of the spike, at 16 MiB a second.
    expect(b.source.admit('traces')).toEqual({ retryAfterMs: 1250 });
    b.hold(10);
    await b.clock.advance('250ms');
    expect(b.source.admit('traces')).toEqual({ retryAfterMs: 500 });
    await b.clock.advance('10s');
    expect(b.source.admit('traces')).toEqual({ retryAfterMs: 2000 });
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
