import { at, readVarint, readVarint64, skipValue } from '@tributary/pdata/bytes';
import { fieldOf, fieldsOf, nothing, textOf, type Stretch } from './fields.js';

/** Fields of KeyValue, as tags. */
const keyTag = 0x0a;
const valueTag = 0x12;

/** The value of an attribute, in its type. */
export type Value =
  | { readonly type: 'empty' }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bytes'; readonly value: Buffer }
  | { readonly type: 'list'; readonly values: readonly Value[] }
  | { readonly type: 'map'; readonly pairs: readonly Pair[] };

export interface Pair {
  readonly key: string;
  readonly value: Value;
}

/** The attributes that stand in a message under a tag. */
export function pairsOf(bytes: Buffer, message: Stretch, tag: number): readonly Pair[] {
  return fieldsOf(bytes, message, tag).map((pair) => ({
    key: textOf(bytes, fieldOf(bytes, pair, keyTag)),
    value: valueOf(bytes, fieldOf(bytes, pair, valueTag) ?? nothing),
  }));
}

/** One attribute of those, the first of its name. */
export function attributeOf(bytes: Buffer, message: Stretch, tag: number, key: string): Value | undefined {
  for (const pair of fieldsOf(bytes, message, tag)) {
    if (textOf(bytes, fieldOf(bytes, pair, keyTag)) === key) {
      return valueOf(bytes, fieldOf(bytes, pair, valueTag) ?? nothing);
    }
  }
  return undefined;
}

/** What an `AnyValue` says; of several the last. */
export function valueOf(bytes: Buffer, { start, end }: Stretch): Value {
  let value: Value = { type: 'empty' };
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const from = at;
    position = skipValue(bytes, from, tag);
    value = valueAt(bytes, tag, from, position) ?? value;
  }
  return value;
}

function valueAt(bytes: Buffer, tag: number, from: number, to: number): Value | undefined {
  switch (tag) {
    case 0x10:
      return { type: 'boolean', value: readVarint(bytes, from) !== 0 };
    case 0x18:
      return { type: 'integer', value: BigInt.asIntN(64, readVarint64(bytes, from)) };
    case 0x21:
      return { type: 'double', value: bytes.readDoubleLE(from) };
    default:
  }
  if ((tag & 7) !== 2) return undefined;
  readVarint(bytes, from);
  const body = { start: at, end: to };
  switch (tag) {
    case 0x0a:
      return { type: 'text', value: textOf(bytes, body) };
    case 0x2a:
      return { type: 'list', values: fieldsOf(bytes, body, 0x0a).map((value) => valueOf(bytes, value)) };
    case 0x32:
      return { type: 'map', pairs: pairsOf(bytes, body, 0x0a) };
    case 0x3a:
      return { type: 'bytes', value: bytes.subarray(body.start, body.end) };
    default:
      return undefined;
  }
}

/** The text that routing keys have for a value: `{k:v,…}` with keys in order, `[a,b]`, bytes in base64. */
export function formatted(value: Value): string {
  switch (value.type) {
    case 'empty':
      return '';
    case 'bytes':
      return value.value.toString('base64');
    case 'list':
      return `[${value.values.map(formatted).join(',')}]`;
    case 'map':
      return `{${inOrder(value.pairs)
        .map((pair) => `${pair.key}:${formatted(pair.value)}`)
        .join(',')}}`;
    default:
      return String(value.value);
  }
}

/** By the bytes of their keys. */
export function inOrder(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}
