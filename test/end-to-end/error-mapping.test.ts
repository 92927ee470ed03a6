import { createCollector, type Collector } from '@tributary/collector';
import type { ExporterRef, Signal } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { sampleTraces } from '@tributary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';
import {
  callByGrpc,
  encode,
  grpcBackend,
  httpBackend,
  partialResponse,
  postByHttp,
  type GrpcAnswer,
  type HttpAnswer,
  type Seen,
} from './scripted-backend.js';

// A backend answers; what does a client see that has a receiver and an exporter of ours in between? Queue
// and retry are off. Backends and clients are @grpc/grpc-js and node:http, not ours. The values are written
// down from the contract of components, and where that is silent from the Collector's test of error
// propagation: a status keeps its code where the code says the right thing to a client.

let grpcAnswer: GrpcAnswer;
let httpAnswer: HttpAnswer;
const closers: (() => void | Promise<void>)[] = [];

/** Who stands in front of a backend. */
interface Front {
  readonly grpc: string;
  readonly http: string;
  readonly collector: Collector;
  readonly lines: string[];
}
let beforeGrpc: Front;
let beforeHttp: Front;

const direct = { retry_on_failure: { enabled: false }, sending_queue: { enabled: false } } as const;

async function front(...exporters: ExporterRef<Signal>[]): Promise<Front> {
  const endpoint = '127.0.0.1:0';
  const otlp = otlpReceiver({ protocols: { grpc: { endpoint }, http: { endpoint } } });
  const lines: string[] = [];
  const collector = createCollector({
    pipelines: { traces: { receivers: [otlp], exporters } },
    runtime: { logger: keepingLogger(lines) },
  });
  await collector.start();
  closers.push(() => collector.shutdown());
  const { grpc, http } = collector.addresses()['otlp']!;
  return { grpc: grpc!, http: http!, collector, lines };
}

let grpcEndpoint: string;
let httpEndpoint: string;

beforeAll(async () => {
  const grpc = await grpcBackend(() => grpcAnswer);
  const http = await httpBackend(() => httpAnswer);
  closers.push(grpc.close, http.close);
  grpcEndpoint = grpc.endpoint;
  httpEndpoint = http.endpoint;
  beforeGrpc = await frontOfGrpc();
  beforeHttp = await frontOfHttp();
});

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const frontOfGrpc = (): Promise<Front> =>
  front(otlpExporter({ endpoint: grpcEndpoint, tls: { insecure: true }, ...direct }));
const frontOfHttp = (): Promise<Front> => front(otlpHttpExporter({ endpoint: httpEndpoint, ...direct }));

const request = (spans: number): Uint8Array => sampleTraces({ spans }).toBytes();

/** The four ways, with an answer of the backend. */
const ways = {
  grpcToGrpc: (answer: GrpcAnswer, { spans = 3, by = beforeGrpc } = {}): Promise<Seen> => {
    grpcAnswer = answer;
    return callByGrpc(by.grpc, request(spans));
  },
  httpToGrpc: (answer: GrpcAnswer, { spans = 3, by = beforeGrpc } = {}): Promise<Seen> => {
    grpcAnswer = answer;
    return postByHttp(by.http, request(spans));
  },
  grpcToHttp: (answer: HttpAnswer, { spans = 3, by = beforeHttp } = {}): Promise<Seen> => {
    httpAnswer = answer;
    return callByGrpc(by.grpc, request(spans));
  },
  httpToHttp: (answer: HttpAnswer, { spans = 3, by = beforeHttp } = {}): Promise<Seen> => {
    httpAnswer = answer;
    return postByHttp(by.http, request(spans));
  },
};

/**
 * Every code of gRPC: the status of HTTP that stands for it, and whether it may pass. RESOURCE_EXHAUSTED may,
 * and clients of OTLP send again after it if they are told when: so they are.
 */
const codes = [
  [1, 'CANCELLED', 503, true],
  [2, 'UNKNOWN', 500, false],
  [3, 'INVALID_ARGUMENT', 400, false],
  [4, 'DEADLINE_EXCEEDED', 503, true],
  [5, 'NOT_FOUND', 500, false],
  [6, 'ALREADY_EXISTS', 500, false],
  [7, 'PERMISSION_DENIED', 403, false],
  [8, 'RESOURCE_EXHAUSTED', 429, true],
  [9, 'FAILED_PRECONDITION', 500, false],
  [10, 'ABORTED', 503, true],
  [11, 'OUT_OF_RANGE', 503, true],
  [12, 'UNIMPLEMENTED', 404, false],
  [13, 'INTERNAL', 500, false],
  [14, 'UNAVAILABLE', 503, true],
  [15, 'DATA_LOSS', 503, true],
  [16, 'UNAUTHENTICATED', 401, false],
] as const;

