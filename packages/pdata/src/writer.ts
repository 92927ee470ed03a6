import type { Scalar } from './schema.js';

/**
 * Writes the wire format forward into a buffer that grows by doubling. The length
 * of a message is filled in when it is closed, so nothing is measured beforehand.
 */
export class Writer {
  #bytes: Buffer;
  /** Whether values that are whole `number`s are doubles, too, and only a `bigint` is an integer. */
  readonly areNumbersDoubles: boolean;
  /** Bytes written. */
  length = 0;

  constructor(size = 256, areNumbersDoubles = false) {
    this.#bytes = Buffer.allocUnsafe(size);
    this.areNumbersDoubles = areNumbersDoubles;
  }

  /** What was written, as a buffer of its own. */
  toBytes(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.length);
    this.#bytes.copy(out, 0, 0, this.length);
    return out;
  }

  /** What was written, to be read before the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** Begins a length-delimited field; `close` takes what this returns. */
  open(tag: number): number {
    this.varint(tag);
    // Most messages are shorter than 128 bytes, so one byte is kept for the length.
    this.#reserve(1);
    return ++this.length;
  }

  close(start: number): void {
    const size = this.length - start;
    let extra = 0;
    for (let rest = size >>> 7; rest > 0; rest >>>= 7) extra++;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + extra, start, this.length);
    }
    this.length = start - 1;
    this.varint(size);
    this.length = start + extra + size;
  }

  /** An unsigned integer below 2^32. */
  varint(value: number): void {
    this.#reserve(5);
    const bytes = this.#bytes;
    let position = this.length;
    while (value > 127) {
      bytes[position++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[position++] = value;
    this.length = position;
  }

  /** Any 64-bit integer; a negative one as its two's complement. */
  varint64(value: bigint | number): void {
    if (typeof value === 'number' && value >= 0 && value <= 0xffffffff) return this.varint(value);
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.length++] = Number(rest & 127n) | 128;
    this.#bytes[this.length++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.length = this.#bytes.writeUInt32LE(value, this.length);
  }

  /** Any 64-bit integer; a negative one as its two's complement. */
  fixed64(value: bigint | number): void {
    this.#reserve(8);
    this.length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), this.length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.length = this.#bytes.writeDoubleLE(value, this.length);
  }

  /** A field of text. Lone surrogates become U+FFFD. */
  text(tag: number, value: string): void {
    this.varint(tag);
    if (value.length < 64 && this.#shortAscii(value)) return;
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.#reserve(size);
    this.#bytes.write(value, this.length, 'utf8');
    this.length += size;
  }

  /** Length and text by hand: the native calls cost more than a few dozen steps. False if it is not ASCII. */
  #shortAscii(value: string): boolean {
    this.#reserve(64);
    const bytes = this.#bytes;
    const { length } = value;
    let position = this.length;
    bytes[position++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[position++] = code;
    }
    this.length = position;
    return true;
  }

  /**
   * A KeyValue of short ASCII text, in one go: what most attributes are, and half of what they cost otherwise. False if
   * it is none; nothing is written then.
   */
  shortPair(tag: number, key: string, value: string): boolean {
    const keyLength = key.length;
    const valueLength = value.length;
    const size = keyLength + valueLength + 6;
    if (size > 127 || tag > 127) return false;
    this.#reserve(size + 2);
    const bytes = this.#bytes;
    let position = this.length;
    bytes[position++] = tag;
    bytes[position++] = size;
    bytes[position++] = 10;
    bytes[position++] = keyLength;
    for (let i = 0; i < keyLength; i++) {
      const code = key.charCodeAt(i);
      if (code > 127) return false;
      bytes[position++] = code;
    }
    bytes[position++] = 18;
    bytes[position++] = valueLength + 2;
    bytes[position++] = 10;
    bytes[position++] = valueLength;
    for (let i = 0; i < valueLength; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[position++] = code;
    }
    this.length = position;
    return true;
  }

  /** A length-delimited field as a whole. */
  field(tag: number, body: Uint8Array): void {
    this.varint(tag);
    this.varint(body.length);
    this.raw(body);
  }

  raw(body: Uint8Array): void {
    this.#reserve(body.length);
    this.#bytes.set(body, this.length);
    this.length += body.length;
  }

  /** A part of `source`. */
  copy(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    source.copy(this.#bytes, this.length, start, end);
    this.length += end - start;
  }

  /** One number without its tag. The value must fit the type. */
  scalar(type: NumericType, value: bigint | number): void {
    switch (type) {
      case 'double':
        return this.double(Number(value));
      case 'fixed32':
        return this.fixed32(Number(value));
      case 'fixed64':
      case 'sfixed64':
        return this.fixed64(value);
      case 'sint32': {
        const number = Number(value);
        return this.varint(((number << 1) ^ (number >> 31)) >>> 0);
      }
      default:
        return this.varint64(value);
    }
  }

  /** Takes out the stretches (in order, not overlapping), and moves what is behind them. */
  cutOut(stretches: readonly (readonly [start: number, end: number])[]): void {
    let to = stretches[0]?.[0] ?? this.length;
    stretches.forEach(([, end], index) => {
      const next = stretches[index + 1]?.[0] ?? this.length;
      this.#bytes.copyWithin(to, end, next);
      to += next - end;
    });
    this.length = to;
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

/** Types whose values are numbers; an enum is an `int32`. */
export type NumericType = Exclude<Scalar, 'string' | 'bytes' | 'bytes8' | 'bytes16' | 'bool'>;

/** What fits an integer type. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  /** 64 bits: a bigint in programs, a quoted number in OTLP/JSON. */
  readonly wide: boolean;
}

const unsigned32: IntegerRange = { min: 0n, max: 0xffff_ffffn, wide: false };
const signed32: IntegerRange = { min: -0x8000_0000n, max: 0x7fff_ffffn, wide: false };
const unsigned64: IntegerRange = { min: 0n, max: (1n << 64n) - 1n, wide: true };
const signed64: IntegerRange = { min: -(1n << 63n), max: (1n << 63n) - 1n, wide: true };

export const integerRanges: Readonly<Record<Exclude<NumericType, 'double'>, IntegerRange>> = {
  fixed32: unsigned32,
  uint32: unsigned32,
  int32: signed32,
  sint32: signed32,
  fixed64: unsigned64,
  uint64: unsigned64,
  int64: signed64,
  sfixed64: signed64,
};
