import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createHttpClient,
  TransportError,
  type HttpClient,
  type HttpClientOptions,
  type TransportErrorCode,
} from '../src/index.js';
import { deferred, plaintext, testRuntime, text } from './helpers.js';

async function listening(server: NetServer): Promise<string> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server of node:http alone. */
async function stockServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return `http://${await listening(server)}/v1/traces`;
}

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly port: number;
}

/** A server that answers 200 and tells what came. */
async function recording(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await stockServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path = '', method = '', headers, socket } = request;
      seen.push({ url: path, method, headers, body: Buffer.concat(pieces), port: socket.remotePort! });
      response.end('ok');
    });
  });
  return { url, seen };
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ runtime: testRuntime(), tls: plaintext, environment: {}, ...options });
  onTestFinished(() => made.close());
  return made;
}

async function codeOf(reply: Promise<unknown>): Promise<TransportErrorCode> {
  return reply.then(
    () => expect.fail('there was a reply'),
    (error: unknown) => {
      if (!TransportError.is(error)) throw error;
      return error.code;
    },
  );
}

const body = Buffer.from('hello');

describe('the HTTP client, calling a stock server', () => {
  it('posts the body and returns status, headers and body, whatever the status', async () => {
    const url = await stockServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(503, { 'Retry-After': '7' }).end('busy');
      });
    });
    const reply = await client().post({ url, body });
    expect([reply.status, reply.headers['retry-after'], text(reply.body)]).toEqual([503, '7', 'busy']);
  });

  it('sends its headers over those of the call, whatever their case', async () => {
    const { url, seen } = await recording();
    const made = client({
      headers: { 'X-Tenant': 'client', Host: 'collector.example' },
      userAgent: 'test/1',
    });
    await made.post({ url, body, headers: { 'x-tenant': 'call', 'Content-Type': 'application/x-protobuf' } });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/traces',
      headers: {
        'x-tenant': 'client',
        host: 'collector.example',
        'content-type': 'application/x-protobuf',
        'user-agent': 'test/1',
        'content-length': '5',
      },
    });
    expect(seen[0]!.body.equals(body)).toBe(true);
  });

  it.each([
    ['gzip', gunzipSync],
    ['zlib', inflateSync],
    ['deflate', inflateSync],
  ] as const)('compresses with %s what is worth it', async (compression, unpack) => {
    const { url, seen } = await recording();
    const large = Buffer.alloc(100_000, 'telemetry');
    const made = client({ compression, compressionLevel: 9 });
    for (const message of [large, body]) await made.post({ url, body: message });
    await made.post({ url, body: large, headers: { 'Content-Encoding': 'br' } });
    expect(seen.map(({ headers }) => headers['content-encoding'])).toEqual([compression, undefined, 'br']);
    expect(unpack(seen[0]!.body).equals(large)).toBe(true);
    expect(seen[2]!.body.equals(large)).toBe(true);
  });

  it('does not follow redirects', async () => {
    const url = await stockServer((request, response) => {
      request.resume();
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await client().post({ url, body })).status).toBe(307);
  });

  it('reads a reply up to its limit', async () => {
    const url = await stockServer((request, response) => {
      request.resume();
      response.end(Buffer.alloc(request.url === '/exact' ? 1000 : 10_000_000, 'r'));
    });
    const made = client({ maxReplyBytes: 1000 });
    expect((await made.post({ url, body })).body.byteLength).toBe(1000);
    expect((await made.post({ url: new URL('/exact', url).href, body })).body.byteLength).toBe(1000);
  });

  it('keeps its connection, unless it is told not to', async () => {
    const { url, seen } = await recording();
    const keeping = client({ maxConnectionsPerHost: 1 });
    for (let n = 0; n < 3; n++) await keeping.post({ url, body });
    expect(new Set(seen.map(({ port }) => port)).size).toBe(1);
    seen.length = 0;
    const closing = client({ keepAlives: false });
    for (let n = 0; n < 3; n++) await closing.post({ url, body });
    expect(new Set(seen.map(({ port }) => port)).size).toBe(3);
    expect(seen[0]!.headers.connection).toBe('close');
  });

  it('opens no more connections than it may', async () => {
    let open = 0;
    let most = 0;
    const url = await stockServer((request, response) => {
      most = Math.max(most, ++open);
      request.resume().on('end', () => {
        setTimeout(() => {
          open--;
          response.end();
        }, 5);
      });
    });
    const made = client({ maxConnectionsPerHost: 2 });
    await Promise.all(Array.from({ length: 10 }, () => made.post({ url, body })));
    expect(most).toBe(2);
  });
});

