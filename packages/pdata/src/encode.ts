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
  return encoded(256, name, (out) => writeInit(out, name, init));
}

/** As {@link encodeInit}, behind what `out` has. Where it throws, a part may have been written. */
export function encodeInto(out: Writer, name: MessageName, init: object): void {
  told(name, () => writeInit(out, name, init));
}

/**
 * The body of an AnyValue.
 *
 * @throws TypeError for what is no attribute value, RangeError for a bigint beyond int64
 */
export function encodeValue(value: AttributeInput): Buffer {
  return encoded(128, 'value', (out) => writeValue(out, value, 0));
}

/** A KeyValue as a whole field. @throws as {@link encodeValue} */
export function encodePair(tag: number, key: string, value: AttributeInput): Buffer {
  return encoded(128, `attribute ${JSON.stringify(key)}`, (out) => {
    const start = out.open(tag);
    writePair(out, key, value, 0);
    out.close(start);
  });
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
  const bytes = encoded(80, `${name}.${field.jsonName}`, (out) => writeField(out, field, value));
  return bytes.length === 0 ? undefined : bytes;
}

/** A repeated field of scalars, in its packed form where there is one. @throws as {@link encodeInit} */
export function encodeList(name: MessageName, tag: number, values: unknown): Buffer {
  const field = messages[name].byNumber.get(tag >>> 3)!;
  return encoded(256, `${name}.${field.jsonName}`, (out) => writeList(out, field, values));
}

/**
 * What does not fit, and where: each level that it passes on its way out puts its own step before `path`. To have the
 * path at hand all the way down costs more than to write a record.
 */
class Misfit extends Error {
  path = '';
  readonly type: typeof TypeError | typeof RangeError;

  constructor(type: typeof TypeError | typeof RangeError, problem: string) {
    super(problem);
    this.type = type;
  }

  static below(error: unknown, step: string): unknown {
    if (error instanceof Misfit) error.path = step + error.path;
    return error;
  }
}

function encoded(size: number, root: string, write: (out: Writer) => void): Buffer {
  const out = new Writer(size);
  told(root, () => write(out));
  return out.written();
}

/** @throws TypeError or RangeError: what does not fit, its path behind `root` */
function told(root: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new error.type(`${root}${error.path}: ${error.message}`);
  }
}

function writeInit(out: Writer, name: MessageName, init: unknown): void {
  if (typeof init !== 'object' || init === null)
    throw new Misfit(TypeError, `must be an object, got ${shown(init)}`);
  if (View.is(init)) return out.raw(bodyOfView(name, init));
  const message = messages[name];
  let current = '';
  try {
    const keys = Object.keys(init);
    for (let i = 0; i < keys.length; i++) {
      const key = (current = keys[i]!);
      const value = (init as Readonly<Record<string, unknown>>)[key];
      const field = message.byJsonName.get(key);
      if (field?.jsonName !== key) throw new Misfit(TypeError, `${name} has no such field`);
      if (value === undefined) continue;
      if (field.type === 'KeyValue') writePairs(out, field.tag, value, 0);
      else if (field.repeated) writeList(out, field, value);
      else writeField(out, field, value);
    }
  } catch (error) {
    throw Misfit.below(error, `.${current}`);
  }
}

function bodyOfView(name: MessageName, view: View): Buffer {
  if (view.messageName === name) return view.bodyBytes();
  throw new Misfit(TypeError, `must be a ${name}, got a ${view.messageName}`);
}

function writeList(out: Writer, field: Field, values: unknown): void {
  if (!Array.isArray(values)) throw new Misfit(TypeError, `must be an array, got ${shown(values)}`);
  const { packedTag } = field;
  if (packedTag === undefined) return writeEach(values, (value) => writeElement(out, field, value));
  if (values.length === 0) return;
  const start = out.open(packedTag);
  const type = field.type as NumericType;
  writeEach(values, (value) => out.scalar(type, numberOf(type, value)));
  out.close(start);
}

function writeEach<T>(values: readonly T[], write: (value: T) => void): void {
  let index = 0;
  try {
    for (; index < values.length; index++) write(values[index]!);
  } catch (error) {
    throw Misfit.below(error, `[${index}]`);
  }
}

/** A singular field. Zero is absent, except where the protocol tells the two apart. */
function writeField(out: Writer, field: Field, value: unknown): void {
  const { tag, type } = field;
  const keepsZero = field.optional || field.oneof !== undefined;
  if (field.kind === 'message') return writeElement(out, field, value);
  if (field.kind === 'enum') {
    const number = enumNumber(type as EnumName, value);
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
      if (keepsZero || (value as { length?: number } | null)?.length !== 0) writeElement(out, field, value);
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new Misfit(TypeError, `must be a boolean, got ${shown(value)}`);
      if (value || keepsZero) {
        out.varint(tag);
        out.varint(value ? 1 : 0);
      }
      return;
    default: {
      const number = numberOf(type as NumericType, value);
      // -0 is a value of its own: only the bits of +0 are the default.
      if (!keepsZero && (Object.is(number, 0) || number === 0n)) return;
      out.varint(tag);
      out.scalar(type as NumericType, number);
    }
  }
}

