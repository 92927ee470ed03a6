import { setTimeout as sleep } from 'node:timers/promises';
import { quantileOf } from '../report.js';
import { Sink } from '../sink/sink.js';
import { startSubject, withConfig, type Subject, type SubjectKind } from '../subject/subject.js';
import { pieces, TraceLoad } from './trace-load.js';
import { TraceTally } from './trace-tally.js';

/** What a gateway that samples is told beside the rest. */
export interface SamplingPlan {
  readonly decisionWaitS: number;
  readonly spansPerSecond: number;
  /** Sections of `tail_sampling`, in flow YAML. */
  readonly further: string;
  readonly losesOne: boolean;
}

/** What one run gives. */
export interface SamplingRun {
  readonly cpuSecondsPerMillion: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMib: number;
  readonly keptShare: number;
  readonly lost: number;
  readonly twice: number;
  readonly refusedRequests: number;
}

/** That every run has. */
const policies = [
  '{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}',
  '{name: slow, type: latency, latency: {threshold_ms: 5000}}',
  '{name: admin, type: string_attribute, string_attribute: {key: http.route, values: [/admin]}}',
  '{name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}',
].join(', ');
/** As many, of the same types, which say something else. */
export const shadow: string = `shadow: {policies: [${policies
  .replace('5000', '3000')
  .replace('http.route', 'url.path')
  .replace('percentage: 10', 'percentage: 5')}]}`;

const warmUpMs = 4000;
const measuredMs = 10_000;

function configOf({ decisionWaitS, further, losesOne }: SamplingPlan): string {
  const sampling = `{decision_wait: ${decisionWaitS}s, num_traces: 500000, policies: [${policies}]${further === '' ? '' : `, ${further}`}}`;
  const processors = losesOne ? 'memory_limiter, lose_one, tail_sampling' : 'memory_limiter, tail_sampling';
  return `{processors: {tail_sampling: ${sampling}}, service: {pipelines: {traces: {processors: [${processors}]}}}}`;
}

async function arranged<T>(
  kind: SubjectKind,
  plan: SamplingPlan,
  run: (subject: Subject, load: TraceLoad, tally: TraceTally) => Promise<T>,
): Promise<T> {
  const tally = new TraceTally(pieces);
  using sink = await Sink.start({ protocol: 'grpc', compression: 'none', tally });
  await using subject = await startSubject(withConfig(kind, configOf(plan)), {
    protocol: 'grpc',
    compression: 'none',
    isBatched: false,
    backend: sink.address,
    limitMib: 4096,
  });
  using load = await TraceLoad.start(subject.address, tally);
  return await run(subject, load, tally);
}

/** A steady load, while traces are decided that came before. */
export function measureSampling(kind: SubjectKind, plan: SamplingPlan): Promise<SamplingRun> {
  return arranged(kind, plan, async (subject, load, tally) => {
    await load.run(plan.decisionWaitS * 1000 + warmUpMs, plan.spansPerSecond);
    load.latencies = [];
    const cpu = subject.process.cpuSeconds();
    const spans = await load.run(measuredMs, plan.spansPerSecond);
    const cpuSeconds = subject.process.cpuSeconds() - cpu;
    const peakMib = subject.process.mib('peak');
    load.close();
    await subject.stop();
    return {
      cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6,
      p50Ms: quantileOf(load.latencies, 0.5),
      p99Ms: quantileOf(load.latencies, 0.99),
      peakMib,
      refusedRequests: tally.refusedRequests,
      ...tally.compare(),
    };
  });
}

/** Of the time that traces are live, at a steady load: then those of twice that time are in the record of why. */
const memoryWaits = 3;

/** Memory that traces take which are live at a steady load, with the record of those that were decided before. */
export function measureMemory(
  kind: SubjectKind,
  plan: SamplingPlan,
): Promise<{ readonly idleMib: number; readonly loadedMib: number; readonly lost: number }> {
  return arranged(kind, plan, async (subject, load, tally) => {
    await sleep(1000);
    const idleMib = subject.process.mib('now');
    await load.run(plan.decisionWaitS * 1000 * memoryWaits, plan.spansPerSecond);
    const loadedMib = subject.process.mib('now');
    load.close();
    await subject.stop();
    return { idleMib, loadedMib, lost: tally.compare().lost };
  });
}
