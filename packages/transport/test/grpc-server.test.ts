import http2 from 'node:http2';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createUnaryServer,
  RpcError,
  type UnaryMethod,
  type UnaryRequest,
  type UnaryServerOptions,
} from '../src/index.js';
import {
  deferred,
  echo,
  echoPath,
  loopbacks,
  method,
  never,
  serving,
  temporaryFolder,
  testRuntime,
} from './helpers.js';
import { rawCall } from './raw-call.js';
import {
  endHeaders,
  endStream,
  frame,
  frameType,
  grpcFrame,
  grpcHeaders,
  RawHttp2,
} from '../../../test/support/raw-http2.js';

type Options = Partial<UnaryServerOptions>;

async function startServer(
  options: Options,
): Promise<{ address: string; runtime: ReturnType<typeof testRuntime> }> {
  const runtime = testRuntime();
  const server = createUnaryServer({ runtime, endpoint: '127.0.0.1:0', methods: method(echo), ...options });
  return { address: await serving(server), runtime };
}

/** A call by the stock client. */
function call(
  address: string,
  message: Uint8Array,
  options: { path?: string; metadata?: Metadata; deadlineMs?: number; gzip?: boolean } = {},
): Promise<Buffer> {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
    ...(options.gzip && { 'grpc.default_compression_algorithm': 2 }),
  });
  onTestFinished(() => client.close());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      options.path ?? echoPath,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      message,
      options.metadata ?? new Metadata(),
      options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs },
      (error, reply) => (error === null ? resolve(reply!) : reject(error)),
    );
  });
}

async function failureOf(reply: Promise<unknown>): Promise<ServiceError> {
  return reply.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => error as ServiceError,
  );
}

