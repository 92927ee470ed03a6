import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasProcessStatus } from '../support/process-status.js';
import { Backend } from './sampling/backend-process.js';
import { booksOf, problemsOf, type Books } from './sampling/books.js';
import { command, CommandProcess, faultyCommand, telemetry } from './support/command-process.js';
import { Template } from './sampling/template.js';
import { numbersPerTrace, TraceLoad, type Request } from './sampling/trace-load.js';
import { isLong } from './support/chain.js';
import { printTable } from './support/table.js';

const shortMs = 14_000;
const soakMs = isLong ? 300_000 : shortMs;
/** Tables have reached their size, and the store its bound. */
const warmUpShare = 1 / 4;
/** The backend is away for the first part of each of these. */
const restartEveryMs = isLong ? 10_000 : 2500;
const awayMs = 1200;
const numbers = isLong ? 2 ** 27 : 2 ** 24;
const maxTraces = numbers / numbersPerTrace;

/**
 * So many hundreds behind its trace comes a late span: more than `num_traces`, so that its trace is decided, and fewer
 * kept ones than `sampled_cache_size`, so that it goes after it, however fast the machine is, and refused however often.
 */
const lateHundreds = 120;

/** Of which only `faultyCommand` knows. */
const faults = ['leak', 'lose_one'];

// Everything that may fill is small, so that it is full when the warm-up ends: a table that still grows would look
// like a leak.
const config = (backend: string, processors: string): string => `
receivers: { otlp: { protocols: { grpc: { endpoint: '127.0.0.1:0' } } } }
processors:
  ${faults
    .filter((fault) => processors.includes(fault))
    .map((fault) => `${fault}: {}`)
    .join('')}
  memory_limiter: { check_interval: 1s, limit_mib: 4096 }
  tail_sampling:
    decision_wait: 1s
    num_traces: 10000
    maximum_trace_size_bytes: 6291456
    max_bytes: 67108864
    decision_cache: { sampled_cache_size: 100000, non_sampled_cache_size: 10000 }
    why: { max_records: 10000 }
    policies:
      - { name: errors, type: status_code, status_code: { status_codes: [ERROR] } }
      - { name: slow, type: latency, latency: { threshold_ms: 5000 } }
      - { name: admin, type: string_attribute, string_attribute: { key: http.route, values: [/admin] } }
      - { name: tenth, type: probabilistic, probabilistic: { sampling_percentage: 10 } }
exporters:
  otlp:
    endpoint: ${backend}
    tls: { insecure: true }
    retry_on_failure: { initial_interval: 100ms, max_interval: 500ms, max_elapsed_time: 0s }
    sending_queue: { sizer: bytes, queue_size: 33554432, num_consumers: 4 }
service:
  pipelines: { traces: { receivers: [otlp], processors: [${processors}], exporters: [otlp] } }
`;

// Of 100 traces the first 97 are of four spans and one that comes late. Of every twentieth hundred, one is large,
// one is too large, and the spans of one have no trace ID, or zeros.
const usual = 97;
const [large, tooLarge, broken] = [97, 98, 99];
const textBytes = 300;
const failedEvery = 20;
const largeText = { textBytes: 1 << 20, hasFailed: true };

const fresh = Array.from({ length: usual * 4 }, (_, i) => ({
  textBytes,
  hasFailed: i % (4 * failedEvery) === 0,
}));
const once = Array.from({ length: usual }, () => ({ textBytes }));
const templates = {
  first: new Template(fresh),
  // The spans that have failed do so again.
  again: new Template([...fresh, ...fresh.filter((_, i) => i % 4 === 0)]),
  late: new Template(once),
  large: new Template([largeText, largeText]),
  broken: new Template(
    // The receiver refuses IDs of any other length.
    [Buffer.alloc(0), Buffer.alloc(16), Buffer.alloc(0), Buffer.alloc(16)].map((traceId) => ({
      textBytes,
      traceId,
    })),
  ),
};

/** All that is sent, hundred by hundred, until it is told to end. */
function* requestsUntil(isOver: () => boolean, progress: { traces: number }): Generator<Request> {
  const number = (hundred: number, trace: number, span: number): number =>
    (hundred * 100 + trace) * numbersPerTrace + span;
  const each = (hundred: number, span: number): number[] =>
    Array.from({ length: usual }, (_, trace) => number(hundred, trace, span));
  for (let hundred = 0; (hundred + 1) * 100 <= maxTraces && !isOver(); hundred++) {
    progress.traces = (hundred + 1) * 100;
    const spans = fresh.map((_, i) => number(hundred, Math.floor(i / 4), i % 4));
    if (hundred === 0) yield { template: templates.first, numbers: spans };
    else yield { template: templates.again, numbers: [...spans, ...each(hundred - 1, 0)] };
    const late = hundred - lateHundreds;
    if (late >= 0) yield { template: templates.late, numbers: each(late, 4) };
    if (hundred % 20 !== 0) continue;
    yield { template: templates.large, numbers: [number(hundred, large, 0), number(hundred, large, 1)] };
    yield { template: templates.broken, numbers: [0, 1, 2, 3].map((span) => number(hundred, broken, span)) };
    for (let span = 0; span < 8; span += 2) {
      const numbers = [number(hundred, tooLarge, span), number(hundred, tooLarge, span + 1)];
      yield { template: templates.large, numbers };
    }
  }
}

