import { ConsumeError } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Failure } from './retry.js';

/** What a caller who waits is told, and what nobody is told. */
export interface Outcome<S extends Signal> {
  readonly refusal: ConsumeError<S>;
  /** Items that the refusal speaks of. */
  readonly refusedItems: number;
  /** Not in the refusal. */
  readonly dropped: readonly Failure<S>[];
}

/**
 * An answer has one kind. What may be sent again is given back; what has failed for
 * good is then dropped here, and given back only where there is nothing else.
 *
 * @param failures - at least one
 * @param items - of all that the caller handed over
 */
export function outcomeFor<S extends Signal>(failures: readonly Failure<S>[], items: number): Outcome<S> {
  const passing = failures.filter(({ reason }) => mayPass[reason]);
  const told = passing.length > 0 ? passing : failures;
  const rest = merged(told.map(({ rest }) => rest));
  const refusedItems = rest.itemCount;
  const rejected = refusedItems === items ? undefined : rest;
  return {
    refusal: withRejected(told[0]!.error, rejected, told.length === 1),
    refusedItems,
    dropped: passing.length > 0 ? failures.filter(({ reason }) => !mayPass[reason]) : [],
  };
}

const mayPass: Readonly<Record<Failure<Signal>['reason'], boolean>> = {
  retries_exhausted: true,
  shutdown: true,
  cancelled: true,
  stopped: true,
  permanent: false,
  too_large: false,
};

/** One batch of several. Profiles, which cannot be merged, are never in pieces. */
function merged<S extends Signal>(batches: readonly Batch<S>[]): Batch<S> {
  const [first, ...others] = batches;
  for (const other of others) first!.append(other);
  return first!;
}

/** `isOne`: it was refused as it is, so that who hears that it is too large may act on it. */
function withRejected<S extends Signal>(
  error: ConsumeError<S>,
  rejected: Batch<S> | undefined,
  isOne: boolean,
): ConsumeError<S> {
  const tooLarge = isOne && rejected === undefined ? error.tooLarge : undefined;
  if (error.rejected === rejected && error.tooLarge === tooLarge) return error;
  const { kind, message, retryAfterMs, status } = error;
  return new ConsumeError(kind, message, { cause: error, retryAfterMs, status, rejected, tooLarge });
}
