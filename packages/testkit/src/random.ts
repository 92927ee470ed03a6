/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number = 1): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the elements. */
export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!;
}

/**
 * Chooses again and again, by chance, and the same for the same seed: what may fail, and how.
 *
 * @param choices to make one more likely, name it more than once
 *
 * @example
 * network.each(seededChoice([undefined, undefined, { kind: 'cut', at: 'answer' }], 7));
 */
export function seededChoice<const T>(choices: readonly T[], seed?: number): () => T {
  if (choices.length === 0) throw new RangeError('seededChoice needs something to choose from');
  const random = seededRandom(seed);
  return () => pick(choices, random);
}
