import { once } from 'node:events';
import { createServer as createHttp2Server, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ConsumeError } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { sampleLogs, sampleMetrics, sampleTraces, testServer } from '@tributary/testkit';
import { createUnaryServer, RpcError, type UnaryRequest } from '@tributary/transport';
import { systemRuntime } from '@tributary/collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { direct, sending } from './support.js';

const tls = { insecure: true } as const;

async function backend(): Promise<Awaited<ReturnType<typeof testServer>>> {
  const server = await testServer();
  onTestFinished(() => server.close());
  return server;
}

/** What a send came to. */
async function refusalOf(outcome: Promise<void>): Promise<ConsumeError> {
  const error: unknown = await outcome.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!ConsumeError.is(error)) throw new Error(`no ConsumeError: ${String(error)}`);
  return error;
}

it('sends the signals that it gets, byte by byte', async () => {
  const server = await backend();
  const { source } = await sending(otlpExporter({ endpoint: server.grpc, tls, ...direct }));
  const batches = [sampleTraces({ spans: 5 }), sampleMetrics({ dataPoints: 5 }), sampleLogs({ records: 5 })];
  for (const batch of batches) await source.send(batch.clone());
  expect(server.batches.map((batch) => Buffer.from(batch.toBytes()))).toEqual(
    batches.map((batch) => Buffer.from(batch.toBytes())),
  );
});

it('sends in the background, with the defaults', async () => {
  const server = await backend();
  const { source, collector } = await sending(otlpExporter({ endpoint: server.grpc, tls }));
  await source.send(sampleTraces({ spans: 5 }));
  await collector.shutdown();
  expect(server.items).toBe(5);
});

