import {
  ConsumeError,
  type Component,
  type Consumer,
  type Context,
  type Settings,
  type Timer,
} from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { createBackoff, createLastBackoff } from './backoff.js';
import type { Delivery } from './config.js';
import { isCuttable, takeBytes } from './cut.js';
import { DrainRate, maxHintMs } from './drain-rate.js';
import { asConsumeError, closedError, closedRetryMs, type DropReason } from './errors.js';
import { onAbort } from './signals.js';
import { SizeLimit } from './size-limit.js';

/** How much an outbox holds, and when it offers again. */
export interface OutboxLimits {
  /**
   * Above it callers are refused; what is being offered counts. A batch that is
   * larger by itself is taken when nothing else is there.
   */
  readonly maxBytes: number;
  /**
   * When to offer again. `max_elapsed_time` counts from when a batch was taken in.
   * Default: pauses from 1 s to 30 s, for ever.
   */
  readonly retry?: Delivery['retry_on_failure'] | undefined;
}

/** See {@link createOutbox}. */
export interface Outbox<S extends Signal> extends Component, Consumer<S> {
  /** Bytes that are here; those that are being offered count. */
  heldBytes(): number;
}

const defaultRetry: Delivery['retry_on_failure'] = {
  enabled: true,
  initial_interval: 1_000,
  randomization_factor: 0.5,
  multiplier: 1.5,
  max_interval: 30_000,
  max_elapsed_time: 0,
};

/**
 * Offers under way at a time, for a next one that answers later. More would put more
 * batches out of order when it begins to refuse.
 */
const maxOffers = 4;

interface Entry<S extends Signal> {
  /** Place in the order of arrival. */
  readonly number: number;
  /** Of a piece of a batch that was too large: its first item. */
  readonly from: number;
  readonly context: Context;
  readonly sinceMs: number;
  batch: Batch<S>;
  items: number;
  bytes: number;
}

/**
 * For components that accept now and pass on later (batch, tail sampling, files,
 * scrapers). What it takes it offers to `next` at once; what is refused, or fails in
 * a way that may pass, it keeps and offers again after a pause; what fails for good
 * it drops as `permanent`. It refuses its own callers above `maxBytes`. Batches are
 * passed on as they came, never merged, and cut only where `next` refuses them for
 * their size.
 *
 * Order: nothing is offered before what waits. A `next` that answers at once sees the
 * batches in their order, whatever it refuses. Of one that answers later, up to four
 * are asked at a time, so that one that is refused may be passed by the three after
 * it; then offers are made one by one, until one is accepted.
 *
 * A shutdown takes no more, ends the pause and offers what is left until grace is
 * over, each in turn; the rest is dropped as `shutdown`.
 */
