import type { Batch, ConsumeError, Context, Signal, Timer } from '@tributary/component';

/** A caller that waits for what becomes of its items. */
export interface Caller {
  /** Says whether it still waits. */
  readonly context: Context;
  /** Not sent yet. */
  items: number;
  /** Sends under way that carry some of its items. */
  sends: number;
  /** Whether its items are in several batches. */
  isCut: boolean;
  /** Sent and taken, or dropped. */
  takenItems: number;
  /** What he is told when nothing of his is under way any more. */
  failure: ConsumeError | undefined;
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
  readonly callers: Caller[];
}

/** What all shards hold together. */
export interface Totals {
  items: number;
  bytes: number;
}

/** A batch that was taken out, with its size: counting it again would be O(requests). */
export interface Taken<S extends Signal> {
  readonly batch: Batch<S>;
  readonly items: number;
  readonly bytes: number;
}

/** Puts a batch behind what waits. O(1), whatever waits: sizes are counted along. */
export function add<S extends Signal>(
  shard: Shard<S>,
  totals: Totals,
  { batch, items, bytes }: Taken<S>,
): void {
  if (shard.batch === undefined) shard.batch = batch;
  else shard.batch.append(batch);
  count(shard, totals, items, bytes);
}

/** Takes what waits, or the first `maxItems` of it; 0 is all. Profiles are taken whole. */
export function take<S extends Signal>(shard: Shard<S>, totals: Totals, maxItems: number): Taken<S> {
  const waiting = shard.batch!;
  let { items, bytes } = shard;
  let batch = waiting;
  if (maxItems > 0 && items > maxItems && waiting.signal !== 'profiles') {
    batch = waiting.take(maxItems);
    items = batch.itemCount;
    // Each piece repeats its resource: the pieces may be larger than the whole was.
    bytes = Math.min(batch.byteLength, bytes);
  } else shard.batch = undefined;
  count(shard, totals, -items, -bytes);
  return { batch, items, bytes };
}

/** Puts a batch back to the front, where it was taken. */
export function putBack<S extends Signal>(
  shard: Shard<S>,
  totals: Totals,
  { batch, items, bytes }: Taken<S>,
): void {
  if (shard.batch !== undefined) batch.append(shard.batch);
  shard.batch = batch;
  count(shard, totals, items, bytes);
}

function count(shard: Shard<Signal>, totals: Totals, items: number, bytes: number): void {
  shard.items += items;
  shard.bytes += bytes;
  totals.items += items;
  totals.bytes += bytes;
}
