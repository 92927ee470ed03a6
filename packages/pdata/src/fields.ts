import { Attributes, Value, type AttributeInput, type AttributeValue } from './attributes.js';
import { encodeInit, encodeValue } from './encode.js';
import type { MessageName } from './messages.js';
import { View, type ViewClass } from './view.js';
import { at, frame, readVarint, readVarint64, skipValue, varintSize, writeVarint } from './wire.js';

/** Scalars that stand many to a field. */
type Packed = 'double' | 'fixed64' | 'uint64' | 'int64' | 'int32';

/**
 * The readers and writers of fields that the generated views are made of: one
 * pair for each type of the wire. A field that is absent reads as its zero value,
 * and writing zero takes the field out, except where the protocol tells the two
 * apart (`optional`, members of a oneof): there, absent is `undefined`.
 *
 * @internal
 */
export abstract class Message extends View {
  protected text(tag: number): string {
    if (!this.seek(tag)) return '';
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.toString('utf8', at, at + length);
  }

  protected setText(tag: number, value: string): void {
    this.put(tag, value === '' ? undefined : frame(tag, Buffer.from(value, 'utf8')));
  }

  /** A range of the bytes as they stand: to be read, not to be kept. */
  protected raw(tag: number): Uint8Array {
    if (!this.seek(tag)) return new Uint8Array(0);
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.subarray(at, at + length);
  }

  protected setRaw(tag: number, value: Uint8Array): void {
    this.put(tag, value.length === 0 ? undefined : frame(tag, value));
  }

  protected hex(tag: number): string {
    if (!this.seek(tag)) return '';
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.toString('hex', at, at + length);
  }

  protected setHex(tag: number, value: string, length: number): void {
    if (value !== '' && !(value.length === 2 * length && /^[0-9a-fA-F]*$/.test(value))) {
      throw new TypeError(`an ID is ${2 * length} hexadecimal digits or empty, got ${JSON.stringify(value)}`);
    }
    this.setRaw(tag, Buffer.from(value, 'hex'));
  }

  protected flag(tag: number): boolean {
    return this.seek(tag) && readVarint64(this.valueBytes, this.valueAt) !== 0n;
  }

  protected setFlag(tag: number, value: boolean): void {
    this.put(tag, value ? varintField(tag, 1n) : undefined);
  }

  /** uint32 and enums. */
  protected unsigned(tag: number): number {
    return this.seek(tag) ? readVarint(this.valueBytes, this.valueAt) : 0;
  }

  protected setUnsigned(tag: number, value: number): void {
    checkInteger(value, 0, 0xffffffff);
    this.put(tag, value === 0 ? undefined : varintField(tag, BigInt(value)));
  }

  protected signed(tag: number): number {
    return this.unsigned(tag) | 0;
  }

  protected setSigned(tag: number, value: number): void {
    checkInteger(value, -0x80000000, 0x7fffffff);
    this.put(tag, value === 0 ? undefined : varintField(tag, BigInt(value)));
  }

  protected zigzag(tag: number): number {
    const value = this.unsigned(tag);
    return (value >>> 1) ^ -(value & 1);
  }

  protected setZigzag(tag: number, value: number): void {
    checkInteger(value, -0x80000000, 0x7fffffff);
    this.put(tag, value === 0 ? undefined : varintField(tag, BigInt(((value << 1) ^ (value >> 31)) >>> 0)));
  }

  protected fixed32(tag: number): number {
    return this.seek(tag) ? this.valueBytes.readUInt32LE(this.valueAt) : 0;
  }

  protected setFixed32(tag: number, value: number): void {
    checkInteger(value, 0, 0xffffffff);
    const { bytes, value: position } = fixedField(tag, 4);
    bytes.writeUInt32LE(value, position);
    this.put(tag, value === 0 ? undefined : bytes);
  }

  protected fixed64(tag: number): bigint {
    return this.seek(tag) ? this.valueBytes.readBigUInt64LE(this.valueAt) : 0n;
  }

  protected setFixed64(tag: number, value: bigint): void {
    const { bytes, value: position } = fixedField(tag, 8);
    bytes.writeBigUInt64LE(value, position);
    this.put(tag, value === 0n ? undefined : bytes);
  }

  protected varint64(tag: number): bigint {
    return this.seek(tag) ? readVarint64(this.valueBytes, this.valueAt) : 0n;
  }

  protected setVarint64(tag: number, value: bigint): void {
    this.put(tag, value === 0n ? undefined : varintField(tag, BigInt.asUintN(64, value)));
  }

  protected optionalSfixed64(tag: number): bigint | undefined {
    return this.seek(tag) ? this.valueBytes.readBigInt64LE(this.valueAt) : undefined;
  }

  protected setOptionalSfixed64(tag: number, value: bigint | undefined): void {
    if (value === undefined) return this.put(tag, undefined);
    const { bytes, value: position } = fixedField(tag, 8);
    bytes.writeBigInt64LE(value, position);
    this.put(tag, bytes);
  }

  protected double(tag: number): number {
    return this.seek(tag) ? this.valueBytes.readDoubleLE(this.valueAt) : 0;
  }

