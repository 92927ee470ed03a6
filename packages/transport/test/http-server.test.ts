import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { compress } from '../src/compression.js';
import {
  createHttpServer,
  type HttpHandler,
  type HttpReply,
  type HttpRequest,
  type HttpServerOptions,
  type Server,
} from '../src/index.js';
import { packSnappyBlock } from '../src/snappy-block.js';
import { packSnappyFrames } from '../src/snappy-frames.js';
import {
  deferred,
  loopbacks,
  never,
  serving,
  temporaryFolder,
  testRuntime,
  text,
  type LogLine,
} from './helpers.js';

const refuse: HttpHandler['refuse'] = (_, { status, message }) => ({ status, body: message });
const echo = ({ body }: HttpRequest): HttpReply => ({ status: 200, body });
const echoHandler: HttpHandler = { handle: echo, refuse };

interface Started {
  readonly server: Server;
  readonly address: string;
  readonly url: string;
  readonly lines: readonly LogLine[];
}

async function start(
  handler: Partial<HttpHandler> = {},
  options: Partial<HttpServerOptions> = {},
): Promise<Started> {
  const runtime = testRuntime();
  const server = createHttpServer({
    runtime,
    endpoint: '127.0.0.1:0',
    maxBodyBytes: 1 << 20,
    handler: { ...echoHandler, ...handler },
    ...options,
  });
  const address = await serving(server);
  return { server, address, url: `http://${address}/v1/traces`, lines: runtime.lines };
}

/** A connection that sends what it is told, and what came back by the time it was closed. */
class RawHttp {
  readonly socket: Socket;
  readonly #closed: Promise<void>;
  received = '';
  #wake: () => void = () => {};