export function createOutbox<S extends Signal>(
  settings: Settings<unknown> & { readonly next: Consumer<S> },
  { maxBytes, retry = defaultRetry }: OutboxLimits,
): Outbox<S> {
  const { clock, random, logger, ledger, next } = settings;
  const backoff = createBackoff(retry, random);
  const lastBackoff = createLastBackoff(retry, random);
  const rate = new DrainRate(clock);
  const limit = new SizeLimit(clock);

  /** open → draining (takes no more) → over (offers no more). */
  let state: 'open' | 'draining' | 'over' = 'open';
  const waiting: Entry<S>[] = [];
  let waitingItems = 0;
  let waitingBytes = 0;
  let offers = 0;
  let offeredBytes = 0;
  let arrivals = 0;
  /** After a refusal, until something is accepted. */
  let isRefused = false;
  let resume: { readonly atMs: number; readonly timer: Timer } | undefined;
  const whenIdle: (() => void)[] = [];

  // What is being offered is counted by the edge to `next`.
  ledger.held(
    () => waitingItems,
    () => waitingBytes,
  );

  const heldBytes = (): number => waitingBytes + offeredBytes;
  const mayOffer = (): boolean => resume === undefined && offers < (isRefused ? 1 : maxOffers);

  function keep(entry: Entry<S>): void {
    entry.batch.settle();
    rate.begin();
    let at = waiting.length;
    // While draining, what was refused goes to the end: each gets its turn.
    if (state === 'open') while (at > 0 && isBefore(entry, waiting[at - 1]!)) at--;
    waiting.splice(at, 0, entry);
    count(entry, 1);
  }

  function count({ items, bytes }: Entry<S>, sign: 1 | -1): void {
    waitingItems += sign * items;
    waitingBytes += sign * bytes;
  }

  /** The first, or as much of it as `next` takes. */
  function takeNext(): Entry<S> {
    const entry = waiting.shift()!;
    count(entry, -1);
    if (entry.bytes <= limit.maxBytes || !isCuttable(entry.batch)) return entry;
    const { piece, rest } = takeBytes(entry.batch, limit.maxBytes);
    const { itemCount: items, byteLength: bytes } = piece;
    if (rest.itemCount > 0) {
      const behind: Entry<S> = {
        ...entry,
        from: entry.from + items,
        batch: rest,
        items: rest.itemCount,
        bytes: rest.byteLength,
      };
      waiting.unshift(behind);
      count(behind, 1);
    }
    return { ...entry, batch: piece, items, bytes };
  }

  function offerWaiting(): void {
    while (waiting.length > 0 && mayOffer()) offer(takeNext());
  }

  function offer(entry: Entry<S>): void {
    offers++;
    offeredBytes += entry.bytes;
    let outcome: void | Promise<void>;
    try {
      // The original is kept, to be offered again; a copy is free.
      outcome = next.consume(entry.batch.clone(), entry.context);
    } catch (error) {
      refused(entry, error);
      return;
    }
    if (!isPromise(outcome)) {
      accepted(entry);
      return;
    }
    rate.begin();
    outcome.then(
      () => {
        accepted(entry);
        offerWaiting();
      },
      (error: unknown) => {
        refused(entry, error);
        offerWaiting();
      },
    );
  }

  function answered(entry: Entry<S>): void {
    offers--;
    offeredBytes -= entry.bytes;
  }

  function accepted(entry: Entry<S>): void {
    answered(entry);
    isRefused = false;
    limit.passed(entry.bytes);
    backoff.reset();
    letGo(entry);
  }

  function refused(entry: Entry<S>, thrown: unknown): void {
    answered(entry);
    const attemptedBytes = entry.bytes;
    const error = asConsumeError<S>(thrown, 'permanent');
    if (error.rejected !== undefined) {
      entry.batch = error.rejected;
      entry.items = error.rejected.itemCount;
      entry.bytes = error.rejected.byteLength;
    }
    if (entry.items === 0) return letGo(entry);
    if (error.tooLarge !== undefined && isCuttable(entry.batch) && state !== 'over') {
      limit.refused(attemptedBytes, error.tooLarge.maxBytes);
      return keep(entry);
    }
    if (error.tooLarge !== undefined) return drop(entry, 'too_large', error.message);
    if (error.kind === 'permanent') return drop(entry, 'permanent', error.message);
    if (state === 'over') return drop(entry, 'shutdown', error.message);

    const nowMs = clock.monotonic();
    const resumeMs = resumeTime(nowMs, error.retryAfterMs);
    const isTooOld = retry.max_elapsed_time > 0 && entry.sinceMs + retry.max_elapsed_time < resumeMs;
    if (!retry.enabled || isTooOld) return drop(entry, 'retries_exhausted', error.message);
    keep(entry);
    if (!isRefused) {
      logger.info('The next consumer refused. Will offer again after interval.', {
        error: error.message,
        interval: `${Math.round(resumeMs - nowMs) / 1000}s`,
      });
    }
    isRefused = true;
    pauseUntil(resumeMs, nowMs);
  }

  /** Batches that are refused at the same time have one pause together. */
  function resumeTime(nowMs: number, hintMs = 0): number {
    if (state === 'draining') return resume?.atMs ?? nowMs + lastBackoff.next();
    return Math.max(resume?.atMs ?? nowMs + backoff.next(), nowMs + hintMs);
  }

  function pauseUntil(atMs: number, nowMs: number): void {
    if (resume?.atMs === atMs) return;
    resume?.timer.stop();
    const timer = clock.after(atMs - nowMs, () => {
      resume = undefined;
      offerWaiting();
    });
    resume = { atMs, timer };
  }

  function drop(entry: Entry<S>, reason: DropReason, error: string): void {
    ledger.dropped(entry.items, reason, { message: 'The next consumer failed. Dropping data.', error });
    letGo(entry);
  }

  function letGo(entry: Entry<S>): void {
    const isEmpty = waiting.length === 0 && offers === 0;
    rate.drained(entry.bytes, isEmpty);
    if (isEmpty) for (const resolve of whenIdle.splice(0)) resolve();
  }

  function hintMs(excessBytes: number): number {
    const untilResumeMs = resume === undefined ? 0 : resume.atMs - clock.monotonic();
    return Math.min(Math.max(rate.hintMs(excessBytes), Math.ceil(untilResumeMs)), maxHintMs);
  }

  function endPause(): void {
    resume?.timer.stop();
    resume = undefined;
  }

  /** Time is up. What is being offered is left to `next`; should it refuse, it is dropped then. */
  function end(): void {
    if (state === 'over') return;
    state = 'over';
    endPause();
    const items = waitingItems;
    waitingItems = waitingBytes = 0;
    waiting.length = 0;
    const message = 'Shut down before everything was passed on. Dropping data.';
    if (items > 0) ledger.dropped(items, 'shutdown', { message });
    for (const resolve of whenIdle.splice(0)) resolve();
  }

  return {
    heldBytes,

    consume(batch, context) {
      if (state !== 'open') throw closedError();
      const bytes = batch.byteLength;
      const excess = heldBytes() + bytes - maxBytes;
      if (excess > 0 && heldBytes() > 0) {
        const message = `full: ${heldBytes()} of ${maxBytes} bytes are held`;
        throw new ConsumeError('refused', message, { retryAfterMs: hintMs(excess) });
      }
      const entry: Entry<S> = {
        number: arrivals++,
        from: 0,
        // The caller hears that it is accepted, and waits no longer.
        context: context.detached(),
        sinceMs: clock.monotonic(),
        batch,
        items: batch.itemCount,
        bytes,
      };
      if (waiting.length === 0 && mayOffer() && bytes <= limit.maxBytes) offer(entry);
      else keep(entry);
      // What was too large as a whole goes on in pieces.
      offerWaiting();
    },

    admit(bytes = 1) {
      if (state !== 'open') return { retryAfterMs: closedRetryMs };
      const excess = heldBytes() + bytes - maxBytes;
      return excess > 0 && heldBytes() > 0 ? { retryAfterMs: hintMs(excess) } : undefined;
    },

    async shutdown(grace) {
      if (grace.aborted) end();
      if (state === 'open') {
        state = 'draining';
        endPause();
        offerWaiting();
      }
      if (state === 'draining') {
        const off = onAbort([grace], end);
        if (waiting.length > 0 || offers > 0) await new Promise<void>((idle) => whenIdle.push(idle));
        off();
        end();
      }
    },
  };
}

function isBefore<S extends Signal>(a: Entry<S>, b: Entry<S>): boolean {
  return a.number === b.number ? a.from < b.from : a.number < b.number;
}

function isPromise(outcome: unknown): outcome is Promise<void> {
  return typeof outcome === 'object' && outcome !== null && 'then' in outcome;
}
