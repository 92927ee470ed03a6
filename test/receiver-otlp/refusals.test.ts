import { request, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createCollector } from '@tributary/collector';
import { ConsumeError, defineProcessor, type Signal } from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter } from '@tributary/testkit';
import { RpcError } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { millionsOfSpans } from '../support/wire.js';
import {
  call,
  json,
  keepingLogger,
  methodPaths,
  post,
  protobuf,
  receiving,
  sample,
  urlPaths,
} from './support.js';

/** The code of a call that was refused, and what was said. */
async function refusal(outcome: Promise<Uint8Array | RpcError>): Promise<[number, string]> {
  const result = await outcome;
  if (!RpcError.is(result)) throw new Error('was not refused');
  return [result.code, result.message];
}

describe('what is not served', () => {
  it.each<Signal>(['metrics', 'logs', 'profiles'])('%s, where they stand in no pipeline', async (signal) => {
    const { grpc, http } = await receiving({}, ['traces']);
    const [code] = await refusal(call(grpc, methodPaths[signal], sample(signal).toBytes()));
    expect(code).toBe(12);
    const reply = await post(http + urlPaths[signal], sample(signal).toJson(), json);
    expect([reply.status, await reply.text()]).toEqual([404, '404 page not found']);
  });

  it('methods other than POST', async () => {
    const { http } = await receiving();
    const reply = await fetch(`${http}/v1/traces`, { headers: { connection: 'close' } });
    expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
      405,
      'text/plain',
      '405 method not allowed, supported: [POST]',
    ]);
  });

  it.each(['text/plain', ''])('content of the type %j', async (type) => {
    const { http } = await receiving();
    const reply = await post(`${http}/v1/traces`, sample('traces').toBytes(), { 'content-type': type });
    expect([reply.status, await reply.text()]).toEqual([
      415,
      '415 unsupported media type, supported: [application/json, application/x-protobuf]',
    ]);
  });

  it.each(['br', 'lz4'])('content in the encoding %s', async (encoding) => {
    const { http } = await receiving();
    const reply = await post(`${http}/v1/traces`, '{}', { ...json, 'content-encoding': encoding });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ code: 3, message: `unsupported Content-Encoding: ${encoding}` });
  });

  it('encodings that the config leaves out', async () => {
    const { http } = await receiving({ protocols: { http: { compression_algorithms: [''] } } });
    const reply = await post(`${http}/v1/traces`, gzipSync('{}'), { ...json, 'content-encoding': 'gzip' });
    expect(reply.status).toBe(400);
  });
});

describe('what cannot be read', () => {
  it('truncated protobuf, by both protocols, with the place', async () => {
    const { sink, grpc, http } = await receiving();
    const whole = sample('traces').toBytes();
    const bytes = whole.subarray(0, whole.length - 1);
    const [code, message] = await refusal(call(grpc, methodPaths.traces, bytes));
    expect([code, message]).toEqual([3, expect.stringMatching(/: resource_spans.*\(byte \d+\)$/)]);
    const reply = await post(`${http}/v1/traces`, bytes, protobuf);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    const status = Buffer.from(await reply.arrayBuffer());
    // google.rpc.Status: code 3 in field 1, the message in field 2.
    expect([...status.subarray(0, 3)]).toEqual([8, 3, 18]);
    expect(status.toString()).toMatch(/\(byte \d+\)$/);
    expect(sink.batches).toEqual([]);
  });

  it.each<[string, string]>([
    ['a lone brace', '}'],
    ['nothing', ''],
    ['trailing garbage', '{"resourceSpans":[]} {}'],
    ['half a request', '{"resourceSpans":['],
    ['a field of another kind', '{"resourceSpans":7}'],
    ['an id of another length', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01"}]}]}]}'],
  ])('JSON: %s', async (_, body) => {
    const { sink, http } = await receiving();
    const reply = await post(`${http}/v1/traces`, body, json);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, 'application/json']);
    expect(await reply.json()).toEqual({ code: 3, message: expect.stringMatching(/./) });
    expect(sink.batches).toEqual([]);
  });

  it('gzip that is none', async () => {
    const { http } = await receiving();
    const reply = await post(`${http}/v1/traces`, 'plain', { ...protobuf, 'content-encoding': 'gzip' });
    expect(reply.status).toBe(400);
  });
});

