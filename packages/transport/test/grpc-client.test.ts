import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Metadata, Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createUnaryClient,
  createUnaryServer,
  RpcError,
  type UnaryClient,
  type UnaryClientOptions,
} from '../src/index.js';
import { compressionProblem } from '../src/compression.js';
import { decompress } from '../src/decompression.js';
import { asBuffer, identity } from '../src/grpc-bytes.js';
import {
  deferred,
  echo,
  echoPath,
  method,
  plaintext,
  serving,
  temporaryFolder,
  testRuntime,
  text,
} from './helpers.js';

type Call = ServerUnaryCall<Buffer, Uint8Array>;
type Handler = (call: Call, respond: sendUnaryData<Uint8Array>) => void;

/** The stock server with one method. */
async function stockServer(handler: Handler, endpoint = '127.0.0.1:0'): Promise<string> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const definition = {
    path: echoPath,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBuffer,
    requestDeserialize: identity,
    responseSerialize: asBuffer,
    responseDeserialize: identity,
  };
  server.addService({ call: definition }, { call: handler });
  onTestFinished(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(endpoint, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return endpoint.startsWith('unix') ? endpoint : `127.0.0.1:${port}`;
}

function client(endpoint: string, options: Partial<UnaryClientOptions> = {}): UnaryClient {
  const made = createUnaryClient({ runtime: testRuntime(), endpoint, tls: plaintext, ...options });
  onTestFinished(() => made.close());
  return made;
}

async function failureOf(reply: Promise<unknown>): Promise<RpcError> {
  return reply.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => {
      expect(RpcError.is(error)).toBe(true);
      return error as RpcError;
    },
  );
}

const stockEcho: Handler = (call, respond) => respond(null, call.request);
const hello = Buffer.from('hello');
const noOne = '127.0.0.1:1';