describe.each(codes)('code %i, %s, of a backend by gRPC', (code, _, status, isRetryable) => {
  it('keeps its code and its words, and has a hint where a client sends again', async () => {
    const retryMs = isRetryable ? 1000 : undefined;
    const seen = await ways.grpcToGrpc({ code });
    expect(seen).toMatchObject({ code, retryMs });
    expect(seen.message).toContain('says the backend');
  });

  it(`is ${status} by HTTP`, async () => {
    const retryAfter = isRetryable ? '1' : null;
    expect(await ways.httpToGrpc({ code })).toMatchObject({ status, code, retryAfter });
  });

  // Less than a second is no reason to come at once.
  it.each([
    [400, '1'],
    [2500, '3'],
    [60_000, '60'],
  ])(
    'with a RetryInfo of %i ms passes it on, by HTTP as %s s, where a client heeds it',
    async (retryMs, text) => {
      expect(await ways.grpcToGrpc({ code, retryMs })).toMatchObject({
        code,
        retryMs: isRetryable ? retryMs : undefined,
      });
      expect(await ways.httpToGrpc({ code, retryMs })).toMatchObject({
        status,
        code,
        retryAfter: isRetryable ? text : null,
      });
    },
  );
});

/** Statuses of HTTP: the code that stands for each, what a client by HTTP sees, whether it sends again. */
const statuses = [
  [301, 2, 500, false],
  [307, 2, 500, false],
  [400, 3, 400, false],
  [401, 16, 401, false],
  [403, 7, 403, false],
  [404, 12, 404, false],
  [405, 2, 500, false],
  [408, 2, 500, false],
  [409, 2, 500, false],
  [418, 2, 500, false],
  [429, 8, 429, true],
  [500, 2, 500, false],
  [501, 2, 500, false],
  [502, 14, 503, true],
  [503, 14, 503, true],
  [504, 14, 503, true],
  [505, 2, 500, false],
] as const;

describe.each(statuses)('status %i of a backend by HTTP', (status, code, inFront, isRetryable) => {
  it(`is code ${code} by gRPC, with a hint where a client sends again`, async () => {
    const seen = await ways.grpcToHttp({ status });
    expect(seen).toMatchObject({ code, retryMs: isRetryable ? 1000 : undefined });
    expect(seen.message).toContain(`responded with HTTP Status Code ${status}`);
  });

  it(`is ${inFront} by HTTP`, async () => {
    const retryAfter = isRetryable ? '1' : null;
    expect(await ways.httpToHttp({ status })).toMatchObject({ status: inFront, code, retryAfter });
  });

  it('with Retry-After passes it on where HTTP gives it a meaning and a client heeds it', async () => {
    const heeds = status === 429 || status === 503;
    const retryMs = heeds ? 7000 : isRetryable ? 1000 : undefined;
    const headers = { 'retry-after': '7' };
    expect(await ways.grpcToHttp({ status, headers })).toMatchObject({ code, retryMs });
    expect(await ways.httpToHttp({ status, headers })).toMatchObject({
      status: inFront,
      retryAfter: heeds ? '7' : isRetryable ? '1' : null,
    });
  });

  it('passes on what the backend said, in either encoding', async () => {
    const said = { code: 9, message: 'quota of tenant a' };
    for (const answer of [
      { headers: { 'content-type': 'application/x-protobuf' }, body: encode('Status', said) },
      { headers: { 'content-type': 'application/json' }, body: JSON.stringify(said) },
    ]) {
      expect((await ways.grpcToHttp({ status, ...answer })).message).toContain('Message=quota of tenant a');
    }
  });
});

describe('Retry-After of a backend', () => {
  it.each([
    ['in ten minutes, as a date', () => new Date(Date.now() + 600_000).toUTCString(), 590_000, 600_000],
    ['a date that has passed', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 1000, 1000],
    ['words', () => 'soon', 1000, 1000],
    ['of no time', () => '0', 1000, 1000],
  ])('%s is a hint all the same', async (_, header, min, max) => {
    const { retryMs } = await ways.grpcToHttp({ status: 503, headers: { 'retry-after': header() } });
    expect(retryMs).toBeGreaterThanOrEqual(min);
    expect(retryMs).toBeLessThanOrEqual(max);
  });
});

describe('a request that is too large for the backend', () => {
  const message = 'grpc: received message larger than max (5000000 vs. 4194304)';
  const protobuf = { 'content-type': 'application/x-protobuf' };
  const said = encode('Status', { code: 3, message: 'http: request body too large' });

  it.each([1, 3])('is RESOURCE_EXHAUSTED without a hint, and 413: by gRPC, of %i spans', async (spans) => {
    // Whatever hint comes with it: no time makes the request smaller.
    // An exporter learns what its peer takes: each front has met nobody yet.
    for (const answer of [
      { code: 8, message: 'Received message exceeds the maximum configured message size.' },
      { code: 8, message: 'request too large', retryMs: 10 },
    ]) {
      const given = { spans, by: await frontOfGrpc() };
      expect(await ways.grpcToGrpc(answer, given)).toMatchObject({ code: 8, retryMs: undefined });
      expect(await ways.httpToGrpc(answer, given)).toMatchObject({ status: 413, code: 8, retryAfter: null });
    }
  });

  it.each([1, 3])('is RESOURCE_EXHAUSTED without a hint, and 413: by HTTP, of %i spans', async (spans) => {
    for (const answer of [
      { status: 413 },
      { status: 413, headers: { 'retry-after': '7' } },
      // The Collector says it with a 400.
      { status: 400, headers: protobuf, body: said },
    ]) {
      const given = { spans, by: await frontOfHttp() };
      expect(await ways.grpcToHttp(answer, given)).toMatchObject({ code: 8, retryMs: undefined });
      expect(await ways.httpToHttp(answer, given)).toMatchObject({ status: 413, code: 8, retryAfter: null });
    }
  });

  it('keeps the words with the limit', async () => {
    const by = await frontOfGrpc();
    expect((await ways.grpcToGrpc({ code: 8, message }, { by })).message).toContain(message);
  });
});

