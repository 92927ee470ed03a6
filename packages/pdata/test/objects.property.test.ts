import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { encodeInit, encodePair, encodeValue } from '../src/encode.js';
import { messages, type MessageName } from '../src/messages.js';
import { anyInit, anyInput, plainValue } from './any-init.js';
import { anyText } from './arbitrary.js';
import { encode } from './oracle.js';
import { otlpJson } from './otlp-json.js';

/** Attributes and values are given as plain values instead. */
const values: readonly MessageName[] = ['AnyValue', 'ArrayValue', 'KeyValueList', 'KeyValue'];
const described = (Object.keys(messages) as MessageName[]).filter((name) => !values.includes(name));

describe('an initialiser', () => {
  it('becomes what protobufjs writes for the same message', () => {
    const any = fc
      .constantFrom(...described)
      .chain((name) => anyInit(name).map((init) => [name, init] as const));
    assertProperty(
      fc.property(any, ([name, { init, plain }]) => {
        expect(otlpJson(name, encodeInit(name, init))).toEqual(otlpJson(name, encode(name, plain)));
      }),
    );
  });

  it('writes a value of any type as protobufjs does', () => {
    assertProperty(
      fc.property(anyText, anyInput, (key, input) => {
        const value = plainValue(input);
        expect(otlpJson('AnyValue', encodeValue(input))).toEqual(
          otlpJson('AnyValue', encode('AnyValue', value)),
        );
        expect(otlpJson('KeyValueList', encodePair(10, key, input))).toEqual(
          otlpJson('KeyValueList', encode('KeyValueList', { values: [{ key, value }] })),
        );
      }),
    );
  });
});
