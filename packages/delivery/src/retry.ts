import { ConsumeError, type Clock, type Context } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { AttemptWindow } from './attempt-window.js';
import { createBackoff, createLastBackoff } from './backoff.js';
import type { Delivery } from './config.js';
import { isCuttable, takeBytes } from './cut.js';
import { asConsumeError, type DropReason } from './errors.js';
import { hasAborted, pause } from './signals.js';
import type { SizeLimit } from './size-limit.js';
import { attemptWithin } from './timeout.js';
import type { Worker } from './workers.js';

/**
 * One attempt. Throw a ConsumeError, or anything else for `retryable`.
 *
 * What is to be booked or said of a success is done by what it resolves to, if to anything: that is called
 * when the success counts. An attempt may be given up in the very turn in which it succeeds.
 */
export type Send<S extends Signal> = (
  batch: Batch<S>,
  attempt: { readonly signal: AbortSignal; readonly context: Context },
) => Promise<(() => void) | void>;

/** Why something was given up: the reason for a drop, or one that is none. */
export type FailureReason =
  | DropReason
  /** The caller waits no longer. */
  | 'cancelled'
  /** There is to be no further attempt: it is kept, or handed back. */
  | 'stopped';

/** A batch, or a part of it, that was given up. */
export interface Failure<S extends Signal> {
  readonly reason: FailureReason;
  readonly error: ConsumeError<S>;
  /** What was not delivered. */
  readonly rest: Batch<S>;
  /** Place of its first item in the batch; `undefined` where a backend has picked the items. */
  readonly from: number | undefined;
}

/** How attempts end before their time. */
export interface Ending {
  /** Aborts when no more is taken: pauses end, and are short from then on. */
  readonly draining: AbortSignal;
  /** Aborts when there is to be no further attempt: what is under way may end. */
  readonly stopped: AbortSignal;
  /** Aborts when time is up: attempts end. */
  readonly over: AbortSignal;
}

/** Where an export comes from. */
export interface Origin {
  readonly context: Context;
  /** Aborts when the caller waits no longer; absent where nobody waits. */
  readonly caller?: AbortSignal | undefined;
  /** Absent where there is no queue. */
  readonly worker?: Worker | undefined;
  /** Told of each part that was delivered. */
  readonly delivered?: ((items: number) => void) | undefined;
}

/** What attempts need of their surroundings. */
export interface RetrySettings {
  readonly config: Pick<Delivery, 'timeout' | 'retry_on_failure'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limit: SizeLimit;
  readonly window: AttemptWindow;
  /** Told how each attempt ended. */
  readonly attempted: (error: ConsumeError | undefined) => void;
  /** Told before a pause. */
  readonly retrying: (error: ConsumeError, pauseMs: number) => void;
}

/** A part of a batch that is to be sent. */
interface Piece<S extends Signal> {
  readonly batch: Batch<S>;
  readonly from: number | undefined;
}

/**
 * Sends until it succeeds, or until there is no use or no time for more. Never rejects.
 *
 * What is too large is cut, and its pieces have one retry together: after one that
 * failed in a way that may pass there is a pause, and it stands behind the others
 * then, so that no piece keeps the rest from its turn.
 *
 * @returns what was not delivered
 */
