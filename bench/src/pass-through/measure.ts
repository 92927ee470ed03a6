import { Load, type Traffic } from '../load/load.js';
import { quantileOf } from '../report.js';
import { Sink } from '../sink/sink.js';
import { startSubject, type SubjectKind } from '../subject/subject.js';
import { Tally } from '../tally.js';

/** What one run of one subject gives. */
export interface Measurement {
  readonly itemsPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  /** Of the load and the backend together. */
  readonly benchCpuSecondsPerMillion: number;
  readonly peakMib: number;
  /** Added latency at a pace; `NaN` where the subject cannot keep up. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refusedRequests: number;
  readonly lost: number;
  readonly twice: number;
  /** Items that nobody has sent. */
  readonly strangers: number;
}

export interface Plan {
  readonly traffic: Traffic;
  readonly isBatched: boolean;
  /** How long the subject is warmed up, flooded, and sent requests at a steady pace. */
  readonly warmUpMs: number;
  readonly floodMs: number;
  readonly paceMs: number;
}

/**
 * Runs a load through a subject: floods it, then sends at a pace, then lets it end and compares what it accepted
 * with what arrived. Without a pace that is half of what the flood got through.
 */
export async function measure(
  kind: SubjectKind,
  plan: Plan,
  itemsPerSecondOfPace?: number,
): Promise<Measurement> {
  const { traffic, isBatched } = plan;
  const { protocol, compression, signal, itemsPerRequest } = traffic;
  const tally = new Tally(signal, itemsPerRequest);
  using sink = await Sink.start({ protocol, compression, tally });
  await using subject = await startSubject(kind, {
    protocol,
    compression,
    isBatched,
    backend: sink.address,
  });
  using load = await Load.start(subject.address, traffic, tally);
  await load.flood(plan.warmUpMs);
  await sink.settle();
  sink.count();

  const cpu = subject.process.cpuSeconds();
  const benchCpu = process.cpuUsage();
  const begin = performance.now();
  const items = await load.flood(plan.floodMs);
  await sink.settle();
  const seconds = (sink.lastMessageAt - begin) / 1000;
  const cpuSeconds = subject.process.cpuSeconds() - cpu;
  const { user, system } = process.cpuUsage(benchCpu);
  sink.count();
  if (items === 0 || seconds <= 0) throw new Error(`${kind.name} has passed nothing on`);

  const pace = itemsPerSecondOfPace ?? items / seconds / 2;
  const keptUp = await load.pace(plan.paceMs, pace / itemsPerRequest);
  await sink.settle();
  const peakMib = subject.process.mib('peak');
  load.close();
  await subject.stop();
  sink.count();
  const latencies = keptUp ? tally.latencies : [];
  return {
    itemsPerSecond: items / seconds,
    cpuSecondsPerMillion: (cpuSeconds / items) * 1e6,
    benchCpuSecondsPerMillion: (user + system) / items,
    peakMib,
    p50Ms: quantileOf(latencies, 0.5),
    p99Ms: quantileOf(latencies, 0.99),
    refusedRequests: tally.refusedRequests,
    strangers: tally.strangers,
    ...tally.compare(),
  };
}
