import { deflateSync, gzipSync } from 'node:zlib';
import type { Signal } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { call, json, methodPaths, post, protobuf, receiving, sample, urlPaths } from './support.js';

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

describe.each(signals)('%s arrive as they were sent', (signal) => {
  it('by gRPC, plain and in gzip', async () => {
    const { sink, grpc } = await receiving();
    const bytes = sample(signal).toBytes();
    expect(await call(grpc, methodPaths[signal], bytes)).toEqual(Buffer.of(10, 0));
    expect(await call(grpc, methodPaths[signal], bytes, { compression: 'gzip' })).toEqual(Buffer.of(10, 0));
    expect(sink.batches.map((batch) => Buffer.from(batch.toBytes()))).toEqual([
      Buffer.from(bytes),
      Buffer.from(bytes),
    ]);
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

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['zlib', deflateSync],
])('takes bodies in %s', async (encoding, pack) => {
  const { sink, http } = await receiving();
  const body = pack(sample('traces').toBytes());
  const reply = await post(`${http}/v1/traces`, body, { ...protobuf, 'content-encoding': encoding });
  expect([reply.status, sink.items]).toEqual([200, 3]);
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
