/** All of {@link Strategy}. */
export const aggregationStrategies = ['sum', 'avg', 'min', 'max'] as const;

/** How the values of points become one that differ only in an attribute that is left out. */
export type Strategy = (typeof aggregationStrategies)[number];

/** Points by the attributes that are kept, in the order in which they first come. */
export function aggregate(
  values: readonly number[],
  attributes: readonly (readonly string[])[],
  kept: readonly number[],
  strategy: Strategy,
): { readonly values: number[]; readonly attributes: (readonly string[])[] } {
  const groups = new Map<string, { value: number; count: number; readonly attributes: readonly string[] }>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const own = kept.map((index) => attributes[i]![index]!);
    const key = own.join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value, count: 1, attributes: own });
    else {
      group.value = joined(group.value, value, strategy);
      group.count++;
    }
  }
  const all = [...groups.values()];
  return {
    values: all.map(({ value, count }) => (strategy === 'avg' ? value / count : value)),
    attributes: all.map((group) => group.attributes),
  };
}

function joined(a: number, b: number, strategy: Strategy): number {
  if (strategy === 'min') return Math.min(a, b);
  if (strategy === 'max') return Math.max(a, b);
  return a + b;
}
