import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { createCollector } from '@tributary/collector';
import type { Logger } from '@tributary/component';
import { healthCheck } from '@tributary/extension-healthcheck';
import { nopExporter } from '@tributary/exporter-nop';
import { testReceiver } from '@tributary/testkit';
import type { EnforcementPolicyConfig, GrpcServerConfig, HttpServerConfig } from '@tributary/transport';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { Certificates, hasOpenssl } from '../../packages/transport/test/certificates.js';
import {
  connected,
  http2Preface,
  http2Session,
  listenerOf,
  maxStreamsOf,
  pinging,
  speaking,
} from '../support/raw-clients.js';
import { listening } from '../support/raw-server.js';
import { check, checked, get, running, until, Watched } from './support.js';

// Times of connections are those of the machine: the tests wait for what has to happen, however long it takes.

const versions = [
  { version: 1, path: '/', of: (http: HttpServerConfig) => http },
  { version: 2, path: '/status', of: (http: HttpServerConfig) => ({ use_v2: true, http }) },
] as const;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-health-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** An address that is taken for the time of a test. */
async function takenAddress(): Promise<string> {
  return `127.0.0.1:${await listening(createServer())}`;
}

describe.each(versions)('HTTP of version $version', ({ path, of }) => {
  it('sets headers, and lets scripts of other origins ask', async () => {
    const { address } = await running(
      of({
        response_headers: { 'X-Served-By': 'agent' },
        cors: {
          allowed_origins: ['https://*.example'],
          allowed_headers: ['x-tenant'],
          exposed_headers: ['X-Served-By'],
          max_age: 600,
        },
      }),
    );
    const url = `http://${address('http')}${path}`;
    const origin = 'https://app.example';
    const asked = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        connection: 'close',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-tenant',
      },
    });
    expect([
      asked.status,
      asked.headers.get('access-control-allow-headers'),
      asked.headers.get('access-control-max-age'),
    ]).toEqual([204, 'x-tenant', '600']);
    const { headers } = await fetch(url, { headers: { origin, connection: 'close' } });
    expect([
      headers.get('x-served-by'),
      headers.get('access-control-allow-origin'),
      headers.get('access-control-expose-headers'),
    ]).toEqual(['agent', origin, 'X-Served-By']);
  });

  it('bounds the body, and takes the encodings that are named', async () => {
    const { address } = await running(of({ max_request_body_size: 10, compression_algorithms: [''] }));
    const post = async (body: string, headers: Record<string, string>): Promise<number> => {
      const url = `http://${address('http')}${path}`;
      const reply = await fetch(url, { method: 'POST', body, headers: { connection: 'close', ...headers } });
      return reply.status;
    };
    expect(await post('x'.repeat(11), {})).toBe(413);
    expect(await post('x', { 'content-encoding': 'gzip' })).toBe(400);
    expect(await post('x', {})).toBe(200);
  });

  it('warns of headers for scripts of no origin', async () => {
    const { lines } = await running(of({ cors: { allowed_headers: ['X-Tenant'] } }));
    expect(lines).toContain('warn: cors.allowed_headers has no effect without allowed_origins');
  });

  const whole = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`;
  it.each<[string, HttpServerConfig, string, RegExp]>([
    ['headers do not come', { read_header_timeout: '50ms' }, whole.slice(0, 20), /^HTTP\/1\.1 408 /],
    ['body does not come', { read_timeout: '50ms' }, whole.slice(0, -1), /^HTTP\/1\.1 408 /],
    ['connection stays idle after its reply', { idle_timeout: '50ms' }, whole, /^HTTP\/1\.1 200 /],
    [
      'connection may have one reply only',
      { keep_alives_enabled: false, idle_timeout: '0s' },
      whole,
      /\r\nconnection: close\r\n/i,
    ],
  ])('cuts off a client whose %s', async (_, config, text, reply) => {
    const { address } = await running(of(config));
    const { closed } = speaking(address('http'), text);
    expect(await closed).toMatch(reply);
  });

  it('cuts off a client that does not take its reply', async () => {
    // More than the sockets of both sides take in.
    const response_headers = { 'x-long': 'x'.repeat(10_000_000) };
    const { address, collector } = await running(of({ write_timeout: '50ms', response_headers }));
    const socket = connected(address('http'));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await once(socket, 'readable');
    // It waits for the rest of the reply, without an end: the clock of its grace stands still.
    await collector.shutdown();
  });

  it('listens at a socket file', async () => {
    const file = join(await temporaryFolder(), 'health.sock');
    await running(of({ transport: 'unix', endpoint: file }));
    const status = await new Promise((resolve, reject) => {
      httpRequest({ socketPath: file, path, agent: false }, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode));
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  it('may be of one family of addresses', async () => {
    const { address } = await running(of({ transport: 'tcp4', endpoint: 'localhost:0' }));
    const port = address('http').split(':').at(-1)!;
    expect((await get(`127.0.0.1:${port}`, path)).status).toBe(200);
    await expect(fetch(`http://[::1]:${port}${path}`)).rejects.toThrow('fetch failed');
  });

  it('fails the start where the address is taken', async () => {
    const endpoint = await takenAddress();
    await expect(checked(of({ endpoint })).collector.start()).rejects.toThrow(
      `failed to start extensions: "health_check": failed to bind to address ${endpoint}: listen EADDRINUSE`,
    );
  });
});

