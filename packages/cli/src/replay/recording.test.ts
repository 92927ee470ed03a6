import * as fs from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { Logs, Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { readRecording } from './recording.js';

/** A request of a span with that name. */
function request(name: string): Traces {
  const traces = Traces.create();
  traces
    .addResourceSpans()
    .addScope()
    .add({ name, traceId: '0af7651916cd43dd8448eb211c80319c', endTimeUnixNano: 1n });
  return traces;
}

function framed(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

const names = ['one', 'two', 'three with more to it'];
const logs = Logs.create();
logs.addResourceLogs().addScope().add({ body: 'line' });
const lines = Buffer.from([...names.map((name) => request(name).toJson()), logs.toJson(), ''].join('\n'));
const proto = Buffer.concat([
  ...names.map((name) => framed(request(name).toBytes())),
  framed(logs.toBytes()),
]);
const json = Buffer.concat(names.map((name) => framed(Buffer.from(request(name).toJson()))));

/** What standard input has, in chunks of so many bytes. */
async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The names of the spans, or what else the records are, and where those are. */
async function read(bytes: Buffer, chunkBytes = 1000): Promise<string[]> {
  const found: string[] = [];
  for await (const record of readRecording('-', { fs, stdin: inChunks(bytes, chunkBytes) })) {
    if (record.signal === 'traces') found.push(...Array.from(record.traces.spans(), ({ name }) => name));
    else found.push(`${record.signal} at ${record.place}`);
  }
  return found;
}

describe.each([1, 2, 3, 7, 100, 100_000])('in chunks of %d bytes', (size) => {
  it.each([
    ['lines', lines, 'standard input:4'],
    ['protobuf', proto, `standard input: byte ${proto.length - framed(logs.toBytes()).length}`],
  ])('%s are read record by record, and what is not spans is told', async (_, bytes, place) => {
    expect(await read(bytes, size)).toEqual([...names, `logs at ${place}`]);
    expect(await read(gzipSync(bytes), size)).toEqual([...names, `logs at ${place}`]);
  });

  it('JSON with its length before it is read, too', async () => {
    expect(await read(json, size)).toEqual(names);
  });
});

it.each([
  ['lines', lines.subarray(0, -30), 'cut at standard input:4'],
  ['protobuf', proto.subarray(0, -3), 'cut at standard input: byte'],
  [
    'protobuf within a length',
    Buffer.concat([proto, Buffer.alloc(2)]),
    `cut at standard input: byte ${proto.length}`,
  ],
])('%s that end within a record are used up to there', async (_, bytes, place) => {
  const found = await read(bytes);
  expect(found.slice(0, names.length)).toEqual(names);
  expect(found.at(-1)).toContain(place);
});

it('gzip that ends too early is used as far as it goes', async () => {
  const many = Buffer.concat(
    Array.from({ length: 300 }, (_, i) => framed(request(`span ${i * i}`).toBytes())),
  );
  const zipped = gzipSync(many);
  const found = await read(zipped.subarray(0, zipped.length / 2));
  expect(found.slice(0, 2)).toEqual(['span 0', 'span 1']);
  expect(found.length).toBeLessThan(300);
  expect(found.at(-1)).toMatch(/^cut at standard input: byte \d+$/);
});

it('a last line without its newline is whole', async () => {
  expect(await read(lines.subarray(0, -1))).toHaveLength(4);
});

it('empty lines, spaces and carriage returns between the lines are none', async () => {
  expect(
    await read(Buffer.from(`\n  ${request('one').toJson()}\r\n\r\n \n${request('two').toJson()}`)),
  ).toEqual(['one', 'two']);
});

it.each([
  ['a damaged line', Buffer.from(`${request('a').toJson()}\n{"resourceSpans":[}\n`), /^standard input:2: /],
  [
    'a line of something else',
    Buffer.from('{"level":"info"}\n'),
    /^standard input:1: is no request of OTLP$/,
  ],
  [
    'a value that does not fit',
    Buffer.from('{"resourceSpans":5}\n'),
    /^standard input:1: \$\.resourceSpans: /,
  ],
  [
    'damaged protobuf',
    Buffer.concat([framed(request('a').toBytes()), framed(Buffer.from('\u000f\u0001'))]),
    /: byte \d\d: /,
  ],
  ['a text', Buffer.from('hello, world'), /: byte 0: neither a line of JSON nor the length of a record/],
  [
    'a length that none has',
    Buffer.concat([proto, Buffer.from('7f000000', 'hex')]),
    /: byte \d+: neither a line/,
  ],
  [
    'damaged gzip',
    Buffer.concat([gzipSync(proto).subarray(0, 30), Buffer.alloc(50, 0xff)]),
    /^standard input: /,
  ],
  ['zstd as a whole', Buffer.from('28b52ffd00000000', 'hex'), /compressed by zstd: decompress it first/],
])('%s is an error with its place', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
});

it('what a file is called and says cannot steer a terminal', async () => {
  const found = readRecording('/nowhere/\u001b[31m', { fs, stdin: inChunks(lines, 100) }).next();
  const error: unknown = await found.catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('ENOENT');
  expect(String(error)).not.toContain('\u001b');
});

it('a line that is longer than a record may be is not gathered', async () => {
  let chunks = 0;
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (yield Buffer.from('{'); ; chunks++) yield Buffer.alloc(2 ** 20, 0x20);
  }
  const reading = readRecording('-', { fs, stdin: endless() });
  await expect(reading.next()).rejects.toThrow('standard input:1: the line has more than 134217728 bytes');
  expect(chunks).toBeLessThan(130);
});