describe('the gRPC client, calling the stock server', () => {
  it.each([0, 1, 450_000, 3 << 20])('sends and gets %i bytes', async (size) => {
    const message = Buffer.alloc(size, 'm');
    const reply = await client(await stockServer(stockEcho)).call(echoPath, message);
    expect(message.equals(reply)).toBe(true);
  });

  it('sends bytes that are a part of larger memory', async () => {
    const reply = await client(await stockServer(stockEcho)).call(
      echoPath,
      new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
    );
    expect([...reply]).toEqual([2, 3]);
  });

  const withZstd = compressionProblem('zstd') === undefined ? (['zstd'] as const) : [];

  it.each(['gzip', 'snappy', 'none', ...withZstd] as const)('compresses with %s', async (compression) => {
    const seen = deferred<{ encoding: unknown; body: Buffer }>();
    const address = await http2Server((stream, headers) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        seen.resolve({ encoding: headers['grpc-encoding'], body: Buffer.concat(pieces) });
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' },
          { endStream: true },
        );
      });
    });
    const message = Buffer.alloc(50_000, 'm');
    expect(await failureOf(client(address, { compression }).call(echoPath, message))).toMatchObject({
      code: 5,
    });
    const { body, encoding } = await seen.promise;
    expect(encoding).toBe(compression === 'none' ? undefined : compression);
    expect(body[0]).toBe(compression === 'none' ? 0 : 1);
    expect(body.readUInt32BE(1)).toBe(body.byteLength - 5);
    const content = body.subarray(5);
    // In gRPC `snappy` is the framed format, which begins with its own name.
    expect(content.subarray(4, 10).toString() === 'sNaPpY').toBe(compression === 'snappy');
    const unpacked = await decompress(content, compression === 'none' ? '' : compression, 1 << 20);
    expect(message.equals(unpacked as Uint8Array)).toBe(true);
  });

  it.each(['gzip', 'snappy', ...withZstd] as const)(
    'is understood by our own server, compressed with %s',
    async (compression) => {
      const runtime = testRuntime();
      const server = createUnaryServer({ runtime, endpoint: '127.0.0.1:0', methods: method(echo) });
      const made = client(await serving(server), { compression });
      for (const size of [0, 10, 2000, 500_000]) {
        const message = Buffer.alloc(size, 'telemetry');
        expect(message.equals(await made.call(echoPath, message))).toBe(true);
      }
    },
  );

  it('sends binary headers as bytes', async () => {
    const seen = deferred<Metadata>();
    const address = await stockServer((call, respond) => {
      seen.resolve(call.metadata);
      respond(null, call.request);
    });
    await client(address, { headers: { 'X-Trace-Bin': 'Grüße' } }).call(echoPath, hello);
    expect((await seen.promise).get('x-trace-bin')).toEqual([Buffer.from('Grüße')]);
  });

  it('sends its headers, those of the call before them, and who it is', async () => {
    const seen = deferred<Metadata>();
    const address = await stockServer((call, respond) => {
      seen.resolve(call.metadata);
      respond(null, call.request);
    });
    const made = client(address, {
      headers: { 'X-Tenant': 'a', 'X-Region': 'eu' },
      userAgent: 'test/1 (linux)',
    });
    await made.call(echoPath, hello, { metadata: new Map([['x-tenant', ['b', 'c']]]) });
    const metadata = await seen.promise;
    expect(metadata.get('x-tenant')).toEqual(['b, c']);
    expect(metadata.get('x-region')).toEqual(['eu']);
    expect(metadata.get('user-agent')[0]).toMatch(/^test\/1 \(linux\) grpc-node-js\//);
  });

  it('does not carry the metadata of one call into the next', async () => {
    const seen: Metadata[] = [];
    const address = await stockServer((call, respond) => {
      seen.push(call.metadata);
      respond(null, call.request);
    });
    const made = client(address, { headers: { tenant: 'a' } });
    await made.call(echoPath, hello);
    await made.call(echoPath, hello, { metadata: new Map([['once', ['x']]]) });
    await made.call(echoPath, hello);
    expect(seen.map((metadata) => metadata.get('once'))).toEqual([[], ['x'], []]);
    expect(seen.map((metadata) => metadata.get('tenant'))).toEqual([['a'], ['a'], ['a']]);
  });

  it('sends the authority that it is told', async () => {
    const seen = deferred<string>();
    const address = await stockServer((call, respond) => {
      seen.resolve(call.getHost());
      respond(null, call.request);
    });
    await client(address, { authority: 'collector.example' }).call(echoPath, hello);
    expect(await seen.promise).toBe('collector.example');
  });

  it.each([
    ['round_robin', 2],
    ['pick_first', 1],
  ] as const)('spreads calls over several addresses by %s: it uses %i', async (balancer, count) => {
    const asked = new Set<number>();
    const addresses = await Promise.all(
      [1, 2].map((server) =>
        stockServer((call, respond) => {
          asked.add(server);
          respond(null, call.request);
        }),
      ),
    );
    const made = client(`ipv4:///${addresses.join(',')}`, { balancer });
    // The second connection may take a moment; the first one would do for any number of calls.
    for (let calls = 0; calls < 200 && (calls < 20 || asked.size < count); calls++) {
      await made.call(echoPath, hello);
    }
    expect(asked.size).toBe(count);
  });

  it('shows code, message and details of a failure', async () => {
    const details = Buffer.from([8, 8, 18, 1, 120]);
    const address = await stockServer((_, respond) => {
      const metadata = new Metadata();
      metadata.set('grpc-status-details-bin', details);
      respond({ code: 8, details: 'voll: 100 %', metadata });
    });
    const error = await failureOf(client(address).call(echoPath, hello));
    expect(error).toMatchObject({ code: 8, message: `${address}: voll: 100 %` });
    expect(Buffer.from(error.details!).equals(details)).toBe(true);
  });

  it('has no details where there were none', async () => {
    const address = await stockServer((_, respond) => respond({ code: 3, details: 'no' }));
    expect((await failureOf(client(address).call(echoPath, hello))).details).toBeUndefined();
  });

  it('refuses a reply above its limit', async () => {
    const address = await stockServer((_, respond) => respond(null, Buffer.alloc(2000)));
    expect(await failureOf(client(address, { maxResponseBytes: 1000 }).call(echoPath, hello))).toMatchObject({
      code: 8,
    });
  });

  it('reaches a socket file', async () => {
    const address = await stockServer(stockEcho, `unix://${join(await temporaryFolder(), 'grpc.sock')}`);
    expect(text(await client(address).call(echoPath, hello))).toBe('hello');
  });
});

