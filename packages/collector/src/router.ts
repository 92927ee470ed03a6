import type { Batch, Consumer, Context, Router, Signal } from '@tributary/component';

/**
 * What a connector gets as `next`. `connect` makes the way into a set of
 * pipelines; each set is made once.
 */
export function createRouter(
  pipelines: readonly string[],
  connect: (pipelines: readonly string[]) => Consumer<Signal>,
): Router<Signal> {
  const ways = new Map<string, Consumer<Signal>>();
  const all = wayInto(pipelines);

  function wayInto(names: readonly string[]): Consumer<Signal> {
    const chosen = [...new Set(names)].sort();
    const key = chosen.join('\n');
    let way = ways.get(key);
    if (way === undefined) ways.set(key, (way = connect(chosen)));
    return way;
  }

  return {
    pipelines,
    consume: (batch: Batch<Signal>, context: Context) => all.consume(batch, context),
    admit: (bytes) => all.admit?.(bytes),
    to(...names) {
      if (names.length === 0) throw new TypeError('missing consumers');
      const unknown = names.find((name) => !pipelines.includes(name));
      if (unknown !== undefined) {
        throw new TypeError(`missing consumer: "${unknown}"; there are ${pipelines.join(', ')}`);
      }
      return wayInto(names);
    },
  };
}
