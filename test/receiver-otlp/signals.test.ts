import { deflateSync, gzipSync } from 'node:zlib';
import { systemRuntime } from '@tributary/collector';
import type { Signal } from '@tributary/component';
import { sampleTraces } from '@tributary/testkit';
import { createHttpClient } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, json, methodPaths, post, protobuf, receiving, sample, urlPaths } from './support.js';

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

describe.each(signals)('%s arrive as they were sent', (signal) => {
  it.each(['none', 'gzip', 'snappy'] as const)('by gRPC, compression %s', async (compression) => {
    const { sink, grpc } = await receiving();
    const bytes = sample(signal).toBytes();
    expect(await call(grpc, methodPaths[signal], bytes, { compression })).toEqual(Buffer.of(10, 0));
    expect(sink.batches.map((batch) => Buffer.from(batch.toBytes()))).toEqual([Buffer.from(bytes)]);
    expect(sink.batches[0]?.signal).toBe(signal);
  });

  it('by HTTP in protobuf', async () => {
    const { sink, http } = await receiving();
    const bytes = sample(signal).toBytes();
    const reply = await post(http + urlPaths[signal], bytes, protobuf);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(Buffer.of(10, 0));
    expect(sink.batches.map((batch) => Buffer.from(batch.toBytes()))).toEqual([Buffer.from(bytes)]);
  });

  it('by HTTP in JSON', async () => {
    const { sink, http } = await receiving();
    const batch = sample(signal);
    const reply = await post(http + urlPaths[signal], batch.toJson(), {
      'content-type': 'Application/JSON; charset=utf-8',
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await reply.text()).toBe('{"partialSuccess":{}}');
    expect(sink.batches.map((each) => each.toJson())).toEqual([batch.toJson()]);
  });
});

/** Bodies that no code of ours packed. */
const packings: [string, (body: Uint8Array) => Uint8Array][] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['zlib', deflateSync],
  // A block of one literal: its length in two bytes, the tag, the length less one in two bytes.
  [
    'snappy',
    (body) => {
      const [length, last] = [body.length, body.length - 1];
      const header = [(length & 127) | 128, length >> 7, 61 << 2, last & 255, last >> 8];
      return Buffer.concat([Uint8Array.from(header), body]);
    },
  ],
  // A frame that knows its size, of one raw block.
  [
    'zstd',
    (body) => {
      const header = Buffer.alloc(12);
      header.write('28b52ffda0', 'hex');
      header.writeUInt32LE(body.length, 5);
      header.writeUIntLE((body.length << 3) | 1, 9, 3);
      return Buffer.concat([header, body]);
    },
  ],
];

it.each(packings)('takes bodies in %s', async (encoding, pack) => {
  const { sink, http } = await receiving();
  const body = pack(sample('traces').toBytes());
  const reply = await post(`${http}/v1/traces`, body, { ...protobuf, 'content-encoding': encoding });
  expect([reply.status, sink.items]).toEqual([200, 3]);
});

it.each(['snappy', 'x-snappy-framed'] as const)(
  'takes what our own client packs in %s',
  async (compression) => {
    const { sink, http } = await receiving();
    const tls = { insecure: true, insecure_skip_verify: false };
    const client = createHttpClient({ runtime: systemRuntime(), tls, compression });
    onTestFinished(() => client.close());
    const body = sampleTraces({ spans: 200 }).toBytes();
    const reply = await client.post({ url: `${http}/v1/traces`, body, headers: protobuf });
    expect([reply.status, sink.items]).toEqual([200, 200]);
  },
);

it('reads bodies as they come where compression_algorithms is empty', async () => {
  const { http } = await receiving({ protocols: { http: { compression_algorithms: [] } } });
  const packed = { ...json, 'content-encoding': 'gzip' };
  expect((await post(`${http}/v1/traces`, '{}', packed)).status).toBe(200);
  expect((await post(`${http}/v1/traces`, gzipSync('{}'), packed)).status).toBe(400);
});

it('answers a request without items by itself', async () => {
  const { sink, grpc, http } = await receiving();
  sink.refuseNext('permanent', { times: 10 });
  expect(await call(grpc, methodPaths.traces, new Uint8Array())).toEqual(Buffer.of(10, 0));
  expect((await post(`${http}/v1/traces`, '', protobuf)).status).toBe(200);
  expect((await post(`${http}/v1/traces`, '{}', json)).status).toBe(200);
});

it('hands metadata on where it is asked to, and never elsewhere', async () => {
  const seen: unknown[] = [];
  for (const include_metadata of [true, false]) {
    const { sink, grpc, http } = await receiving({
      protocols: { grpc: { include_metadata }, http: { include_metadata } },
    });
    sink.respond((_, { client }) => {
      seen.push(client.metadata.get('x-tenant'));
      expect(client.address).toMatch(/^127\.0\.0\.1:\d+$/);
    });
    const bytes = sample('traces').toBytes();
    await call(grpc, methodPaths.traces, bytes, { metadata: new Map([['x-tenant', ['a']]]) });
    await post(`${http}/v1/traces`, bytes, { ...protobuf, 'X-Tenant': 'b' });
  }
  expect(seen).toEqual([['a'], ['b'], undefined, undefined]);
});

it('serves HTTP where its paths, headers and origins say', async () => {
  const { sink, http } = await receiving({
    protocols: {
      http: {
        traces_url_path: 'in/traces',
        response_headers: { 'X-Served-By': 'agent' },
        cors: { allowed_origins: ['https://*.example'], max_age: 60 },
      },
    },
  });
  const origin = 'https://shop.example';
  const reply = await post(`${http}/in/traces`, sample('traces').toBytes(), { ...protobuf, origin });
  expect([reply.status, reply.headers.get('x-served-by'), sink.items]).toEqual([200, 'agent', 3]);
  expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
  expect((await post(`${http}/v1/traces`, '{}', json)).status).toBe(404);
  const preflight = await fetch(`${http}/in/traces`, {
    method: 'OPTIONS',
    headers: { connection: 'close', origin, 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers.get('access-control-max-age')]).toEqual([204, '60']);
});
