import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createSecureServer } from 'node:http2';
import { connect, createServer as createNetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '@tributary/component';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../src/index.js';
import { listening } from '../../../test/support/raw-server.js';
import { hasOpenssl, testServerTls } from './certificates.js';
import { testProxy } from './connect-proxy.js';
import { deferred, plaintext, testRuntime } from './helpers.js';

// By which connections an HTTP client comes to its server: DNS, proxies, HTTP/2, and how many are kept.

const body = Buffer.from('hello');

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ runtime: testRuntime(), tls: plaintext, environment: {}, ...options });
  onTestFinished(() => made.close());
  return made;
}

/** A server of node:http that keeps the requests, without their bodies, and answers 200. */
async function recording(): Promise<{ port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  return { port: await listening(createServer(answering(seen))), seen };
}

function answering(seen: IncomingMessage[]): RequestListener {
  return (request, response) => {
    seen.push(request);
    request.resume().on('end', () => response.end('ok'));
  };
}

/** Names of a table. */
function knowing(addresses: Readonly<Record<string, string>>): HttpClientOptions['runtime'] {
  const { clock, dns, fs } = testRuntime();
  const lookup = async (host: string): Promise<{ address: string; family: number }[]> => {
    const address = addresses[host];
    if (address === undefined) throw new Error(`ENOTFOUND ${host}`);
    return [{ address, family: 4 }];
  };
  return { clock, fs, dns: { ...dns, lookup: lookup as unknown as Runtime['dns']['lookup'] } };
}

describe('the name of an HTTP server', () => {
  it('is looked up by the DNS of the runtime', async () => {
    const { port, seen } = await recording();
    const made = client({ runtime: knowing({ 'backend.example': '127.0.0.1' }) });
    await made.post({ url: `http://backend.example:${port}/v1/traces`, body });
    expect(seen[0]!.headers.host).toBe(`backend.example:${port}`);
    await expect(made.post({ url: `http://other.example:${port}/`, body })).rejects.toMatchObject({
      code: 'unreachable',
      message: `http://other.example:${port}/: ENOTFOUND other.example`,
    });
  });

  it('goes without the user of the URL, who is sent as such', async () => {
    const { port, seen } = await recording();
    await client().post({ url: `http://me:p%40ss@127.0.0.1:${port}/v1/traces?a=b`, body });
    expect(seen[0]!.headers.authorization).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(seen[0]!.url).toBe('/v1/traces?a=b');
  });
});

describe('a proxy for HTTP', () => {
  it('is given the whole URL, and its own credentials', async () => {
    const { port, seen } = await recording();
    const { address, asked } = await testProxy();
    const url = `http://backend.example:${port}/v1/traces?a=b`;
    await client({ proxyUrl: `http://me:p%40ss@${address}` }).post({ url, body });
    expect(asked.map(({ line }) => line)).toEqual([`POST ${url}`]);
    expect(asked[0]!.headers['proxy-authorization']).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(seen[0]!.headers.host).toBe(`backend.example:${port}`);
  });

  it('is that of the environment, unless NO_PROXY has the host or the config has another', async () => {
    const { port } = await recording();
    const ofEnvironment = await testProxy();
    const ofConfig = await testProxy();
    const url = `http://backend.example:${port}/`;
    const runtime = knowing({ 'backend.example': '127.0.0.1' });
    const environment = { HTTP_PROXY: ofEnvironment.address, NO_PROXY: '' };
    await client({ environment }).post({ url, body });
    expect(ofEnvironment.asked).toHaveLength(1);
    await client({ runtime, environment: { ...environment, NO_PROXY: '.example' } }).post({ url, body });
    expect(ofEnvironment.asked).toHaveLength(1);
    // What the config names is used whatever NO_PROXY says, also for this machine.
    await client({
      environment: { HTTP_PROXY: 'socks5://other', NO_PROXY: '*' },
      proxyUrl: `http://${ofConfig.address}`,
    }).post({ url: `http://127.0.0.1:${port}/`, body });
    expect(ofConfig.asked).toHaveLength(1);
    expect(ofEnvironment.asked).toHaveLength(1);
  });

  it.each([
    [{ proxyUrl: 'http://[' }, 'proxy_url: invalid proxy address'],
    [{ environment: { HTTP_PROXY: 'socks5://proxy' } }, 'HTTP_PROXY: no proxy by socks5'],
    [{ environment: { HTTPS_PROXY: 'socks5://proxy' } }, 'HTTPS_PROXY: no proxy by socks5'],
  ])('that cannot be used is refused when the client opens: %j', async (options, message) => {
    await expect(client(options).open()).rejects.toThrow(message);
  });
});

