import { count, fieldsOf, linesOf } from './fields.js';

/** A swap device, in bytes. */
export interface Swap {
  readonly device: string;
  readonly size: number;
  readonly used: number;
}

/** Reads /proc/swaps. */
export function parseSwaps(bytes: Buffer): Swap[] {
  return linesOf(bytes).flatMap((line) => {
    const [device, , size, used] = fieldsOf(line);
    const swap = { size: count(size) * 1024, used: count(used) * 1024 };
    if (device === undefined || Number.isNaN(swap.size) || Number.isNaN(swap.used)) return [];
    return [{ device: device.replaceAll('\\040', ' '), ...swap }];
  });
}
