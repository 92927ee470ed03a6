/** Reads views by the schema: what a message must look like through its view. */
import * as views from '../src/generated/views.js';
import type { AttributeValue } from '../src/attributes.js';
import { Request } from '../src/batch.js';
import { Chunk, settledBytes } from '../src/edit.js';
import { messages, signalPaths, type Field } from '../src/messages.js';
import { enums, type EnumName, type MessageName } from '../src/schema.js';
import { View, type ViewClass } from '../src/view.js';
import { at, frame, readVarint } from '../src/wire.js';
import type { Plain } from './oracle.js';

/** A view as a test uses it: by the names of fields. */
export type Loose = View & Record<string, unknown>;

const classes = views as unknown as Partial<Record<MessageName, ViewClass<View>>>;

/** Every message that has a view. */
export const viewed: readonly MessageName[] = Object.values(messages)
  .map(({ name }) => name)
  .filter((name) => classes[name] !== undefined);

/** Tag of a field that no message knows, to put any message into a request. */
const place = 8002;

/** A view of a message that stands alone in a request, and what the message is by now. */
export function placed(name: MessageName, body: Buffer): { view: Loose; bytes: () => Buffer } {
  const chunk = new Chunk(frame(place, body));
  const start = chunk.bytes.length - body.length;
  const request = new Request(chunk, 'traces');
  const view = new classes[name]!(chunk, 0, start, chunk.bytes.length, place, request);
  return {
    view: view as Loose,
    bytes() {
      const written = settledBytes(chunk, signalPaths.traces.levels);
      readVarint(written, 0);
      readVarint(written, at);
      return written.subarray(at);
    },
  };
}

const listNames: Readonly<Record<string, string>> = {
  scopeSpans: 'scopes',
  scopeMetrics: 'scopes',
  scopeLogs: 'scopes',
  scopeProfiles: 'scopes',
  logRecords: 'records',
};

/** The method of a view that lists the messages of a repeated field. */
export function listName(field: Field): string {
  return listNames[field.jsonName] ?? field.jsonName;
}

/** The method that adds one. */
export function addName(field: Field): string {
  const records = ['spans', 'metrics', 'logRecords', 'profiles'];
  if (records.includes(field.jsonName)) return 'add';
  const list = listName(field).replace(/s$/, '');
  return `add${list[0]!.toUpperCase()}${list.slice(1)}`;
}

/** What a view says of every field of its message. */
export function read(view: Loose): Plain {
  const plain: Plain = {};
  for (const field of messages[view.messageName].fields) {
    const { jsonName } = field;
    if (field.type === 'KeyValue') plain[jsonName] = [...(view[jsonName] as Iterable<unknown>)];
    else if (field.kind !== 'message') {
      plain[jsonName] = comparable(view[jsonName]);
      if (field.idBytes !== undefined) plain[`${jsonName}Bytes`] = comparable(view[`${jsonName}Bytes`]);
    } else if (field.type === 'AnyValue') plain[jsonName] = view[jsonName];
    else if (field.repeated) {
      const list = (view[listName(field)] as () => Iterable<Loose>)();
      plain[jsonName] = [...list].map(read);
    } else {
      const part = view[jsonName] as Loose | undefined;
      plain[jsonName] = part === undefined ? undefined : read(part);
    }
  }
  return plain;
}

const alwaysThere = ['Resource', 'Scope', 'Status'];

/** The same of a message that protobufjs decoded. */
export function expected(name: MessageName, decoded: Plain): Plain {
  const plain: Plain = {};
  for (const field of messages[name].fields) {
    const { jsonName } = field;
    const value = decoded[jsonName];
    if (field.type === 'KeyValue') {
      const pairs = (value ?? []) as { key?: string; value?: Plain }[];
      plain[jsonName] = pairs.map((pair) => [pair.key ?? '', attributeValue(pair.value)]);
    } else if (field.type === 'AnyValue') {
      plain[jsonName] = value === undefined ? undefined : attributeValue(value as Plain);
    } else if (field.kind === 'message') {
      const type = field.type as MessageName;
      if (field.repeated) plain[jsonName] = ((value ?? []) as Plain[]).map((one) => expected(type, one));
      else if (value !== undefined || alwaysThere.includes(type)) {
        plain[jsonName] = expected(type, (value ?? {}) as Plain);
      } else plain[jsonName] = undefined;
    } else if (field.repeated) plain[jsonName] = value ?? [];
    else plain[jsonName] = scalar(field, value);
    if (field.idBytes !== undefined) plain[`${jsonName}Bytes`] = value ?? '';
  }
  return plain;
}

function scalar(field: Field, value: unknown): unknown {
  if (field.kind === 'enum') {
    const names = Object.entries(enums[field.type as EnumName].values);
    const known = names.find(([, number]) => number === value) ?? names.find(([, number]) => number === 0)!;
    return known[0].toLowerCase();
  }
  if (field.idBytes !== undefined) return Buffer.from((value as string) ?? '', 'base64').toString('hex');
  if (value !== undefined) return value;
  if (field.optional || field.oneof !== undefined) return undefined;
  if (field.type === 'bool') return false;
  if (field.type === 'string' || field.type === 'bytes') return '';
  return field.type.endsWith('64') ? 0n : 0;
}

/** An AnyValue as `get` must return it, from what protobufjs decoded. */
export function attributeValue(decoded: Plain | undefined): AttributeValue {
  const [[kind, value] = []] = Object.entries(decoded ?? {});
  switch (kind) {
    case 'intValue': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : (value as bigint);
    }
    case 'bytesValue':
      return Uint8Array.from(Buffer.from(value as string, 'base64'));
    case 'arrayValue':
      return (((value as Plain)['values'] ?? []) as Plain[]).map(attributeValue);
    case 'kvlistValue': {
      const pairs = ((value as Plain)['values'] ?? []) as { key?: string; value?: Plain }[];
      // Of equal keys the first wins, so it is written last.
      const entries = pairs.map((pair) => [pair.key ?? '', attributeValue(pair.value)] as const);
      return Object.fromEntries(entries.reverse());
    }
    case undefined:
    case 'stringValueStrindex':
      return null;
    default:
      return value as AttributeValue;
  }
}

/** Bytes in base64, as protobufjs was asked for. */
function comparable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** These views and those of all messages below them that have one. */
export function* allViews(views: Iterable<Loose>): Generator<Loose> {
  for (const view of views) {
    yield view;
    for (const field of messages[view.messageName].fields) {
      if (field.kind !== 'message' || field.type === 'KeyValue' || field.type === 'AnyValue') continue;
      if (field.repeated) yield* allViews((view[listName(field)] as () => Iterable<Loose>).call(view));
      else {
        const part = view[field.jsonName] as Loose | undefined;
        if (part !== undefined) yield* allViews([part]);
      }
    }
  }
}

/** Every pair of every list of attributes in a decoded message. Maps within values are none. */
export function pairsOf(name: MessageName, decoded: Plain): Plain[] {
  return messages[name].fields.flatMap((field) => {
    const value = decoded[field.jsonName];
    if (value === undefined || field.kind !== 'message' || field.type === 'AnyValue') return [];
    const all = field.repeated ? (value as Plain[]) : [value as Plain];
    if (field.type === 'KeyValue') return all;
    return all.flatMap((one) => pairsOf(field.type as MessageName, one));
  });
}
