import { isDeepStrictEqual } from 'node:util';
import {
  background,
  ConsumeError,
  defineProcessor,
  type Batch,
  type Component,
  type Consumer,
  type Context,
  type Host,
  type ProcessorFactory,
  type ProcessorSettings,
  type Timer,
} from '@tributary/component';
import { createOutbox } from '@tributary/delivery';
import { batchOf, requestsOf } from '@tributary/pdata/bytes';
import { schema, type Completed, type TailSamplingConfig } from './config.js';
import { SamplingMetrics } from './metrics.js';
import { compilePolicies } from './policies/compile.js';
import type { Evaluator } from './policies/evaluator.js';
import { Sampler } from './sampler.js';
import { Shadow } from './shadow.js';
import { explainTrace, type WhyAnswer } from './why/answer.js';
import { listDecisions, maxListed, type WhyListing } from './why/listing.js';
import { WhyRecords } from './why/records.js';

const tickMs = 1000;
/**
 * How long decisions may keep requests waiting at a time: a large request is read in several turns of the event loop, and
 * waits in each of them. Those that are behind by a tick take longer.
 */
const sliceMs = 1;
const sliceBehindMs = 10;
/** When to come again to one who is full. */
const fullRetryMs = 1000;
/** Of the memory limit, where `max_bytes` says nothing. */
const memoryShare = 4;

/**
 * Spans wait in the sampler until their traces are decided; kept ones leave through the outbox, which offers them again
 * until the next consumer has taken them. `max_bytes` is for both together.
 */
