/** From plain values to the wire: what initialisers and `set` are written with. */
import type { AttributeInput } from './attributes.js';
import { enumNames } from './enums.js';
import { messages, type Field, type MessageName } from './messages.js';
import { enums, type EnumName } from './schema.js';
import { View } from './view.js';
import { integerRanges, Writer, type NumericType } from './writer.js';

const doubleBrand: unique symbol = Symbol.for('tributary/double') as never;

/** A number that is written as `doubleValue` even where it is whole. Made by {@link double}. */
export interface Double {
  /** @internal */
  readonly [doubleBrand]: true;
  readonly double: number;
}

/** Says that a whole number is a double: `set('ratio', double(1))`. */
export function double(value: number): Double {
  return { [doubleBrand]: true, double: value };
}

/**
 * Values within values that are written; what is nested deeper (or in itself) is
 * refused. A map takes three messages, and an exemplar's attribute stands eight
 * below the request: so nothing goes beyond the 100 that decoders read.
 */
const maxDepth = 30;

/**
 * The body of a message that an initialiser describes, or of a view with its edits.
 *
 * @throws TypeError or RangeError that names the field: `Span.events[0].timeUnixNano: ...`
 */
export function encodeInit(name: MessageName, init: object): Buffer {
  if (View.is(init)) return bodyOfView(name, init, name);
  const out = new Writer();
  writeInit(out, name, init, name);
  return out.written();
}

/**
 * The body of an AnyValue.
 *
 * @throws TypeError for what is no attribute value, RangeError for a bigint beyond int64
 */
export function encodeValue(value: AttributeInput): Buffer {
  const out = new Writer(128);
  writeValue(out, value, 'value', 0);
  return out.written();
}

/** A KeyValue as a whole field. @throws as {@link encodeValue} */
export function encodePair(tag: number, key: string, value: AttributeInput): Buffer {
  const out = new Writer(128);
  const start = out.open(tag);
  writePair(out, key, value, `attribute ${JSON.stringify(key)}`, 0);
  out.close(start);
  return out.written();
}

/**
 * A singular field that is no message, as a whole; `undefined` where its value is
 * zero and that means absent.
 *
 * @throws as {@link encodeInit}
 */
export function encodeField(name: MessageName, tag: number, value: unknown): Buffer | undefined {
  const field = messages[name].byNumber.get(tag >>> 3)!;
  // Room for what `text` reserves for a short one, so that it does not grow.
  const out = new Writer(80);
  writeField(out, field, value, `${name}.${field.jsonName}`);
  return out.length === 0 ? undefined : out.written();
}

/** A repeated field of scalars, in its packed form where there is one. @throws as {@link encodeInit} */
export function encodeList(name: MessageName, tag: number, values: unknown): Buffer {
  const field = messages[name].byNumber.get(tag >>> 3)!;
  const out = new Writer();
  writeList(out, field, values, `${name}.${field.jsonName}`);
  return out.written();
}

function writeInit(out: Writer, name: MessageName, init: unknown, path: string): void {
  if (typeof init !== 'object' || init === null)
    throw new TypeError(`${path}: must be an object, got ${shown(init)}`);
  if (View.is(init)) return out.raw(bodyOfView(name, init, path));
  const message = messages[name];
  for (const [key, value] of Object.entries(init)) {
    const field = message.byJsonName.get(key);
    if (field?.jsonName !== key) throw new TypeError(`${path}.${key}: ${name} has no such field`);
    if (value === undefined) continue;
    const fieldPath = `${path}.${key}`;
    if (field.type === 'KeyValue') writePairs(out, field.tag, value, fieldPath, 0);
    else if (field.repeated) writeList(out, field, value, fieldPath);
    else writeField(out, field, value, fieldPath);
  }
}

function bodyOfView(name: MessageName, view: View, path: string): Buffer {
  if (view.messageName === name) return view.bodyBytes();
  throw new TypeError(`${path}: must be a ${name}, got a ${view.messageName}`);
}

function writeList(out: Writer, field: Field, values: unknown, path: string): void {
  if (!Array.isArray(values)) throw new TypeError(`${path}: must be an array, got ${shown(values)}`);
  if (field.packedTag === undefined) {
    values.forEach((value, index) => writeElement(out, field, value, `${path}[${index}]`));
  } else if (values.length > 0) {
    const start = out.open(field.packedTag);
    values.forEach((value, index) => {
      const type = field.type as NumericType;
      out.scalar(type, numberOf(type, value, `${path}[${index}]`));
    });
    out.close(start);
  }
}

/** A singular field. Zero is absent, except where the protocol tells the two apart. */
function writeField(out: Writer, field: Field, value: unknown, path: string): void {
  const { tag, type } = field;
  const keepsZero = field.optional || field.oneof !== undefined;
  if (field.kind === 'message') return writeElement(out, field, value, path);
  if (field.kind === 'enum') {
    const number = enumNumber(type as EnumName, value, path);
    if (number !== 0 || keepsZero) {
      out.varint(tag);
      out.varint64(number);
    }
    return;
  }
  switch (type) {
    case 'string':
    case 'bytes':
    case 'bytes8':
    case 'bytes16':
      if (keepsZero || (value as { length?: number } | null)?.length !== 0)
        writeElement(out, field, value, path);
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new TypeError(`${path}: must be a boolean, got ${shown(value)}`);
      if (value || keepsZero) {
        out.varint(tag);
        out.varint(value ? 1 : 0);
      }
      return;
    default: {
      const number = numberOf(type as NumericType, value, path);
      // -0 is a value of its own: only the bits of +0 are the default.
      if (!keepsZero && (Object.is(number, 0) || number === 0n)) return;
      out.varint(tag);
      out.scalar(type as NumericType, number);
    }
  }
}