  constructor(address: string, ...input: (string | Buffer)[]) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    this.socket = connect(port, '127.0.0.1');
    onTestFinished(() => void this.socket.destroy());
    this.socket.setEncoding('latin1').on('data', (piece: string) => {
      this.received += piece;
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.#closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    for (const piece of input) this.socket.write(piece);
  }

  async closed(): Promise<string> {
    await this.#closed;
    return this.received;
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      if (this.socket.destroyed) expect.fail(`closed after ${this.received}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.socket.once('close', resolve);
      });
    }
  }
}

const post = (url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers });

const head = 'POST /v1/traces HTTP/1.1\r\nhost: test\r\n';

describe('the HTTP server', () => {
  it.each([0, 1, 100_000, 1 << 20])('hands over a body of %i bytes and sends the reply', async (size) => {
    const { url } = await start();
    const body = Buffer.alloc(size, 'b');
    const reply = await post(url, body);
    expect(reply.status).toBe(200);
    expect(body.equals(Buffer.from(await reply.arrayBuffer()))).toBe(true);
  });

  it('shows method, path, query, headers and peer', async () => {
    const seen = deferred<HttpRequest>();
    const handle = (request: HttpRequest): HttpReply => {
      seen.resolve(request);
      return { status: 202, headers: { 'x-reply': 'yes' } };
    };
    const { url } = await start({ handle });
    const reply = await post(`${url}?key=secret`, Buffer.from('x'), { 'X-Tenant': 'a' });
    expect([reply.status, reply.headers.get('x-reply')]).toEqual([202, 'yes']);
    const { method, path, query, headers, peer } = await seen.promise;
    expect({ method, path, query, tenant: headers['x-tenant'] }).toEqual({
      method: 'POST',
      path: '/v1/traces',
      query: 'key=secret',
      tenant: 'a',
    });
    expect(peer).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it.each<[string, (body: Buffer) => Uint8Array | Promise<Uint8Array>]>([
    ['identity', (body) => body],
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zlib', deflateSync],
    ['snappy', (body) => compress('snappy', body)],
    ['snappy', (body) => compress('x-snappy-framed', body)],
    ['x-snappy-framed', (body) => compress('x-snappy-framed', body)],
  ])('undoes Content-Encoding %s', async (encoding, pack) => {
    const { url } = await start();
    for (const size of [500, 300_000]) {
      const body = Buffer.alloc(size, 'b');
      const reply = await post(url, Buffer.from(await pack(body)), { 'content-encoding': encoding });
      expect(body.equals(Buffer.from(await reply.arrayBuffer()))).toBe(true);
    }
  });

  it('hands over a body that came in crumbs', async () => {
    const { address } = await start();
    const peer = new RawHttp(address, `${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let chunk = 0; chunk < 2000; chunk++) peer.socket.write(`1\r\n${chunk % 10}\r\n`);
    peer.socket.write('0\r\n\r\n');
    expect(await peer.closed()).toContain(`\r\n\r\n${'0123456789'.repeat(200)}`);
  });

  it('serves many requests on one connection, and says when it will not', async () => {
    const { address } = await start();
    const one = `${head}content-length: 1\r\n\r\n`;
    const peer = new RawHttp(address, `${one}a${one}b`);
    await peer.until('\r\n\r\nb');
    expect(peer.received.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    const other = await start({}, { keepAlives: false });
    expect((await new RawHttp(other.address, `${one}a`).closed()).toLowerCase()).toContain(
      'connection: close',
    );
  });

  it('aborts the signal when the client leaves, and only then', async () => {
    const requests: HttpRequest[] = [];
    const started = deferred();
    const { address, url, lines } = await start({
      handle: (request) => {
        requests.push(request);
        expect(request.signal.aborted).toBe(false);
        if (text(request.body) === 'stay') return { status: 200 };
        started.resolve();
        return new Promise(() => {});
      },
    });
    await post(url, Buffer.from('stay'));
    const peer = new RawHttp(address, `${head}content-length: 5\r\n\r\nleave`);
    await started.promise;
    const aborted = new Promise((resolve) => requests[1]!.signal.addEventListener('abort', resolve));
    peer.socket.resetAndDestroy();
    await aborted;
    expect(requests[0]!.signal.aborted).toBe(false);
    expect(lines).toEqual([]);
  });

  it('survives a client that leaves in the middle of a body', async () => {
    const handle = vi.fn<HttpHandler['handle']>(echo);
    const { address, url, lines } = await start({ handle });
    const peer = new RawHttp(address, `${head}content-length: 100\r\nexpect: 100-continue\r\n\r\n`);
    await peer.until('100 Continue');
    peer.socket.write('half');
    peer.socket.resetAndDestroy();
    expect((await post(url, Buffer.from('after'))).status).toBe(200);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(lines).toEqual([]);
  });

  it('sends its headers with every reply, those of the reply before them', async () => {
    const { url } = await start(
      {
        handle: () => ({ status: 200, headers: { 'x-b': 'reply' } }),
        admit: ({ method }) => (method === 'GET' ? { status: 405 } : undefined),
      },
      { responseHeaders: { 'X-A': 'all', 'X-B': 'all' } },
    );
    const reply = await post(url, Buffer.from('x'));
    expect([reply.headers.get('x-a'), reply.headers.get('x-b')]).toEqual(['all', 'reply']);
    expect((await fetch(url)).headers.get('x-a')).toBe('all');
    expect((await post(url, Buffer.from('x'), { 'content-encoding': 'br' })).headers.get('x-b')).toBe('all');
  });
});

describe('refusing', () => {
  it('asks `admit` before the body', async () => {
    const handle = vi.fn<HttpHandler['handle']>(echo);
    const admit = vi.fn<NonNullable<HttpHandler['admit']>>(() => ({
      status: 503,
      headers: { 'retry-after': '3' },
      body: 'full',
    }));
    const { address } = await start({ handle, admit });
    // The body never comes.
    const peer = new RawHttp(address, `${head}content-length: 1000\r\n\r\n`);
    await peer.until('full');
    expect(peer.received).toContain('retry-after: 3');
    expect(admit.mock.calls[0]?.[1]).toBe(1000);
    expect(handle).not.toHaveBeenCalled();
  });

  it('answers a client that sends all of its body before it reads', async () => {
    const { url } = await start({ admit: () => ({ status: 503, body: 'full' }) });
    const reply = await post(url, Buffer.alloc(900_000));
    expect([reply.status, await reply.text()]).toEqual([503, 'full']);
  });

  it('says "continue" only to whom it admits', async () => {
    const { address } = await start({ admit: (_, length) => (length === 1 ? undefined : { status: 503 }) });
    const ask = (length: number): string =>
      `${head}content-length: ${length}\r\nexpect: 100-continue\r\n\r\n`;
    const admitted = new RawHttp(address, ask(1));
    await admitted.until('HTTP/1.1 100 Continue');
    admitted.socket.write('x');
    await admitted.until('200 OK');
    const refused = await new RawHttp(address, ask(2)).closed();
    expect(refused).toContain('HTTP/1.1 503');
    expect(refused).not.toContain('100 Continue');
  });

  it.each([
    ['at once, by its length', `${head}content-length: 1048577\r\n\r\n`],
    [
      'as it grows, where there is no length',
      `${head}transfer-encoding: chunked\r\n\r\n100001\r\n${'x'.repeat(0x100001)}\r\n`,
    ],
  ])('refuses a body above the limit %s', async (_, input) => {
    const { address } = await start();
    const peer = new RawHttp(address, input);
    await peer.until('http: request body too large');
    expect(peer.received).toContain('HTTP/1.1 413');
  });

  it('cuts off who goes on sending a refused body', async () => {
    const { address } = await start({}, { maxBodyBytes: 10_000 });
    const peer = new RawHttp(address, `${head}content-length: 10000000\r\n\r\n`);
    await peer.until('413');
    for (let sent = 0; sent < 9_000_000 && !peer.socket.destroyed; sent += 100_000) {
      if (!peer.socket.write(Buffer.alloc(100_000))) {
        await new Promise<void>((resolve) => peer.socket.once('drain', resolve).once('close', resolve));
      }
    }
    await peer.closed();
  });

  it('refuses a compression that it does not know, or is told not to take', async () => {
    const { url } = await start({}, { compressionAlgorithms: ['gzip'] });
    for (const encoding of ['br', 'deflate', '']) {
      const reply = await post(
        url,
        Buffer.from('x'),
        encoding === '' ? {} : { 'content-encoding': encoding },
      );
      expect([reply.status, await reply.text()]).toEqual([400, `unsupported Content-Encoding: ${encoding}`]);
    }
    expect((await post(url, gzipSync('x'), { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('hands bodies over as they came where the list of compressions is empty', async () => {
    const { url } = await start({}, { compressionAlgorithms: [] });
    const reply = await post(url, Buffer.from('anything'), { 'content-encoding': 'gzip' });
    expect([reply.status, await reply.text()]).toEqual([200, 'anything']);
  });

  it.each([
    ['gzip', 'no gzip', 'gzip: invalid header'],
    ['deflate', 'no zlib', 'deflate: invalid header'],
    ['gzip', gzipSync('cut short').subarray(0, 15), 'gzip: unexpected end of file'],
    ['zstd', 'no zstd at all', 'zstd: invalid header'],
    ['snappy', 'no snappy at all', 'snappy: corrupt input'],
    ['x-snappy-framed', 'no frames at all', 'snappy: corrupt input'],
  ])('refuses what is no %s', async (encoding, body, message) => {
    const { url } = await start();
    const reply = await post(url, Buffer.from(body as string), { 'content-encoding': encoding });
    expect([reply.status, await reply.text()]).toEqual([400, message]);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(4 << 20))],
    ['gzip', Buffer.concat(Array<Buffer>(200).fill(gzipSync(Buffer.alloc(4 << 20))))],
    ['deflate', deflateSync(Buffer.alloc(64 << 20))],
    ['snappy', packSnappyBlock(Buffer.alloc(16 << 20))],
    ['x-snappy-framed', packSnappyFrames(Buffer.alloc(16 << 20))],
  ])('refuses a %s bomb with 413 and without its memory', async (encoding, bomb) => {
    const handle = vi.fn<HttpHandler['handle']>(echo);
    const { url } = await start({ handle });
    const before = process.memoryUsage.rss();
    const reply = await post(url, bomb, { 'content-encoding': encoding });
    expect([reply.status, await reply.text()]).toEqual([413, 'http: request body too large']);
    expect(process.memoryUsage.rss() - before).toBeLessThan(48 << 20);
    expect(handle).not.toHaveBeenCalled();
  });

  it('takes a gzip body of several members', async () => {
    const { url } = await start();
    const reply = await post(url, Buffer.concat([gzipSync('one '), gzipSync('two')]), {
      'content-encoding': 'gzip',
    });
    expect(await reply.text()).toBe('one two');
  });
});

describe('a handler that fails', () => {
  it.each<[string, Partial<HttpHandler>]>([
    ['handle throws', { handle: () => expect.fail('secret') }],
    ['handle rejects', { handle: () => Promise.reject(new Error('secret')) }],
    ['admit throws', { admit: () => expect.fail('secret') }],
  ])('is a 500 without its text, and a line in the log: %s', async (_, handler) => {
    const { url, lines } = await start(handler);
    const reply = await post(url, Buffer.from('x'));
    expect([reply.status, await reply.text()]).toEqual([500, 'internal error']);
    expect(lines).toMatchObject([
      { level: 'error', message: 'handler threw', fields: { path: '/v1/traces' } },
    ]);
  });

  it('is a bare status when `refuse` throws as well', async () => {
    const { url, lines } = await start({ refuse: () => expect.fail('secret') });
    const reply = await post(url, Buffer.from('x'), { 'content-encoding': 'br' });
    expect([reply.status, await reply.text()]).toEqual([500, '']);
    expect(lines).toHaveLength(2);
  });

  it.each<[string, HttpHandler['handle']]>([
    ['at once', () => ({ status: 200, headers: { 'x-bad': 'line\nbreak' } })],
    ['later', () => Promise.resolve({ status: 42 })],
  ])('loses the connection, not the process, when its reply cannot be written %s', async (_, handle) => {
    const { address, lines } = await start({ handle });
    expect(await new RawHttp(address, `${head}content-length: 0\r\n\r\n`).closed()).toBe('');
    expect(lines).toMatchObject([{ message: 'handler threw' }]);
  });
});

describe('what is no request', () => {
  it('refuses Content-Length together with Transfer-Encoding', async () => {
    const handle = vi.fn<HttpHandler['handle']>(echo);
    const { address } = await start({ handle });
    const hidden = `${head}content-length: 0\r\n\r\n`;
    const reply = await new RawHttp(
      address,
      `${head}content-length: ${5 + hidden.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ).closed();
    expect(reply).toContain('HTTP/1.1 400');
    expect(handle).not.toHaveBeenCalled();
  });

  it.each([
    ['a length that is none', `${head}content-length: 1x\r\n\r\nx`],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\nxx`],
    ['a header with a line break', `${head}x: a\rb\r\ncontent-length: 0\r\n\r\n`],
    ['no host', 'POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n'],
    ['noise', '\x00\x01\x02\r\n\r\n'],
  ])('refuses %s', async (_, input) => {
    const handle = vi.fn<HttpHandler['handle']>(echo);
    const { address } = await start({ handle });
    expect(await new RawHttp(address, input).closed()).toContain('HTTP/1.1 400');
    expect(handle).not.toHaveBeenCalled();
  });

  it('refuses headers above the limit with 431', async () => {
    const { address } = await start({}, { maxHeaderBytes: 2000 });
    expect(await new RawHttp(address, `${head}x: ${'x'.repeat(3000)}\r\n`).closed()).toContain(
      'HTTP/1.1 431',
    );
    const usual = await start();
    expect(
      await new RawHttp(
        usual.address,
        `${head}connection: close\r\nx: ${'x'.repeat(30_000)}\r\ncontent-length: 0\r\n\r\n`,
      ).closed(),
    ).toContain('200 OK');
  });
});

describe('slow clients', () => {
  it.each<[string, string, Partial<HttpServerOptions>]>([
    ['half a header', head, { headerTimeoutMs: 30 }],
    ['half a body', `${head}content-length: 10\r\n\r\nhalf`, { requestTimeoutMs: 40, headerTimeoutMs: 30 }],
  ])('are cut off with 408 after %s', async (_, input, options) => {
    const { address } = await start({}, options);
    expect(await new RawHttp(address, input).closed()).toContain('HTTP/1.1 408');
  });

  it('are cut off when they do not take their reply', async () => {
    const started = deferred();
    const handle = (): HttpReply => {
      started.resolve();
      return { status: 200, body: Buffer.alloc(64 << 20) };
    };
    const { server, address } = await start({ handle }, { writeTimeoutMs: 50 });
    const peer = new RawHttp(address);
    peer.socket.pause();
    peer.socket.write(`${head}content-length: 0\r\n\r\n`);
    await started.promise;
    // Waits for the reply, which nobody takes.
    await server.close(never);
  });

  it('lose an idle connection', async () => {
    const { address } = await start({}, { idleTimeoutMs: 30 });
    expect(await new RawHttp(address, `${head}content-length: 0\r\n\r\n`).closed()).toContain('200 OK');
  });
});

describe('cross-origin requests', () => {
  const cors = {
    allowedOrigins: ['https://app.example', 'https://*.example.org'],
    allowedHeaders: ['X-Key'],
    exposedHeaders: ['Retry-After'],
    maxAgeSeconds: 600,
  };

  async function ask(
    url: string,
    method: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const asked = httpRequest(url, { method, headers, agent: false }, (reply) => {
        reply.resume();
        resolve({ status: reply.statusCode!, headers: reply.headers });
      });
      asked.on('error', reject).end();
    });
  }

  const preflight = (origin: string, more: Record<string, string> = {}): Record<string, string> => ({
    origin,
    'access-control-request-method': 'POST',
    ...more,
  });

  it('answers a preflight before `admit`', async () => {
    const { url } = await start({ admit: () => ({ status: 401 }) }, { cors });
    const reply = await ask(
      url,
      'OPTIONS',
      preflight('https://app.example', { 'access-control-request-headers': 'content-type,x-key' }),
    );
    expect(reply).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, HEAD',
        'access-control-allow-headers': 'content-type,x-key',
        'access-control-max-age': '600',
      },
    });
    expect(reply.headers).not.toHaveProperty('content-length');
  });

  it.each([
    ['another origin', preflight('https://evil.example')],
    ['an origin that only ends alike', preflight('https://app.example.evil.net')],
    ['another header', preflight('https://app.example', { 'access-control-request-headers': 'x-other' })],
    ['another method', preflight('https://app.example', { 'access-control-request-method': 'DELETE' })],
  ])('grants nothing to %s', async (_, headers) => {
    const { url } = await start({}, { cors });
    const reply = await ask(url, 'OPTIONS', headers);
    expect(reply.status).toBe(204);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('grants an origin that fits a wildcard', async () => {
    const { url } = await start({}, { cors });
    expect((await ask(url, 'POST', { origin: 'https://a.example.org' })).headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example.org',
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    });
    expect((await ask(url, 'POST', { origin: 'https://example.org' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it('allows no credentials where every origin is allowed', async () => {
    const { url } = await start({}, { cors: { allowedOrigins: ['*'], allowedHeaders: ['*'] } });
    const { headers } = await ask(
      url,
      'OPTIONS',
      preflight('https://any.example', { 'access-control-request-headers': 'x-any' }),
    );
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('is off where nobody asked for it', async () => {
    const { url } = await start({ handle: () => ({ status: 405 }) });
    const reply = await ask(url, 'OPTIONS', preflight('https://app.example'));
    expect(reply.status).toBe(405);
    expect(reply.headers).not.toHaveProperty('vary');
  });
});

describe('addresses and closing', () => {
  it('serves both address families of `localhost` on one free port', async () => {
    const { address } = await start({}, { endpoint: 'localhost:0' });
    const port = address.split(':')[1]!;
    for (const host of [...loopbacks, 'localhost']) {
      expect((await post(`http://${host}:${port}/`, Buffer.from('x'))).status).toBe(200);
    }
  });

  it('serves a socket file', async () => {
    const path = join(await temporaryFolder(), 'http.sock');
    const { address } = await start(
      { handle: ({ peer }) => ({ status: 200, body: peer }) },
      { endpoint: path, transport: 'unix' },
    );
    expect(address).toBe(path);
    const body = await new Promise<string>((resolve, reject) => {
      httpRequest({ socketPath: path, method: 'POST', path: '/' }, (reply) => {
        reply.setEncoding('utf8').on('data', resolve);
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe('unix');
  });

  it('is safe before listening, and twice', async () => {
    const server = createHttpServer({
      runtime: testRuntime(),
      endpoint: '127.0.0.1:0',
      maxBodyBytes: 1,
      handler: echoHandler,
    });
    await Promise.all([server.close(never), server.close(never)]);
  });

  it('closes idle connections, waits for the requests under way, and closes theirs with the reply', async () => {
    const started = deferred();
    const release = deferred();
    const { server, address } = await start({
      handle: async ({ body }) => {
        if (body.byteLength === 0) return { status: 200 };
        started.resolve();
        await release.promise;
        return { status: 200, body: 'done' };
      },
    });
    const idle = new RawHttp(address, `${head}content-length: 0\r\n\r\n`);
    await idle.until('200 OK');
    const busy = new RawHttp(address, `${head}content-length: 1\r\n\r\nx`);
    await started.promise;
    let isClosed = false;
    const closing = server.close(never).then(() => (isClosed = true));
    await idle.closed();
    await expect(fetch(`http://${address}/`)).rejects.toThrow('fetch failed');
    expect(isClosed).toBe(false);
    release.resolve();
    await closing;
    const reply = await busy.closed();
    expect(reply).toContain('done');
    expect(reply.toLowerCase()).toContain('connection: close');
  });

  it('waits for a client that is still taking its reply', async () => {
    const body = Buffer.alloc(64 << 20, 'r');
    const started = deferred();
    const { server, address } = await start({
      handle: () => {
        started.resolve();
        return { status: 200, body };
      },
    });
    const peer = new RawHttp(address);
    peer.socket.pause();
    peer.socket.write(`${head}connection: close\r\ncontent-length: 0\r\n\r\n`);
    await started.promise;
    const closing = server.close(never);
    peer.socket.resume();
    expect((await peer.closed()).length).toBeGreaterThan(body.byteLength);
    await closing;
  });

  it('cuts the requests under way when the grace is over', async () => {
    const started = deferred<AbortSignal>();
    const { server, address } = await start({
      handle: ({ signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      },
    });
    const peer = new RawHttp(address, `${head}content-length: 0\r\n\r\n`);
    const signal = await started.promise;
    const grace = new AbortController();
    const closing = server.close(grace.signal);
    grace.abort();
    await closing;
    expect(await peer.closed()).toBe('');
    expect(signal.aborted).toBe(true);
  });
});