describe('the gRPC server, called by the stock client', () => {
  it.each([0, 1, 5000, 450_000, 4 << 20])('returns a message of %i bytes', async (size) => {
    const { address } = await startServer({});
    const message = Buffer.alloc(size, 'm');
    expect((await call(address, message)).equals(message)).toBe(true);
  });

  it('gets a compressed message decompressed', async () => {
    const { address } = await startServer({});
    const message = Buffer.alloc(450_000, 'm');
    expect((await call(address, message, { gzip: true })).equals(message)).toBe(true);
  });

  it.each([10, 3000, 450_000])('hands over a message of %i bytes in memory of its own', async (size) => {
    const seen = deferred<number>();
    const handle = (request: UnaryRequest): Uint8Array => {
      seen.resolve(request.message.buffer.byteLength);
      return request.message;
    };
    const { address } = await startServer({ methods: method(handle) });
    await call(address, Buffer.alloc(size));
    expect(await seen.promise).toBeLessThan(size * 1.2 + 100);
  });

  it('shows metadata, authority and peer', async () => {
    const seen = deferred<Pick<UnaryRequest, 'metadata' | 'peer'>>();
    const handle = (request: UnaryRequest): Uint8Array => {
      seen.resolve({ metadata: request.metadata, peer: request.peer });
      return request.message;
    };
    const { address } = await startServer({ methods: method(handle) });
    const metadata = new Metadata();
    metadata.add('X-Tenant', 'a');
    metadata.add('x-tenant', 'b');
    metadata.add('secret-bin', Buffer.from([1]));
    await call(address, Buffer.from('x'), { metadata });
    const request = await seen.promise;
    expect(request.metadata.get('x-tenant')).toEqual(['a, b']);
    expect(request.metadata.get('host')).toEqual([address]);
    expect(request.metadata.has('secret-bin')).toBe(false);
    expect(request.metadata.has('grpc-timeout')).toBe(false);
    expect(request.peer).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('answers UNIMPLEMENTED for a path that it does not have', async () => {
    const { address } = await startServer({});
    expect(await failureOf(call(address, Buffer.alloc(100_000), { path: '/no/Method' }))).toMatchObject({
      code: 12,
    });
  });

  it('sends code, message and details of an RpcError', async () => {
    const details = Buffer.from([8, 14, 18, 1, 120]);
    const { address } = await startServer({
      methods: method(() => Promise.reject(new RpcError({ code: 14, message: 'später\n100 %', details }))),
    });
    const error = await failureOf(call(address, Buffer.from('x')));
    expect(error).toMatchObject({ code: 14, details: 'später\n100 %' });
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([details]);
  });

  it.each([
    ['a long text', 'x'.repeat(100_000)],
    ['a long text that triples on the wire', 'ü'.repeat(100_000)],
    ['a text cut in the middle of a character', '😀'.repeat(50_000)],
    ['half a character', `a\ud800${'b'.repeat(5000)}`],
  ])('cuts %s so that the status arrives', async (_, message) => {
    const { address } = await startServer({
      methods: method(() => {
        throw new RpcError({ code: 3, message, details: new Uint8Array(100_000) });
      }),
    });
    const error = await failureOf(call(address, Buffer.from('x')));
    expect(error.code).toBe(3);
    expect(encodeURI(error.details).length).toBeGreaterThan(1000);
    expect(encodeURI(error.details).length).toBeLessThanOrEqual(2048);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  it.each([
    ['throws', () => expect.fail('secret')],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['returns nothing', () => undefined as never],
  ])('answers INTERNAL without the text, and logs it, when a handler %s', async (_, handle) => {
    const { address, runtime } = await startServer({ methods: method(handle) });
    expect(await failureOf(call(address, Buffer.from('x')))).toMatchObject({
      code: 13,
      details: 'internal error',
    });
    expect(runtime.lines).toMatchObject([{ level: 'error', fields: { path: echoPath } }]);
  });

  it('refuses at the metadata, before the message', async () => {
    const handle = vi.fn<UnaryMethod['handle']>(echo);
    const admit = (): { code: number; message: string } => ({ code: 14, message: 'no room' });
    const { address } = await startServer({ methods: method(handle, admit) });
    // Only the headers: whoever waits for the message would wait for ever.
    expect((await rawCall(address, undefined)).headers).toMatchObject({
      'grpc-status': '14',
      'grpc-message': 'no%20room',
    });
    expect(await failureOf(call(address, Buffer.alloc(1 << 20)))).toMatchObject({
      code: 14,
      details: 'no room',
    });
    expect(handle).not.toHaveBeenCalled();
  });

  it('ends the stream of a call that it refused, so that the rest of its message is not kept', async () => {
    const { address } = await startServer({
      methods: method(echo, () => ({ code: 14, message: 'no room' })),
    });
    const peer = new RawHttp2(address);
    peer.socket.write(frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath)));
    peer.socket.write(frame(frameType.data, 0, 1, Buffer.alloc(1000)));
    const answer = await peer.next(({ stream }) => stream === 1);
    expect(answer).toMatchObject({ type: frameType.headers, flags: endStream | endHeaders });
    // NO_ERROR: the answer stands.
    const end = await peer.next(({ stream }) => stream === 1);
    expect(end).toMatchObject({ type: frameType.rstStream, payload: Buffer.alloc(4) });
  });

  it('answers INTERNAL when `admit` throws', async () => {
    const { address, runtime } = await startServer({ methods: method(echo, () => expect.fail('secret')) });
    expect(await failureOf(call(address, Buffer.from('x')))).toMatchObject({
      code: 13,
      details: 'internal error',
    });
    expect(runtime.lines).toMatchObject([{ message: 'admit threw' }]);
  });

  it('aborts the signal when the client cancels', async () => {
    const started = deferred<UnaryRequest>();
    const { address } = await startServer({
      methods: method((request) => {
        started.resolve(request);
        return new Promise(() => {});
      }),
    });
    const peer = new RawHttp2(address);
    peer.socket.write(frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath)));
    peer.socket.write(frame(frameType.data, endStream, 1, grpcFrame(Buffer.from('x'))));
    const { signal } = await started.promise;
    expect(signal.aborted).toBe(false);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    peer.socket.write(frame(frameType.rstStream, 0, 1, Buffer.from([0, 0, 0, 8])));
    await aborted;
  });

  it('answers DEADLINE_EXCEEDED and aborts the signal when the deadline of the caller passes', async () => {
    const aborted = deferred<void>();
    const { address } = await startServer({
      methods: method(({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        return new Promise(() => {});
      }),
    });
    const body = grpcFrame(Buffer.from('x'));
    expect((await rawCall(address, body, { 'grpc-timeout': '20m' })).headers).toMatchObject({
      'grpc-status': '4',
    });
    await aborted.promise;
  });

  it('does not abort the signal of a call that was answered', async () => {
    const requests: UnaryRequest[] = [];
    const { address } = await startServer({
      methods: method((request) => {
        requests.push(request);
        expect(request.signal.aborted).toBe(false);
        return request.message;
      }),
    });
    await call(address, Buffer.from('x'));
    await call(address, Buffer.from('y'));
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });
});

describe('limits of the gRPC server', () => {
  it('refuses a message above the limit with RESOURCE_EXHAUSTED', async () => {
    const { address } = await startServer({ maxMessageBytes: 1000 });
    await call(address, Buffer.alloc(1000));
    expect(await failureOf(call(address, Buffer.alloc(1001)))).toMatchObject({ code: 8 });
  });

  it('refuses a bomb with RESOURCE_EXHAUSTED and without its memory', async () => {
    const handle = vi.fn<UnaryMethod['handle']>(echo);
    const { address } = await startServer({ methods: method(handle) });
    // A hundred members of 10 MiB: 1 GiB when somebody unpacks it all.
    const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 << 20))));
    const before = process.memoryUsage.rss();
    const { headers } = await rawCall(address, grpcFrame(bomb, 1), { 'grpc-encoding': 'gzip' });
    expect(headers).toMatchObject({
      'grpc-status': '8',
      'grpc-message': expect.stringContaining('4194304') as string,
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20);
    expect(handle).not.toHaveBeenCalled();
  });

  it('tells clients how many streams they may open', async () => {
    const { address } = await startServer({ maxConcurrentStreams: 7 });
    expect((await settingsOf(address)).maxConcurrentStreams).toBe(7);
    const other = await startServer({});
    expect((await settingsOf(other.address)).maxConcurrentStreams).toBe(1000);
  });

  it('ends a stream that sends its message in crumbs', async () => {
    const { address } = await startServer({});
    const peer = new RawHttp2(address);
    peer.socket.write(frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath)));
    peer.socket.write(frame(frameType.data, 0, 1, grpcFrame(Buffer.alloc(0), 0, 1 << 20)));
    peer.socket.write(Buffer.concat(Array<Buffer>(2000).fill(frame(frameType.data, 0, 1, Buffer.from('a')))));
    const reset = await peer.next(({ type }) => type === frameType.rstStream);
    expect(reset?.payload.readUInt32BE()).toBe(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });

  it('takes a message in small frames as long as they are no crumbs', async () => {
    const { address } = await startServer({});
    const peer = new RawHttp2(address);
    const message = Buffer.alloc(200_000, 'm');
    const framed = grpcFrame(message);
    peer.socket.write(frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath)));
    for (let offset = 0; offset < framed.length; offset += 100) {
      const isLast = offset + 100 >= framed.length;
      peer.socket.write(
        frame(frameType.data, isLast ? endStream : 0, 1, framed.subarray(offset, offset + 100)),
      );
    }
    expect((await peer.next(({ type }) => type === frameType.data))?.payload.subarray(5, 10).toString()).toBe(
      'mmmmm',
    );
  });

  it('closes a connection that is idle for longer than it may', async () => {
    const { address } = await startServer({ keepalive: { maxConnectionIdleMs: 20 } });
    const peer = new RawHttp2(address);
    expect(await peer.next(({ type }) => type === frameType.goAway)).toBeDefined();
  });

  it('closes a connection at its greatest age', async () => {
    const { address } = await startServer({
      keepalive: { maxConnectionAgeMs: 20, maxConnectionAgeGraceMs: 20 },
    });
    const peer = new RawHttp2(address);
    expect(await peer.next(({ type }) => type === frameType.goAway)).toBeDefined();
  });

  it('pings, and closes a connection that does not answer', async () => {
    const { address } = await startServer({ keepalive: { timeMs: 20, timeoutMs: 20 } });
    const peer = new RawHttp2(address);
    expect(await peer.next(({ type }) => type === frameType.ping)).toBeDefined();
    expect(await peer.next(() => false)).toBeUndefined();
    expect(peer.isClosed).toBe(true);
  });
});