function createTailSampling(
  settings: ProcessorSettings<Completed, 'traces'>,
): Component & Consumer<'traces'> {
  const { clock, random, logger, ledger, meter, id } = settings;
  let { config } = settings;
  const metrics = new SamplingMetrics({ meter, id });
  const outbox = createOutbox<'traces'>(settings, { maxBytes: Infinity });
  let records = newRecords(config);
  let shadow: Shadow | undefined;
  let endShadow: (() => void) | undefined;
  let sampler: Sampler | undefined;
  let isStarted = false;
  let memoryLimit = 0;
  let ticking: Timer | undefined;
  let working: Timer | undefined;
  let tookMs = 0;
  /** open -> closing: takes nothing, decides about what waits */
  let state: 'open' | 'closing' = 'open';
  /** Callers who wait for room. */
  const waiting = new Set<() => void>();

  ledger.held(
    () => sampler?.heldSpans ?? 0,
    () => (sampler?.memory ?? 0) + (records?.byteLength ?? 0),
  );

  function newRecords({ why }: Completed): WhyRecords | undefined {
    return why.max_records > 0 ? new WhyRecords(why.max_records, random) : undefined;
  }

  /** What was remembered goes on as far as there is room. */
  function resizeRecords(): void {
    const { max_records: max } = config.why;
    if (records !== undefined && max > 0) return records.resize(max);
    records = newRecords(config);
    // Nothing is known of what was decided until now.
    if (sampler !== undefined && sampler.ticks > 0) records?.forgetEarlier();
  }

  function compile({ policies, shadow: { policies: others }, sample_on_first_match }: Completed): Evaluator {
    return compilePolicies(others.length > 0 ? [policies, others] : [policies], {
      clock,
      sampleOnFirstMatch: sample_on_first_match,
      onError(policy, error) {
        metrics.failed();
        logger.debug('Sampling policy error', { policy: policy.name, error });
      },
    });
  }

  function beginShadow({ policies }: Completed['shadow']): void {
    endShadow?.();
    shadow = policies.length > 0 ? new Shadow() : undefined;
    endShadow = shadow?.observe(meter);
  }

  function maxBytesOf({ max_bytes: maxBytes }: Completed): number {
    return maxBytes > 0 ? maxBytes : Math.floor(memoryLimit / memoryShare);
  }

  function createSampler(): Sampler {
    const evaluator = compile(config);
    return new Sampler(config, evaluator, {
      clock,
      random,
      maxBytes: maxBytesOf(config),
      otherBytes: () => outbox.heldBytes(),
      events: {
        // It has no bound of its own, and so it never refuses.
        emit: (request, spanCount) => void outbox.consume(batchOf('traces', request, spanCount), background),
        filtered: (spanCount) => ledger.filtered(spanCount),
        decided(decided, waitedMs) {
          metrics.decided(decided, waitedMs);
          records?.add(decided);
          shadow?.add(decided);
        },
        late(isKept, spanCount, sinceDecisionS, traceId) {
          metrics.late(isKept, spanCount, sinceDecisionS);
          records?.late(traceId, spanCount);
        },
        newTrace: () => metrics.newTrace(),
        timed: (policies, micros) => metrics.timed(policies, micros),
      },
    });
  }

  /** Why there is no room for a request, if there is none. What waits for a decision makes room for it. */
  function refusalOf(bytes: number): string | undefined {
    if (sampler === undefined || state !== 'open') return 'is not running';
    const maxBytes = maxBytesOf(config);
    const outside = outbox.heldBytes();
    if (outside === 0 || outside + sampler.storedBytes + bytes <= maxBytes) return undefined;
    // Most of it is decided, and the next consumer does not take it: nothing is won by deciding early.
    const isStuck = outside > maxBytes / 2 || outside + bytes > maxBytes;
    return isStuck ? `max_bytes, ${maxBytes}, is reached by what the next consumer has not taken` : undefined;
  }

  function refusal(reason: string, rejected?: Batch<'traces'>): ConsumeError<'traces'> {
    return new ConsumeError('refused', `${id}: ${reason}`, { retryAfterMs: fullRetryMs, rejected });
  }

  function add(batch: Batch<'traces'>): void {
    for (const request of requestsOf(batch)) sampler!.add(request);
  }

  /** With `block_on_overflow`: takes one trace after the other, each when there is room. */
  async function addInTurn(batch: Batch<'traces'>, { signal }: Context): Promise<void> {
    const left = batch.groupByTraceId();
    for (const [traceId, trace] of left) {
      while (state === 'open' && !signal.aborted && !sampler!.hasRoomFor(1)) await room(signal);
      if (state !== 'open' || signal.aborted) {
        const [first, ...others] = left.values();
        for (const other of others) first!.append(other);
        throw refusal(signal.aborted ? 'the caller waits no longer' : 'is not running', first);
      }
      add(trace);
      left.delete(traceId);
    }
  }

  function room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }

  function wake(): void {
    for (const go of waiting) go();
  }

  function tick(): void {
    sampler!.tick();
    working ??= clock.after(0, work);
  }

  /** Decides in slices, and lets requests in between. */
  function work(): void {
    const startMs = clock.monotonic();
    const isMore = sampler!.work(sampler!.isBehind ? sliceBehindMs : sliceMs);
    tookMs += clock.monotonic() - startMs;
    working = isMore ? clock.after(0, work) : undefined;
    if (!isMore) {
      metrics.ticked(tookMs, sampler!.traceCount);
      tookMs = 0;
    }
    wake();
  }

  function why(query: URLSearchParams): WhyAnswer | WhyListing | undefined {
    if (query.has('after')) {
      const limit = countIn(query, 'limit', maxListed);
      return listDecisions(records, countIn(query, 'after', 0), Math.min(limit, maxListed));
    }
    const trace = (query.get('trace') ?? '').toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(trace)) throw new TypeError('trace: must be 32 hexadecimal digits');
    return explainTrace(trace, records, (traceId) => sampler?.dueIn(traceId));
  }

  return {
    async start(host: Host) {
      if (isStarted) throw new Error('is started already');
      isStarted = true;
      host.answers('why', why);
      host.answers('shadow', () => shadow?.answer());
      memoryLimit = await host.memoryLimit();
      if (state !== 'open') return;
      beginShadow(config.shadow);
      sampler = createSampler();
      ticking = clock.every(tickMs, tick);
    },

    consume(batch, context) {
      const reason = refusalOf(batch.byteLength);
      if (reason !== undefined) throw refusal(reason);
      if (config.block_on_overflow && !sampler!.hasRoomFor(batch.itemCount)) return addInTurn(batch, context);
      add(batch);
    },

    admit(bytes = 1) {
      return refusalOf(bytes) === undefined ? undefined : { retryAfterMs: fullRetryMs };
    },

    adopt(next) {
      const completed = next as Completed;
      return () => {
        const before = config;
        config = completed;
        if (before.why.max_records !== config.why.max_records) resizeRecords();
        if (sampler === undefined) return;
        sampler.adopt(config, compile(config), maxBytesOf(config));
        if (!isDeepStrictEqual(before.shadow, config.shadow)) beginShadow(config.shadow);
      };
    },

    async shutdown(grace) {
      state = 'closing';
      ticking?.stop();
      working?.stop();
      wake();
      if (sampler !== undefined) {
        if (config.drop_pending_traces_on_shutdown) drop(sampler, 'drop_pending_traces_on_shutdown is set.');
        while (!grace.aborted && sampler.workOff(sliceBehindMs)) await clock.sleep(0, grace).catch(() => {}); // seen above
        drop(sampler, 'Shut down before all traces were decided.');
        metrics.tell();
      }
      endShadow?.();
      await outbox.shutdown?.(grace);
    },
  };

  function drop(of: Sampler, message: string): void {
    const spans = of.abandon();
    if (spans > 0) ledger.dropped(spans, 'shutdown', { message: `${message} Dropping data.` });
  }
}

function countIn(query: URLSearchParams, key: string, otherwise: number): number {
  const text = query.get(key) ?? String(otherwise);
  if (!/^\d{1,15}$/.test(text)) throw new TypeError(`${key}: must be a number of decisions`);
  return Number(text);
}

/**
 * Holds the spans of a trace until it is complete, and then keeps or drops the trace as a whole.
 *
 * @example
 * tailSampling({
 *   decision_wait: '10s',
 *   policies: [
 *     { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
 *     { name: 'rest', type: 'probabilistic', probabilistic: { sampling_percentage: 10 } },
 *   ],
 * });
 */
export const tailSampling: ProcessorFactory<TailSamplingConfig, 'traces'> = defineProcessor({
  type: 'tail_sampling',
  stability: 'beta',
  config: schema,
  traces: createTailSampling,
});