export async function sendWithRetry<S extends Signal>(
  send: Send<S>,
  batch: Batch<S>,
  { context, caller, worker, delivered }: Origin,
  { draining, stopped, over }: Ending,
  { config, clock, random, limit, window, attempted, retrying }: RetrySettings,
): Promise<readonly Failure<S>[]> {
  const { timeout, retry_on_failure: retry } = config;
  const signals = [over, caller];
  const limits = { clock, timeoutMs: timeout, signals };
  const startMs = clock.monotonic();
  const backoff = createBackoff(retry, random);
  const lastBackoff = createLastBackoff(retry, random);
  const pieces: Piece<S>[] = [{ batch, from: 0 }];
  const failures: Failure<S>[] = [];
  /** The last error that may pass. */
  let last: ConsumeError<S> | undefined;

  function giveUp({ batch: rest, from }: Piece<S>, reason: FailureReason, error: ConsumeError<S>): void {
    failures.push({ reason, error, rest, from });
  }
  function giveUpAll(reason: FailureReason, error: ConsumeError<S>): readonly Failure<S>[] {
    for (const piece of pieces) giveUp(piece, reason, error);
    return failures;
  }

  for (;;) {
    if (pieces.length === 0) return failures;
    if (stopped.aborted) return giveUpAll('stopped', explain('shut down', last, 'refused'));
    if (over.aborted) return giveUpAll('shutdown', explain('shut down', last, 'refused'));
    if (caller?.aborted === true) {
      return giveUpAll('cancelled', explain('the caller waits no longer', last, 'refused'));
    }
    let piece = takePiece(pieces, limit.maxBytes);
    const bytes = piece.batch.byteLength;
    // What is sent and what may be sent again is one buffer.
    piece.batch.compact();
    // Given away at each attempt, and free to copy.
    const copy = piece.batch.clone();
    let error: ConsumeError<S>;
    try {
      const conclude = await window.run(() => {
        if (stopped.aborted) throw explain('shut down', last, 'refused');
        return attemptWithin((signal) => send(copy, { signal, context }), limits);
      });
      conclude?.();
      limit.passed(bytes);
      attempted(undefined);
      delivered?.(piece.batch.itemCount);
      continue;
    } catch (thrown) {
      error = asConsumeError<S>(thrown, 'retryable');
    }
    const { rejected, tooLarge, kind } = error;
    if (rejected !== undefined) {
      delivered?.(piece.batch.itemCount - rejected.itemCount);
      if (rejected.itemCount === 0) {
        attempted(undefined);
        continue;
      }
      const isAll = rejected.itemCount === piece.batch.itemCount;
      piece = { batch: rejected, from: isAll ? piece.from : undefined };
    }
    if (tooLarge !== undefined && isCuttable(piece.batch)) {
      limit.refused(bytes, tooLarge.maxBytes);
      pieces.unshift(piece);
      continue;
    }
    attempted(error);
    if (tooLarge !== undefined || kind === 'permanent') {
      giveUp(piece, tooLarge === undefined ? 'permanent' : 'too_large', error);
      continue;
    }
    if (!retry.enabled && !stopped.aborted && !hasAborted(signals)) {
      giveUp(piece, 'retries_exhausted', error);
      continue;
    }
    last = error;
    pieces.push(piece);
    // Says at the top why there is no next attempt.
    if (stopped.aborted || hasAborted(signals)) continue;

    const delayMs = draining.aborted ? lastBackoff.next() : Math.max(backoff.next(), last.retryAfterMs ?? 0);
    const elapsedMs = clock.monotonic() - startMs;
    if (retry.max_elapsed_time > 0 && elapsedMs + delayMs > retry.max_elapsed_time) {
      return giveUpAll('retries_exhausted', explain('no more retries left', last));
    }
    if (draining.aborted) {
      // The workers are for those who have not had their turn yet.
      const wait = (): Promise<void> => pause(clock, delayMs, [stopped, ...signals]);
      await (worker === undefined ? wait() : worker.leaveFor(wait));
    } else {
      retrying(last, delayMs);
      await pause(clock, delayMs, [draining, stopped, ...signals]);
    }
  }
}

/** The first piece, or as much of it as passes. */
function takePiece<S extends Signal>(pieces: Piece<S>[], maxBytes: number): Piece<S> {
  const first = pieces.shift()!;
  const { batch, from } = first;
  if (batch.byteLength <= maxBytes || !isCuttable(batch)) return first;
  const { piece, rest } = takeBytes(batch, maxBytes);
  if (rest.itemCount > 0) {
    pieces.unshift({ batch: rest, from: from === undefined ? undefined : from + piece.itemCount });
  }
  return { batch: piece, from };
}

/** Why there is no further attempt, and what the last one said. `untried` is the kind when there was none. */
function explain<S extends Signal>(
  why: string,
  last: ConsumeError<S> | undefined,
  untried: 'refused' | 'retryable' = 'retryable',
): ConsumeError<S> {
  if (last === undefined) return new ConsumeError(untried, why);
  const { kind, message, retryAfterMs, status } = last;
  return new ConsumeError(kind, `${why}: ${message}`, { cause: last, retryAfterMs, status });
}
