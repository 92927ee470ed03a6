import type { Xxh64 } from '../ring/xxh64.js';
import { inOrder, type Pair, type Value } from './values.js';

/** What stands before, and behind, what is hashed, as in the Collector's `pdatautil.MapHash`. */
const extra = 0xf3;
const keyMark = 0xf4;
const emptyMark = 0xf5;
const bytesMark = 0xf6;
const textMark = 0xf7;
const trueMark = 0xf8;
const falseMark = 0xf9;
const integerMark = 0xfa;
const doubleMark = 0xfb;
const mapMarks = [0xfc, 0xfd] as const;
const listMarks = [0xfe, 0xff] as const;

/** 16 bytes that are the same for equal attributes, whatever their order. */
export function mapHash(pairs: readonly Pair[], xxh64: Xxh64): Buffer {
  const hash = Buffer.alloc(16);
  if (pairs.length === 0) return hash;
  const bytes = Buffer.concat(ofPairs(pairs));
  hash.writeBigUInt64LE(xxh64(bytes), 0);
  hash.writeBigUInt64LE(xxh64(Buffer.concat([bytes, Buffer.of(extra)])), 8);
  return hash;
}

function ofPairs(pairs: readonly Pair[]): Buffer[] {
  return inOrder(pairs).flatMap(({ key, value }) => [
    Buffer.of(keyMark),
    Buffer.from(key),
    ...ofValue(value),
  ]);
}

function ofValue(value: Value): Buffer[] {
  switch (value.type) {
    case 'empty':
      return [Buffer.of(emptyMark)];
    case 'boolean':
      return [Buffer.of(value.value ? trueMark : falseMark)];
    case 'text':
      return [Buffer.of(textMark), Buffer.from(value.value)];
    case 'bytes':
      return [Buffer.of(bytesMark), value.value];
    case 'integer': {
      const bytes = Buffer.alloc(9, integerMark);
      bytes.writeBigInt64LE(value.value, 1);
      return [bytes];
    }
    case 'double': {
      const bytes = Buffer.alloc(9, doubleMark);
      bytes.writeDoubleLE(value.value, 1);
      return [bytes];
    }
    case 'list':
      return [Buffer.of(listMarks[0]), ...value.values.flatMap(ofValue), Buffer.of(listMarks[1])];
    case 'map':
      return [Buffer.of(mapMarks[0]), ...ofPairs(value.pairs), Buffer.of(mapMarks[1])];
  }
}
