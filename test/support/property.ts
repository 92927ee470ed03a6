import fc from 'fast-check';

/**
 * Runs a property as often as TRIBUTARY_RUNS says, from TRIBUTARY_SEED: `vitest.config.ts` sets and prints
 * both, 500 runs and a new seed unless the environment says otherwise. `share` makes fewer runs of a
 * property whose run is dear: 0.1 is one in ten.
 *
 * A file that uses this is named `*.property.test.ts`; `npm run prove` runs those 100,000 times.
 */
export function assertProperty<T>(property: fc.IAsyncProperty<T>, share?: number): Promise<void>;
export function assertProperty<T>(property: fc.IProperty<T>, share?: number): void;
export function assertProperty<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  share: number = 1,
): Promise<void> | void {
  const numRuns = Math.max(1, Math.round(fromEnvironment('TRIBUTARY_RUNS') * share));
  return fc.assert<T>(property, { numRuns, seed: fromEnvironment('TRIBUTARY_SEED') });
}

/**
 * Seeds for runs that a number decides, as many as {@link assertProperty} would make: TRIBUTARY_SEED and those after it.
 * With TRIBUTARY_RUNS=1 it is that one alone.
 */
export function seedsFromEnvironment(share: number): readonly number[] {
  const count = Math.max(1, Math.round(fromEnvironment('TRIBUTARY_RUNS') * share));
  const first = fromEnvironment('TRIBUTARY_SEED');
  return Array.from({ length: count }, (_, i) => first + i);
}

function fromEnvironment(name: string): number {
  const value = Number(process.env[name]);
  if (!Number.isSafeInteger(value))
    throw new Error(`${name}: expected a whole number, got ${process.env[name]}`);
  return value;
}
