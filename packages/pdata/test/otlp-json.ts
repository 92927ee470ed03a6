/** OTLP/JSON by the rules of the specification, written from what protobufjs decoded. */
import { messages, type Field } from '../src/messages.js';
import { enums, type EnumName, type MessageName } from '../src/schema.js';
import { decode, type Plain } from './oracle.js';

/** The message in `bytes` as OTLP/JSON has it. Two that are equal say the same. */
export function otlpJson(name: MessageName, bytes: Uint8Array): Plain {
  return jsonOf(name, decode(name, bytes));
}

/** `plain` as `decode` of the oracle returns it: 64-bit integers as bigint, bytes in base64. */
function jsonOf(name: MessageName, plain: Plain): Plain {
  const json: Plain = {};
  for (const field of messages[name].fields) {
    const value = plain[field.jsonName];
    if (value === undefined) continue;
    if (field.repeated) json[field.jsonName] = (value as unknown[]).map((one) => jsonValue(field, one));
    else if (keepsZero(field) || !isZero(value)) json[field.jsonName] = jsonValue(field, value);
  }
  return json;
}

function keepsZero(field: Field): boolean {
  return field.optional || field.oneof !== undefined || field.kind === 'message';
}

function isZero(value: unknown): boolean {
  return value === '' || value === false || value === 0n || Object.is(value, 0);
}

function jsonValue(field: Field, value: unknown): unknown {
  if (field.kind === 'message') return jsonOf(field.type as MessageName, value as Plain);
  if (field.idBytes !== undefined) return Buffer.from(value as string, 'base64').toString('hex');
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Decides between `options` ways to write the same. */
export type Choose = (options: number) => number;

/** Takes its decisions from a list, over and over. */
export function chooseBy(decisions: readonly number[]): Choose {
  let next = 0;
  return (options) => decisions[next++ % decisions.length]! % Math.max(1, options);
}

/**
 * One of the many texts that all mean the message in `bytes`: with either
 * spelling of names, numbers quoted or not, enums by name, nulls, unknown keys,
 * earlier values of the same key or the same oneof.
 */
export function jsonText(name: MessageName, bytes: Uint8Array, choose: Choose): string {
  return messageText(name, otlpJson(name, bytes), choose);
}

function messageText(name: MessageName, json: Plain, choose: Choose): string {
  const members: string[] = [];
  for (const field of messages[name].fields) {
    const value = json[field.jsonName];
    const key = JSON.stringify(choose(3) === 0 ? field.name : field.jsonName);
    if (value === undefined) {
      if (choose(20) === 0) members.push(`${key}:null`);
      continue;
    }
    const rivals = messages[name].fields.filter(({ oneof }) => oneof !== undefined && oneof === field.oneof);
    const earlier = rivals[choose(rivals.length)] ?? field;
    if (choose(10) === 0) members.push(`${JSON.stringify(earlier.jsonName)}:${earlierValue(earlier)}`);
    const text = field.repeated
      ? `[${(value as unknown[]).map((one) => valueText(field, one, choose)).join(', ')}]`
      : valueText(field, value, choose);
    members.push(`${key}${choose(5) === 0 ? ' : ' : ':'}${text}`);
    if (choose(20) === 0) members.push('"unknown":{"name":[1.5e-3,true,null,{"a":"\\u0041}"}]}');
  }
  return `{${members.join(choose(4) === 0 ? ' ,\n\t' : ',')}}`;
}

/** Another value that fits the field, to be superseded. */
function earlierValue(field: Field): string {
  if (field.repeated)
    return field.type === 'string' ? '["earlier"]' : field.kind === 'message' ? '[{},{}]' : '[7,8]';
  if (field.kind === 'message') return '{}';
  if (field.kind === 'enum') return '1';
  if (field.idBytes !== undefined) return `"${'ab'.repeat(field.idBytes)}"`;
  if (field.type === 'bool') return 'true';
  return field.type === 'string' || field.type === 'bytes' ? '"YWJj"' : '7';
}

function valueText(field: Field, value: unknown, choose: Choose): string {
  if (field.kind === 'message') return messageText(field.type as MessageName, value as Plain, choose);
  if (field.kind === 'enum') return enumText(field.type as EnumName, value as number, choose);
  if (field.idBytes !== undefined) {
    return JSON.stringify(choose(2) === 0 ? value : (value as string).toUpperCase());
  }
  switch (field.type) {
    case 'string':
      return choose(2) === 0 ? JSON.stringify(value) : escaped(value as string);
    case 'bytes':
      return JSON.stringify(base64Forms[choose(3)]!(value as string));
    case 'bool':
      return String(value);
    case 'double':
      return doubleText(value as number | string, choose);
    default:
      return integerText(String(value), choose);
  }
}

function escaped(text: string): string {
  const units = Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`,
  );
  return `"${units.join('')}"`;
}

const base64Forms: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('=', ''),
  (text) => text.replaceAll('+', '-').replaceAll('/', '_'),
];

function doubleText(value: number | string, choose: Choose): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return choose(3) === 0 ? `"${text}"` : text;
}

function integerText(digits: string, choose: Choose): string {
  switch (choose(5)) {
    case 0:
      return digits;
    case 1:
      return `${digits}.0`;
    case 2:
      return `"${digits}e0"`;
    case 3:
      // The point moved to the left, and back by the exponent.
      return digits.length < 3 ? digits : `${digits.slice(0, -1)}.${digits.slice(-1)}E+1`;
    default:
      return `"${digits}"`;
  }
}

function enumText(name: EnumName, value: number, choose: Choose): string {
  const { prefix, values } = enums[name];
  const known = Object.keys(values).find((key) => values[key] === value);
  const way = choose(3);
  if (way === 0 && known !== undefined) return JSON.stringify(prefix + known);
  return way === 1 ? `"${value}"` : String(value);
}
