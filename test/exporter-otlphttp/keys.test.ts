import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect, createServer as createNetServer, type Socket } from 'node:net';
import { gunzipSync, inflateSync } from 'node:zlib';
import { systemRuntime } from '@tributary/collector';
import type { Runtime } from '@tributary/component';
import { otlpHttpExporter, type OtlpHttpExporterConfig } from '@tributary/exporter-otlphttp';
import { sampleLogs, sampleMetrics, sampleTraces } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { hasOpenssl, testServerTls } from '../../packages/transport/test/certificates.js';
import { testProxy } from '../../packages/transport/test/connect-proxy.js';
import { measuring } from '../exporter-otlp/measured.js';
import { listening } from '../support/raw-server.js';
import { direct, sending, withEnvironment, type Sending } from '../exporter-otlp/support.js';

const some = (spans = 1): ReturnType<typeof sampleTraces> => sampleTraces({ spans });

interface Recorded {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

function recordingIn(seen: Recorded[]): RequestListener {
  return (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      seen.push({ request, body: Buffer.concat(pieces) });
      response.end();
    });
  };
}

/** A server of node:http, and what it was sent. */
async function recording(): Promise<{ port: number; seen: Recorded[] }> {
  const seen: Recorded[] = [];
  return { port: await listening(createServer(recordingIn(seen))), seen };
}

async function exporting(config: OtlpHttpExporterConfig, runtime: Partial<Runtime> = {}): Promise<Sending> {
  return sending(otlpHttpExporter({ ...direct, ...config }), undefined, runtime);
}

/** A runtime whose DNS knows one name. */
function knowing(address: string): Partial<Runtime> {
  const lookup = async (): Promise<object[]> => [{ address, family: 4 }];
  return { dns: { ...systemRuntime().dns, lookup: lookup as unknown as Runtime['dns']['lookup'] } };
}

it('sends each signal to the URL of its own key', async () => {
  const { port, seen } = await recording();
  const base = `http://127.0.0.1:${port}`;
  const { source } = await exporting({
    endpoint: `${base}/base`,
    traces_endpoint: `${base}/t?key=1`,
    metrics_endpoint: `${base}/m`,
  });
  await source.send(some());
  await source.send(sampleMetrics({ dataPoints: 1 }));
  await source.send(sampleLogs({ records: 1 }));
  expect(seen.map(({ request }) => request.url)).toEqual(['/t?key=1', '/m', '/base/v1/logs']);
});

it('sends Host as the config has it', async () => {
  const { port, seen } = await recording();
  const headers = { Host: 'collector.example', 'X-Scope': 'a' };
  const { source } = await exporting({ endpoint: `http://127.0.0.1:${port}`, headers });
  await source.send(some());
  expect(seen[0]!.request.headers).toMatchObject({ host: 'collector.example', 'x-scope': 'a' });
});

describe('compression_params.level', () => {
  it.each([
    ['gzip', gunzipSync],
    ['zlib', inflateSync],
    ['deflate', inflateSync],
  ] as const)('makes bodies of %s smaller the higher it is, down to -2', async (compression, unpack) => {
    const { port, seen } = await recording();
    for (const level of [-2, 1, 9]) {
      const endpoint = `http://127.0.0.1:${port}`;
      const { source } = await exporting({ endpoint, compression, compression_params: { level } });
      await source.send(some(500));
    }
    const sizes = seen.map(({ body }) => body.byteLength);
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(3);
    const bodies = seen.map(({ body }) => unpack(body).toString('base64'));
    expect(new Set(bodies)).toEqual(new Set([Buffer.from(some(500).toBytes()).toString('base64')]));
  });
});