describe('gRPC', () => {
  async function session(grpc: GrpcServerConfig): Promise<ClientHttp2Session> {
    const { address } = await running({ use_v2: true, grpc });
    return http2Session(address('grpc'));
  }

  it('takes as many requests of a connection as max_concurrent_streams says', async () => {
    expect(await maxStreamsOf(await session({ max_concurrent_streams: 7 }))).toBe(7);
    expect(await maxStreamsOf(await session({ max_concurrent_streams: 0 }))).toBe(1000);
  });

  it('takes messages up to max_recv_msg_size_mib', async () => {
    const { address } = await running({ use_v2: true, grpc: { max_recv_msg_size_mib: 1 } });
    expect(await check(address('grpc'), 'x'.repeat(1 << 20))).toMatch(/^8: /);
    expect(await check(address('grpc'), 'x'.repeat(1 << 19))).toMatch(/^5: /);
  });

  it.each(['max_connection_idle', 'max_connection_age'])('closes a connection by %s', async (key) => {
    const client = await session({ keepalive: { server_parameters: { [key]: '50ms' } } });
    await once(client, 'goaway');
  });

  it('asks by a ping whether a client is still there', async () => {
    const client = await session({ keepalive: { server_parameters: { time: '50ms' } } });
    await once(client, 'ping');
  });

  it('closes the connection of a client that does not answer its ping', async () => {
    const server_parameters = { time: '50ms', timeout: '50ms' } as const;
    const { address } = await running({ use_v2: true, grpc: { keepalive: { server_parameters } } });
    await speaking(address('grpc'), http2Preface).closed;
  });

  it('ends the connection of a client that pings more often than enforcement_policy says', async () => {
    /** A ping a second. */
    async function pingingBy(enforcement_policy?: EnforcementPolicyConfig): Promise<string> {
      const { address, clock } = await running({ use_v2: true, grpc: { keepalive: { enforcement_policy } } });
      return pinging(http2Session(address('grpc')), () => clock.advance('1s'));
    }
    expect(await pingingBy()).toBe('too_many_pings');
    expect(await pingingBy({ min_time: '1s', permit_without_stream: true })).toBe('answered');
    // Without a request, the least time is two hours all the same.
    expect(await pingingBy({ min_time: '1s' })).toBe('too_many_pings');
  });

  it('cuts watches off that are still under way after the grace of an old connection', async () => {
    const server_parameters = { max_connection_age: '50ms', max_connection_age_grace: '50ms' } as const;
    const { address } = await running({ use_v2: true, grpc: { keepalive: { server_parameters } } });
    const watched = new Watched(address('grpc'));
    expect(await watched.next()).toBe('SERVING');
    expect(await watched.next()).toMatch(/^14: /);
  });

  it('listens at a socket file', async () => {
    const file = join(await temporaryFolder(), 'health.sock');
    await running({ use_v2: true, grpc: { transport: 'unix', endpoint: file } });
    expect(await check(`unix://${file}`)).toBe('SERVING');
  });

  it('may be of one family of addresses', async () => {
    const { address } = await running({ use_v2: true, grpc: { transport: 'tcp4', endpoint: 'localhost:0' } });
    const port = address('grpc').split(':').at(-1)!;
    expect(await check(`127.0.0.1:${port}`)).toBe('SERVING');
    expect(await check(`ipv6:[::1]:${port}`)).toMatch(/^14: /);
  });

  it('fails the start where the address is taken', async () => {
    const endpoint = await takenAddress();
    await expect(checked({ use_v2: true, grpc: { endpoint } }).collector.start()).rejects.toThrow(
      `failed to start extensions: "health_check": failed to bind to address ${endpoint}: listen EADDRINUSE`,
    );
  });
});

describe('a server that dies', () => {
  it.each(['http', 'grpc'] as const)(
    'is a permanent error, which the other one tells of: %s',
    async (name) => {
      const { address, get: ask } = await running({
        use_v2: true,
        http: {},
        grpc: {},
        component_health: { include_permanent_errors: true },
      });
      const other = name === 'http' ? 'grpc' : 'http';
      const asked = async (): Promise<string> =>
        other === 'grpc'
          ? check(address('grpc'), 'extensions')
          : String((await ask('/status?pipeline=extensions')).body['error']);
      expect(await asked()).toBe(other === 'grpc' ? 'SERVING' : 'undefined');
      const listener = listenerOf(address(name));
      listener.close();
      await until(() => !listener.listening);
      expect(await asked()).toBe(other === 'grpc' ? 'NOT_SERVING' : 'the listening socket was closed');
    },
  );
});

