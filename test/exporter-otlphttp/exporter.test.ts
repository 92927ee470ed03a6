import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ConsumeError } from '@tributary/component';
import { systemRuntime } from '@tributary/collector';
import { otlpHttpExporter, type OtlpHttpExporterConfig } from '@tributary/exporter-otlphttp';
import {
  sampleLogs,
  sampleMetrics,
  sampleTraces,
  testServer,
  virtualClock,
  type TestServer,
} from '@tributary/testkit';
import { createHttpServer, type HttpReply, type HttpRequest } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { direct, sending } from '../exporter-otlp/support.js';

async function backend(): Promise<TestServer> {
  const server = await testServer();
  onTestFinished(() => server.close());
  return server;
}

/** A bare server that keeps the requests and answers with one reply. */
async function answering(
  reply: HttpReply,
): Promise<{ endpoint: string; requests: HttpRequest[]; peers: Set<string> }> {
  const requests: HttpRequest[] = [];
  const peers = new Set<string>();
  const server = createHttpServer({
    runtime: systemRuntime(),
    endpoint: '127.0.0.1:0',
    maxBodyBytes: 2 ** 24,
    // Bodies arrive as they were sent.
    compressionAlgorithms: [],
    handler: {
      handle(request) {
        requests.push(request);
        peers.add(request.peer);
        return reply;
      },
      refuse: (_, { status, message }) => ({ status, body: message }),
    },
  });
  onTestFinished(() => server.close(AbortSignal.abort()));
  return { endpoint: `http://${await server.listen()}`, requests, peers };
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

const done: HttpReply = { status: 200 };

it.each(['proto', 'json'] as const)('sends the signals that it gets, in %s', async (encoding) => {
  const server = await backend();
  const { source } = await sending(otlpHttpExporter({ endpoint: server.http, encoding, ...direct }));
  const batches = [
    sampleTraces({ spans: 50 }),
    sampleMetrics({ dataPoints: 50 }),
    sampleLogs({ records: 50 }),
  ];
  for (const batch of batches) await source.send(batch.clone());
  expect(server.batches.map((batch) => batch.toJson())).toEqual(batches.map((batch) => batch.toJson()));
  const protocol = encoding === 'proto' ? 'http/protobuf' : 'http/json';
  expect(server.requests.map((request) => request.protocol)).toEqual([protocol, protocol, protocol]);
});

it.each([
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['zlib', 'zlib'],
  ['none', undefined],
  ['', undefined],
] as const)('compresses by %j', async (compression, header) => {
  const { endpoint, requests } = await answering(done);
  const { source } = await sending(otlpHttpExporter({ endpoint, compression, ...direct }));
  await source.send(sampleTraces({ spans: 100 }));
  expect(requests[0]?.headers['content-encoding']).toBe(header);
});

it('compresses as hard as the level says', async () => {
  const { endpoint, requests } = await answering(done);
  for (const level of [1, 9]) {
    const { source } = await sending(
      otlpHttpExporter({ endpoint, compression_params: { level }, ...direct }),
      ['traces'],
    );
    await source.send(sampleTraces({ spans: 200 }));
  }
  expect(requests[1]!.body.length).toBeLessThan(requests[0]!.body.length);
});

describe('its connections', () => {
  /** How many connections ten requests, one after the other, came by. */
  async function connectionsOf(config: Partial<OtlpHttpExporterConfig>): Promise<number> {
    const { endpoint, peers } = await answering(done);
    const { source } = await sending(otlpHttpExporter({ endpoint, ...config, ...direct }), ['traces']);
    for (let n = 0; n < 10; n++) await source.send(sampleTraces({ spans: 1 }));
    return peers.size;
  }

  it('are kept', async () => {
    // The next request may come before a connection is free again.
    expect(await connectionsOf({})).toBeLessThanOrEqual(2);
    expect(await connectionsOf({ idle_conn_timeout: '0s', max_conns_per_host: 1 })).toBe(1);
  });

  it('are no more than max_conns_per_host', async () => {
    const { endpoint, peers } = await answering(done);
    const exporter = otlpHttpExporter({ endpoint, max_conns_per_host: 2, ...direct });
    const { source } = await sending(exporter, ['traces']);
    await Promise.all(Array.from({ length: 10 }, () => source.send(sampleTraces({ spans: 1 }))));
    expect(peers.size).toBe(2);
  });

  it('are not, where the config says so', async () => {
    expect(await connectionsOf({ disable_keep_alives: true })).toBe(10);
  });
});

it('sends through a proxy', async () => {
  const proxy = createServer((socket) => {
    socket.once('data', (bytes) => {
      asked.push(bytes.toString().split('\r\n', 1)[0]!);
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
  });
  const asked: string[] = [];
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const exporter = otlpHttpExporter({
    endpoint: 'http://backend.example:4318',
    proxy_url: `http://127.0.0.1:${port}`,
    ...direct,
  });
  const { source } = await sending(exporter, ['traces']);
  expect((await refusalOf(source.send(sampleTraces({ spans: 1 })))).kind).toBe('retryable');
  expect(asked).toEqual([expect.stringContaining('backend.example:4318')]);
});

it('gives an attempt up when its time is over', async () => {
  const clock = virtualClock();
  const server = await backend();
  let isAsked: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  server.respond(() => {
    isAsked?.();
    return new Promise(() => {});
  });
  const exporter = otlpHttpExporter({ endpoint: server.http, ...direct });
  const { source } = await sending(exporter, ['traces'], { clock });
  const outcome = refusalOf(source.send(sampleTraces({ spans: 1 })));
  await asked;
  await clock.advance('30s');
  expect(await outcome).toMatchObject({ kind: 'retryable', message: 'no answer within 30000 ms' });
});

it('does not start where a certificate cannot be read', async () => {
  const exporter = otlpHttpExporter({ endpoint: 'https://localhost:1', tls: { ca_file: '/nowhere/ca.pem' } });
  await expect(sending(exporter)).rejects.toThrow('/nowhere/ca.pem');
});

describe('what goes with each request', () => {
  it('is its name and the headers of the config, which win', async () => {
    const { endpoint, requests } = await answering(done);
    const headers = { Authorization: 'Bearer t0ps3cret', 'User-Agent': 'shop/2' };
    const own = await sending(otlpHttpExporter({ endpoint, ...direct }), ['traces']);
    await own.source.send(sampleTraces({ spans: 1 }));
    const theirs = await sending(otlpHttpExporter({ endpoint, headers, ...direct }), ['traces']);
    await theirs.source.send(sampleTraces({ spans: 1 }));
    expect(requests.map((request) => request.headers['user-agent'])).toEqual([
      expect.stringMatching(/^Tributary\/\d+\.\d+\.\d+ \(\w+\/\w+\)$/),
      'shop/2',
    ]);
    expect(requests[1]?.headers['authorization']).toBe('Bearer t0ps3cret');
    expect(theirs.lines.join('\n')).not.toContain('t0ps3cret');
  });

  it('goes to the URL of the signal', async () => {
    const { endpoint, requests } = await answering(done);
    const exporter = otlpHttpExporter({
      endpoint: `${endpoint}/base/`,
      logs_endpoint: `${endpoint}/elsewhere`,
      ...direct,
    });
    const { source } = await sending(exporter);
    await source.send(sampleTraces({ spans: 1 }));
    await source.send(sampleLogs({ records: 1 }));
    expect(requests.map((request) => request.path)).toEqual(['/base/v1/traces', '/elsewhere']);
  });
});

it('is not made for a signal that has no URL', async () => {
  const exporter = otlpHttpExporter({ traces_endpoint: 'http://localhost:1/in' });
  await expect(sending(exporter, ['traces', 'logs'])).rejects.toThrow(
    'either endpoint or logs_endpoint must be specified',
  );
});

describe('a partial success', () => {
  it.each(['proto', 'json'] as const)(
    'in %s is said, booked as dropped and not sent again',
    async (encoding) => {
      const server = await backend();
      server.refuseNext('permanent', { items: 2, message: 'two were too old' });
      const { source, collector, lines } = await sending(
        otlpHttpExporter({ endpoint: server.http, encoding, ...direct }),
      );
      await source.send(sampleMetrics({ dataPoints: 5 }));
      expect(server.requests).toHaveLength(1);
      expect(lines).toContain(
        'warn: Partial success response {"message":"two were too old","dropped_data_points":2}',
      );
      const line = collector
        .balance()
        .components.find(({ signal, kind }) => kind === 'exporter' && signal === 'metrics');
      expect(line).toMatchObject({ received: 5, passed: 3, held: 0 });
      expect([...line!.dropped]).toEqual([['rejected_by_peer', 2]]);
    },
  );
});

describe('what the peer answers', () => {
  async function answered(reply: HttpReply): Promise<ConsumeError> {
    const { endpoint } = await answering(reply);
    const { source } = await sending(otlpHttpExporter({ endpoint, ...direct }), ['traces']);
    return refusalOf(source.send(sampleTraces({ spans: 1 })));
  }

  it.each([429, 502, 503, 504])('%i may pass', async (status) => {
    const error = await answered({ status });
    expect(error).toMatchObject({ kind: 'retryable', retryAfterMs: undefined });
    expect(error.message).toMatch(
      new RegExp(
        `^error exporting items, request to http://\\S+/v1/traces responded with HTTP Status Code ${status}$`,
      ),
    );
  });

  it.each([301, 400, 401, 403, 404, 408, 413, 500])('%i is for good', async (status) => {
    expect(await answered({ status })).toMatchObject({ kind: 'permanent' });
  });

  it.each([
    [429, '3', 3000],
    [503, '3', 3000],
    [503, 'soon', undefined],
  ])('%i with Retry-After: %s is a hint of %s ms', async (status, header, retryAfterMs) => {
    expect(await answered({ status, headers: { 'retry-after': header } })).toMatchObject({
      kind: 'retryable',
      retryAfterMs,
    });
  });

  it('the page of a proxy, with 200, is a success', async () => {
    const { endpoint } = await answering({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<p>',
    });
    const { source } = await sending(otlpHttpExporter({ endpoint, ...direct }), ['traces']);
    await source.send(sampleTraces({ spans: 1 }));
  });

  it('garbage that claims to be a response is for good', async () => {
    const headers = { 'content-type': 'application/x-protobuf' };
    expect(await answered({ status: 200, headers, body: 'garbage' })).toMatchObject({ kind: 'permanent' });
  });
});

it('starts while its peer is down, and tells so at the first request', async () => {
  const server = await testServer();
  await server.close();
  const { source } = await sending(otlpHttpExporter({ endpoint: server.http, ...direct }));
  const error = await refusalOf(source.send(sampleTraces({ spans: 1 })));
  expect(error.kind).toBe('retryable');
  expect(error.message).toMatch(/^failed to make an HTTP request: /);
});