describe.skipIf(!hasOpenssl)('with TLS', () => {
  const tls = testServerTls('DNS:backend.example,IP:127.0.0.1');
  const trusting = (): HttpClientOptions['tls'] => ({ ...plaintext, ca_file: tls().caFile });

  it('a proxy is asked for a tunnel, and does not stand in for the server', async () => {
    const seen: IncomingMessage[] = [];
    const port = await listening(createTlsServer(tls().identity, answering(seen)));
    const { address, asked } = await testProxy();
    const made = client({ tls: trusting(), environment: { HTTPS_PROXY: `http://me:secret@${address}` } });
    await made.post({ url: `https://backend.example:${port}/v1/traces`, body });
    expect(asked.map(({ line }) => line)).toEqual([`CONNECT backend.example:${port}`]);
    expect(asked[0]!.headers['proxy-authorization']).toBe(`Basic ${btoa('me:secret')}`);
    expect(seen[0]!.headers['proxy-authorization']).toBeUndefined();
    await expect(made.post({ url: `https://other.example:${port}/`, body })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('the server must be who the URL says, or the config, whatever Host is sent', async () => {
    const seen: IncomingMessage[] = [];
    const port = await listening(createTlsServer(tls().identity, answering(seen)));
    const headers = { host: 'tenant.example' };
    await client({ tls: trusting(), headers }).post({ url: `https://127.0.0.1:${port}/`, body });
    const runtime = knowing({ 'other.example': '127.0.0.1' });
    const url = `https://other.example:${port}/`;
    await expect(client({ tls: trusting(), headers, runtime }).post({ url, body })).rejects.toThrow(
      /altnames/,
    );
    const renamed = { ...trusting(), server_name_override: 'backend.example' };
    await client({ tls: renamed, headers, runtime }).post({ url, body });
    expect(seen.map((request) => request.headers.host)).toEqual(['tenant.example', 'tenant.example']);
  });

  it('a proxy that gives no tunnel says so', async () => {
    const port = await listening(
      createNetServer((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'));
      }),
    );
    const made = client({ proxyUrl: `http://me:secret@127.0.0.1:${port}` });
    await expect(made.post({ url: 'https://backend.example/', body })).rejects.toMatchObject({
      code: 'unreachable',
      message: 'https://backend.example/: proxy 127.0.0.1: it answers CONNECT with 407',
    });
  });

  /** A server that speaks HTTP/2, or 1.1 to those who know nothing else. */
  async function modernServer(): Promise<{ url: string; versions: string[]; connections: () => number }> {
    const versions: string[] = [];
    let connections = 0;
    const server = createSecureServer({ ...tls().identity, allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion);
      request.resume().on('end', () => response.end('ok'));
    });
    server.on('secureConnection', () => connections++);
    return {
      url: `https://127.0.0.1:${await listening(server)}/v1/traces`,
      versions,
      connections: () => connections,
    };
  }

  it('HTTP/2 is spoken where it is asked for, by one connection', async () => {
    const { url, versions, connections } = await modernServer();
    await client({ tls: trusting() }).post({ url, body });
    const made = client({ tls: trusting(), http2: {} });
    const large = Buffer.alloc(100_000, 'telemetry');
    await made.post({ url, body: large });
    await Promise.all(Array.from({ length: 20 }, () => made.post({ url, body: large })));
    expect(versions).toEqual(['1.1', ...Array.from({ length: 21 }, () => '2.0')]);
    expect(connections()).toBe(2);
  });

  it('HTTP/2 is not spoken where each request has a connection of its own', async () => {
    const { url, versions, connections } = await modernServer();
    const made = client({ tls: trusting(), http2: {}, keepAlives: false });
    await made.post({ url, body });
    await made.post({ url, body });
    expect([versions, connections()]).toEqual([['1.1', '1.1'], 2]);
  });

  it('HTTP/2 is not forced on those who know HTTP/1.1 alone', async () => {
    const seen: IncomingMessage[] = [];
    const url = `https://127.0.0.1:${await listening(createTlsServer(tls().identity, answering(seen)))}/`;
    await client({ tls: trusting(), http2: {} }).post({ url, body });
    expect(seen[0]!.httpVersion).toBe('1.1');
  });

  it('an HTTP/2 connection that answers no ping is closed, one that answers is kept', async () => {
    const { url, connections } = await modernServer();
    // A wire between client and server that can be cut without either of them noticing.
    let isCut = false;
    const cut = deferred();
    const wire = createNetServer((near) => {
      const far = connect(Number(new URL(url).port), '127.0.0.1');
      near.on('data', (piece) => isCut || far.write(piece));
      far.on('data', (piece) => isCut || near.write(piece));
      near.on('close', () => {
        far.destroy();
        if (isCut) cut.resolve();
      });
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    const made = client({ tls: trusting(), http2: { readIdleTimeoutMs: 20, pingTimeoutMs: 60 } });
    const throughWire = `https://127.0.0.1:${await listening(wire)}/`;
    await made.post({ url: throughWire, body });
    await sleep(300);
    await made.post({ url: throughWire, body });
    expect(connections()).toBe(1);
    isCut = true;
    await cut.promise;
  });
});

describe('idle connections', () => {
  /** How many connections stay of ten that were in use together, with a limit. */
  async function left(options: Partial<HttpClientOptions>, hosts = 1): Promise<number> {
    const started = deferred();
    const all = deferred();
    let requests = 0;
    const open = new Set<Socket>();
    const servers = await Promise.all(
      Array.from({ length: hosts }, () => {
        const server = createServer((request, response) => {
          if (++requests === 10) started.resolve();
          request.resume();
          void started.promise.then(() => response.end('ok'));
        });
        server.on('connection', (socket: Socket) => {
          open.add(socket);
          socket.on('close', () => {
            open.delete(socket);
            all.resolve();
          });
        });
        return listening(server);
      }),
    );
    const made = client(options);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        made.post({ url: `http://127.0.0.1:${servers[n % hosts]}/`, body }),
      ),
    );
    // One more, by a connection that is there: what was closed before is seen by the servers after it.
    await made.post({ url: `http://127.0.0.1:${servers[0]}/`, body });
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    return open.size;
  }

  it('are all kept by default', async () => {
    // The last request may come before a connection is free again.
    expect(await left({})).toBeGreaterThanOrEqual(10);
  });

  it('are no more than the limit, and no more to one host than its limit', async () => {
    expect(await left({ maxIdleConnections: 3 })).toBe(3);
    expect(await left({ maxIdleConnectionsPerHost: 2 })).toBe(2);
    expect(await left({ maxIdleConnectionsPerHost: 2 }, 2)).toBe(4);
    expect(await left({ maxIdleConnections: 3, maxIdleConnectionsPerHost: 2 }, 2)).toBe(3);
    expect(await left({ maxIdleConnections: 0 })).toBeGreaterThanOrEqual(10);
  });
});