/** A length-delimited field. */
function writeElement(out: Writer, field: Field, value: unknown, path: string): void {
  const { tag, type, idBytes } = field;
  if (type === 'string') {
    if (typeof value !== 'string') throw new TypeError(`${path}: must be a string, got ${shown(value)}`);
    out.text(tag, value);
  } else if (type === 'bytes') {
    if (!(value instanceof Uint8Array))
      throw new TypeError(`${path}: must be a Uint8Array, got ${shown(value)}`);
    out.field(tag, value);
  } else if (idBytes !== undefined) out.field(tag, idOf(value, idBytes, path));
  else {
    const start = out.open(tag);
    if (type === 'AnyValue') writeValue(out, value as AttributeInput, path, 0);
    else writeInit(out, type as MessageName, value, path);
    out.close(start);
  }
}

function writePairs(out: Writer, tag: number, pairs: unknown, path: string, depth: number): void {
  if (!isPlainObject(pairs)) throw new TypeError(`${path}: must be a plain object, got ${shown(pairs)}`);
  for (const [key, value] of Object.entries(pairs)) {
    const start = out.open(tag);
    writePair(out, key, value as AttributeInput, `${path}[${JSON.stringify(key)}]`, depth);
    out.close(start);
  }
}

function writePair(out: Writer, key: string, value: AttributeInput, path: string, depth: number): void {
  out.text(10, key);
  const start = out.open(18);
  writeValue(out, value, path, depth);
  out.close(start);
}

function writeValue(out: Writer, value: AttributeInput, path: string, depth: number): void {
  if (value === null) return;
  switch (typeof value) {
    case 'string':
      return out.text(10, value);
    case 'boolean':
      out.varint(16);
      return out.varint(value ? 1 : 0);
    case 'number':
      return isInt64(value) ? writeInt(out, value) : writeDouble(out, value);
    case 'bigint':
      if (value !== BigInt.asIntN(64, value))
        throw new RangeError(`${path}: must fit 64 bits with sign, got ${value}`);
      return writeInt(out, value);
    case 'object':
      return writeComposite(out, value, path, depth);
    default:
      throw new TypeError(`${path}: must be an attribute value, got ${shown(value)}`);
  }
}

function writeComposite(out: Writer, value: object, path: string, depth: number): void {
  if (isDouble(value)) return writeDouble(out, value.double);
  if (value instanceof Uint8Array) return out.field(58, value);
  if (depth >= maxDepth) throw new RangeError(`${path}: is nested deeper than ${maxDepth} values`);
  if (Array.isArray(value)) {
    const list = out.open(42);
    value.forEach((element: AttributeInput, index) => {
      const start = out.open(10);
      writeValue(out, element, `${path}[${index}]`, depth + 1);
      out.close(start);
    });
    return out.close(list);
  }
  const map = out.open(50);
  writePairs(out, 10, value, path, depth + 1);
  out.close(map);
}

function writeInt(out: Writer, value: number | bigint): void {
  out.varint(24);
  out.varint64(value);
}

function writeDouble(out: Writer, value: number): void {
  out.varint(33);
  out.double(value);
}

/** -0 and what is beyond int64 can only be doubles. */
function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 && !Object.is(value, -0);
}

function isDouble(value: object): value is Double {
  return doubleBrand in value;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function enumNumber(name: EnumName, value: unknown, path: string): number {
  if (typeof value === 'string' && Object.hasOwn(enums[name].values, value.toUpperCase())) {
    return enumNames[name].number(value);
  }
  const names = Object.keys(enums[name].values).map((key) => key.toLowerCase());
  throw new TypeError(`${path}: must be one of ${names.join(', ')}, got ${shown(value)}`);
}

function numberOf(type: NumericType, value: unknown, path: string): number | bigint {
  if (type === 'double') {
    if (typeof value !== 'number') throw new TypeError(`${path}: must be a number, got ${shown(value)}`);
    return value;
  }
  const { min, max, wide } = integerRanges[type];
  const expected = wide ? 'bigint' : 'number';
  if (typeof value !== expected) throw new TypeError(`${path}: must be a ${expected}, got ${shown(value)}`);
  const number = value as number | bigint;
  if ((typeof number === 'number' && !Number.isInteger(number)) || number < min || number > max) {
    throw new RangeError(`${path}: must be an integer from ${min} to ${max}, got ${number}`);
  }
  return number;
}

function idOf(value: unknown, length: number, path: string): Buffer {
  if (typeof value === 'string' && /^(?:[0-9a-fA-F]{2})*$/.test(value)) {
    const id = Buffer.from(value, 'hex');
    if (id.length === length || id.length === 0) return id;
  }
  throw new TypeError(`${path}: must be ${2 * length} hexadecimal digits or empty, got ${shown(value)}`);
}

/** The value as an error message shows it: short. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