describe('malformed input', () => {
  const message = grpcFrame(Buffer.from('a'));
  const compressed = grpcFrame(Buffer.from('no gzip'), 1);

  it.each<[string, Buffer, http2.OutgoingHttpHeaders, number, string]>([
    ['no message', Buffer.alloc(0), {}, 12, 'no request message'],
    ['a length above the limit', grpcFrame(Buffer.from('x'), 0, 0xffff_ffff), {}, 8, 'larger than max'],
    ['what is no gzip', compressed, { 'grpc-encoding': 'gzip' }, 13, 'Failed to decompress'],
    ['two messages', Buffer.concat([message, message]), {}, 12, 'second request message'],
    ['what is no snappy', compressed, { 'grpc-encoding': 'snappy' }, 13, 'snappy: corrupt input'],
    ['what is no zstd', compressed, { 'grpc-encoding': 'zstd' }, 13, 'zstd: '],
    ['an unknown compression', compressed, { 'grpc-encoding': 'lz4' }, 12, 'unsupported encoding "lz4"'],
    ['a deadline that is none', message, { 'grpc-timeout': 'soon' }, 13, 'Invalid grpc-timeout'],
  ])('answers %s with an error, and goes on', async (_, body, headers, code, text) => {
    const { address } = await startServer({});
    expect((await rawCall(address, body, headers)).headers).toMatchObject({
      'grpc-status': String(code),
      'grpc-message': expect.stringContaining(encodeURI(text)) as string,
    });
    expect((await call(address, Buffer.from('after'))).toString()).toBe('after');
  });

  it('does not take what is no gRPC', async () => {
    const { address } = await startServer({});
    expect((await rawCall(address, message, { 'content-type': 'text/plain' })).headers).toMatchObject({
      ':status': 415,
    });
  });

  it.each([
    ['bytes that are no HTTP/2', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame on a stream that was never opened', frame(frameType.data, endStream, 1, Buffer.from('x'))],
    [
      'broken header compression',
      frame(frameType.headers, endHeaders, 1, Buffer.from([0xff, 0xff, 0xff, 0xff])),
    ],
    ['a frame above the frame limit', frame(frameType.data, 0, 1, Buffer.alloc(20_000))],
    [
      'headers above the header limit',
      Buffer.concat([
        frame(frameType.headers, 0, 1, grpcHeaders(echoPath)),
        ...Array<Buffer>(200).fill(frame(9, 0, 1, grpcHeaders('/x', { 'x-long': 'v'.repeat(120) }))),
      ]),
    ],
  ])('survives %s', async (_, bytes) => {
    const { address } = await startServer({});
    const peer = new RawHttp2(address);
    peer.socket.write(bytes);
    const end = await peer.next(({ type }) => type === frameType.goAway || type === frameType.rstStream);
    expect(end).toBeDefined();
    expect((await call(address, Buffer.from('after'))).toString()).toBe('after');
  });

  it('lets go of a connection that broke the protocol with the next ping', async () => {
    const { address } = await startServer({ keepalive: { timeMs: 20, timeoutMs: 20 } });
    const peer = new RawHttp2(address);
    peer.socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await peer.next(() => false)).toBeUndefined();
    expect(peer.isClosed).toBe(true);
  });

  it('survives a client that leaves in the middle of a message', async () => {
    const { address, runtime } = await startServer({});
    const peer = new RawHttp2(address);
    peer.socket.write(frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath)));
    peer.socket.write(frame(frameType.data, 0, 1, grpcFrame(Buffer.alloc(10), 0, 100)));
    await peer.next(({ type }) => type === frameType.settings);
    peer.socket.resetAndDestroy();
    expect((await call(address, Buffer.from('after'))).toString()).toBe('after');
    expect(runtime.lines).toEqual([]);
  });
});

