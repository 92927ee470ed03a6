import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCollector, type Collector } from '@tributary/collector';
import type { Batch, ExporterRef, Signal } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { otlpReceiver, type OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { memoryExporter, type MemorySink } from '@tributary/testkit';
import { compressionProblem } from '@tributary/transport';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { Certificates, hasOpenssl } from '../../packages/transport/test/certificates.js';
import { keepingLogger, sample } from '../receiver-otlp/support.js';
import { direct, sending } from './support.js';

// Agent and gateway are collectors of this process: exporter and receiver meet over the network.

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

interface Gateway {
  readonly collector: Collector;
  readonly sink: MemorySink;
  readonly addresses: Readonly<Record<string, string>>;
}

async function gateway(protocols: OtlpReceiverConfig['protocols']): Promise<Gateway> {
  const otlp = otlpReceiver({ protocols });
  const sink = memoryExporter();
  const collector = createCollector({
    pipelines: Object.fromEntries(
      signals.map((signal) => [signal, { receivers: [otlp], exporters: [sink] }]),
    ),
    runtime: { logger: keepingLogger([]) },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return { collector, sink, addresses: collector.addresses()['otlp'] ?? {} };
}

/** Sends one batch of each signal through an agent, and expects the same behind the gateway. */
async function expectPassage(
  exporter: ExporterRef<Signal>,
  { sink }: Gateway,
  form: (batch: Batch<Signal>) => unknown = (batch) => Buffer.from(batch.toBytes()).toString('base64'),
): Promise<void> {
  const { source, collector } = await sending(exporter, signals);
  const batches = signals.map(sample);
  for (const batch of batches) await source.send(batch.clone());
  await collector.shutdown();
  const bySignal = (list: readonly Batch<Signal>[]): object =>
    Object.fromEntries(list.map((batch) => [batch.signal, form(batch)]));
  expect(bySignal(sink.batches)).toEqual(bySignal(batches));
  expect(sink.batches).toHaveLength(signals.length);
}

const endpoint = '127.0.0.1:0';
const plain = { insecure: true } as const;

/** Where this Node can send it. */
const zstd = compressionProblem('zstd') === undefined ? (['zstd'] as const) : [];

describe('all signals pass', () => {
  it.each(['gzip', 'snappy', 'none', ...zstd] as const)('by gRPC, compressed by %s', async (compression) => {
    const to = await gateway({ grpc: { endpoint } });
    await expectPassage(otlpExporter({ endpoint: to.addresses['grpc']!, tls: plain, compression }), to);
  });

  it.each([
    ['proto', 'gzip'],
    ['proto', 'none'],
    ['proto', 'zlib'],
    ['proto', 'snappy'],
    ['proto', 'x-snappy-framed'],
    ['json', 'deflate'],
    ...zstd.map((algorithm) => ['json', algorithm] as const),
  ] as const)('by HTTP in %s, compressed by %s', async (encoding, compression) => {
    const to = await gateway({ http: { endpoint } });
    const http = `http://${to.addresses['http']}`;
    const exporter = otlpHttpExporter({ endpoint: http, encoding, compression });
    // By way of JSON fields come in another order.
    if (encoding === 'json') await expectPassage(exporter, to, (batch) => JSON.parse(batch.toJson()));
    else await expectPassage(exporter, to);
  });

  it.skipIf(process.platform === 'win32')('by gRPC over a socket file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tributary-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const socket = path.join(folder, 'otlp.sock');
    const to = await gateway({ grpc: { endpoint: socket, transport: 'unix' } });
    expect(to.addresses['grpc']).toBe(socket);
    await expectPassage(otlpExporter({ endpoint: `unix://${socket}`, tls: plain }), to);
  });
});

describe.skipIf(!hasOpenssl)('by TLS', () => {
  const certificates = hasOpenssl ? new Certificates() : undefined;
  afterAll(() => certificates?.remove());

  it('all signals pass, where both sides show a certificate', async () => {
    const authority = certificates!.authority('ours');
    const server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    const client = authority.issue('client', 'DNS:client');
    const serverTls = {
      cert_file: server.certFile,
      key_file: server.keyFile,
      client_ca_file: authority.caFile,
    };
    const tls = { ca_file: authority.caFile, cert_file: client.certFile, key_file: client.keyFile };
    const to = await gateway({ grpc: { endpoint, tls: serverTls } });
    await expectPassage(otlpExporter({ endpoint: to.addresses['grpc']!, tls }), to);
    const http = await gateway({ http: { endpoint, tls: serverTls } });
    await expectPassage(otlpHttpExporter({ endpoint: `https://${http.addresses['http']}`, tls }), http);
  });

  it('nothing is sent to a server whose certificate nobody vouches for', async () => {
    const { certFile, keyFile } = certificates!.authority('theirs').issue('server', 'IP:127.0.0.1');
    const tls = { cert_file: certFile, key_file: keyFile };
    const { addresses, sink } = await gateway({ grpc: { endpoint, tls }, http: { endpoint, tls } });
    for (const exporter of [
      otlpExporter({ endpoint: addresses['grpc']!, ...direct }),
      otlpHttpExporter({ endpoint: `https://${addresses['http']}`, ...direct }),
    ]) {
      const { source } = await sending(exporter, ['traces']);
      await expect(source.send(sample('traces'))).rejects.toMatchObject({ kind: 'retryable' });
    }
    expect(sink.batches).toEqual([]);
  });
});

it('an agent whose gateway is away delivers when it is back', async () => {
  const first = await gateway({ grpc: { endpoint } });
  const address = first.addresses['grpc']!;
  await first.collector.shutdown();
  const retry_on_failure = { initial_interval: '10ms', max_interval: '20ms' } as const;
  const { source, lines } = await sending(otlpExporter({ endpoint: address, tls: plain, retry_on_failure }), [
    'traces',
  ]);
  await source.send(sample('traces'));
  const again = await gateway({ grpc: { endpoint: address } });
  await again.sink.waitFor(({ items }) => items === 3);
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
});

it('a request waits for its gateway, where the config says so', async () => {
  const first = await gateway({ grpc: { endpoint } });
  const address = first.addresses['grpc']!;
  await first.collector.shutdown();
  const config = { endpoint: address, tls: plain, timeout: '1m', ...direct } as const;
  const patient = await sending(otlpExporter({ ...config, wait_for_ready: true }), ['traces']);
  const hasty = await sending(otlpExporter(config), ['traces']);
  const sent = patient.source.send(sample('traces'));
  sent.catch(() => {}); // Seen below.
  // The other began later: when it is refused, the first has found nobody either.
  await expect(hasty.source.send(sample('traces'))).rejects.toMatchObject({ kind: 'retryable' });
  const again = await gateway({ grpc: { endpoint: address } });
  await sent;
  expect(again.sink.items).toBe(3);
});

describe('a shutdown closes the connections to the gateway', () => {
  it.each(['grpc', 'http'] as const)('by %s', async (protocol) => {
    const listener = createServer((socket) => {
      connection.resolve(socket);
      void to.then(({ addresses }) => {
        const [host, port] = addresses[protocol]!.split(':');
        const behind = connect(Number(port), host);
        socket.pipe(behind).pipe(socket);
      });
    });
    const connection = withResolvers<Socket>();
    const to = gateway({ [protocol]: { endpoint } });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    onTestFinished(() => void listener.close());
    const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const exporter =
      protocol === 'grpc'
        ? otlpExporter({ endpoint: address, tls: plain, ...direct })
        : otlpHttpExporter({ endpoint: `http://${address}`, ...direct });
    const { source, collector } = await sending(exporter, ['traces']);
    await source.send(sample('traces'));
    const closed = once(await connection.promise, 'close');
    await collector.shutdown();
    await closed;
  });
});

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
