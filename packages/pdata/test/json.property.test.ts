import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { batchFactory, MalformedTelemetryError, type Signal } from '../src/index.js';
import { checkRequest } from '../src/check.js';
import { readJson } from '../src/json-read.js';
import { messages, signalPaths, type MessageName } from '../src/messages.js';
import { toObject } from '../src/plain.js';
import { anyMessage } from './arbitrary.js';
import { encode } from './oracle.js';
import { chooseBy, jsonText, otlpJson } from './otlp-json.js';

const decisions = fc.array(fc.nat(59), { minLength: 1, maxLength: 60 });

/** Any message of any kind in protobuf, and its name. */
const anyEncoded: fc.Arbitrary<readonly [MessageName, Buffer]> = fc
  .constantFrom(...(Object.keys(messages) as MessageName[]))
  .chain((name) => anyMessage(name).map((plain) => [name, encode(name, plain)] as const));

const anyRequest: fc.Arbitrary<readonly [Signal, Buffer]> = fc
  .constantFrom<Signal>('traces', 'metrics', 'logs', 'profiles')
  .chain((signal) => {
    const { request } = signalPaths[signal];
    return anyMessage(request).map((plain) => [signal, encode(request, plain)] as const);
  });

describe('OTLP/JSON', () => {
  it('says in a plain copy what protobufjs reads', () => {
    assertProperty(
      fc.property(anyEncoded, ([name, bytes]) => {
        expect(toObject(name, bytes)).toEqual(otlpJson(name, bytes));
      }),
    );
  });

  it('becomes the same message, however it is written', () => {
    assertProperty(
      fc.property(anyEncoded, decisions, ([name, bytes], choices) => {
        const read = readJson(name, jsonText(name, bytes, chooseBy(choices)));
        expect(otlpJson(name, read)).toEqual(otlpJson(name, bytes));
      }),
    );
  });

  it('of a batch is read back as the same batch, and written the same again', () => {
    assertProperty(
      fc.property(anyRequest, ([signal, bytes]) => {
        const { request } = signalPaths[signal];
        const json = batchFactory(signal).from(bytes).toJson();
        expect(JSON.parse(json)).toEqual(otlpJson(request, bytes));
        const again = batchFactory(signal).fromJson(json);
        expect(otlpJson(request, again.toBytes())).toEqual(otlpJson(request, bytes));
        expect(again.toJson()).toBe(json);
      }),
      0.5,
    );
  });

  it('with damage is read, or refused with a path, and what is read passes the check at the door', () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.nat(6),
      fc.constantFrom('', '"', '{', '}', ']', ',', ':', 'null', '1e99', '-', '\\u', '[]'),
    );
    assertProperty(
      fc.property(
        anyRequest,
        decisions,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        ([signal, bytes], choices, damages) => {
          let text = jsonText(signalPaths[signal].request, bytes, chooseBy(choices));
          for (const [place, length, put] of damages) {
            const at = place % (text.length + 1);
            text = text.slice(0, at) + put + text.slice(at + length);
          }
          const read = attempt(() => batchFactory(signal).fromJson(text).toBytes());
          if (MalformedTelemetryError.is(read)) return read.path?.startsWith('$') === true;
          JSON.parse(text);
          // The very buffer: nothing had to be written anew.
          return checkRequest(signal, read) === read;
        },
      ),
      0.5,
    );
  });
});

function attempt<T>(read: () => T): T | MalformedTelemetryError {
  try {
    return read();
  } catch (error) {
    if (MalformedTelemetryError.is(error)) return error;
    throw error;
  }
}
