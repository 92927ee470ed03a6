import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProcessStatus } from '../support/process-status.js';
import { repositoryRoot } from '../support/tree.js';
import { Backend, type Taken } from './sampling/backend-process.js';
import { booksOf, problemsOf } from './sampling/books.js';
import { command, CommandProcess, faultyCommand, telemetry } from './support/command-process.js';
import { Template } from './sampling/template.js';
import { numbersPerTrace, TraceLoad, type Request } from './sampling/trace-load.js';
import { isLong } from './support/chain.js';
import { printTable } from './support/table.js';

const fewTraces = 10_000;
const liveTraces = isLong ? 100_000 : fewTraces;
const spansPerTrace = 10;
const tracesPerRequest = 500;
const failedEvery = 20;
/** With the rest of a span, 450 bytes. */
const textBytes = 298;
/** The `limit_mib` of the seed's gateway. */
const limitMib = 2048;
/** A hundred thousand live traces and a full record may take so much; fewer take what a busy process takes as well. */
const allowedMib = (traces: number): number =>
  traces < 100_000 ? (0.9 * 1024 * traces) / 100_000 + 110 : 0.9 * 1024;

/**
 * The gateway of the agent-to-gateway document, as it stands there: other addresses, and `nop` for the one component that
 * is not there.
 */
const gateway = readFileSync(path.join(repositoryRoot, 'test/config/fixtures/gateway.yaml'), 'utf8')
  .replace(/^ {2}prometheusremotewrite:\n(?: {4}.*\n)*/m, '  nop:\n')
  .replace('[otlp, prometheusremotewrite]', '[otlp, nop]');
const addresses = (backend: string): string => `
receivers: { otlp: { protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } } } }
exporters: { otlp: { endpoint: '${backend}', tls: { insecure: true } } }
`;

/** By piece: one span of each of many traces. A trace that fails does so in its first or its second span. */
const pieces = Array.from(
  { length: spansPerTrace },
  (_, piece) =>
    new Template(
      Array.from({ length: tracesPerRequest }, (_, i) => ({
        textBytes,
        hasFailed: i % failedEvery === 0 && piece === (i / failedEvery) % 2,
      })),
    ),
);
const small = new Template(Array.from({ length: tracesPerRequest }, () => ({ textBytes: 0 })));

/** The first span of all traces, then the second of all. */
function* inPieces(first: number, traces: number): Generator<Request> {
  for (const [piece, template] of pieces.entries()) {
    for (let from = first; from < first + traces; from += tracesPerRequest) {
      yield { template, numbers: numbersOf(from, piece) };
    }
  }
}

/** Traces of one small span. */
function* singles(traces: number): Generator<Request> {
  for (let from = 0; from < traces; from += tracesPerRequest) {
    yield { template: small, numbers: numbersOf(from, 0) };
  }
}

function numbersOf(firstTrace: number, span: number): number[] {
  return Array.from({ length: tracesPerRequest }, (_, i) => (firstTrace + i) * numbersPerTrace + span);
}

/** Calls `look` now and then until the promise resolves, and with what it resolves. */
async function watching<T>(work: Promise<T>, look: () => void): Promise<T> {
  const timer = setInterval(look, 50);
  return work.finally(() => clearInterval(timer));
}

function hasArrived({ took }: Taken, trace: number): boolean {
  return took.subarray(trace * numbersPerTrace, (trace + 1) * numbersPerTrace).some((times) => times > 0);
}

