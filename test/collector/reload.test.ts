import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createCollector, imbalances, type Collector, type CollectorOptions } from '@tributary/collector';
import { otlpReceiver, type OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { memoryExporter, sampleLogs, sampleTraces } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, methodPaths, post, protobuf } from '../receiver-otlp/support.js';
import { listenerOf, speaking } from '../support/raw-clients.js';
import { reloadUnderLoad } from './reload-load.js';

// Reloads with real listeners and clients.

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const sink = memoryExporter();

function options(
  config: OtlpReceiverConfig,
  { exporter = sink, logs = false }: { exporter?: typeof sink; logs?: boolean } = {},
): CollectorOptions {
  const pipeline = { receivers: [otlpReceiver(config)], exporters: [exporter] };
  return { pipelines: { traces: pipeline, ...(logs && { logs: pipeline }) } };
}

async function started(given: CollectorOptions): Promise<Collector> {
  const collector = createCollector({ ...given, runtime: { logger: silent } });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return collector;
}

const at = (port: number | string, more: object = {}): OtlpReceiverConfig => ({
  protocols: { http: { endpoint: `127.0.0.1:${port}` } },
  ...more,
});
const httpOf = (collector: Collector): string => collector.addresses()['otlp']!['http']!;
const traces = sampleTraces({ spans: 1 }).toBytes();
const statusAt = async (address: string): Promise<number> =>
  (await post(`http://${address}/v1/traces`, traces, protobuf)).status;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = await listening(0);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('a reload with clients', () => {
  it('refuses no connection and loses nothing while exporters, processors and signals change', async () => {
    const outcome = await reloadUnderLoad(20);
    expect(outcome).toEqual({
      connections: 200,
      reloads: 20,
      refusals: [],
      lost: [],
      doubled: [],
      imbalances: [],
    });
  });

  it('negative control: a listener that is closed, data that is forgotten and data that is sent twice show', async () => {
    expect((await reloadUnderLoad(10, 'listener')).refusals).not.toEqual([]);
    const { lost, imbalances: wrong } = await reloadUnderLoad(2, 'forget');
    expect(lost).not.toEqual([]);
    expect(wrong).not.toEqual([]);
    expect((await reloadUnderLoad(2, 'double')).doubled).not.toEqual([]);
  });

  it('lets a signal come and go at a server that stays open', async () => {
    const endpoint = '127.0.0.1:0';
    const both: OtlpReceiverConfig = { protocols: { grpc: { endpoint }, http: { endpoint } } };
    const collector = await started(options(both));
    const addresses = collector.addresses();
    const { grpc, http } = addresses['otlp']! as { grpc: string; http: string };
    const listeners = [listenerOf(grpc), listenerOf(http)];
    const logs = sampleLogs({ records: 1 }).toBytes();
    const outcomes = async (): Promise<unknown[]> => {
      const reply = await post(`http://${http}/v1/logs`, logs, protobuf);
      const answer = await call(grpc, methodPaths.logs, logs);
      return [reply.status, 'code' in answer ? answer.code : 'ok'];
    };
    expect(await outcomes()).toEqual([404, 12]);
    await collector.reload(options(both, { logs: true }));
    expect(await outcomes()).toEqual([200, 'ok']);
    await collector.reload(options(both));
    await expect.poll(outcomes).toEqual([404, 12]);
    expect(collector.addresses()).toEqual(addresses);
    expect(listeners.map(({ listening }) => listening)).toEqual([true, true]);
  });

  it('opens a listener at another port before it closes the one that is gone', async () => {
    const collector = await started(options(at(0)));
    const before = httpOf(collector);
    const port = await freePort();
    const inUse: string[] = [];
    collector.events.on('status', ({ kind, status }) => {
      if (kind === 'receiver' && status === 'stopping') inUse.push(httpOf(collector));
    });
    await collector.reload(options(at(port)));
    // The part of the signal, and the server.
    expect(inUse).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
    expect(httpOf(collector)).toBe(`127.0.0.1:${port}`);
    await expect(statusAt(before)).rejects.toThrow('fetch failed');
    expect(await statusAt(httpOf(collector))).toBe(200);
  });

  it('answers what is under way at a listener that is gone', async () => {
    const collector = await started(options(at(0)));
    const { socket, closed } = speaking(
      httpOf(collector),
      'POST /v1/traces HTTP/1.1\r\nhost: collector\r\nexpect: 100-continue\r\n' +
        `content-type: application/x-protobuf\r\ncontent-length: ${traces.byteLength}\r\n\r\n`,
    );
    await once(socket, 'data');
    const before = listenerOf(httpOf(collector));
    const reload = collector.reload(options(at(await freePort())));
    await expect.poll(() => before.listening).toBe(false);
    socket.write(traces);
    await reload;
    expect(await closed).toContain('HTTP/1.1 200 OK');
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it('closes a listener first where only other settings of it change', async () => {
    const collector = await started(options(at(await freePort())));
    const address = httpOf(collector);
    const [, port] = address.split(':');
    await collector.reload(options(at(port!, { max_request_items: 70 })));
    expect(httpOf(collector)).toBe(address);
    expect(await statusAt(address)).toBe(200);
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it('opens again what it closed where another component does not start', async () => {
    const collector = await started(options(at(await freePort())));
    const address = httpOf(collector);
    const [, port] = address.split(':');
    const taken = await listening(0);
    onTestFinished(() => void taken.close());
    const { port: elsewhere } = taken.address() as { port: number };
    const receivers = [
      otlpReceiver(at(port!, { max_request_items: 70 })),
      otlpReceiver(at(elsewhere), { name: 'second' }),
    ];
    const ended: string[] = [];
    collector.events.on(
      'status',
      ({ component, status }) => void (status === 'stopped' && ended.push(component)),
    );
    await expect(
      collector.reload({ pipelines: { traces: { receivers, exporters: [sink] } } }),
    ).rejects.toThrow('failed to start "otlp/second" receiver');
    expect(ended).toContain('otlp');
    expect(collector.addresses()).toEqual({ otlp: { http: address } });
    expect(await statusAt(address)).toBe(200);
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it('leaves a listener alone where somebody else has the port of its successor', async () => {
    const collector = await started(options(at(0)));
    const address = httpOf(collector);
    const taken = await listening(0);
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const ended: string[] = [];
    collector.events.on('status', ({ status }) => void (status === 'stopped' && ended.push(address)));
    await expect(collector.reload(options(at(port)))).rejects.toThrow('address already in use');
    expect(collector.addresses()).toEqual({ otlp: { http: address } });
    expect(await statusAt(address)).toBe(200);
  });
});