describe('a backend that takes a part', () => {
  const partial = { rejectedSpans: 2, errorMessage: 'two were too old' };
  const headers = { 'content-type': 'application/x-protobuf' };

  it.each([
    [partial, partial],
    [
      { rejectedSpans: 0, errorMessage: 'use a newer schema' },
      { rejectedSpans: 0, errorMessage: 'use a newer schema' },
    ],
    // A client knows of no more than it sent.
    [
      { rejectedSpans: 9, errorMessage: '' },
      { rejectedSpans: 3, errorMessage: '' },
    ],
    [{ rejectedSpans: 0, errorMessage: '' }, undefined],
  ])('%j is told to the client as such, whatever the protocols', async (said, seen) => {
    const body = partialResponse(said);
    const success = { code: 0, partial: seen };
    expect(await ways.grpcToGrpc(body)).toEqual({ ...success, message: '' });
    expect(await ways.httpToGrpc(body)).toMatchObject({ ...success, status: 200 });
    expect(await ways.grpcToHttp({ status: 200, headers, body })).toEqual({ ...success, message: '' });
    expect(await ways.httpToHttp({ status: 200, headers, body })).toMatchObject({
      ...success,
      status: 200,
    });
  });

  it('is one of two: the client hears of both', async () => {
    grpcAnswer = partialResponse({ rejectedSpans: 1, errorMessage: 'too old' });
    httpAnswer = {
      status: 200,
      headers,
      body: partialResponse({ rejectedSpans: 1, errorMessage: 'too new' }),
    };
    const { grpc } = await front(
      otlpExporter({ endpoint: grpcEndpoint, tls: { insecure: true }, ...direct }),
      otlpHttpExporter({ endpoint: httpEndpoint, ...direct }),
    );
    const { code, partial: told } = await callByGrpc(grpc, request(3));
    expect([code, told?.rejectedSpans]).toEqual([0, 2]);
    expect(told?.errorMessage.split('; ').sort()).toEqual(['too new', 'too old']);
  });

  it('in JSON is told in protobuf', async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: '2', errorMessage: 'two were too old' } });
    const json = { 'content-type': 'application/json' };
    expect(await ways.grpcToHttp({ status: 200, headers: json, body })).toMatchObject({ code: 0, partial });
  });

  it('is logged in the words of the Collector, and what it rejects is booked once', async () => {
    const { collector, lines } = beforeGrpc;
    const dropped = (): number =>
      collector
        .balance()
        .components.find(({ kind }) => kind === 'exporter')!
        .dropped.get('rejected_by_peer') ?? 0;
    const before = dropped();
    lines.length = 0;
    await ways.grpcToGrpc(partialResponse(partial));
    expect(lines).toContain(
      'warn: Partial success response {"message":"two were too old","dropped_spans":2}',
    );
    expect(dropped() - before).toBe(2);
  });
});

describe('a backend that answers with what is no response of OTLP', () => {
  const garbage = Buffer.from('garbage');

  it('may have done anything: INTERNAL and 500', async () => {
    const headers = { 'content-type': 'application/x-protobuf' };
    expect(await ways.grpcToGrpc(garbage)).toMatchObject({ code: 13, retryMs: undefined });
    expect(await ways.httpToGrpc(garbage)).toMatchObject({ status: 500, code: 13, retryAfter: null });
    const answer = { status: 200, headers, body: garbage };
    expect(await ways.grpcToHttp(answer)).toMatchObject({ code: 13, retryMs: undefined });
    expect(await ways.httpToHttp(answer)).toMatchObject({ status: 500, code: 13, retryAfter: null });
  });

  it('and does not claim to, has taken the request', async () => {
    const answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' };
    expect(await ways.grpcToHttp(answer)).toMatchObject({ code: 0 });
    expect(await ways.httpToHttp({ status: 204 })).toMatchObject({ status: 200 });
  });
});

describe('no backend at all', () => {
  it('is UNAVAILABLE with a hint, and 503', async () => {
    const nowhere = { endpoint: '127.0.0.1:1', tls: { insecure: true }, ...direct };
    for (const exporter of [
      otlpExporter(nowhere),
      otlpHttpExporter({ endpoint: 'http://127.0.0.1:1', ...direct }),
    ]) {
      const { grpc, http } = await front(exporter);
      expect(await callByGrpc(grpc, request(3))).toMatchObject({ code: 14, retryMs: 1000 });
      expect(await postByHttp(http, request(3))).toMatchObject({ status: 503, code: 14, retryAfter: '1' });
    }
  });
});
