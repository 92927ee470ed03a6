import { Attributes, Value, type AttributeInput, type AttributeValue } from './attributes.js';
import { encodeField, encodeInit, encodeList, encodeValue } from './encode.js';
import type { MessageName } from './messages.js';
import { View, type ViewClass } from './view.js';
import { at, frame, readVarint, readVarint64, skipValue } from './wire.js';

/** Scalars that stand many to a field. */
type Packed = 'double' | 'fixed64' | 'uint64' | 'int64' | 'int32';

/**
 * The readers and writers of fields that the generated views are made of. A field
 * that is absent reads as its zero value, and writing zero takes the field out,
 * except where the protocol tells the two apart (`optional`, members of a oneof):
 * there, absent is `undefined`.
 */
export abstract class Message extends View {
  /** Writes a singular field that is no message. `rivals` are the other members of its oneof. */
  protected setField(tag: number, value: unknown, rivals: readonly number[] = []): void {
    this.put(tag, value === undefined ? undefined : encodeField(this.messageName, tag, value), false);
    if (value !== undefined) for (const rival of rivals) this.put(rival, undefined, false);
  }

  protected text(tag: number): string {
    if (!this.seek(tag)) return '';
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.toString('utf8', at, at + length);
  }

  /** A range of the bytes as they stand: to be read, not to be kept. */
  protected raw(tag: number): Uint8Array {
    if (!this.seek(tag)) return new Uint8Array(0);
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.subarray(at, at + length);
  }

  protected hex(tag: number): string {
    if (!this.seek(tag)) return '';
    const bytes = this.valueBytes;
    const length = readVarint(bytes, this.valueAt);
    return bytes.toString('hex', at, at + length);
  }

  protected flag(tag: number): boolean {
    return this.seek(tag) && readVarint64(this.valueBytes, this.valueAt) !== 0n;
  }

  /** uint32 and enums. */
  protected unsigned(tag: number): number {
    return this.seek(tag) ? readVarint(this.valueBytes, this.valueAt) : 0;
  }

  protected signed(tag: number): number {
    return this.unsigned(tag) | 0;
  }

  protected zigzag(tag: number): number {
    const value = this.unsigned(tag);
    return (value >>> 1) ^ -(value & 1);
  }

  protected fixed32(tag: number): number {
    return this.seek(tag) ? this.valueBytes.readUInt32LE(this.valueAt) : 0;
  }

  protected fixed64(tag: number): bigint {
    return this.seek(tag) ? this.valueBytes.readBigUInt64LE(this.valueAt) : 0n;
  }

  protected unsigned64(tag: number): bigint {
    return this.seek(tag) ? readVarint64(this.valueBytes, this.valueAt) : 0n;
  }

  protected signed64(tag: number): bigint {
    return BigInt.asIntN(64, this.unsigned64(tag));
  }

  protected optionalSfixed64(tag: number): bigint | undefined {
    return this.seek(tag) ? this.valueBytes.readBigInt64LE(this.valueAt) : undefined;
  }

  protected double(tag: number): number {
    return this.optionalDouble(tag) ?? 0;
  }

  protected optionalDouble(tag: number): number | undefined {
    return this.seek(tag) ? this.valueBytes.readDoubleLE(this.valueAt) : undefined;
  }

  protected attributeList(tag: number): Attributes {
    return new Attributes(this, tag);
  }

  protected anyValue(tag: number): AttributeValue | undefined {
    return this.optionalPart(tag, Value)?.get();
  }

  protected setAnyValue(tag: number, value: AttributeInput | undefined): void {
    this.put(tag, value === undefined ? undefined : frame(tag, encodeValue(value)), true);
  }

  protected valueView(tag: number): Value | undefined {
    return this.optionalPart(tag, Value);
  }

  /** Writes a singular message. `rivals` are the other members of its oneof. */
  protected setPart(
    tag: number,
    name: MessageName,
    init: object | undefined,
    rivals: readonly number[] = [],
  ): void {
    this.put(tag, init === undefined ? undefined : frame(tag, encodeInit(name, init)), true);
    if (init !== undefined) for (const rival of rivals) this.put(rival, undefined, true);
  }

  protected addMessage<V extends View>(tag: number, Class: ViewClass<V>, name: MessageName, init: object): V {
    return this.appendMessage(tag, Class, encodeInit(name, init));
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

  /** Numbers of a repeated field, packed or one by one. */
  protected numbers<T extends number | bigint>(tag: number, type: Packed): T[] {
    const packed = (tag & ~7) | 2;
    const read = readers[type];
    const values: (number | bigint)[] = [];
    this.eachField((bytes, current, position, end) => {
      if (current === tag) values.push(read(bytes, position));
      else if (current === packed) {
        readVarint(bytes, position);
        for (let next = at; next < end; next = skipValue(bytes, next, tag)) values.push(read(bytes, next));
      }
    });
    return values as T[];
  }

  /** Writes a repeated field of scalars. */
  protected setList(tag: number, values: readonly (string | number | bigint)[]): void {
    const bytes = encodeList(this.messageName, tag, values);
    this.clear(tag);
    if ((tag & 7) !== 2) this.clear((tag & ~7) | 2);
    if (bytes.length > 0) this.edited().add(tag, bytes);
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

const readers: Readonly<Record<Packed, (bytes: Buffer, position: number) => number | bigint>> = {
  double: (bytes, position) => bytes.readDoubleLE(position),
  fixed64: (bytes, position) => bytes.readBigUInt64LE(position),
  uint64: readVarint64,
  int64: (bytes, position) => BigInt.asIntN(64, readVarint64(bytes, position)),
  int32: (bytes, position) => readVarint(bytes, position) | 0,
};
