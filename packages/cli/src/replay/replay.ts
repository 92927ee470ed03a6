import { createCollector, type Collector, type CollectorOptions } from '@tributary/collector';
import { background, ConsumeError, type Logger } from '@tributary/component';
import type { Traces } from '@tributary/pdata';
import type { Ends } from './ends.js';
import { Decisions, type Decision } from './reasons.js';
import { ReplayTime } from './time.js';

/** What came of a recording. */
export interface Replayed {
  readonly requests: number;
  readonly spans: number;
  /** When the first span began and the last ended, in milliseconds since the epoch; undefined where none says. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Requests that ended before the time that was reached, and by how many milliseconds at most. */
  readonly behind: number;
  readonly mostBehindMs: number;
  /** Spans that the processor refused, of which the reasons know nothing. */
  readonly refusedSpans: number;
  /** Spans that were passed on. */
  readonly passedSpans: number;
  /** Decisions that were forgotten before they were looked at. */
  readonly forgotten: number;
}

/** What a replay runs. */
export interface ReplaySettings {
  readonly options: CollectorOptions;
  readonly ends: Ends;
  readonly recording: AsyncIterable<Traces>;
  /** Told of each decision, in their order. */
  readonly onDecision: (decision: Decision) => void;
}

/**
 * Runs recorded requests through a collector, on a clock of its own: a request comes when the last of its spans has
 * ended, and never before the one ahead of it. Seconds pass as they would; where nothing waits for a decision, time is
 * skipped. It ends when all is decided.
 *
 * The collector is left running for questions.
 */
export async function replay({
  options,
  ends,
  recording,
  onDecision,
}: ReplaySettings): Promise<{ readonly collector: Collector; readonly replayed: Replayed }> {
  const span = { firstNs: 0n, lastNs: 0n };
  const counts = { requests: 0, spans: 0, behind: 0, mostBehindMs: 0, refusedSpans: 0 };
  let running: Running | undefined;

  for await (const batch of recording) {
    const endMs = msOf(measure(batch, span));
    counts.requests++;
    counts.spans += batch.itemCount;
    running ??= await start(options, endMs ?? 0, onDecision);
    const { time } = running;
    const behindMs = endMs === undefined ? 0 : time.clock.now() - endMs;
    if (behindMs > 0) {
      counts.behind++;
      counts.mostBehindMs = Math.max(counts.mostBehindMs, behindMs);
    }
    if (endMs !== undefined) await time.passUntil(endMs, running.isWaiting, running.look);
    counts.refusedSpans += await send(batch, ends, running);
  }
  running ??= await start(options, 0, onDecision);
  for (let second = 0; running.isWaiting(); second++) await running.tick(second);
  return {
    collector: running.collector,
    replayed: {
      ...counts,
      firstMs: msOf(span.firstNs),
      lastMs: msOf(span.lastNs),
      passedSpans: ends.passedSpans(),
      forgotten: running.decisions.forgotten,
    },
  };
}

/** A collector on virtual time. */
interface Running {
  readonly collector: Collector;
  readonly time: ReplayTime;
  readonly decisions: Decisions;
  /** Tells of what was decided meanwhile. */
  readonly look: () => Promise<void>;
  /** A second passes, after so many of waiting. */
  readonly tick: (second: number) => Promise<void>;
  readonly isWaiting: () => boolean;
}

async function start(
  options: CollectorOptions,
  startMs: number,
  onDecision: (decision: Decision) => void,
): Promise<Running> {
  const time = new ReplayTime(startMs);
  // Whose chance is always the same: it decides about nothing but the order in tables.
  const runtime = { clock: time.clock, random: () => 0.5, logger: silent };
  const collector = createCollector({ ...options, runtime });
  await collector.start();
  const decisions = new Decisions(collector);
  const look = async (): Promise<void> => {
    for await (const decision of decisions.news()) onDecision(decision);
  };
  return {
    collector,
    time,
    decisions,
    look,
    async tick(second) {
      await time.tick(second);
      await look();
    },
    isWaiting: () =>
      collector.balance().components.some(({ kind, held }) => kind === 'processor' && held > 0),
  };
}

/**
 * Hands a request over; with `block_on_overflow` it waits for decisions, and they for the time.
 *
 * @returns how many of its spans were refused
 */
async function send(batch: Traces, ends: Ends, { time, look, tick }: Running): Promise<number> {
  const { itemCount } = batch;
  let outcome: { readonly refused: number } | { readonly error: unknown } | undefined;
  const taken = Promise.resolve()
    .then(() => ends.consumer().consume(batch, background))
    .then(
      () => void (outcome = { refused: 0 }),
      (error: unknown) => {
        outcome = ConsumeError.is(error) ? { refused: error.rejected?.itemCount ?? itemCount } : { error };
      },
    );
  await time.settle();
  for (let second = 0; outcome === undefined; second++) await tick(second);
  await taken;
  await look();
  if ('error' in outcome) throw outcome.error;
  return outcome.refused;
}

/** The latest end of a span, in nanoseconds; 0 where none says. */
function measure(batch: Traces, all: { firstNs: bigint; lastNs: bigint }): bigint {
  let lastNs = 0n;
  for (const { startTimeUnixNano: startNs, endTimeUnixNano: endNs } of batch.spans()) {
    if (endNs > lastNs) lastNs = endNs;
    const fromNs = startNs > 0n ? startNs : endNs;
    if (fromNs > 0n && (fromNs < all.firstNs || all.firstNs === 0n)) all.firstNs = fromNs;
  }
  if (lastNs > all.lastNs) all.lastNs = lastNs;
  return lastNs;
}

function msOf(nanos: bigint): number | undefined {
  return nanos === 0n ? undefined : Number(nanos / 1_000_000n);
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
