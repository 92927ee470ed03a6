/**
 * OTLP/JSON out of the wire form, as the schema says: names in lowerCamel, 64-bit
 * integers and the doubles that JSON does not know as strings, enums as numbers,
 * IDs in hexadecimal, bytes in base64. Zero is left out where absent means the
 * same; a message is there if it is there on the wire.
 */
import { messages, type Field, type MessageName } from './messages.js';
import { at, readVarint, readVarint64, skipValue } from './wire.js';

/** The message that stands in `bytes`, checked before. */
export function writeJson(name: MessageName, bytes: Buffer): string {
  return writeMessage(name, bytes, 0, bytes.length);
}

function writeMessage(name: MessageName, bytes: Buffer, start: number, end: number): string {
  const { fields, byNumber } = messages[name];
  // The parts of a repeated field need not follow each other.
  const lists = new Map<Field, string[]>();
  let text = '';
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    const field = byNumber.get(tag >>> 3);
    if (field === undefined) continue;
    if (field.repeated) {
      let list = lists.get(field);
      if (list === undefined) lists.set(field, (list = []));
      addElements(list, field, tag, bytes, value, position);
    } else if (keepsZero(field) || !isZero(field, bytes, value, position)) {
      text += `,"${field.jsonName}":${writeOne(field, bytes, value, position)}`;
    }
  }
  for (const field of fields) {
    const list = lists.get(field);
    if (list !== undefined && list.length > 0) text += `,"${field.jsonName}":[${list.join(',')}]`;
  }
  return `{${text.slice(1)}}`;
}

/** Numbers stand packed or one by one. */
function addElements(
  list: string[],
  field: Field,
  tag: number,
  bytes: Buffer,
  value: number,
  end: number,
): void {
  if (tag === field.tag) list.push(writeOne(field, bytes, value, end));
  else if (tag === field.packedTag) {
    readVarint(bytes, value);
    for (let position = at; position < end;) {
      const next = skipValue(bytes, position, field.tag);
      list.push(writeOne(field, bytes, position, next));
      position = next;
    }
  }
}

function keepsZero(field: Field): boolean {
  return field.optional || field.oneof !== undefined || field.kind === 'message';
}

function isZero(field: Field, bytes: Buffer, value: number, end: number): boolean {
  if (field.wireType === 0) return readVarint64(bytes, value) === 0n;
  if (field.wireType === 2) return readVarint(bytes, value) === 0;
  for (let position = value; position < end; position++) if (bytes[position] !== 0) return false;
  return true;
}

function writeOne(field: Field, bytes: Buffer, value: number, end: number): string {
  if (field.kind === 'enum') return String(readVarint(bytes, value) | 0);
  switch (field.type) {
    case 'string':
      readVarint(bytes, value);
      return JSON.stringify(bytes.toString('utf8', at, end));
    case 'bytes':
      readVarint(bytes, value);
      return `"${bytes.toString('base64', at, end)}"`;
    case 'bytes8':
    case 'bytes16':
      readVarint(bytes, value);
      return `"${bytes.toString('hex', at, end)}"`;
    case 'bool':
      return readVarint64(bytes, value) === 0n ? 'false' : 'true';
    case 'double':
      return writeDouble(bytes.readDoubleLE(value));
    case 'fixed32':
      return String(bytes.readUInt32LE(value));
    case 'fixed64':
      return `"${bytes.readBigUInt64LE(value)}"`;
    case 'sfixed64':
      return `"${bytes.readBigInt64LE(value)}"`;
    case 'int32':
      return String(readVarint(bytes, value) | 0);
    case 'uint32':
      return String(readVarint(bytes, value));
    case 'sint32': {
      const number = readVarint(bytes, value);
      return String((number >>> 1) ^ -(number & 1));
    }
    case 'int64':
      return `"${BigInt.asIntN(64, readVarint64(bytes, value))}"`;
    case 'uint64':
      return `"${readVarint64(bytes, value)}"`;
    default:
      readVarint(bytes, value);
      return writeMessage(field.type as MessageName, bytes, at, end);
  }
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
