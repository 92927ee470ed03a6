import { createCollector, systemRuntime } from '@tributary/collector';
import type { ExporterRef, Signal } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { createHttpServer, createUnaryServer, RpcError, type HttpReply } from '@tributary/transport';
import protobuf from 'protobufjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, json, keepingLogger, methodPaths, post, sample } from './support.js';

// A backend answers with a status; what does the caller in front of receiver and exporter see? Queue and
// retry are off. The vectors are those of the Collector's test of error propagation.

const direct = { retry_on_failure: { enabled: false }, sending_queue: { enabled: false } } as const;

const { root: messages } = protobuf.parse(`
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
`);
const [statusType, retryInfoType] = ['Status', 'RetryInfo'].map((name) => messages.lookupType(name));

/** A serialised `google.rpc.Status` with a RetryInfo. */
function withRetryInfo(code: number, ms: number): Uint8Array {
  const retryDelay = { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
  const value = retryInfoType!.encode(retryInfoType!.fromObject({ retryDelay })).finish();
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value }];
  return statusType!.encode(statusType!.fromObject({ code, details })).finish();
}

/** Milliseconds of the RetryInfo in a status. */
function retryInfoOf(details: Uint8Array | undefined): number | undefined {
  if (details === undefined) return undefined;
  const status = statusType!.decode(details) as unknown as {
    details: readonly { typeUrl: string; value: Uint8Array }[];
  };
  const info = status.details.find(({ typeUrl }) => typeUrl.endsWith('google.rpc.RetryInfo'));
  if (info === undefined) return undefined;
  const { retryDelay } = retryInfoType!.toObject(retryInfoType!.decode(info.value), {
    longs: Number,
    defaults: true,
  }) as { retryDelay: { seconds: number; nanos: number } };
  return retryDelay.seconds * 1000 + retryDelay.nanos / 1e6;
}

/** A backend that answers each call with a status. */
async function grpcBackend(code: number, retryAfterMs?: number): Promise<ExporterRef<Signal>> {
  const details = retryAfterMs === undefined ? undefined : withRetryInfo(code, retryAfterMs);
  const server = createUnaryServer({
    runtime: systemRuntime(),
    endpoint: '127.0.0.1:0',
    methods: new Map([
      [
        methodPaths.traces,
        {
          handle() {
            throw new RpcError({ code, message: 'says the backend', details });
          },
        },
      ],
    ]),
  });
  onTestFinished(() => server.close(AbortSignal.abort()));
  return otlpExporter({ endpoint: await server.listen(), tls: { insecure: true }, ...direct });
}

/** A backend that answers each request with a status. */
async function httpBackend(status: number, retryAfter?: string): Promise<ExporterRef<Signal>> {
  const reply: HttpReply = {
    status,
    headers: { ...(retryAfter !== undefined && { 'retry-after': retryAfter }) },
  };
  const server = createHttpServer({
    runtime: systemRuntime(),
    endpoint: '127.0.0.1:0',
    maxBodyBytes: 2 ** 24,
    handler: { handle: () => reply, refuse: () => reply },
  });
  onTestFinished(() => server.close(AbortSignal.abort()));
  return otlpHttpExporter({ endpoint: `http://${await server.listen()}`, ...direct });
}

