import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { systemRuntime } from '@tributary/collector';
import type { Runtime } from '@tributary/component';
import { otlpExporter, type OtlpExporterConfig } from '@tributary/exporter-otlp';
import { sampleTraces } from '@tributary/testkit';
import { createUnaryServer, type UnaryRequest } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testProxy } from '../../packages/transport/test/connect-proxy.js';
import { measuring } from './measured.js';
import { direct, sending, withEnvironment } from './support.js';

const tls = { insecure: true } as const;
const some = (): ReturnType<typeof sampleTraces> => sampleTraces({ spans: 1 });

/** A server that keeps the calls. */
async function recording(endpoint = '127.0.0.1:0'): Promise<{ endpoint: string; calls: UnaryRequest[] }> {
  const calls: UnaryRequest[] = [];
  const server = createUnaryServer({
    runtime: systemRuntime(),
    endpoint,
    methods: new Map([
      [
        '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        {
          handle(request) {
            calls.push(request);
            return new Uint8Array();
          },
        },
      ],
    ]),
  });
  onTestFinished(() => server.close(AbortSignal.abort()));
  return { endpoint: await server.listen(), calls };
}

/** For the time of a test: an exporter that sends traces to `endpoint`, and how often it was told to. */
async function exporting(
  config: OtlpExporterConfig,
  runtime: Partial<Runtime> = {},
): Promise<Awaited<ReturnType<typeof sending>>> {
  return sending(otlpExporter({ tls, ...direct, ...config }), ['traces'], runtime);
}

/** A runtime whose DNS knows one name. */
function knowing(...addresses: string[]): Partial<Runtime> {
  const lookup = async (): Promise<{ address: string; family: number }[]> =>
    addresses.map((address) => ({ address, family: 4 }));
  return { dns: { ...systemRuntime().dns, lookup: lookup as unknown as Runtime['dns']['lookup'] } };
}

const portOf = (endpoint: string): string => endpoint.slice(endpoint.lastIndexOf(':') + 1);

// Only Linux has more than one address of its own without being told.
describe.skipIf(process.platform !== 'linux')('balancer_name', () => {
  it.each([
    [undefined, 2],
    ['round_robin', 2],
    ['pick_first', 1],
    ['', 1],
  ] as const)('%s: of two addresses of a name, %i are used', async (balancer_name, used) => {
    const first = await recording();
    const port = portOf(first.endpoint);
    const second = await recording(`127.0.0.2:${port}`);
    const { source } = await exporting(
      { endpoint: `backend.example:${port}`, balancer_name },
      knowing('127.0.0.1', '127.0.0.2'),
    );
    const asked = (): number => [first, second].filter(({ calls }) => calls.length > 0).length;
    // The second connection may take a moment; the first one would do for any number of requests.
    for (let n = 0; n < 200 && (n < 20 || asked() < used); n++) await source.send(some());
    expect(asked()).toBe(used);
  });
});

describe('a proxy of the environment', () => {
  it('is used for a name that it alone knows, and not where NO_PROXY has it', async () => {
    const { address, asked } = await testProxy();
    const { endpoint, calls } = await recording();
    const port = portOf(endpoint);
    withEnvironment({ HTTPS_PROXY: `http://${address}`, NO_PROXY: 'near.example' });
    const far = await exporting({ endpoint: `far.example:${port}` });
    await far.source.send(some());
    const near = await exporting({ endpoint: `near.example:${port}` }, knowing('127.0.0.1'));
    await near.source.send(some());
    expect(asked.map(({ line }) => line)).toEqual([`CONNECT far.example:${port}`]);
    expect(calls.map(({ metadata }) => metadata.get('host'))).toEqual([
      [`far.example:${port}`],
      [`near.example:${port}`],
    ]);
  });

  it('that cannot be used keeps the collector from starting, and says which variable it was', async () => {
    withEnvironment({ HTTPS_PROXY: 'socks5://proxy' });
    await expect(exporting({ endpoint: 'far.example:4317' })).rejects.toThrow(
      'HTTPS_PROXY: no proxy by socks5',
    );
  });
});

describe('keepalive', () => {
  /** A wire to a server, that can be cut without either end noticing; tells when the client lets go of it. */
  async function wireTo(
    endpoint: string,
  ): Promise<{ endpoint: string; cut: () => void; closed: Promise<void> }> {
    let isCut = false;
    let onClosed: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const sockets: Socket[] = [];
    const wire = createServer((near) => {
      const far = connect(Number(portOf(endpoint)), '127.0.0.1');
      near.on('data', (piece) => isCut || far.write(piece));
      far.on('data', (piece) => isCut || near.write(piece));
      near.on('close', () => onClosed?.());
      for (const socket of [near, far]) {
        sockets.push(socket);
        socket.on('error', () => {});
      }
    });
    wire.listen(0, '127.0.0.1');
    await once(wire, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      wire.close();
    });
    return {
      endpoint: `127.0.0.1:${(wire.address() as AddressInfo).port}`,
      cut: () => (isCut = true),
      closed,
    };
  }

  it('lets go of a connection whose pings are not answered', async () => {
    const { endpoint } = await recording();
    const wire = await wireTo(endpoint);
    const keepalive = { time: '50ms', timeout: '500ms', permit_without_stream: true } as const;
    const { source } = await exporting({ endpoint: wire.endpoint, keepalive });
    await source.send(some());
    wire.cut();
    await wire.closed;
  });

  it('without permit_without_stream pings only while there is a request', async () => {
    const { endpoint } = await recording();
    const wire = await wireTo(endpoint);
    const keepalive = { time: '50ms', timeout: '500ms' } as const;
    const { source } = await exporting({ endpoint: wire.endpoint, keepalive, timeout: '0s' });
    await source.send(some());
    wire.cut();
    // Its pings find out, not a deadline: it has none.
    await expect(source.send(some())).rejects.toMatchObject({ kind: 'retryable', status: { code: 14 } });
    await wire.closed;
  });
});

it.each([
  (endpoint: string) => ({ endpoint, address: '127.0.0.1', port: Number(portOf(endpoint)) }),
  (endpoint: string) => ({
    endpoint: `http://${endpoint}`,
    address: '127.0.0.1',
    port: Number(portOf(endpoint)),
  }),
  // No address of a host and a port: it stands there whole.
  (endpoint: string) => ({
    endpoint: `ipv4:///${endpoint}`,
    address: `ipv4:///${endpoint}`,
    port: undefined,
  }),
])('says in its metrics where it sends to: %s', async (spelled) => {
  const server = await recording();
  const { endpoint, address, port } = spelled(server.endpoint);
  const { runtime, points } = measuring();
  const { source } = await exporting({ endpoint }, runtime);
  await source.send(sampleTraces({ spans: 3 }));
  expect(await points('otelcol_exporter_sent_spans')).toEqual([
    [
      {
        exporter: 'otlp_grpc',
        'server.address': address,
        ...(port !== undefined && { 'server.port': port }),
      },
      3,
    ],
  ]);
});

it('has buffers of its own size, which the log says to whoever wants another', async () => {
  const sizes = { read_buffer_size: 1, write_buffer_size: 524_288 };
  const { lines } = await exporting({ endpoint: 'localhost:1', ...sizes });
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn: Has no effect: Node has its own sizes of buffers {"key":"read_buffer_size","value":1}',
    'warn: Has no effect: Node has its own sizes of buffers {"key":"write_buffer_size","value":524288}',
  ]);
});
