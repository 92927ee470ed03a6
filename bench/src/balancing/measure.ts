import { setTimeout as sleep } from 'node:timers/promises';
import { quantileOf } from '../report.js';
import { Sink } from '../sink/sink.js';
import { startSubject, withConfig, type SubjectKind } from '../subject/subject.js';
import { TraceFlood } from './trace-flood.js';
import { WholeTally } from './whole-tally.js';

export interface BalancingPlan {
  /** Whether `batch` stands before it, as the pattern has it. */
  readonly isBatched: boolean;
  /** Another key of `loadbalancing`, in flow YAML. */
  readonly further: string;
  readonly losesOne: boolean;
  /** How long backends take to answer; at once unless given. */
  readonly answerMs?: number;
}

/** What one run gives. */
export interface BalancingRun {
  readonly spansPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMib: number;
  readonly lost: number;
  readonly twice: number;
  readonly splitTraces: number;
  readonly refusedRequests: number;
}

/** What one run gives in which a backend was killed. */
export interface KilledRun {
  /** Accepted while it was away. */
  readonly spans: number;
  readonly twice: number;
  /** Not at any backend when nothing had come to those that live for a second, while one was away still. */
  readonly stuck: number;
  readonly lost: number;
  readonly refusedRequests: number;
}

const backends = 3;
const warmUpMs = 2000;
const floodMs = 4000;
const killedMs = 4000;
const silenceMs = 1000;
const silenceWithinMs = 60_000;

interface Arranged {
  readonly subject: Awaited<ReturnType<typeof startSubject>>;
  readonly load: TraceFlood;
  readonly tally: WholeTally;
  readonly sinks: readonly Sink[];
}

async function arranged<T>(
  kind: SubjectKind,
  { isBatched, further, losesOne, answerMs }: BalancingPlan,
  run: (arranged: Arranged) => Promise<T>,
): Promise<T> {
  const tally = new WholeTally();
  const sinks: Sink[] = [];
  try {
    for (let i = 0; i < backends; i++) {
      sinks.push(
        await Sink.start({
          protocol: 'grpc',
          compression: 'none',
          tally: tally.at(i),
          ...(answerMs !== undefined && {
            worker: { work: (_, answer) => void setTimeout(answer, answerMs) },
          }),
        }),
      );
    }
    const otlp =
      '{tls: {insecure: true}, compression: none, sending_queue: {block_on_overflow: true}, retry_on_failure: {initial_interval: 200ms, max_interval: 1s}}';
    const resolver = `{static: {hostnames: [${sinks.map(({ address }) => `'${address}'`).join(', ')}]}}`;
    const balancing = `{protocol: {otlp: ${otlp}}, resolver: ${resolver}${further === '' ? '' : `, ${further}`}}`;
    const processors = ['memory_limiter', ...(losesOne ? ['lose_one'] : []), ...(isBatched ? ['batch'] : [])];
    const pipeline = `{processors: [${processors.join(', ')}], exporters: [loadbalancing]}`;
    const yaml = `{exporters: {loadbalancing: ${balancing}}, service: {pipelines: {traces: ${pipeline}}}}`;
    await using subject = await startSubject(withConfig(kind, yaml), {
      protocol: 'grpc',
      compression: 'none',
      isBatched: false,
      backend: sinks[0]!.address,
    });
    using load = await TraceFlood.start(subject.address, tally);
    return await run({ subject, load, tally, sinks });
  } finally {
    for (const sink of sinks) sink.close();
  }
}

/** As fast as requests are answered. */
export function measureBalancing(kind: SubjectKind, plan: BalancingPlan): Promise<BalancingRun> {
  return arranged(kind, plan, async ({ subject, load, tally, sinks }) => {
    await load.run(warmUpMs);
    await sinks[0]!.settle();
    load.latencies = [];
    const before = tally.acceptedItems;
    const cpu = subject.process.cpuSeconds();
    const begin = performance.now();
    await load.run(floodMs);
    await sinks[0]!.settle();
    const seconds = (Math.max(...sinks.map(({ lastMessageAt }) => lastMessageAt)) - begin) / 1000;
    const cpuSeconds = subject.process.cpuSeconds() - cpu;
    const spans = tally.acceptedItems - before;
    const peakMib = subject.process.mib('peak');
    load.close();
    await subject.stop();
    return {
      spansPerSecond: spans / seconds,
      cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6,
      p50Ms: quantileOf(load.latencies, 0.5),
      p99Ms: quantileOf(load.latencies, 0.99),
      peakMib,
      refusedRequests: tally.refusedRequests,
      ...tally.compare(),
    };
  });
}

/** One of the backends dies amidst the load, and does not come back. */
export function measureKilled(kind: SubjectKind, plan: BalancingPlan): Promise<KilledRun> {
  return arranged(kind, plan, async ({ subject, load, tally, sinks }) => {
    await load.run(warmUpMs);
    const [victim, other] = sinks as readonly [Sink, Sink];
    const running = load.run(killedMs);
    await sleep(500);
    const before = tally.acceptedItems;
    victim.close();
    await running;
    const spans = tally.acceptedItems - before;
    await silence(sinks.filter((sink) => sink !== victim));
    const { lost: stuck } = tally.compare();
    await other.settle();
    load.close();
    await subject.stop();
    const { lost, twice } = tally.compare();
    return { spans, twice, stuck, lost, refusedRequests: tally.refusedRequests };
  });
}

/** Resolves when what waits at the speed of the backends has come; what is stuck then waits for something else. */
async function silence(sinks: readonly Sink[]): Promise<void> {
  const lastAt = (): number => Math.max(...sinks.map(({ lastMessageAt }) => lastMessageAt));
  const end = performance.now() + silenceWithinMs;
  while (performance.now() < Math.min(end, lastAt() + silenceMs)) await sleep(50);
}