/** A length-delimited field. */
function writeElement(out: Writer, field: Field, value: unknown): void {
  const { tag, type, idBytes } = field;
  if (type === 'string') {
    if (typeof value !== 'string') throw new Misfit(TypeError, `must be a string, got ${shown(value)}`);
    out.text(tag, value);
  } else if (type === 'bytes') {
    if (!(value instanceof Uint8Array))
      throw new Misfit(TypeError, `must be a Uint8Array, got ${shown(value)}`);
    out.field(tag, value);
  } else if (idBytes !== undefined) out.field(tag, idOf(value, idBytes));
  else {
    const start = out.open(tag);
    if (type === 'AnyValue') writeValue(out, value as AttributeInput, 0);
    else writeInit(out, type as MessageName, value);
    out.close(start);
  }
}

function writePairs(out: Writer, tag: number, pairs: unknown, depth: number): void {
  if (!isPlainObject(pairs)) throw new Misfit(TypeError, `must be a plain object, got ${shown(pairs)}`);
  let current = '';
  try {
    // Half of what entries cost.
    const keys = Object.keys(pairs);
    for (let i = 0; i < keys.length; i++) {
      current = keys[i]!;
      const value = (pairs as Readonly<Record<string, AttributeInput>>)[current]!;
      if (typeof value === 'string' && out.shortPair(tag, current, value)) continue;
      const start = out.open(tag);
      writePair(out, current, value, depth);
      out.close(start);
    }
  } catch (error) {
    throw Misfit.below(error, `[${JSON.stringify(current)}]`);
  }
}

function writePair(out: Writer, key: string, value: AttributeInput, depth: number): void {
  out.text(10, key);
  const start = out.open(18);
  writeValue(out, value, depth);
  out.close(start);
}

function writeValue(out: Writer, value: AttributeInput, depth: number): void {
  if (value === null) return;
  switch (typeof value) {
    case 'string':
      return out.text(10, value);
    case 'boolean':
      out.varint(16);
      return out.varint(value ? 1 : 0);
    case 'number':
      return !out.areNumbersDoubles && isInt64(value) ? writeInt(out, value) : writeDouble(out, value);
    case 'bigint':
      if (value !== BigInt.asIntN(64, value))
        throw new Misfit(RangeError, `must fit 64 bits with sign, got ${value}`);
      return writeInt(out, value);
    case 'object':
      return writeComposite(out, value, depth);
    default:
      throw new Misfit(TypeError, `must be an attribute value, got ${shown(value)}`);
  }
}

function writeComposite(out: Writer, value: object, depth: number): void {
  if (isDouble(value)) return writeDouble(out, value.double);
  if (value instanceof Uint8Array) return out.field(58, value);
  if (depth >= maxDepth) throw new Misfit(RangeError, `is nested deeper than ${maxDepth} values`);
  if (Array.isArray(value)) {
    const list = out.open(42);
    writeEach(value, (element: AttributeInput) => {
      const start = out.open(10);
      writeValue(out, element, depth + 1);
      out.close(start);
    });
    return out.close(list);
  }
  const map = out.open(50);
  writePairs(out, 10, value, depth + 1);
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

function enumNumber(name: EnumName, value: unknown): number {
  if (typeof value === 'string' && Object.hasOwn(enums[name].values, value.toUpperCase())) {
    return enumNames[name].number(value);
  }
  const names = Object.keys(enums[name].values).map((key) => key.toLowerCase());
  throw new Misfit(TypeError, `must be one of ${names.join(', ')}, got ${shown(value)}`);
}

function numberOf(type: NumericType, value: unknown): number | bigint {
  if (type === 'double') {
    if (typeof value !== 'number') throw new Misfit(TypeError, `must be a number, got ${shown(value)}`);
    return value;
  }
  const { min, max, wide } = integerRanges[type];
  const expected = wide ? 'bigint' : 'number';
  if (typeof value !== expected) throw new Misfit(TypeError, `must be a ${expected}, got ${shown(value)}`);
  const number = value as number | bigint;
  if ((typeof number === 'number' && !Number.isInteger(number)) || number < min || number > max) {
    throw new Misfit(RangeError, `must be an integer from ${min} to ${max}, got ${number}`);
  }
  return number;
}

function idOf(value: unknown, length: number): Buffer {
  if (typeof value === 'string' && /^(?:[0-9a-fA-F]{2})*$/.test(value)) {
    const id = Buffer.from(value, 'hex');
    if (id.length === length || id.length === 0) return id;
  }
  throw new Misfit(TypeError, `must be ${2 * length} hexadecimal digits or empty, got ${shown(value)}`);
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