describe('without a reply', () => {
  const silence: RequestListener = (request) => void request.resume();

  it('ends with `timeout` when its time is over, also in the middle of a reply', async () => {
    const silent = await stockServer(silence);
    expect(await codeOf(client().post({ url: silent, body, timeoutMs: 30 }))).toBe('timeout');
    const stuck = await stockServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-length': 10 }).write('half');
    });
    await expect(client().post({ url: stuck, body, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      message: `${stuck}: no reply within 50 ms`,
    });
  });

  it('ends with `aborted` when the caller gives up, and the server sees it', async () => {
    const given = new AbortController();
    const gone = deferred();
    const url = await stockServer((request) => {
      request.resume().on('end', () => given.abort());
      request.socket.on('close', () => gone.resolve());
    });
    expect(await codeOf(client().post({ url, body, signal: given.signal }))).toBe('aborted');
    await gone.promise;
    expect(await codeOf(client().post({ url, body, signal: AbortSignal.abort() }))).toBe('aborted');
  });

  it('ends with `aborted` when the client is closed, and so does what comes later', async () => {
    const made = client();
    const url = await stockServer((request) => void request.resume().on('end', () => void made.close()));
    expect(await codeOf(made.post({ url, body }))).toBe('aborted');
    await made.close();
    expect(await codeOf(made.post({ url, body }))).toBe('aborted');
  });

  it.each<[string, (url: string) => string]>([
    ['nobody is there', () => 'http://127.0.0.1:1/v1/traces?key=secret'],
    ['the URL is none', () => 'secret'],
    ['the connection breaks', (url) => `${url}?key=secret`],
  ])('ends with `unreachable`, and without what may be secret in the URL, where %s', async (_, urlOf) => {
    const url = urlOf(await stockServer((request) => request.socket.destroy()));
    const error = await client()
      .post({ url, body })
      .then(
        () => expect.fail('there was a reply'),
        (reason: unknown) => reason as TransportError,
      );
    expect(error.code).toBe('unreachable');
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeDefined();
  });
});

describe('get', () => {
  it('hands the reply over piece by piece while it comes', async () => {
    const { promise: next, resolve: goOn } = deferred();
    const url = await stockServer((request, response) => {
      response.writeHead(200, { 'x-method': request.method });
      response.write('one');
      void next.then(() => response.end('two'));
    });
    const reply = await client().get({ url, headers: { accept: 'text/plain' }, timeoutMs: 5000 });
    expect([reply.status, reply.headers['x-method']]).toEqual([200, 'GET']);
    const pieces: string[] = [];
    for await (const piece of reply.body) {
      pieces.push(text(piece));
      goOn();
    }
    expect(pieces).toEqual(['one', 'two']);
  });

  it('closes the connection where the loop is left', async () => {
    const { promise: closed, resolve } = deferred();
    const url = await stockServer((_, response) => {
      response.once('close', resolve);
      response.write('one');
    });
    const reply = await client().get({ url });
    for await (const piece of reply.body) {
      expect(text(piece)).toBe('one');
      break;
    }
    await closed;
  });

  it.each(['aborted', 'closed', 'broken'] as const)('rejects where a reply is %s', async (how) => {
    const end = new AbortController();
    let cut = (): void => {};
    const url = await stockServer((_, response) => {
      cut = () => response.destroy();
      response.write('one');
    });
    const own = client();
    const reply = await own.get({ url, signal: end.signal });
    const read = async (): Promise<void> => {
      for await (const piece of reply.body) {
        expect(text(piece)).toBe('one');
        if (how === 'aborted') end.abort();
        else if (how === 'closed') void own.close();
        else cut();
      }
    };
    expect(await codeOf(read())).toBe(how === 'broken' ? 'unreachable' : 'aborted');
  });

  it('rejects where no headers come in time, or nobody listens', async () => {
    const silent = await stockServer(() => {});
    expect(await codeOf(client().get({ url: silent, timeoutMs: 30 }))).toBe('timeout');
    expect(await codeOf(client().get({ url: 'http://127.0.0.1:1/' }))).toBe('unreachable');
  });
});
