import { ConsumeError, type Clock, type Context, type Logger } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { createBackoff, createLastBackoff } from './backoff.js';
import type { Delivery } from './config.js';
import { asConsumeError, type DropReason } from './errors.js';
import type { Worker } from './memory-queue.js';
import { hasAborted, pause } from './signals.js';
import { attemptWithin } from './timeout.js';

/** One attempt. Throw a ConsumeError, or anything else for `retryable`. */
export type Send<S extends Signal> = (
  batch: Batch<S>,
  attempt: { readonly signal: AbortSignal; readonly context: Context },
) => Promise<void>;

/** A batch that was given up. */
export interface Failure<S extends Signal> {
  readonly reason: DropReason;
  readonly error: ConsumeError<S>;
  /** What was not delivered. */
  readonly rest: Batch<S>;
  /** False when earlier attempts have delivered a part. */
  readonly isWhole: boolean;
}

/** The two stages of a shutdown. */
export interface Ending {
  /** Aborts when no more is taken: pauses end, and are short from then on. */
  readonly draining: AbortSignal;
  /** Aborts when time is up: attempts end. */
  readonly over: AbortSignal;
}

/** Where an export comes from. */
export interface Origin {
  readonly context: Context;
  /** Aborts when the caller waits no longer; absent where nobody waits. */
  readonly caller?: AbortSignal;
  /** Absent where there is no queue. */
  readonly worker?: Worker;
}

/** What attempts need of their surroundings. */
export interface RetrySettings {
  readonly config: Pick<Delivery, 'timeout' | 'retry_on_failure'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Sends until it succeeds, or until there is no use or no time for more. Never rejects. */
export async function sendWithRetry<S extends Signal>(
  send: Send<S>,
  batch: Batch<S>,
  { context, caller, worker }: Origin,
  ending: Ending,
  { config, clock, random, logger }: RetrySettings,
): Promise<Failure<S> | undefined> {
  const { timeout, retry_on_failure: retry } = config;
  const { draining, over } = ending;
  const signals = [over, caller];
  const limits = { clock, timeoutMs: timeout, signals };
  const startMs = clock.monotonic();
  const backoff = createBackoff(retry, random);
  const lastBackoff = createLastBackoff(retry, random);
  let rest = batch;

  const giveUp = (reason: DropReason, error: ConsumeError<S>): Failure<S> => ({
    reason,
    error,
    rest,
    isWhole: rest === batch,
  });

  for (let last: ConsumeError<S> | undefined; ;) {
    if (over.aborted) return giveUp('shutdown', explain('shut down', last, 'refused'));
    if (caller?.aborted === true) {
      return giveUp('retries_exhausted', explain('the caller waits no longer', last, 'refused'));
    }
    // Given away at each attempt, and free to copy.
    const attempted = rest.clone();
    try {
      await attemptWithin((signal) => send(attempted, { signal, context }), limits);
      return undefined;
    } catch (thrown) {
      last = asConsumeError<S>(thrown, 'retryable');
    }
    if (last.rejected !== undefined) {
      if (last.rejected.itemCount === 0) return undefined;
      rest = last.rejected;
    }
    if (last.kind === 'permanent') return giveUp('permanent', last);
    // Says at the top why there is no next attempt.
    if (hasAborted(signals)) continue;
    if (!retry.enabled) return giveUp('retries_exhausted', last);

    const delayMs = draining.aborted ? lastBackoff.next() : Math.max(backoff.next(), last.retryAfterMs ?? 0);
    const elapsedMs = clock.monotonic() - startMs;
    if (retry.max_elapsed_time > 0 && elapsedMs + delayMs > retry.max_elapsed_time) {
      return giveUp('retries_exhausted', explain('no more retries left', last));
    }
    if (draining.aborted) {
      // The workers are for those who have not had their turn yet.
      const wait = (): Promise<void> => pause(clock, delayMs, signals);
      await (worker === undefined ? wait() : worker.leaveFor(wait));
    } else {
      const interval = `${Math.round(delayMs) / 1000}s`;
      logger.info('Exporting failed. Will retry the request after interval.', {
        error: last.message,
        interval,
      });
      await pause(clock, delayMs, [draining, ...signals]);
    }
  }
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
