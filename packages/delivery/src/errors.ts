import { ConsumeError, type ConsumeErrorKind } from '@tributary/component';
import type { Signal } from '@tributary/pdata';

/** Why items are gone for good. A closed set: the reasons given to `ledger.dropped`. */
export type DropReason =
  /** The backend will not take them, now or later. */
  | 'permanent'
  /** Retrying is over, or off. */
  | 'retries_exhausted'
  /** Too large for the backend by itself: one item, or profiles, which cannot be cut. */
  | 'too_large'
  /** The time for the shutdown was over. */
  | 'shutdown';

/** Beside these: what a persistent queue has, and cannot read. */
export const unreadable = 'unreadable';

/** What was thrown, as the ConsumeError that it is, or else one of `kind`. */
export function asConsumeError<S extends Signal>(error: unknown, kind: ConsumeErrorKind): ConsumeError<S> {
  if (ConsumeError.is(error)) return error as ConsumeError<S>;
  const message = error instanceof Error ? error.message : String(error);
  return new ConsumeError(kind, message, { cause: error });
}

/** How long to stay away from what is shut down: then there is another one, or none. */
export const closedRetryMs = 1_000;

/** For those who come after the shutdown. */
export function closedError(): ConsumeError {
  return new ConsumeError('refused', 'shut down', { retryAfterMs: closedRetryMs });
}
