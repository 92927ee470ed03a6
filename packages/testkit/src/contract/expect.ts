import type { Received } from '../received.js';
import { numbersIn } from './items.js';

/** All items, in any order, each once. */
export function expectNumbers(end: Received, expected: readonly number[]): void {
  const arrived = numbersIn(end.batches).sort((a, b) => a - b);
  expectEqual(arrived, expected, 'items that arrived');
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}