  protected setDouble(tag: number, value: number): void {
    // -0 is a value of its own: only the bits of +0 are the default.
    this.setOptionalDouble(tag, Object.is(value, 0) ? undefined : value);
  }

  protected optionalDouble(tag: number): number | undefined {
    return this.seek(tag) ? this.valueBytes.readDoubleLE(this.valueAt) : undefined;
  }

  protected setOptionalDouble(tag: number, value: number | undefined): void {
    if (value === undefined) return this.put(tag, undefined);
    const { bytes, value: position } = fixedField(tag, 8);
    bytes.writeDoubleLE(value, position);
    this.put(tag, bytes);
  }

  protected attributeList(tag: number): Attributes {
    return new Attributes(this, tag);
  }

  protected anyValue(tag: number): AttributeValue | undefined {
    return this.optionalPart(tag, Value)?.get();
  }

  protected setAnyValue(tag: number, value: AttributeInput | undefined): void {
    this.put(tag, value === undefined ? undefined : frame(tag, encodeValue(value)));
  }

  protected valueView(tag: number): Value | undefined {
    return this.optionalPart(tag, Value);
  }

  protected setPart(tag: number, name: MessageName, init: object | undefined): void {
    this.put(tag, init === undefined ? undefined : frame(tag, bodyOf(name, init)));
  }

  protected addMessage<V extends View>(tag: number, Class: ViewClass<V>, name: MessageName, init: object): V {
    return this.appendMessage(tag, Class, bodyOf(name, init));
  }

  /** Texts of a repeated field. */
  protected texts(tag: number): string[] {
    const values: string[] = [];
    this.eachField((bytes, current, position, end) => {
      if (current === tag) {
        readVarint(bytes, position);
        values.push(bytes.toString('utf8', at, end));
      }
    });
    return values;
  }

  protected setTexts(tag: number, values: readonly string[]): void {
    this.clear(tag);
    for (const value of values) this.append(tag, frame(tag, Buffer.from(value, 'utf8')));
  }

  /** Numbers of a repeated field, packed or one by one. */
  protected numbers<T extends number | bigint>(tag: number, type: Packed): T[] {
    const single = (tag & ~7) | wireTypes[type];
    const read = readers[type];
    const values: (number | bigint)[] = [];
    this.eachField((bytes, current, position, end) => {
      if (current === single) values.push(read(bytes, position));
      else if (current === tag) {
        readVarint(bytes, position);
        for (let next = at; next < end; next = skipValue(bytes, next, single)) values.push(read(bytes, next));
      }
    });
    return values as T[];
  }

  protected setNumbers(tag: number, type: Packed, values: readonly (number | bigint)[]): void {
    const single = (tag & ~7) | wireTypes[type];
    const write = writers[type];
    const body = Buffer.concat(values.map((value) => write(value)));
    this.clear(single);
    this.clear(tag);
    if (values.length > 0) this.append(tag, frame(tag, body));
  }

  private eachField(visit: (bytes: Buffer, tag: number, position: number, end: number) => void): void {
    const bytes = this.bodyBytes();
    for (let position = 0; position < bytes.length;) {
      const tag = readVarint(bytes, position);
      const value = at;
      position = skipValue(bytes, value, tag);
      visit(bytes, tag, value, position);
    }
  }
}

/** The body of a view, with its edits, or of what an initialiser describes. */
export function bodyOf(name: MessageName, init: object): Uint8Array {
  return View.is(init) ? init.bodyBytes() : encodeInit(name, init);
}

const wireTypes: Readonly<Record<Packed, number>> = { double: 1, fixed64: 1, uint64: 0, int64: 0, int32: 0 };

const readers: Readonly<Record<Packed, (bytes: Buffer, position: number) => number | bigint>> = {
  double: (bytes, position) => bytes.readDoubleLE(position),
  fixed64: (bytes, position) => bytes.readBigUInt64LE(position),
  uint64: readVarint64,
  int64: (bytes, position) => BigInt.asIntN(64, readVarint64(bytes, position)),
  int32: (bytes, position) => readVarint(bytes, position) | 0,
};

const writers: Readonly<Record<Packed, (value: number | bigint) => Buffer>> = {
  double(value) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(Number(value));
    return bytes;
  },
  fixed64(value) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  },
  uint64: (value) => varint64(BigInt.asUintN(64, BigInt(value))),
  int64: (value) => varint64(BigInt.asUintN(64, BigInt(value))),
  int32: (value) => varint64(BigInt.asUintN(64, BigInt(value))),
};

function varint64(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  bytes.push(Number(value));
  return Buffer.from(bytes);
}

function varintField(tag: number, value: bigint): Buffer {
  const body = varint64(BigInt.asUintN(64, value));
  const bytes = Buffer.allocUnsafe(varintSize(tag) + body.length);
  bytes.set(body, writeVarint(bytes, 0, tag));
  return bytes;
}

function fixedField(tag: number, size: number): { bytes: Buffer; value: number } {
  const bytes = Buffer.allocUnsafe(varintSize(tag) + size);
  return { bytes, value: writeVarint(bytes, 0, tag) };
}

function checkInteger(value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`must be an integer from ${min} to ${max}, got ${value}`);
  }
}
