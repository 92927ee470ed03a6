import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messages } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import { Writer, type NumericType } from '../src/writer.js';
import { assertProperty } from '../../../test/support/property.js';
import { anyInit } from './any-init.js';
import { anyMessage } from './arbitrary.js';
import { decode, encode } from './oracle.js';
import { otlpJson } from './otlp-json.js';
import { expected, placed, read, viewed, type Loose } from './reading.js';

/** A field that no schema knows. */
const unknown = Buffer.from([0xf8, 0x7f, 0x05]);

/** The packed fields of a message once more, with each number in a field of its own. */
function unpacked(name: MessageName, bytes: Buffer): Buffer {
  const decoded = decode(name, bytes);
  const out = new Writer();
  for (const { packedTag, tag, type, jsonName } of messages[name].fields) {
    if (packedTag === undefined) continue;
    for (const value of (decoded[jsonName] ?? []) as (number | bigint)[]) {
      out.varint(tag);
      out.scalar(type as NumericType, value);
    }
  }
  return out.toBytes();
}

describe('a view', () => {
  it.each(viewed)('of %s reads what protobufjs reads', (name) => {
    assertProperty(
      fc.property(anyMessage(name), anyMessage(name), (plain, other) => {
        const bytes = Buffer.concat([
          unknown,
          unpacked(name, encode(name, other)),
          encode(name, plain),
          unknown,
          unpacked(name, encode(name, other)),
        ]);
        expect(read(placed(name, bytes).view)).toEqual(expected(name, decode(name, bytes)));
      }),
      0.1,
    );
  });

  it.each(viewed)('of %s writes every field so that protobufjs reads it', (name) => {
    assertProperty(
      fc.property(anyMessage(name), anyInit(name), (plain, { init, plain: wanted }) => {
        const { view, bytes } = placed(name, encode(name, plain));
        const model = { ...plain };
        for (const [key, value] of Object.entries(init)) {
          const field = messages[name].byJsonName.get(key)!;
          // Attributes and repeated messages are written by methods: the test of edits has them.
          if (field.type === 'KeyValue' || (field.kind === 'message' && field.repeated)) continue;
          (view as Record<string, unknown>)[key] = value;
          for (const { oneof, jsonName } of messages[name].fields) {
            if (oneof !== undefined && oneof === field.oneof) delete model[jsonName];
          }
          model[key] = wanted[key];
        }
        const edited = encode(name, model);
        expect(otlpJson(name, bytes())).toEqual(otlpJson(name, edited));
        expect(read(view)).toEqual(expected(name, decode(name, bytes())));
        expect(view.toObject()).toEqual(otlpJson(name, edited));
      }),
      0.1,
    );
  });

  it.each(viewed)('of %s in which every field is cleared holds nothing but lists', (name) => {
    assertProperty(
      fc.property(anyMessage(name), (plain) => {
        const { view, bytes } = placed(name, Buffer.concat([unknown, encode(name, plain)]));
        for (const field of messages[name].fields) {
          if (field.type === 'KeyValue') {
            const keys = [...(view[field.jsonName] as Iterable<[string, unknown]>)].map(([key]) => key);
            for (const key of keys) (view[field.jsonName] as Map<string, unknown>).delete(key);
          } else if (field.kind === 'message' && field.repeated) continue;
          else if (field.repeated) (view as Record<string, unknown>)[field.jsonName] = [];
          else if (field.kind === 'message' && field.type !== 'AnyValue') {
            (view[field.jsonName] as Loose | undefined)?.remove();
          } else (view as Record<string, unknown>)[field.jsonName] = undefined;
        }
        const left = otlpJson(name, bytes());
        for (const field of messages[name].fields) {
          if (field.kind === 'message' && field.repeated && field.type !== 'KeyValue') continue;
          expect(left).not.toHaveProperty(field.jsonName);
        }
        expect(bytes().includes(unknown)).toBe(true);
      }),
      0.1,
    );
  });
});
