import { fromHex, type Bits56 } from './bits56.js';

/** Where there is no randomness: an item that every probability keeps. */
export const highest: Bits56 = { high: 2 ** 28 - 1, low: 2 ** 28 - 1 };

const textPattern = /^[0-9a-f]{14}$/i;

/** The text of `rv`. `undefined` where it is none. */
export function parseRandomness(text: string): Bits56 | undefined {
  return textPattern.test(text) ? fromHex(text) : undefined;
}

/** The low 56 bits of a trace ID, which are random by the trace context of the W3C. Written to `out`. */
export function readTraceId(id: Uint8Array, out: { high: number; low: number }): void {
  const shared = id[12]!;
  out.high = (id[9]! << 20) | (id[10]! << 12) | (id[11]! << 4) | (shared >>> 4);
  out.low = ((shared & 15) << 24) | (id[13]! << 16) | (id[14]! << 8) | id[15]!;
}