/** Receiver and exporter in a collector; resolves with where it listens. */
async function between(exporter: ExporterRef<Signal>): Promise<Readonly<Record<string, string>>> {
  const endpoint = '127.0.0.1:0';
  const otlp = otlpReceiver({ protocols: { grpc: { endpoint }, http: { endpoint } } });
  const collector = createCollector({
    pipelines: { traces: { receivers: [otlp], exporters: [exporter] } },
    runtime: { logger: keepingLogger([]) },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return collector.addresses()['otlp']!;
}

/** What a caller by gRPC sees: code, hint in milliseconds, text. */
async function byGrpc(exporter: ExporterRef<Signal>): Promise<[number, number | undefined, string]> {
  const { grpc } = await between(exporter);
  const error = await call(grpc!, methodPaths.traces, sample('traces').toBytes());
  if (!RpcError.is(error)) throw new Error('the call was a success');
  return [error.code, retryInfoOf(error.details), error.message];
}

/** What a caller by HTTP sees: status, hint in seconds, `code` in the body. */
async function byHttp(exporter: ExporterRef<Signal>): Promise<[number, string | null, number]> {
  const { http } = await between(exporter);
  const reply = await post(`http://${http}/v1/traces`, sample('traces').toJson(), json);
  const { code } = (await reply.json()) as { code: number };
  return [reply.status, reply.headers.get('retry-after'), code];
}

/** After these a client sends again, and is told when: by default after a second. */
const retryable = [1, 4, 10, 11, 14, 15];

describe('gRPC in front of gRPC', () => {
  it.each(Array.from({ length: 16 }, (_, n) => n + 1))('code %i stays as it is', async (code) => {
    const [seen, retryAfterMs, message] = await byGrpc(await grpcBackend(code));
    expect([seen, retryAfterMs]).toEqual([code, retryable.includes(code) ? 1000 : undefined]);
    expect(message).toContain('says the backend');
  });

  it.each([8, 14])('the hint of code %i is passed on', async (code) => {
    expect((await byGrpc(await grpcBackend(code, 2500))).slice(0, 2)).toEqual([code, 2500]);
  });
});

describe('HTTP in front of gRPC', () => {
  it.each([
    [1, 503],
    [2, 500],
    [3, 400],
    [4, 503],
    [5, 500],
    [6, 500],
    [7, 403],
    [8, 429],
    [9, 500],
    [10, 503],
    [11, 503],
    [12, 404],
    [13, 500],
    [14, 503],
    [15, 503],
    [16, 401],
  ])('code %i is %i', async (code, status) => {
    const hint = retryable.includes(code) ? '1' : null;
    expect(await byHttp(await grpcBackend(code))).toEqual([status, hint, code]);
  });

  it.each([
    [8, 429, 400, '1'],
    [14, 503, 1500, '2'],
    [14, 503, 3000, '3'],
  ])('the hint of code %i, %i, is rounded up: %i ms is %s s', async (code, status, ms, seconds) => {
    expect(await byHttp(await grpcBackend(code, ms))).toEqual([status, seconds, code]);
  });
});

describe('gRPC in front of HTTP', () => {
  it.each([
    [400, 3],
    [401, 16],
    [403, 7],
    [404, 12],
    [413, 8],
    [429, 8],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ])('%i is code %i', async (status, code) => {
    const hint = [429, 502, 503, 504].includes(status) ? 1000 : undefined;
    expect((await byGrpc(await httpBackend(status))).slice(0, 2)).toEqual([code, hint]);
  });

  it.each([
    [429, 8],
    [503, 14],
  ])('the hint of %i is passed on', async (status, code) => {
    expect((await byGrpc(await httpBackend(status, '7'))).slice(0, 2)).toEqual([code, 7000]);
  });
});

describe('HTTP in front of HTTP', () => {
  it.each([
    [400, 400],
    [401, 401],
    [403, 403],
    [404, 404],
    [408, 500],
    [409, 500],
    [413, 413],
    [418, 500],
    [429, 429],
    [500, 500],
    [502, 503],
    [503, 503],
    [504, 503],
  ])('%i is %i', async (status, seen) => {
    const hint = [429, 503].includes(seen) ? '1' : null;
    expect((await byHttp(await httpBackend(status))).slice(0, 2)).toEqual([seen, hint]);
  });

  it.each([429, 503])('the hint of %i is passed on', async (status) => {
    expect((await byHttp(await httpBackend(status, '7'))).slice(0, 2)).toEqual([status, '7']);
  });
});

describe('where nobody is behind', () => {
  it('a peer that cannot be reached is UNAVAILABLE with a hint, or 503', async () => {
    const nowhere = { endpoint: '127.0.0.1:1', tls: { insecure: true }, ...direct };
    expect((await byGrpc(otlpExporter(nowhere))).slice(0, 2)).toEqual([14, 1000]);
    expect(await byHttp(otlpExporter(nowhere))).toEqual([503, '1', 14]);
    expect(await byHttp(otlpHttpExporter({ endpoint: 'http://127.0.0.1:1', ...direct }))).toEqual([
      503,
      '1',
      14,
    ]);
  });
});