describe('deadlines and cancelling', () => {
  it('sends the deadline, and ends the call when it passes', async () => {
    const seen = deferred<number>();
    const address = await stockServer((call) => seen.resolve(Number(call.getDeadline()) - Date.now()));
    const error = await failureOf(client(address).call(echoPath, hello, { timeoutMs: 60 }));
    expect(error).toMatchObject({ code: 4, message: `${address}: no answer within 60 ms` });
    expect(await seen.promise).toBeLessThanOrEqual(60);
  });

  it('cancels at the server what the caller gives up', async () => {
    const cancelled = deferred();
    const started = deferred();
    const address = await stockServer((call) => {
      call.on('cancelled', () => cancelled.resolve());
      started.resolve();
    });
    const given = new AbortController();
    const reply = failureOf(client(address).call(echoPath, hello, { signal: given.signal }));
    await started.promise;
    given.abort();
    expect(await reply).toMatchObject({ code: 1 });
    await cancelled.promise;
  });

  it('does not begin a call that was given up', async () => {
    let calls = 0;
    const address = await stockServer((call, respond) => {
      calls++;
      respond(null, call.request);
    });
    const made = client(address);
    expect(await failureOf(made.call(echoPath, hello, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 1,
    });
    await made.call(echoPath, hello);
    expect(calls).toBe(1);
  });

  it('cancels the calls under way when it is closed, and takes no more', async () => {
    const started = deferred();
    const made = client(await stockServer(() => started.resolve()));
    const reply = failureOf(made.call(echoPath, hello));
    await started.promise;
    made.close();
    made.close();
    expect(await reply).toMatchObject({ code: 1 });
    expect(await failureOf(made.call(echoPath, hello))).toMatchObject({ code: 1 });
  });

  it('takes no call when it was closed before it was opened', async () => {
    const made = client(noOne);
    made.close();
    expect(await failureOf(made.call(echoPath, hello))).toMatchObject({ code: 1 });
  });
});

describe('a call that the peer ends', () => {
  it.each([
    ['NO_ERROR', constants.NGHTTP2_NO_ERROR, 14],
    ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, 14],
    ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM, 14],
    ['PROTOCOL_ERROR', constants.NGHTTP2_PROTOCOL_ERROR, 13],
  ])('with %s and no status has a code of its own', async (_, reset, code) => {
    const address = await http2Server((stream) => stream.on('error', () => {}).close(reset));
    expect(await failureOf(client(address).call(echoPath, hello))).toMatchObject({ code });
  });

  it('is INTERNAL where the peer says so', async () => {
    const address = await http2Server((stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '13' },
        { endStream: true },
      ),
    );
    expect(await failureOf(client(address).call(echoPath, hello))).toMatchObject({ code: 13 });
  });
});

describe('connecting', () => {
  it('fails fast, and opens, while nobody is there', async () => {
    const made = client(noOne);
    await made.open();
    const error = await failureOf(made.call(echoPath, hello));
    expect(error.code).toBe(14);
    expect(error.message).toContain(noOne);
  });

  it('waits for the peer until the deadline where it is told to', async () => {
    const made = client(noOne, { waitForReady: true });
    expect(await failureOf(made.call(echoPath, hello, { timeoutMs: 100 }))).toMatchObject({ code: 4 });
  });

  it('finds the peer again that comes back', async () => {
    const runtime = testRuntime();
    const first = createUnaryServer({ runtime, endpoint: '127.0.0.1:0', methods: method(echo) });
    const address = await serving(first);
    const made = client(address, { waitForReady: true });
    await made.call(echoPath, hello);
    await first.close(AbortSignal.abort());
    const second = createUnaryServer({ runtime, endpoint: address, methods: method(echo) });
    await serving(second);
    // A call may still meet the connection that is breaking; the second one cannot.
    const again = await made
      .call(echoPath, hello, { timeoutMs: 10_000 })
      .catch(() => made.call(echoPath, hello, { timeoutMs: 10_000 }));
    expect(text(again)).toBe('hello');
  });

  it.each([
    ['localhost', 'missing port in address'],
    ['localhost:http', 'invalid port "http"'],
    ['unix://', 'unix socket path cannot be empty'],
  ])('refuses the endpoint %s', async (endpoint, message) => {
    await expect(client(endpoint).open()).rejects.toMatchObject({
      code: 'endpoint',
      message: expect.stringContaining(message) as string,
    });
    expect(await failureOf(client(endpoint).call(echoPath, hello))).toMatchObject({ code: 14 });
  });

  it('names the file that it cannot read', async () => {
    const made = client(noOne, { tls: { ...plaintext, ca_file: '/no/such.pem' } });
    await expect(made.open()).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining(
        'failed to load TLS config: failed to load CA CertPool File: failed to load cert /no/such.pem:',
      ) as string,
    });
  });
});

it('pings where it is told to', async () => {
  const pinged = deferred();
  const address = await http2Server(
    () => {},
    (session) => session.on('ping', () => pinged.resolve()),
  );
  const made = client(address, { keepalive: { timeMs: 20, permitWithoutStream: true } });
  await made.open();
  await pinged.promise;
});

/** A server that speaks HTTP/2 and knows nothing of gRPC. */
async function http2Server(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  onSession: (session: ServerHttp2Session) => void = () => {},
): Promise<string> {
  const server = createServer();
  server.on('stream', onStream).on('session', onSession);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
