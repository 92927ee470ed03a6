import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { messages } from '../src/messages.js';
import { enums, messageRows, type EnumName, type MessageName } from '../src/schema.js';
import { oracle, oracleType } from './oracle.js';

/** Messages of the `.proto` text that hold nothing of ours: answers, and files of requests. */
const notOurs = /^collector\..*(Response|PartialSuccess)$|^(trace|metrics|logs)\.v1\.\w+Data$/;

const prefix = 'opentelemetry.proto.';
const messageByProto = new Map(Object.values(messages).map((message) => [message.proto, message.name]));
const enumByProto = new Map(Object.entries(enums).map(([name, row]) => [row.proto, name as EnumName]));

describe('the schema', () => {
  it.each(Object.keys(messageRows) as MessageName[])('has the fields of %s as published', (name) => {
    const ours = messages[name].fields.map((field) => ({
      number: field.number,
      name: field.name,
      jsonName: field.jsonName,
      type: field.idBytes === undefined ? field.type : 'bytes',
      repeated: field.repeated,
      optional: field.optional,
      oneof: field.oneof,
      packed: field.packedTag !== undefined,
    }));
    const published = oracleType(name).fieldsArray.map((field) => ({
      number: field.id,
      name: snakeCase(field.name),
      jsonName: field.name,
      type: typeOf(field),
      repeated: field.repeated,
      optional: field.options?.['proto3_optional'] === true,
      oneof: field.options?.['proto3_optional'] === true ? undefined : field.partOf?.name,
      packed: field.repeated && field.packed && field.type in protobuf.types.packed,
    }));
    expect(ours).toEqual(published.sort((a, b) => a.number - b.number));
  });

  it('keeps to IDs what the specification gives a length', () => {
    const ids = Object.values(messages).flatMap((message) =>
      message.fields.filter((field) => field.idBytes).map((field) => `${field.name} ${field.idBytes}`),
    );
    expect(new Set(ids)).toEqual(new Set(['trace_id 16', 'span_id 8', 'parent_span_id 8', 'profile_id 16']));
  });

  it.each(Object.keys(enums) as EnumName[])('has the values of %s as published', (name) => {
    const { proto, prefix: before, values } = enums[name];
    const ours = Object.fromEntries(Object.entries(values).map(([key, value]) => [before + key, value]));
    expect(ours).toEqual(oracle.lookupEnum(prefix + proto).values);
  });

  it('leaves out no message and no enum of a request', () => {
    const left = [...publishedNames(oracle)].filter(
      (name) => !messageByProto.has(name) && !enumByProto.has(name) && !notOurs.test(name),
    );
    // Both give names to bits of a plain integer and are the type of no field.
    expect(left.sort()).toEqual([
      'logs.v1.LogRecordFlags',
      'metrics.v1.DataPointFlags',
      'trace.v1.SpanFlags',
    ]);
  });
});

function typeOf(field: protobuf.Field): string {
  const resolved = field.resolve().resolvedType;
  if (resolved === null) return field.type;
  const proto = resolved.fullName.slice(1 + prefix.length);
  return messageByProto.get(proto) ?? enumByProto.get(proto) ?? proto;
}

function* publishedNames(namespace: protobuf.NamespaceBase): Generator<string> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type || nested instanceof protobuf.Enum) {
      yield nested.fullName.slice(1 + prefix.length);
    }
    if (nested instanceof protobuf.Namespace) yield* publishedNames(nested);
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
