import { background, ConsumeError, type Context, type Signal } from '@tributary/component';
import type { Shard } from './pending.js';

/** One {@link Shard} for each combination of metadata that has something waiting. */
export interface Shards<S extends Signal> extends Iterable<Shard<S>> {
  /** @throws ConsumeError, permanent, where it would be one combination too many */
  of(context: Context): Shard<S>;
  readonly count: number;
  /** Forgets a shard in which nothing waits. */
  release(shard: Shard<S>): void;
}

/** `keys` in lower case; without keys all share one shard. `limit` 0 is none. */
export function createShards<S extends Signal>(keys: readonly string[], limit: number): Shards<S> {
  if (keys.length === 0) {
    const only = createShard<S>('', background);
    return {
      of: () => only,
      count: 1,
      release() {},
      [Symbol.iterator]: () => [only].values(),
    };
  }
  const shards = new Map<string, Shard<S>>();
  return {
    of({ client: { metadata } }) {
      const values = keys.map((key) => metadata.get(key) ?? []);
      const key = JSON.stringify(values);
      let shard = shards.get(key);
      if (shard === undefined) {
        if (limit > 0 && shards.size >= limit) {
          throw new ConsumeError('permanent', 'too many batcher metadata-value combinations');
        }
        const kept = keys.flatMap((name, i) =>
          values[i]!.length === 0 ? [] : [[name, values[i]!] as const],
        );
        shard = createShard(key, background.with({ client: { metadata: new Map(kept) } }));
        shards.set(key, shard);
      }
      return shard;
    },
    get count() {
      return shards.size;
    },
    release: ({ key }) => void shards.delete(key),
    [Symbol.iterator]: () => [...shards.values()].values(),
  };
}

function createShard<S extends Signal>(key: string, context: Context): Shard<S> {
  return { key, context, batch: undefined, items: 0, bytes: 0, timer: undefined, callers: [] };
}
