import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes, Value } from '../src/attributes.js';
import { MalformedTelemetryError } from '../src/errors.js';
import { batchFactory } from '../src/factory.js';
import { messages, signalPaths } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import type { Batch, Signal } from '../src/telemetry.js';
import { Writer, type NumericType } from '../src/writer.js';
import { assertProperty } from '../../../test/support/property.js';
import { anyInit } from './any-init.js';
import { anyRequest } from './any-request.js';
import { anyMessage } from './arbitrary.js';
import { groupsOf } from './edit-model.js';
import { decode, encode, type Plain } from './oracle.js';
import { otlpJson } from './otlp-json.js';
import { allViews, expected, placed, read, viewed, type Loose } from './reading.js';
import { fieldsOf, parse } from './wire-tree.js';

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
      0.05,
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
      0.05,
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
      0.05,
    );
  });
});

/** Bytes that were changed, left out or put in at some places. */
function damage(
  bytes: Buffer,
  places: readonly (readonly [at: number, byte: number, how: number])[],
): Buffer {
  let damaged = bytes;
  for (const [at, byte, how] of places) {
    const start = at % (damaged.length + 1);
    const inserted = how === 0 ? [] : [byte];
    damaged = Buffer.concat([
      damaged.subarray(0, start),
      Buffer.from(inserted),
      damaged.subarray(how === 2 ? start : start + 1),
    ]);
  }
  return damaged;
}

describe('the views of a batch', () => {
  it.each(Object.keys(signalPaths) as Signal[])(
    'of %s read what protobufjs reads, and can be edited, whatever bytes were let in',
    (signal) => {
      const { request } = signalPaths[signal];
      const [groupField] = messages[request].fields;
      assertProperty(
        fc.property(
          anyRequest(signal),
          fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { maxLength: 4 }),
          (bytes, places) => {
            let batch: Batch<Signal>;
            try {
              batch = batchFactory(signal).from(damage(bytes, places));
            } catch (error) {
              if (MalformedTelemetryError.is(error)) return;
              throw error;
            }
            const decoded = decode(request, batch.toBytes())[groupField!.jsonName] ?? [];
            const type = groupField!.type as MessageName;
            expect(groupsOf(batch).map(read)).toEqual((decoded as Plain[]).map((one) => expected(type, one)));
            for (const view of allViews(groupsOf(batch))) {
              for (const { jsonName, type: fieldType } of messages[view.messageName].fields) {
                if (fieldType === 'KeyValue') {
                  const list = view[jsonName] as Attributes;
                  for (const [key, value] of list) list.set(key, value);
                  list.rename('a', 'c');
                } else if (fieldType === 'AnyValue')
                  (view[`${jsonName}Value`] as Value | undefined)?.set('x');
              }
            }
            expect(batch.byteLength).toBe(batch.toBytes().length);
            expect(batchFactory(signal).from(batch.toBytes()).itemCount).toBe(batch.itemCount);
          },
        ),
        0.3,
      );
    },
  );

  it.each(Object.keys(signalPaths) as Signal[])('of %s keep the fields that nobody knows', (signal) => {
    const { request } = signalPaths[signal];
    const unknownIn = (bytes: Uint8Array): number =>
      fieldsOf(parse(request, Buffer.from(bytes))).filter(({ field }) => field === undefined).length;
    assertProperty(
      fc.property(anyRequest(signal), (bytes) => {
        const batch = batchFactory(signal).from(bytes);
        for (const view of allViews(groupsOf(batch))) {
          for (const field of messages[view.messageName].fields) {
            if (field.type === 'KeyValue') (view[field.jsonName] as Attributes).set('new', 'value');
            else if (field.type === 'string' && !field.repeated) (view as Plain)[field.jsonName] = 'new';
          }
        }
        expect(unknownIn(batch.toBytes())).toBe(unknownIn(bytes));
      }),
      0.3,
    );
  });
});
