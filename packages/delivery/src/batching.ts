import { createContext, type Clock, type Context, type Timer } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { takeBytes } from './cut.js';
import type { BatchSettings } from './queue-config.js';
import type { Taken } from './queue.js';
import type { Flush, Part } from './share.js';

/** Partitions that wait at a time. Above it the one that was used longest ago is sent on. */
const maxPartitions = 10_000;

/** Requests of equal metadata that wait for company. It lives while something waits. */
export interface Partition<S extends Signal> {
  /** What its requests travel with: nothing but the metadata that they have in common. */
  readonly context: Context;
  readonly key: string;
  batch: Batch<S> | undefined;
  items: number;
  bytes: number;
  readonly parts: Part<S>[];
  timer: Timer | undefined;
  /** Its time was up, and all workers are busy. */
  isDue: boolean;
}

/** Puts requests together, one batch for each partition. */
export class Batching<S extends Signal> {
  readonly #config: BatchSettings;
  readonly #clock: Clock;
  /** Sends what waits in a partition, when a worker is free. */
  readonly #flush: (partition: Partition<S>) => Promise<void>;
  /** The one that was used longest ago stands first. */
  readonly #partitions = new Map<string, Partition<S>>();

  constructor(config: BatchSettings, clock: Clock, flush: (partition: Partition<S>) => Promise<void>) {
    this.#config = config;
    this.#clock = clock;
    this.#flush = flush;
  }

  /** Resolves when there is room for more: what is large enough has found a worker. */
  async add(taken: Taken<S>): Promise<void> {
    const partition = this.#partitionOf(taken.context);
    const { batch, items, bytes } = taken;
    if (partition.batch === undefined) partition.batch = batch;
    else partition.batch.append(batch);
    partition.items += items;
    partition.bytes += bytes;
    partition.parts.push({ share: { taken, isWaiting: true, flushes: 0, failures: [] }, items });
    // Profiles cannot be put together.
    while (partition.batch !== undefined && (batch.signal === 'profiles' || this.#isLargeEnough(partition))) {
      await this.#flush(partition);
    }
    this.#await(partition);
    for (const [, oldest] of this.#partitions) {
      if (this.#partitions.size <= maxPartitions) break;
      this.#partitions.delete(oldest.key);
      await this.#flushAllOf(oldest);
    }
  }

  /** What is to be sent of a partition: all, or as much as `max_size` allows. */
  take(partition: Partition<S>): Flush<S> | undefined {
    const { batch: waiting, context, parts } = partition;
    if (waiting === undefined) return undefined;
    partition.timer?.stop();
    partition.timer = undefined;
    const { max_size: max, sizer } = this.#config;
    let batch = waiting;
    if (max > 0 && this.#sizeOf(partition) > max && batch.signal !== 'profiles') {
      let rest = waiting;
      if (sizer === 'bytes') ({ piece: batch, rest } = takeBytes(waiting, max));
      else batch = waiting.take(max);
      partition.batch = rest.itemCount > 0 ? rest : undefined;
    } else partition.batch = undefined;

    const items = batch.itemCount;
    const taken = takeParts(parts, partition.batch === undefined ? Infinity : items);
    if (partition.batch === undefined) {
      partition.items = partition.bytes = 0;
      // Another may stand in its place, where it had been sent for being the oldest.
      if (this.#partitions.get(partition.key) === partition) this.#partitions.delete(partition.key);
    } else {
      partition.items -= items;
      // Heads are repeated in each piece: counted again, since the sum would be wrong.
      partition.bytes = partition.batch.byteLength;
    }
    return { batch, context, items, parts: taken, caller: undefined };
  }

  /** Sends all that waits. */
  async flushAll(): Promise<void> {
    for (const [, partition] of this.#partitions) await this.#flushAllOf(partition);
  }

  async #flushAllOf(partition: Partition<S>): Promise<void> {
    while (partition.batch !== undefined) await this.#flush(partition);
  }

  #sizeOf({ items, bytes }: Partition<S>): number {
    return this.#config.sizer === 'items' ? items : bytes;
  }

  #isLargeEnough(partition: Partition<S>): boolean {
    return this.#sizeOf(partition) >= this.#config.min_size;
  }

  /** Sets the clock for what waits. */
  #await(partition: Partition<S>): void {
    if (partition.batch === undefined || partition.isDue) return;
    partition.timer ??= this.#clock.after(this.#config.flush_timeout, () => {
      partition.timer = undefined;
      partition.isDue = true;
      // More may come while it waits for a worker: it goes along.
      void this.#flush(partition).then(() => {
        partition.isDue = false;
        this.#await(partition);
      });
    });
  }

  #partitionOf({ client }: Context): Partition<S> {
    const metadata = new Map<string, readonly string[]>();
    for (const key of this.#config.metadata_keys) {
      const values = client.metadata.get(key);
      if (values !== undefined) metadata.set(key, values);
    }
    const key = metadata.size === 0 ? '' : JSON.stringify([...metadata]);
    let partition = this.#partitions.get(key);
    if (partition === undefined) {
      const context = createContext({ client: { metadata } });
      partition = {
        context,
        key,
        batch: undefined,
        items: 0,
        bytes: 0,
        parts: [],
        timer: undefined,
        isDue: false,
      };
    }
    if (this.#config.metadata_keys.length > 0) this.#partitions.delete(key);
    this.#partitions.set(key, partition);
    return partition;
  }
}

/** The parts that the next `items` belong to, out of the front of `parts`. */
function takeParts<S extends Signal>(parts: Part<S>[], items: number): Part<S>[] {
  let left = items;
  let whole = 0;
  while (whole < parts.length && parts[whole]!.items <= left) left -= parts[whole++]!.items;
  const taken = parts.splice(0, whole);
  for (const { share } of taken) share.isWaiting = false;
  const [cut] = parts;
  if (cut !== undefined && left > 0) {
    taken.push({ share: cut.share, items: left });
    cut.items -= left;
  }
  for (const { share } of taken) share.flushes++;
  return taken;
}
