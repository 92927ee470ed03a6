/** From the wire to plain values: what reading attributes is made of. */
import type { AttributeValue } from './attributes.js';
import { at, readVarint, readVarint64, skipValue } from './wire.js';

/** An AnyValue as a plain value. */
export function decodeValue(bytes: Buffer, start: number, end: number): AttributeValue {
  let value: AttributeValue = null;
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const first = at;
    position = skipValue(bytes, first, tag);
    switch (tag) {
      case 10:
        readVarint(bytes, first);
        value = bytes.toString('utf8', at, position);
        break;
      case 16:
        value = readVarint64(bytes, first) !== 0n;
        break;
      case 24:
        value = decodeInt(bytes, first);
        break;
      case 33:
        value = bytes.readDoubleLE(first);
        break;
      case 42:
        readVarint(bytes, first);
        value = decodeList(bytes, at, position);
        break;
      case 50:
        readVarint(bytes, first);
        value = decodeMap(bytes, at, position);
        break;
      case 58:
        readVarint(bytes, first);
        value = Uint8Array.from(bytes.subarray(at, position));
        break;
    }
  }
  return value;
}

function decodeInt(bytes: Buffer, position: number): number | bigint {
  const first = bytes[position]!;
  if (first < 128) return first;
  const value = BigInt.asIntN(64, readVarint64(bytes, position));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decodeList(bytes: Buffer, start: number, end: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const first = at;
    position = skipValue(bytes, first, tag);
    if (tag !== 10) continue;
    readVarint(bytes, first);
    values.push(decodeValue(bytes, at, position));
  }
  return values;
}

function decodeMap(bytes: Buffer, start: number, end: number): { [key: string]: AttributeValue } {
  const map: { [key: string]: AttributeValue } = {};
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const first = at;
    position = skipValue(bytes, first, tag);
    if (tag !== 10) continue;
    readVarint(bytes, first);
    const pair = at;
    const key = decodeKey(bytes, pair, position);
    if (Object.hasOwn(map, key)) continue;
    const [from, to] = valueRange(bytes, pair, position);
    const value = decodeValue(bytes, from, to);
    // A plain assignment of `__proto__` would change the prototype instead.
    if (key === '__proto__')
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  }
  return map;
}

function valueRange(bytes: Buffer, start: number, end: number): [number, number] {
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const first = at;
    position = skipValue(bytes, first, tag);
    if (tag !== 18) continue;
    readVarint(bytes, first);
    return [at, position];
  }
  return [0, 0];
}

/** The key of a KeyValue. */
export function decodeKey(bytes: Buffer, start: number, end: number): string {
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const first = at;
    position = skipValue(bytes, first, tag);
    if (tag !== 10) continue;
    readVarint(bytes, first);
    return bytes.toString('utf8', at, position);
  }
  return '';
}
