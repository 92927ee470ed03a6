import fc from 'fast-check';

/**
 * Runs a property as often as `TRIBUTARY_RUNS` says. A failure prints the seed
 * and the smallest example; `TRIBUTARY_SEED` repeats it.
 */
export function assertProperty<T>(property: fc.IRawProperty<T>): void {
  const seed = process.env['TRIBUTARY_SEED'];
  fc.assert(property, {
    numRuns: Number(process.env['TRIBUTARY_RUNS'] ?? 1000),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
}
