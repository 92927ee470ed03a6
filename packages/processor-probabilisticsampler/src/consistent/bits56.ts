/** A number of 56 bits in two halves of 28, because a double holds 53. */
export interface Bits56 {
  readonly high: number;
  readonly low: number;
}

const halfSize = 2 ** 28;
const digitsOfHalf = 7;

export function isBelow(a: Bits56, b: Bits56): boolean {
  return a.high < b.high || (a.high === b.high && a.low < b.low);
}

/** 14 hexadecimal digits. */
export function toHex({ high, low }: Bits56): string {
  return (high + halfSize).toString(16).slice(1) + (low + halfSize).toString(16).slice(1);
}

/** Of exactly 14 hexadecimal digits. */
export function fromHex(digits: string): Bits56 {
  return {
    high: Number.parseInt(digits.slice(0, digitsOfHalf), 16),
    low: Number.parseInt(digits.slice(digitsOfHalf), 16),
  };
}

export function fromBigInt(value: bigint): Bits56 {
  return { high: Number(value >> 28n), low: Number(value & 0xfffffffn) };
}