describe.skipIf(!hasProcessStatus)('tail sampling of many live traces', () => {
  it("by the seed's gateway keeps all that failed and a tenth of the others, whole, within its memory", async () => {
    const backend = await Backend.start(liveTraces * numbersPerTrace);
    const collector = await CommandProcess.start(command, [gateway, addresses(backend.address), telemetry]);
    const load = new TraceLoad(collector.grpc, liveTraces * numbersPerTrace);
    let peakMib = 0;
    const look = (): void => void (peakMib = Math.max(peakMib, collector.residentMib));
    const startMs = performance.now();
    await watching(load.run(inPieces(0, liveTraces)), look);
    const loadMs = performance.now() - startMs;
    load.close();
    // It decides after 10 s, and `batch` waits for so long, too.
    const balance = await watching(collector.drained(60_000), look);
    const decidedEarly = await collector.metric('sampling_trace_dropped_too_early');
    const code = await collector.end();
    const taken = await backend.counts();
    const books = booksOf(load, taken, liveTraces, () => false);
    const counts = { failed: 0, 'failed and kept': 0, others: 0, 'others kept': 0 };
    for (let trace = 0; trace < liveTraces; trace++) {
      const isKept = hasArrived(taken, trace);
      if (trace % failedEvery === 0) {
        counts.failed++;
        if (isKept) counts['failed and kept']++;
      } else {
        counts.others++;
        if (isKept) counts['others kept']++;
      }
    }
    printTable(`the seed's gateway, ${Math.round(loadMs / 100) / 10} s of load`, [
      { ...counts, 'spans missing of kept traces': books.missing, 'peak MiB': peakMib },
    ]);
    expect([...problemsOf(books, balance), decidedEarly, code]).toEqual([0, 0]);
    expect(counts['failed and kept']).toBe(counts.failed);
    // Four standard errors of a share of a tenth.
    const share = counts['others kept'] / counts.others;
    expect(Math.abs(share - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / counts.others));
    expect(peakMib).toBeLessThan(limitMib);
  });

  /** Resident memory above that of an idle process, when so many traces are live and the record is full. */
  async function growthMib(
    traces: number,
    program: string,
    processors: string,
  ): Promise<{ mib: number; problems: string[] }> {
    // Decided before them, so that the record is full: by default it is of a million.
    const fillers = isLong ? traces * 10 : traces * 2;
    const numbers = (fillers + traces) * numbersPerTrace;
    const backend = await Backend.start(numbers);
    // They are live for as long as it takes to send them. The record fills with those that make room for others.
    const more = `
processors:
  tail_sampling: { decision_wait: 600s, num_traces: ${traces}, why: { max_records: ${fillers} } }
  ${processors === '' ? '' : 'leak: { copies: 16 }'}
service: { pipelines: { traces: { processors: [memory_limiter, ${processors}tail_sampling, batch] } } }
`;
    const collector = await CommandProcess.start(program, [
      gateway,
      addresses(backend.address),
      telemetry,
      more,
    ]);
    const idleMib = collector.residentMib;
    const load = new TraceLoad(collector.grpc, numbers);
    await load.run(singles(fillers));
    await load.run(inPieces(fillers, traces));
    const mib = collector.residentMib - idleMib;
    const live = (await collector.balance()).components.find(
      ({ component }) => component === 'tail_sampling',
    )!;
    load.close();
    const code = await collector.end();
    const { missing } = booksOf(load, await backend.counts(), fillers + traces, () => false);
    printTable(`${traces} live traces of ten spans, ${fillers} in the record`, [
      {
        'MiB when idle': idleMib,
        'MiB more': mib,
        'MiB allowed': allowedMib(traces),
        'live spans': live.held,
        'spans missing of kept traces': missing,
      },
    ]);
    const problems: string[] = [];
    if (live.held < traces * spansPerTrace) problems.push(`only ${live.held} spans are live`);
    if (missing > 0) problems.push(`${missing} spans missing of kept traces`);
    if (code !== 0) problems.push(`ended with ${code}`);
    return { mib, problems };
  }

  it('takes no more memory than it may', async () => {
    const { mib, problems } = await growthMib(liveTraces, command, '');
    expect(problems).toEqual([]);
    expect(mib).toBeLessThan(allowedMib(liveTraces));
  });

  it('would be noticed to take more', async () => {
    // Not so many that the memory limiter would refuse them.
    const { mib } = await growthMib(fewTraces, faultyCommand, 'leak, ');
    expect(mib).toBeGreaterThan(allowedMib(fewTraces));
  });
});
