import type { Bits56 } from './bits56.js';
import type { Threshold } from './threshold.js';

/** What an item says of how it was sampled before. */
export interface Marks {
  /** `rv`, where it is not that of the trace ID. */
  readonly randomness: Bits56 | undefined;
  /** `th`. */
  readonly threshold: Threshold | undefined;
}

/** Whether an SDK or a collector has sampled the item. */
export function isMarked({ randomness, threshold }: Marks): boolean {
  return randomness !== undefined || threshold !== undefined;
}