describe('addresses of the gRPC server', () => {
  it('serves both address families of `localhost` on one free port', async () => {
    const { address } = await startServer({ endpoint: 'localhost:0' });
    expect(address).toMatch(/^localhost:[1-9]\d*$/);
    const port = address.split(':')[1]!;
    for (const host of loopbacks) {
      expect((await call(`${host}:${port}`, Buffer.from(host))).toString()).toBe(host);
    }
  });

  it('serves a socket file, and removes it', async () => {
    const path = join(await temporaryFolder(), 'grpc.sock');
    const peer = deferred<string>();
    const server = createUnaryServer({
      runtime: testRuntime(),
      endpoint: path,
      transport: 'unix',
      methods: method((request) => {
        peer.resolve(request.peer);
        return request.message;
      }),
    });
    expect(await serving(server)).toBe(path);
    expect((await call(`unix://${path}`, Buffer.from('x'))).toString()).toBe('x');
    expect(await peer.promise).toBe('unix');
    await server.close(AbortSignal.abort());
    await expect(testRuntime().fs.stat(path)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['localhost', 'endpoint', 'missing port'],
    ['192.0.2.1:0', 'listen', 'no such address'],
  ])('refuses %s', async (endpoint, code, message) => {
    const server = createUnaryServer({ runtime: testRuntime(), endpoint, methods: new Map() });
    await expect(server.listen()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    await server.close(never);
  });

  it('says that an address is in use', async () => {
    const { address } = await startServer({ endpoint: 'localhost:0' });
    const second = createUnaryServer({ runtime: testRuntime(), endpoint: address, methods: new Map() });
    await expect(second.listen()).rejects.toMatchObject({
      code: 'listen',
      message: expect.stringContaining('address already in use') as string,
    });
  });
});

describe('closing the gRPC server', () => {
  it('is safe before listening, and twice', async () => {
    const server = createUnaryServer({ runtime: testRuntime(), endpoint: '127.0.0.1:0', methods: new Map() });
    await Promise.all([server.close(never), server.close(never)]);
  });

  it('waits for the calls under way, and takes no new ones', async () => {
    const started = deferred();
    const release = deferred();
    const runtime = testRuntime();
    const server = createUnaryServer({
      runtime,
      endpoint: '127.0.0.1:0',
      methods: method(async ({ message }) => {
        started.resolve();
        await release.promise;
        return message;
      }),
    });
    const address = await serving(server);
    const reply = call(address, Buffer.from('under way'));
    await started.promise;
    let isClosed = false;
    const closing = server.close(never).then(() => (isClosed = true));
    expect(await failureOf(call(address, Buffer.from('late')))).toMatchObject({ code: 14 });
    expect(isClosed).toBe(false);
    release.resolve();
    expect((await reply).toString()).toBe('under way');
    await closing;
  });

  it('cuts the calls under way when the grace is over', async () => {
    const started = deferred<AbortSignal>();
    const server = createUnaryServer({
      runtime: testRuntime(),
      endpoint: '127.0.0.1:0',
      methods: method(({ signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      }),
    });
    const address = await serving(server);
    const reply = failureOf(call(address, Buffer.from('x')));
    const signal = await started.promise;
    const grace = new AbortController();
    const closing = server.close(grace.signal);
    grace.abort();
    await closing;
    expect((await reply).code).toBeGreaterThan(0);
    expect(signal.aborted).toBe(true);
  });

  it('does not wait for a connection that broke the protocol', async () => {
    const server = createUnaryServer({
      runtime: testRuntime(),
      endpoint: '127.0.0.1:0',
      methods: method(echo),
    });
    const peer = new RawHttp2(await serving(server));
    peer.socket.write('GET / HTTP/1.1\r\n\r\n');
    await peer.next(({ type }) => type === frameType.goAway);
    await server.close(never);
  });

  it('does not wait for a connection that never spoke', async () => {
    const server = createUnaryServer({ runtime: testRuntime(), endpoint: '127.0.0.1:0', methods: new Map() });
    const address = await serving(server);
    const peer = new RawHttp2(address);
    await peer.next(({ type }) => type === frameType.settings);
    await server.close(never);
    await peer.next(() => false);
    expect(peer.isClosed).toBe(true);
  });
});

describe('HTTP/2 windows', () => {
  it('are 8 MiB a stream and 32 MiB a connection', async () => {
    const { address, runtime } = await startServer({});
    const peer = new RawHttp2(address);
    const settings = await peer.next(({ type, flags }) => type === frameType.settings && flags === 0);
    const values = new Map<number, number>();
    for (let at = 0; at < settings!.payload.length; at += 6) {
      values.set(settings!.payload.readUInt16BE(at), settings!.payload.readUInt32BE(at + 2));
    }
    expect(values.get(4)).toBe(8 << 20);
    const update = await peer.next(({ type, stream }) => type === 8 && stream === 0);
    expect(update!.payload.readUInt32BE()).toBe((32 << 20) - 65_535);
    expect(runtime.lines).toEqual([]);
  });

  it('stay as they are, with a warning, where node:http2 does not let itself be replaced', async () => {
    const descriptor = Object.getOwnPropertyDescriptor(http2, 'createServer')!;
    Object.defineProperty(http2, 'createServer', { ...descriptor, writable: false });
    onTestFinished(() => void Object.defineProperty(http2, 'createServer', descriptor));
    const { address, runtime } = await startServer({});
    expect(runtime.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('windows') as string },
    ]);
    expect((await call(address, Buffer.alloc(450_000))).byteLength).toBe(450_000);
  });

  it('leave node:http2 as it was', async () => {
    const { createServer } = http2;
    await startServer({});
    expect(http2.createServer).toBe(createServer);
  });
});

async function settingsOf(address: string): Promise<http2.Settings> {
  const session = http2.connect(`http://${address}`);
  onTestFinished(() => session.destroy());
  return new Promise((resolve) => session.once('remoteSettings', resolve));
}
