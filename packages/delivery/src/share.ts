import type { Context } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Taken } from './queue.js';
import type { Failure } from './retry.js';

/** One request, of which parts may be in several flushes. */
export interface Share<S extends Signal> {
  readonly taken: Taken<S>;
  /** Some of it is in no flush yet. */
  isWaiting: boolean;
  /** Under way. */
  flushes: number;
  /** Of its own items. */
  readonly failures: Failure<S>[];
}

/** Items of one request, next to each other. */
export interface Part<S extends Signal> {
  readonly share: Share<S>;
  items: number;
}

/** What is sent as one: a request, several put together, or a piece of either. */
export interface Flush<S extends Signal> {
  readonly batch: Batch<S>;
  readonly context: Context;
  readonly items: number;
  /** In the order of their items. */
  readonly parts: readonly Part<S>[];
  /** Aborts when the only caller waits no longer; absent where nobody waits, or several. */
  readonly caller: AbortSignal | undefined;
}

/** A request that is sent as it is. */
export function flushOf<S extends Signal>(taken: Taken<S>): Flush<S> {
  const { batch, context, items, caller } = taken;
  const share: Share<S> = { taken, isWaiting: false, flushes: 1, failures: [] };
  return { batch, context, items, parts: [{ share, items }], caller: caller?.signal };
}

/**
 * Gives each request of a flush the failures of its items.
 *
 * @returns those that nobody can tell whose they are: a backend has picked items out of several requests
 */
export function attribute<S extends Signal>(
  { parts }: Flush<S>,
  failures: readonly Failure<S>[],
): readonly Failure<S>[] {
  if (parts.length === 1) {
    parts[0]!.share.failures.push(...failures);
    return [];
  }
  return failures.filter((failure) => {
    if (failure.from === undefined) return true;
    spread(parts, failure, failure.from);
    return false;
  });
}

function spread<S extends Signal>(
  parts: readonly Part<S>[],
  { reason, error, rest }: Failure<S>,
  from: number,
): void {
  let left = rest.itemCount;
  let position = from;
  let end = 0;
  for (const { share, items } of parts) {
    end += items;
    const count = Math.min(end - position, left);
    if (count <= 0) continue;
    const own = count === left ? rest : rest.take(count);
    share.failures.push({ reason, error, rest: own, from: undefined });
    position += count;
    left -= count;
  }
}