describe.skipIf(!hasOpenssl)('by TLS', () => {
  const certificates = hasOpenssl ? new Certificates() : undefined;
  afterAll(() => certificates?.remove());

  /** What both sides need to trust each other. */
  function identities() {
    const authority = certificates!.authority('ours');
    const server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    const client = authority.issue('client', 'DNS:client');
    const read = (file: string): Buffer => readFileSync(file);
    return {
      tls: { cert_file: server.certFile, key_file: server.keyFile, client_ca_file: authority.caFile },
      ca: read(authority.caFile),
      cert: read(client.certFile),
      key: read(client.keyFile),
    };
  }

  function getByTls(address: string, path: string, client: object): Promise<unknown> {
    const [host, port] = address.split(':');
    return new Promise((resolve) => {
      httpsRequest({ host, port, path, agent: false, servername: 'localhost', ...client }, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode));
      })
        .on('error', (error) => resolve(error.message))
        .end();
    });
  }

  it.each(versions)('HTTP of version $version asks for a certificate', async ({ path, of }) => {
    const { tls, ...client } = identities();
    const { address } = await running(of({ tls }));
    expect(await getByTls(address('http'), path, client)).toBe(200);
    expect(await getByTls(address('http'), path, { ca: client.ca })).toMatch(
      /certificate required|ECONNRESET|hang up/,
    );
  });

  it('gRPC asks for a certificate', async () => {
    const { tls, ca, key, cert } = identities();
    const { address } = await running({ use_v2: true, grpc: { tls } });
    const target = address('grpc').replace('127.0.0.1', 'localhost');
    expect(await check(target, '', 'Check', credentials.createSsl(ca, key, cert))).toBe('SERVING');
    expect(await check(target, '', 'Check', credentials.createSsl(ca))).toMatch(/^14: /);
  });

  it.each(versions)('HTTP of version $version does not start without its files', async ({ of }) => {
    const tls = { cert_file: '/nowhere/cert.pem', key_file: '/nowhere/key.pem' };
    await expect(checked(of({ tls })).collector.start()).rejects.toThrow(
      'failed to start extensions: "health_check": failed to load TLS config: failed to load TLS cert and key: /nowhere/cert.pem',
    );
  });
});

describe('the lifecycle', () => {
  const both = { use_v2: true, http: {}, grpc: {} } as const;

  it('may end before it begins, and twice', async () => {
    for (const config of [{}, both]) {
      const { collector } = checked(config);
      await collector.shutdown();
      await collector.shutdown();
    }
  });

  it('closes gRPC where HTTP cannot be opened', async () => {
    const endpoint = await takenAddress();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const config = { ...both, http: { endpoint }, grpc: { endpoint: `127.0.0.1:${port}` } };
    await expect(checked(config).collector.start()).rejects.toThrow('failed to bind to address');
    const again = createServer().listen(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  it('leaves no connection behind, whoever is still there', async () => {
    const { collector, address } = await running(both);
    const [http, grpc] = [address('http'), address('grpc')];
    const idle = speaking(http, 'GET /status HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle.socket, 'data');
    const half = speaking(http, 'GET /status HTTP/1.1\r\n');
    const silent = speaking(grpc, '');
    await Promise.all([half, silent].map(({ socket }) => once(socket, 'connect')));
    const watched = new Watched(grpc);
    expect(await watched.next()).toBe('SERVING');
    await collector.shutdown({ graceMs: 0 });
    await Promise.all([idle, half, silent].map(({ closed }) => closed));
    // Whether its answer or the end of its connection comes first is open.
    await until(() => watched.rest.some((what) => /^1[4]?: /.test(what)));
    await expect(get(http, '/status')).rejects.toThrow('ECONNREFUSED');
    expect(await check(grpc)).toMatch(/^14: /);
  });

  it('does not let a shutdown wait for those who watch', async () => {
    const { collector, address, clock } = await running(both);
    const watched = new Watched(address('grpc'));
    expect(await watched.next()).toBe('SERVING');
    // The clock stands still: a shutdown that waited for its grace would never end.
    await collector.shutdown();
    expect(clock.pending).toBe(0);
  });

  it('starts on the same object again', async () => {
    const endpoint = '127.0.0.1:0';
    const health = healthCheck({ use_v2: true, http: { endpoint }, grpc: { endpoint } });
    for (let n = 0; n < 2; n++) {
      await using collector = createCollector({
        runtime: { logger: silent },
        extensions: [health],
        pipelines: { traces: { receivers: [testReceiver()], exporters: [nopExporter()] } },
      });
      await collector.start();
      const { http = '', grpc = '' } = collector.addresses()['health_check'] ?? {};
      expect([(await get(http, '/status')).status, await check(grpc)]).toEqual([200, 'SERVING']);
    }
  });
});
