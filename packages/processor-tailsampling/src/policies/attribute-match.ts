import { at, readVarint, skipValue } from '@tributary/pdata/bytes';
import { createMatcher } from '@tributary/patterns';
import type { Leaf } from './config.js';

/** A test of the attributes of one key. It holds what it has found in the trace that is looked at. */
export interface AttributeMatch {
  readonly key: Buffer;
  /** Whether an attribute has matched. */
  isMatched: boolean;
  /** Of the first that matched: the number, or which of the values it was. */
  value: number;
  /** Looks at an `AnyValue` with that body. */
  look(bytes: Buffer, start: number, end: number, isResource: boolean): void;
  reset(): void;
}

type Of<T> = Extract<Leaf, { readonly type: T }>;

/** Fields of AnyValue, as tags. */
const stringTag = 0x0a;
const boolTag = 0x10;
const intTag = 0x18;

/** Registers of what {@link findValue} has found: the tag of the value that is set (the last), 0 for none, and its place. */
let valueTag = 0;
let valueAt = 0;

function findValue(bytes: Buffer, start: number, end: number): void {
  valueTag = 0;
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    valueTag = tag;
    valueAt = at;
    position = skipValue(bytes, at, tag);
  }
}

abstract class Match implements AttributeMatch {
  readonly key: Buffer;
  isMatched = false;
  value = NaN;

  constructor(key: string) {
    this.key = Buffer.from(key);
  }

  reset(): void {
    this.isMatched = false;
    this.value = NaN;
  }

  abstract look(bytes: Buffer, start: number, end: number, isResource: boolean): void;

  protected found(value: number): void {
    this.isMatched = true;
    this.value = value;
  }
}

/** One of some texts; an empty one is none of them. */
class ExactMatch extends Match {
  readonly #values: readonly Buffer[];

  constructor({ key, values }: Of<'string_attribute'>['string_attribute']) {
    super(key);
    this.#values = values.map((value) => Buffer.from(value));
  }

  look(bytes: Buffer, start: number, end: number): void {
    findValue(bytes, start, end);
    if (valueTag !== stringTag) return;
    const length = readVarint(bytes, valueAt);
    if (length === 0) return;
    for (let i = 0; i < this.#values.length; i++) {
      if (isEqual(bytes, at, length, this.#values[i]!)) return this.found(i);
    }
  }
}

/** A text in which an expression matches; what is no text is an empty one, and that counts on resources only. */
class PatternMatch extends Match {
  readonly #match: (text: string) => number;

  constructor({ key, values, cache_max_size: cacheSize }: Of<'string_attribute'>['string_attribute']) {
    super(key);
    this.#match = createMatcher(values, cacheSize);
  }

  look(bytes: Buffer, start: number, end: number, isResource: boolean): void {
    findValue(bytes, start, end);
    const length = valueTag === stringTag ? readVarint(bytes, valueAt) : 0;
    if (length === 0 && !isResource) return;
    const found = this.#match(length === 0 ? '' : bytes.toString('utf8', at, at + length));
    if (found >= 0) this.found(found);
  }
}

/** A whole number within bounds; what is none counts as 0, as in the Collector. */
class NumberMatch extends Match {
  readonly #minHigh: number;
  readonly #minLow: number;
  readonly #maxHigh: number;
  readonly #maxLow: number;

  constructor({ key, min_value, max_value }: Of<'numeric_attribute'>['numeric_attribute']) {
    super(key);
    const min = BigInt(min_value) === 0n ? -(2n ** 63n) : BigInt(min_value);
    const max = BigInt(max_value) === 0n ? 2n ** 63n - 1n : BigInt(max_value);
    this.#minHigh = Number(min >> 32n);
    this.#minLow = Number(BigInt.asUintN(32, min));
    this.#maxHigh = Number(max >> 32n);
    this.#maxLow = Number(BigInt.asUintN(32, max));
  }

  look(bytes: Buffer, start: number, end: number): void {
    findValue(bytes, start, end);
    let high = 0;
    let low = 0;
    if (valueTag === intTag) {
      // A varint of up to ten bytes in two halves, signed.
      let position = valueAt;
      let shift = 0;
      let byte: number;
      do {
        byte = bytes[position++]!;
        const bits = byte & 127;
        if (shift < 28) low |= bits << shift;
        else if (shift === 28) {
          low |= bits << 28;
          high = bits >> 4;
        } else high |= bits << (shift - 32);
        shift += 7;
      } while (byte > 127);
      low >>>= 0;
    }
    const isBelow = high < this.#minHigh || (high === this.#minHigh && low < this.#minLow);
    const isAbove = high > this.#maxHigh || (high === this.#maxHigh && low > this.#maxLow);
    if (!isBelow && !isAbove) this.found(high * 4_294_967_296 + low);
  }
}

/** True, or false; what is neither counts as false, as in the Collector. */
class BooleanMatch extends Match {
  readonly #value: boolean;

  constructor({ key, value }: Of<'boolean_attribute'>['boolean_attribute']) {
    super(key);
    this.#value = value;
  }

  look(bytes: Buffer, start: number, end: number): void {
    findValue(bytes, start, end);
    const isTrue = valueTag === boolTag && bytes[valueAt] !== 0;
    if (isTrue === this.#value) this.found(isTrue ? 1 : 0);
  }
}

export function createAttributeMatch(
  policy: Of<'string_attribute'> | Of<'numeric_attribute'> | Of<'boolean_attribute'>,
): AttributeMatch {
  switch (policy.type) {
    case 'numeric_attribute':
      return new NumberMatch(policy.numeric_attribute);
    case 'boolean_attribute':
      return new BooleanMatch(policy.boolean_attribute);
    default: {
      const config = policy.string_attribute;
      return config.enabled_regex_matching ? new PatternMatch(config) : new ExactMatch(config);
    }
  }
}

export function isEqual(bytes: Buffer, start: number, length: number, other: Buffer): boolean {
  if (length !== other.length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}