describe('a proxy', () => {
  it('is that of the environment, and is given the whole URL', async () => {
    const { address, asked } = await testProxy();
    const { port, seen } = await recording();
    withEnvironment({ HTTP_PROXY: `http://me:secret@${address}`, NO_PROXY: 'near.example' });
    const far = await exporting({ endpoint: `http://far.example:${port}` });
    await far.source.send(some());
    const near = await exporting({ endpoint: `http://near.example:${port}` }, knowing('127.0.0.1'));
    await near.source.send(some());
    expect(asked.map(({ line }) => line)).toEqual([`POST http://far.example:${port}/v1/traces`]);
    expect(seen.map(({ request }) => request.headers.host)).toEqual([
      `far.example:${port}`,
      `near.example:${port}`,
    ]);
  });

  it('is that of proxy_url, whatever the environment says', async () => {
    const { address, asked } = await testProxy();
    const { port, seen } = await recording();
    withEnvironment({ HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' });
    const endpoint = `http://127.0.0.1:${port}`;
    const { source } = await exporting({ endpoint, proxy_url: `http://${address}` });
    await source.send(some());
    expect([asked.length, seen.length]).toEqual([1, 1]);
  });

  it('that cannot be used keeps the collector from starting', async () => {
    withEnvironment({ HTTPS_PROXY: 'socks5://proxy' });
    await expect(exporting({ endpoint: 'https://far.example' })).rejects.toThrow(
      'HTTPS_PROXY: no proxy by socks5',
    );
  });
});

describe('idle connections', () => {
  /** How many of six connections, that were in use together, are kept; and how many there were of each host. */
  async function kept(config: OtlpHttpExporterConfig): Promise<number> {
    const open = new Set<Socket>();
    let waiting: (() => void)[] = [];
    const servers = await Promise.all(
      [1, 2].map(() => {
        const server = createServer((request, response) => {
          request.resume();
          waiting.push(() => response.end());
          if (waiting.length < 6) return;
          for (const go of waiting) go();
          waiting = [];
        });
        server.on('connection', (socket: Socket) => {
          open.add(socket);
          socket.on('close', () => open.delete(socket));
        });
        return listening(server);
      }),
    );
    const urls = {
      traces_endpoint: `http://127.0.0.1:${servers[0]}`,
      logs_endpoint: `http://127.0.0.1:${servers[1]}`,
    };
    const { source } = await sending(otlpHttpExporter({ ...direct, ...urls, ...config }), ['traces', 'logs']);
    await Promise.all(
      [1, 2, 3].flatMap(() => [source.send(some()), source.send(sampleLogs({ records: 1 }))]),
    );
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    return open.size;
  }

  it('are as many as max_idle_conns, and max_idle_conns_per_host', async () => {
    expect(await kept({})).toBe(6);
    expect(await kept({ max_idle_conns: 5 })).toBe(5);
    expect(await kept({ max_idle_conns_per_host: 2 })).toBe(4);
    expect(await kept({ max_idle_conns: 3, max_idle_conns_per_host: 2 })).toBe(3);
  });

  it('are closed after idle_conn_timeout', async () => {
    const closed = new Promise<void>((resolve) => {
      onConnection = (socket) => socket.on('close', () => resolve());
    });
    const server = createServer(recordingIn([]));
    server.on('connection', (socket: Socket) => onConnection(socket));
    const endpoint = `http://127.0.0.1:${await listening(server)}`;
    const { source } = await exporting({ endpoint, idle_conn_timeout: '50ms' });
    await source.send(some());
    await closed;
  });
  let onConnection: (socket: Socket) => void = () => {};
});

describe.skipIf(!hasOpenssl)('HTTP/2', () => {
  const tls = testServerTls('IP:127.0.0.1');

  async function modernServer(): Promise<{ port: number; versions: string[]; connections: () => number }> {
    const versions: string[] = [];
    let connections = 0;
    const server = createSecureServer({ ...tls().identity, allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion);
      request.resume().on('end', () => response.end());
    });
    server.on('secureConnection', () => connections++);
    return { port: await listening(server), versions, connections: () => connections };
  }

  it('is spoken with force_attempt_http2', async () => {
    const { port, versions } = await modernServer();
    for (const force_attempt_http2 of [undefined, true]) {
      const config = { endpoint: `https://127.0.0.1:${port}`, tls: { ca_file: tls().caFile } };
      const { source } = await exporting({ ...config, force_attempt_http2 });
      await source.send(some());
    }
    expect(versions).toEqual(['1.1', '2.0']);
  });

  it('lets go of a connection on which no ping is answered', async () => {
    const { port } = await modernServer();
    let isCut = false;
    let onClosed: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const wire = createNetServer((near) => {
      const far = connect(port, '127.0.0.1').on('error', () => {});
      near.on('data', (piece) => isCut || far.write(piece));
      far.on('data', (piece) => isCut || near.write(piece));
      near.on('close', () => {
        far.destroy();
        onClosed?.();
      });
    });
    const { source } = await exporting({
      endpoint: `https://127.0.0.1:${await listening(wire)}`,
      tls: { ca_file: tls().caFile },
      force_attempt_http2: true,
      http2_read_idle_timeout: '20ms',
      http2_ping_timeout: '60ms',
    });
    await source.send(some());
    isCut = true;
    await closed;
  });
});

it('says in its metrics where it sends to', async () => {
  const { port } = await recording();
  const { runtime, points } = measuring();
  const { source } = await exporting({ endpoint: `http://127.0.0.1:${port}/base` }, runtime);
  await source.send(some(3));
  expect(await points('otelcol_exporter_sent_spans')).toEqual([
    [
      {
        exporter: 'otlp_http',
        'server.address': '127.0.0.1',
        'server.port': port,
        'url.path': '/base/v1/traces',
      },
      3,
    ],
  ]);
});

it('has buffers of its own size, which the log says to whoever wants another', async () => {
  const sizes = { read_buffer_size: 1, write_buffer_size: 524_288 };
  const { lines } = await exporting({ endpoint: 'http://localhost:1', ...sizes });
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn: Has no effect: Node has its own sizes of buffers {"key":"read_buffer_size","value":1}',
    'warn: Has no effect: Node has its own sizes of buffers {"key":"write_buffer_size","value":524288}',
  ]);
});