describe('what is too large', () => {
  it('a body above max_request_body_size, before and after decompression', async () => {
    const { http } = await receiving({ protocols: { http: { max_request_body_size: 1000 } } });
    const plain = await post(`${http}/v1/traces`, 'x'.repeat(1001), json);
    expect([plain.status, await plain.json()]).toEqual([
      413,
      { code: 8, message: 'http: request body too large' },
    ]);
    const packed = gzipSync('x'.repeat(1001));
    const reply = await post(`${http}/v1/traces`, packed, { ...json, 'content-encoding': 'gzip' });
    expect(reply.status).toBe(413);
  });

  it('a message above max_recv_msg_size_mib, by default 4 MiB', async () => {
    const name = 'x'.repeat(5 * 2 ** 20);
    const traces = Traces.create();
    traces.addResourceSpans().addScope().add({ name });
    const small = await receiving({ protocols: { grpc: {} } });
    const [code] = await refusal(call(small.grpc, methodPaths.traces, traces.toBytes()));
    expect(code).toBe(8);
    const large = await receiving({ protocols: { grpc: { max_recv_msg_size_mib: 6 } } });
    expect(await call(large.grpc, methodPaths.traces, traces.toBytes())).toEqual(Buffer.of(10, 0));
  });

  it('more items than max_request_items, by all encodings', async () => {
    const { sink, grpc, http } = await receiving({ max_request_items: 4 });
    const few = Traces.create();
    const scope = few.addResourceSpans().addScope();
    for (let n = 0; n < 2; n++) scope.add({ name: 'a' });
    // A resource, a scope and two spans.
    expect(await call(grpc, methodPaths.traces, few.toBytes())).toEqual(Buffer.of(10, 0));
    scope.add({ name: 'one too many' });
    const [code] = await refusal(call(grpc, methodPaths.traces, few.toBytes()));
    const proto = await post(`${http}/v1/traces`, few.toBytes(), protobuf);
    const text = await post(`${http}/v1/traces`, few.toJson(), json);
    expect([code, proto.status, text.status, sink.items]).toEqual([8, 413, 413, 2]);
  });

  it('what is too large for whoever is behind, with the limit and without a hint', async () => {
    const { sink, grpc, http } = await receiving();
    sink.respond(() => {
      throw new ConsumeError('permanent', 'no', { tooLarge: { maxBytes: 4096 } });
    });
    const message = 'request too large: message larger than max 4096: no';
    const error = await call(grpc, methodPaths.traces, sample('traces').toBytes());
    expect(error).toMatchObject({ code: 8, details: undefined });
    expect((error as RpcError).message).toContain(message);
    const reply = await post(`${http}/v1/traces`, sample('traces').toJson(), json);
    expect([reply.status, reply.headers.get('retry-after'), await reply.json()]).toEqual([
      413,
      null,
      { code: 8, message },
    ]);
  });

  it('nine million empty spans in 18 KiB of gzip, without making them', async () => {
    const { sink, http } = await receiving();
    const body = gzipSync(millionsOfSpans());
    expect(body.length).toBeLessThan(20 << 10);
    const before = process.memoryUsage().heapUsed;
    const reply = await post(`${http}/v1/traces`, body, { ...protobuf, 'content-encoding': 'gzip' });
    const grown = process.memoryUsage().heapUsed - before;
    expect([reply.status, sink.items]).toEqual([413, 0]);
    // A hundred bytes for each would be 900 MB.
    expect(grown).toBeLessThan(100 << 20);
  });
});

describe('while the pipeline has no room', () => {
  const gate = defineProcessor({
    type: 'gate',
    config: z.strictObject({ asked: z.int().default(0) }),
    traces({ config, next }) {
      let asked = 0;
      return {
        admit: () => (asked++ < config.asked ? undefined : { retryAfterMs: 1500 }),
        consume: (batch, context) => next.consume(batch, context),
      };
    },
  });

  /** Full from the question with this number on. */
  async function full(asked = 0): Promise<{ grpc: string; http: string }> {
    const endpoint = '127.0.0.1:0';
    const otlp = otlpReceiver({ protocols: { grpc: { endpoint }, http: { endpoint } } });
    const collector = createCollector({
      pipelines: {
        traces: { receivers: [otlp], processors: [gate({ asked })], exporters: [memoryExporter()] },
      },
      runtime: { logger: keepingLogger([]) },
    });
    onTestFinished(() => collector.shutdown());
    await collector.start();
    const { grpc = '', http = '' } = collector.addresses()['otlp'] ?? {};
    return { grpc, http };
  }

  it('a call is refused with a hint', async () => {
    const { grpc } = await full();
    const error = (await call(grpc, methodPaths.traces, sample('traces').toBytes())) as RpcError;
    expect(error.code).toBe(14);
    // google.rpc.RetryInfo of 1 s and 500 ms.
    expect(Buffer.from(error.details ?? []).toString('latin1')).toContain('google.rpc.RetryInfo');
  });

  it('a request that has grown by a mebibyte is refused, and told to come again', async () => {
    const { http } = await full(1);
    const [host, port] = http.split(':');
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      // No length: nobody could know what is to come.
      const sending = request({ host, port, path: '/v1/traces', method: 'POST', headers: json }, resolve);
      sending.on('error', reject);
      sending.write(' '.repeat(1.5 * 2 ** 20));
    });
    const body = Buffer.concat((await reply.toArray()) as Buffer[]);
    expect([reply.statusCode, reply.headers['retry-after'], JSON.parse(body.toString())]).toEqual([
      503,
      '1',
      { code: 14, message: 'no room for a request that is still arriving' },
    ]);
  });

  it('a request is refused on its headers, before there is a body', async () => {
    const { http } = await full();
    const [host, port] = http.split(':');
    const reply = await new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      const sending = request(
        {
          host,
          port,
          path: '/v1/traces',
          method: 'POST',
          headers: { ...protobuf, 'content-length': 1_000_000 },
        },
        (response) => {
          resolve([response.statusCode, response.headers['retry-after']]);
          sending.destroy();
        },
      );
      sending.on('error', reject);
      // Not one byte of the body follows.
      sending.flushHeaders();
    });
    expect(reply).toEqual([503, '2']);
  });
});
