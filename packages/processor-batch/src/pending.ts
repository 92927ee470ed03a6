import type { Batch, Context, Signal, Timer } from '@tributary/component';

/** A caller that waits for what becomes of its items. */
export interface Caller {
  /** Not sent yet. */
  items: number;
  /** Sends under way that carry some of its items. */
  sends: number;
  /** Whether some of its items are in another batch than the rest. */
  isCut: boolean;
  readonly accept: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Items with equal metadata that wait for company. */
export interface Shard<S extends Signal> {
  readonly key: string;
  /** What its batches travel with. */
  readonly context: Context;
  batch: Batch<S> | undefined;
  items: number;
  bytes: number;
  /** Set while something waits. */
  timer: Timer | undefined;
  /** In the order of their items; empty unless callers wait for results. */
  callers: Caller[];
}

/** What all shards hold together. */
export interface Totals {
  items: number;
  bytes: number;
}

/** Puts a batch behind what waits. O(1), whatever waits: sizes are counted along. */
export function add<S extends Signal>(
  shard: Shard<S>,
  totals: Totals,
  batch: Batch<S>,
  items: number,
  bytes: number,
): void {
  if (shard.batch === undefined) shard.batch = batch;
  else shard.batch.append(batch);
  shard.items += items;
  shard.bytes += bytes;
  totals.items += items;
  totals.bytes += bytes;
}

/** Takes what waits, or the first `maxItems` of it; 0 is all. */
export function take<S extends Signal>(shard: Shard<S>, totals: Totals, maxItems: number): Batch<S> {
  const waiting = shard.batch!;
  const isCut = maxItems > 0 && shard.items > maxItems;
  const taken = isCut ? waiting.take(maxItems) : waiting;
  const items = isCut ? taken.itemCount : shard.items;
  // Each piece repeats its resource, so that the pieces are larger than the whole.
  const bytes = isCut ? Math.min(taken.byteLength, shard.bytes) : shard.bytes;
  if (!isCut || items === shard.items) shard.batch = undefined;
  shard.items -= items;
  totals.items -= items;
  shard.bytes -= bytes;
  totals.bytes -= bytes;
  return taken;
}
