import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter, sampleTraces, virtualClock } from '@tributary/testkit';
import { RpcError } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { direct, sending } from '../exporter-otlp/support.js';
import { call, keepingLogger, methodPaths, post, protobuf, receiving, sample } from './support.js';

/** A span `a?` whose name is no UTF-8: the bytes of a request. */
const broken = Buffer.from([0x0a, 8, 0x12, 6, 0x12, 4, 0x2a, 2, 0x61, 0xff]);

const runtime = { logger: keepingLogger([]) };

/** A port that is taken for the time of a test. */
async function takenPort(): Promise<number> {
  const holder = createServer();
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  return (holder.address() as AddressInfo).port;
}

it('tells where it listens, and opens what is named only', async () => {
  const { collector, lines } = await receiving({ protocols: { http: {} } });
  const { http, ...rest } = collector.addresses()['otlp'] ?? {};
  expect([http, rest]).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/), {}]);
  expect(lines).toContain(`info: Starting HTTP server {"endpoint":"${http}"}`);
});

it('is one server for all pipelines that name it', async () => {
  const endpoint = '127.0.0.1:0';
  const otlp = otlpReceiver({ protocols: { grpc: { endpoint } } });
  const [a, b] = [memoryExporter({}, { name: 'a' }), memoryExporter({}, { name: 'b' })];
  const collector = createCollector({
    pipelines: {
      traces: { receivers: [otlp], exporters: [a] },
      'traces/again': { receivers: [otlp], exporters: [b] },
      logs: { receivers: [otlp], exporters: [a] },
    },
    runtime,
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  const { grpc = '' } = collector.addresses()['otlp'] ?? {};
  await call(grpc, methodPaths.traces, sample('traces').toBytes());
  await call(grpc, methodPaths.logs, sample('logs').toBytes());
  expect([a.spans.length, b.spans.length, a.logRecords.length]).toEqual([3, 3, 3]);
});

it('closes gRPC where HTTP cannot be opened', async () => {
  const port = await takenPort();
  const free = createServer();
  free.listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port: grpcPort } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const otlp = otlpReceiver({
    protocols: {
      grpc: { endpoint: `127.0.0.1:${grpcPort}` },
      http: { endpoint: `127.0.0.1:${port}` },
    },
  });
  const collector = createCollector({
    pipelines: { traces: { receivers: [otlp], exporters: [memoryExporter()] } },
    runtime,
  });
  await expect(collector.start()).rejects.toThrow(/EADDRINUSE|in use/);
  const again = createServer();
  again.listen(grpcPort, '127.0.0.1');
  await once(again, 'listening');
  again.close();
});

it('lets requests under way end when it shuts down, and takes no new ones', async () => {
  const { collector, sink, grpc, http } = await receiving();
  let release: (() => void) | undefined;
  const arrived = new Promise<void>((resolve) => {
    let waiting = 0;
    const open = new Promise<void>((free) => (release = free));
    sink.respond(() => {
      if (++waiting === 2) resolve();
      return open;
    });
  });
  const bytes = sample('traces').toBytes();
  const under = [call(grpc, methodPaths.traces, bytes), post(`${http}/v1/traces`, bytes, protobuf)] as const;
  await arrived;
  const closing = collector.shutdown();
  release?.();
  const [byGrpc, byHttp] = await Promise.all(under);
  await closing;
  expect([byGrpc, byHttp.status, sink.items]).toEqual([Buffer.of(10, 0), 200, 6]);
  const after = await call(grpc, methodPaths.traces, bytes);
  expect(RpcError.is(after) && after.code).toBe(14);
  await expect(post(`${http}/v1/traces`, bytes, protobuf)).rejects.toThrow('fetch failed');
});

it('starts on the same object again after a shutdown', async () => {
  const otlp = otlpReceiver({ protocols: { grpc: { endpoint: '127.0.0.1:0' } } });
  const sink = memoryExporter();
  for (let n = 0; n < 2; n++) {
    await using collector = createCollector({
      pipelines: { traces: { receivers: [otlp], exporters: [sink] } },
      runtime,
    });
    await collector.start();
    await call(collector.addresses()['otlp']!['grpc']!, methodPaths.traces, sample('traces').toBytes());
  }
  expect(sink.items).toBe(6);
});

it('repairs text that is not UTF-8, and tells of it once in 10 s', async () => {
  const clock = virtualClock();
  const { sink, lines, grpc, http } = await receiving({}, ['traces'], { clock });
  const told = (): string[] => lines.filter((line) => line.startsWith('warn'));
  await call(grpc, methodPaths.traces, broken);
  await post(`${http}/v1/traces`, broken, protobuf);
  await call(grpc, methodPaths.traces, broken);
  expect(sink.spans.map((span) => span.name)).toEqual(['a\ufffd', 'a\ufffd', 'a\ufffd']);
  const line = 'warn: Replaced text that is not UTF-8 by U+FFFD';
  expect(told()).toEqual([`${line} {"fields":1,"requests":1}`]);
  await clock.advance('10s');
  expect(told()).toEqual([`${line} {"fields":1,"requests":1}`, `${line} {"fields":2,"requests":2}`]);
});

it('tells of what it repaired last when it shuts down', async () => {
  const { collector, lines, grpc } = await receiving({}, ['traces']);
  await call(grpc, methodPaths.traces, broken);
  await call(grpc, methodPaths.traces, broken);
  await collector.shutdown();
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(2);
});

it('passes text on as it is where it is told to', async () => {
  const { sink, lines, grpc } = await receiving({ repair_utf8: false }, ['traces']);
  await call(grpc, methodPaths.traces, broken);
  expect(sink.batches.map((batch) => Buffer.from(batch.toBytes()))).toEqual([broken]);
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
});

describe('times that are longer than a timer of Node can wait, or none', () => {
  it.each(['2000h', '570h', '0s'] as const)('%s', async (long) => {
    const warnings: Error[] = [];
    const keep = (warning: Error): void => void warnings.push(warning);
    process.on('warning', keep);
    onTestFinished(() => void process.off('warning', keep));
    const { sink, grpc, http } = await receiving({
      protocols: {
        grpc: {
          keepalive: {
            server_parameters: {
              max_connection_idle: long,
              max_connection_age: long,
              max_connection_age_grace: long,
              time: long,
              timeout: long,
            },
          },
        },
        http: { read_timeout: long, read_header_timeout: long, write_timeout: long, idle_timeout: long },
      },
    });
    const bytes = sample('traces').toBytes();
    const { source } = await sending(
      otlpExporter({
        endpoint: grpc,
        tls: { insecure: true },
        keepalive: { time: long, timeout: long, permit_without_stream: true },
        timeout: long,
        ...direct,
      }),
      ['traces'],
    );
    await source.send(sampleTraces({ spans: 3 }));
    const { source: byHttp } = await sending(
      otlpHttpExporter({ endpoint: http, timeout: long, idle_conn_timeout: long, ...direct }),
      ['traces'],
    );
    await byHttp.send(sampleTraces({ spans: 3 }));
    expect(await call(grpc, methodPaths.traces, bytes)).toEqual(Buffer.of(10, 0));
    expect(sink.items).toBe(9);
    // Warnings come with the next tick of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

it('starts with less time for a request than the default for its headers', async () => {
  const { sink, http } = await receiving({ protocols: { http: { read_timeout: '10s' } } });
  await post(`${http}/v1/traces`, sample('traces').toBytes(), protobuf);
  expect(sink.items).toBe(3);
});