interface Soak {
  readonly books: Books;
  readonly problems: readonly string[];
  /** Largest resident memory in each third of the time after the warm-up, in MiB. */
  readonly peaks: readonly number[];
  readonly errorsNotKept: number;
  readonly restarts: number;
  readonly code: number | null;
}

async function soak(name: string, ms: number, program: string, processors: string): Promise<Soak> {
  const backend = await Backend.start(numbers);
  const collector = await CommandProcess.start(program, [config(backend.address, processors), telemetry]);
  const load = new TraceLoad(collector.grpc, numbers);
  const startMs = performance.now();
  const progress = { traces: 0 };
  let hasFailed = false;
  const isOver = (): boolean => performance.now() - startMs > ms || collector.isOver || hasFailed;
  const running = load.run(requestsUntil(isOver, progress));
  running.catch(() => (hasFailed = true)); // seen below

  const peaks = [0, 0, 0];
  let restarts = 0;
  let nextRestartMs = restartEveryMs / 2;
  let isAway = false;
  for (let sinceMs = 0; !isOver(); sinceMs = performance.now() - startMs) {
    const third = Math.floor(((sinceMs / ms - warmUpShare) / (1 - warmUpShare)) * 3);
    if (third >= 0 && third < 3) peaks[third] = Math.max(peaks[third]!, collector.residentMib);
    if (!isAway && sinceMs > nextRestartMs) {
      await backend.go();
      isAway = true;
      restarts++;
    } else if (isAway && sinceMs > nextRestartMs + awayMs) {
      await backend.come();
      isAway = false;
      nextRestartMs += restartEveryMs;
    }
    await sleep(50);
  }
  if (isAway) await backend.come();
  await running;
  load.close();
  const seconds = (performance.now() - startMs) / 1000;
  const balance = await collector.drained(60_000);
  const decided = {
    late: await collector.metric('early_releases_from_cache_decision'),
    'too large': await collector.metric('traces_dropped_too_large'),
    'decided early': await collector.metric('sampling_trace_dropped_too_early'),
  };
  const code = await collector.end();
  const taken = await backend.counts();
  const books = booksOf(load, taken, progress.traces, (trace) => trace % 100 === broken);
  let errorsNotKept = 0;
  for (let trace = 0; trace < progress.traces; trace++) {
    const place = trace % 100;
    const isFailed = place < usual && place % failedEvery === 0;
    if (isFailed && taken.took[trace * numbersPerTrace] === 0) errorsNotKept++;
  }
  printTable(`${name}: ${Math.round(seconds)} s, ${restarts} restarts of the backend`, [
    { ...books, 'errors not kept': errorsNotKept },
  ]);
  printTable('  of these', [
    {
      ...decided,
      'spans a second': books.sent / seconds,
      'peak MiB, first third': peaks[0]!,
      second: peaks[1]!,
      last: peaks[2]!,
    },
  ]);
  return { books, problems: problemsOf(books, balance), peaks, errorsNotKept, restarts, code };
}

/**
 * Whether memory is flat: the last third has no higher peak than the first, give or take what the garbage of a busy
 * moment takes. The thirds have equal load and equal outages, so that all that differs is time.
 */
function isFlat([first, , last]: readonly number[]): boolean {
  return last! <= first! * 1.15 + 16;
}

const pipeline = 'memory_limiter, tail_sampling';

describe.skipIf(!hasProcessStatus)('a soak of tail sampling at full speed', () => {
  it('with late spans, duplicates, huge traces and restarts of the backend has flat memory and books that add up', async () => {
    const { books, problems, peaks, errorsNotKept, restarts, code } = await soak(
      'soak',
      soakMs,
      command,
      pipeline,
    );
    expect(problems).toEqual([]);
    expect(isFlat(peaks), `peaks of ${peaks.join(', ')} MiB`).toBe(true);
    expect([errorsNotKept, code]).toEqual([0, 0]);
    expect(restarts).toBeGreaterThan(2);
    // Or the parts of it were not tried.
    expect(books.delivered).toBeGreaterThan(0);
    expect(books.notKept).toBeGreaterThan(0);
  });

  it('notices a component that keeps half of what passes', async () => {
    // As long as the soak: in less time the warm-up alone may look like a leak.
    const { peaks } = await soak('a leak', shortMs, faultyCommand, `leak, ${pipeline}`);
    expect(isFlat(peaks)).toBe(false);
  });

  it('notices a span that is lost', async () => {
    const { problems } = await soak('a loss', 4000, faultyCommand, `${pipeline}, lose_one`);
    // As not kept by policies, in the books alone. It need not be missing: the span is sent twice, and a restart may have
    // made two of the copy that is left.
    expect(problems.join()).toContain('not kept: ');
  });
});