describe('what goes with each request', () => {
  /** A bare server, that tells what it was sent. */
  async function recording(): Promise<{ endpoint: string; requests: UnaryRequest[] }> {
    const requests: UnaryRequest[] = [];
    const server = createUnaryServer({
      runtime: systemRuntime(),
      endpoint: '127.0.0.1:0',
      methods: new Map([
        [
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          {
            handle(request) {
              requests.push(request);
              return new Uint8Array();
            },
          },
        ],
      ]),
    });
    onTestFinished(() => server.close(AbortSignal.abort()));
    return { endpoint: await server.listen(), requests };
  }

  it('is its name and the headers of the config', async () => {
    const { endpoint, requests } = await recording();
    const headers = { Authorization: 'Bearer t0ps3cret' };
    const { source, lines } = await sending(otlpExporter({ endpoint, tls, headers, ...direct }), ['traces']);
    await source.send(sampleTraces({ spans: 1 }));
    const { metadata } = requests[0]!;
    expect(metadata.get('authorization')).toEqual(['Bearer t0ps3cret']);
    expect(metadata.get('user-agent')?.[0]).toMatch(/^Tributary\/\d+\.\d+\.\d+ \(\w+\/\w+\)/);
    expect(lines.join('\n')).not.toContain('t0ps3cret');
  });

  it('is, on the wire, what a server of another make reads', async () => {
    const server = createHttp2Server();
    const calls: IncomingHttpHeaders[] = [];
    server.on('stream', (stream, headers) => {
      calls.push(headers);
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '13' },
        { endStream: true },
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    for (const compression of ['gzip', ''] as const) {
      const { source } = await sending(
        otlpExporter({ endpoint: `127.0.0.1:${port}`, tls, timeout: '7s', compression, ...direct }),
        ['traces'],
      );
      await refusalOf(source.send(sampleTraces({ spans: 100 })));
    }
    expect(calls.map((headers) => [headers['grpc-timeout'], headers['grpc-encoding']])).toEqual([
      ['7000m', 'gzip'],
      ['7000m', undefined],
    ]);
  });

  it('is the user agent and the authority of the config', async () => {
    const { endpoint, requests } = await recording();
    const { source } = await sending(
      otlpExporter({ endpoint, tls, user_agent: 'shop/2', authority: 'collector.example', ...direct }),
      ['traces'],
    );
    await source.send(sampleTraces({ spans: 1 }));
    const { metadata } = requests[0]!;
    expect(metadata.get('user-agent')?.[0]).toMatch(/^shop\/2/);
    expect(metadata.get('host')).toEqual(['collector.example']);
  });
});

describe('a partial success', () => {
  it('is said, booked as dropped and not sent again', async () => {
    const server = await backend();
    server.refuseNext('permanent', { items: 2, message: 'two were too old' });
    const { source, collector, lines } = await sending(
      otlpExporter({ endpoint: server.grpc, tls, ...direct }),
    );
    await source.send(sampleTraces({ spans: 5 }));
    expect(server.requests).toHaveLength(1);
    expect(lines).toContain(
      'warn: Partial success response {"message":"two were too old","dropped_spans":2}',
    );
    const line = collector.balance().components.find(({ component }) => component === 'otlp_grpc');
    expect(line).toMatchObject({ received: 5, passed: 3, held: 0 });
    expect([...line!.dropped]).toEqual([['rejected_by_peer', 2]]);
  });

  it('of more than was sent costs no more than was sent', async () => {
    const server = createUnaryServer({
      runtime: systemRuntime(),
      endpoint: '127.0.0.1:0',
      methods: new Map([
        [
          '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
          // rejected_log_records: 1000
          { handle: () => Uint8Array.of(10, 3, 8, 0xe8, 7) },
        ],
      ]),
    });
    onTestFinished(() => server.close(AbortSignal.abort()));
    const endpoint = await server.listen();
    const { source, collector, lines } = await sending(otlpExporter({ endpoint, tls, ...direct }), ['logs']);
    await source.send(sampleLogs({ records: 2 }));
    expect(lines).toContain('warn: Partial success response {"message":"","dropped_log_records":1000}');
    const line = collector.balance().components.find(({ component }) => component === 'otlp_grpc');
    expect(line).toMatchObject({ received: 2, passed: 0 });
    expect([...line!.dropped]).toEqual([['rejected_by_peer', 2]]);
  });
});

describe('what the peer answers', () => {
  it.each([1, 4, 8, 10, 11, 14, 15])('code %i may pass', async (code) => {
    expect(await answered(code)).toMatchObject({ kind: 'retryable', status: { code } });
  });

  it.each([2, 3, 5, 6, 7, 9, 12, 13, 16])('code %i is for good', async (code) => {
    expect(await answered(code)).toMatchObject({ kind: 'permanent', status: { code } });
  });

  /** The error of one send to a server that answers with a bare code. */
  async function answered(code: number): Promise<ConsumeError> {
    const server = createUnaryServer({
      runtime: systemRuntime(),
      endpoint: '127.0.0.1:0',
      methods: new Map([
        [
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          {
            handle() {
              throw new RpcError({ code, message: 'says the test' });
            },
          },
        ],
      ]),
    });
    onTestFinished(() => server.close(AbortSignal.abort()));
    const endpoint = await server.listen();
    const { source } = await sending(otlpExporter({ endpoint, tls, ...direct }), ['traces']);
    return refusalOf(source.send(sampleTraces({ spans: 1 })));
  }

  it('a hint is passed on', async () => {
    const server = await backend();
    server.refuseNext('retryable', { retryAfterMs: 1500 });
    const { source } = await sending(otlpExporter({ endpoint: server.grpc, tls, ...direct }));
    expect(await refusalOf(source.send(sampleTraces({ spans: 1 })))).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 1500,
    });
  });
});

it('starts while its peer is down, and tells so at the first request', async () => {
  const server = await testServer();
  await server.close();
  const { source } = await sending(otlpExporter({ endpoint: server.grpc, tls, ...direct }));
  const error = await refusalOf(source.send(sampleTraces({ spans: 1 })));
  expect(error).toMatchObject({ kind: 'retryable', status: { code: 14 } });
  expect(error.message).toContain(server.grpc);
});

it('does not start where a certificate cannot be read', async () => {
  const exporter = otlpExporter({ endpoint: 'localhost:1', tls: { ca_file: '/nowhere/ca.pem' } });
  await expect(sending(exporter)).rejects.toThrow(
    'failed to load TLS config: failed to load CA CertPool File: failed to load cert /nowhere/ca.pem',
  );
});
