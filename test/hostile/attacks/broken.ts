/** Requests that were made to break whoever reads them, each with the answer that it gets. */
import type { Signal } from '@tributary/pdata';
import { expect } from 'vitest';
import { field, varint } from '../../support/wire.js';
import { Heard, inParallel, over, type Attack } from '../attack.js';
import { json, protobuf, type Victim } from '../victim.js';

const nesting = 10_000;

/** A request with a span of these fields. */
function span(...fields: Uint8Array[]): Buffer {
  return field(1, field(2, field(2, ...fields)));
}

/** A value in an array in a value, and so on. Lengths are those of what is inside. */
function nested(depth: number): Buffer {
  const heads: Buffer[] = [];
  let bytes = 0;
  for (let level = 0; level < depth; level++) {
    // AnyValue.array_value = 5, ArrayValue.values = 1.
    for (const number of [1, 5]) {
      const head = Buffer.concat([varint((number << 3) | 2), varint(bytes)]);
      heads.push(head);
      bytes += head.byteLength;
    }
  }
  return Buffer.concat(heads.reverse());
}

const attribute = (value: Uint8Array): Buffer => span(field(9, field(1, Buffer.from('k')), field(2, value)));
const notUtf8 = Buffer.from([0x61, 0xff, 0xc0, 0xaf]);

/** Of traces, in protobuf: what it is, the bytes, and whether it is taken. */
const ofProtobuf: readonly (readonly [string, Buffer, 'taken' | 'refused'])[] = [
  ['a value nested 10,000 deep', attribute(nested(nesting)), 'refused'],
  ['a value nested 20 deep', attribute(nested(20)), 'taken'],
  ['groups nested 10,000 deep', span(Buffer.alloc(nesting, 0xa3)), 'refused'],
  ['a group that nobody opened', span(Buffer.from([0xa4])), 'refused'],
  ['a tag of eleven bytes', span(Buffer.alloc(11, 0xff)), 'refused'],
  ['a tag of ten bytes', span(Buffer.concat([Buffer.alloc(9, 0xff), Buffer.of(1, 0)])), 'refused'],
  ['a field with the number 0', span(Buffer.of(2, 0)), 'refused'],
  ['a wire type that does not exist', span(Buffer.of(0x2f, 0)), 'refused'],
  ['a length of ten bytes', span(Buffer.of(0x2a), varint(1, 10), Buffer.from('a')), 'taken'],
  ['a length of eleven bytes', span(Buffer.of(0x2a), varint(1, 11), Buffer.from('a')), 'refused'],
  ['a length of 2^64 - 1', Buffer.concat([Buffer.of(0x0a), Buffer.alloc(9, 0xff), Buffer.of(1)]), 'refused'],
  ['a length of 2^31 - 1', Buffer.concat([Buffer.of(0x0a), varint(2 ** 31 - 1)]), 'refused'],
  ['a name that is no UTF-8', span(field(5, notUtf8)), 'taken'],
  [
    'a key and a value that are no UTF-8',
    span(field(9, field(1, notUtf8), field(2, field(1, notUtf8)))),
    'taken',
  ],
  ...[1, 7, 8, 15, 17, 32, 4096].map(
    (length) =>
      [`a trace ID of ${length} bytes`, span(field(1, Buffer.alloc(length, 1))), 'refused'] as const,
  ),
  ...[1, 7, 9, 16].map(
    (length) => [`a span ID of ${length} bytes`, span(field(2, Buffer.alloc(length, 1))), 'refused'] as const,
  ),
];

const spanJson = (fields: string): string => `{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`;
const attributeJson = (value: string): string => spanJson(`"attributes":[{"key":"k","value":${value}}]`);
const nestedJson = (depth: number): string =>
  `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`;

/** The same in JSON. */
const ofJson: readonly (readonly [string, string | Buffer, 'taken' | 'refused'])[] = [
  ['a value nested 10,000 deep', attributeJson(nestedJson(nesting)), 'refused'],
  ['a value nested 20 deep', attributeJson(nestedJson(20)), 'taken'],
  [
    'an unknown value nested 10,000 deep',
    spanJson(`"x":${'['.repeat(nesting)}${']'.repeat(nesting)}`),
    'refused',
  ],
  ['brackets without end', '['.repeat(1_000_000), 'refused'],
  ['objects without end', '{"a":'.repeat(200_000), 'refused'],
  ['a number of 100,000 digits', spanJson(`"startTimeUnixNano":${'9'.repeat(100_000)}`), 'refused'],
  ['a double beyond all', attributeJson('{"doubleValue":1e999}'), 'refused'],
  ['half a surrogate pair', spanJson('"name":"\\ud800"'), 'taken'],
  [
    'a name that is no UTF-8',
    Buffer.concat([
      Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"'),
      notUtf8,
      Buffer.from('"}]}]}]}'),
    ]),
    'taken',
  ],
  ['a zero within a string', spanJson('"name":"\0"'), 'refused'],
  ['a key of Object.prototype', spanJson('"__proto__":{"name":"a"},"constructor":1,"name":"a"'), 'taken'],
  ['a trace ID of 31 digits', spanJson(`"traceId":"${'a'.repeat(31)}"`), 'refused'],
  ['a string without end', '{"resourceSpans":"', 'refused'],
  ['two values', '{} {}', 'refused'],
];

async function lay(victim: Victim, times: number): Promise<Heard> {
  const heard = new Heard();
  const signal: Signal = 'traces';
  const told: string[] = [];
  const wanted: string[] = [];
  await inParallel(times, 4, async () => {
    for (const [name, bytes, outcome] of ofProtobuf) {
      const isTaken = outcome === 'taken';
      const answers = [await victim.call(signal, bytes), await victim.post(signal, bytes, protobuf)];
      for (const answer of answers) heard.add(answer);
      told.push(`${name}: ${answers.join(', ')}`);
      wanted.push(`${name}: ${isTaken ? 'grpc 0, http 200' : 'grpc 3, http 400'}`);
    }
    for (const [name, text, outcome] of ofJson) {
      const answer = await victim.post(signal, Buffer.from(text), json);
      heard.add(answer);
      told.push(`${name}: ${answer}`);
      wanted.push(`${name}: ${outcome === 'taken' ? 'http 200' : 'http 400'}`);
    }
  });
  expect(told.sort()).toEqual(wanted.sort());
  return heard;
}

export const brokenRequests: Attack = {
  name: 'requests made to break a reader',
  unit: 'times all of them',
  short: 1,
  long: 50,
  lay: async (victim, times) => over(await lay(victim, times)),
};
