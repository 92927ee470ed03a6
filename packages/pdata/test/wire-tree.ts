/**
 * Protobuf as a tree that can be bent: fields in any order and number, tags and
 * lengths longer than need be, unknown fields, text that is none. Reads valid
 * bytes only.
 */
import { messages, type Field, type Message } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';

export interface WireMessage {
  readonly message: Message;
  fields: WireField[];
}

export interface WireField {
  readonly number: number;
  wireType: number;
  /** `undefined` for an unknown field. */
  readonly field: Field | undefined;
  /** What stands behind the tag and, if it has one, the length. */
  body: WireMessage | Buffer;
  /** Bytes by which the tag is longer than it must be. */
  tagPadding: number;
  lengthPadding: number;
}

export function parse(name: MessageName, bytes: Buffer): WireMessage {
  const message = messages[name];
  const fields: WireField[] = [];
  for (let position = 0; position < bytes.length;) {
    const tag = varintAt(bytes, position);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    let start = tag.end;
    let end: number;
    if (wireType === 0) end = varintAt(bytes, start).end;
    else if (wireType === 2) {
      const length = varintAt(bytes, start);
      start = length.end;
      end = start + length.value;
    } else end = start + (wireType === 1 ? 8 : 4);
    const field = message.byNumber.get(number);
    const raw = bytes.subarray(start, end);
    const isMessage = field?.kind === 'message' && wireType === 2;
    const body = isMessage ? parse(field.type as MessageName, raw) : raw;
    fields.push({ number, wireType, field, body, tagPadding: 0, lengthPadding: 0 });
    position = end;
  }
  return { message, fields };
}

export function serialise(tree: WireMessage): Buffer {
  return Buffer.concat(tree.fields.flatMap(serialiseField));
}

function serialiseField(field: WireField): Buffer[] {
  const body = Buffer.isBuffer(field.body) ? field.body : serialise(field.body);
  const tag = varint(field.number * 8 + field.wireType, field.tagPadding);
  return field.wireType === 2 ? [tag, varint(body.length, field.lengthPadding), body] : [tag, body];
}

/** Every message of the tree, the root first. */
export function* messagesOf(tree: WireMessage): Generator<WireMessage> {
  yield tree;
  for (const { body } of tree.fields) if (!Buffer.isBuffer(body)) yield* messagesOf(body);
}

export function fieldsOf(tree: WireMessage): WireField[] {
  return [...messagesOf(tree)].flatMap(({ fields }) => fields);
}

/** A tree of its own with the same content. */
export function copyOf(tree: WireMessage): WireMessage {
  return {
    message: tree.message,
    fields: tree.fields.map((field) => ({
      ...field,
      body: Buffer.isBuffer(field.body) ? field.body : copyOf(field.body),
    })),
  };
}

/** A field of a number that OTLP does not have. */
export function unknownField(number: number, wireType: 0 | 1 | 2 | 5, body: Buffer): WireField {
  return { number, wireType, field: undefined, body, tagPadding: 0, lengthPadding: 0 };
}

/** A varint with `padding` bytes more than it needs. */
export function varint(value: number | bigint, padding = 0): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  for (let i = 0; i < padding; i++) {
    bytes[bytes.length - 1]! |= 128;
    bytes.push(0);
  }
  return Buffer.from(bytes);
}

function varintAt(bytes: Buffer, position: number): { value: number; end: number } {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[position++]!;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: position };
  }
}
