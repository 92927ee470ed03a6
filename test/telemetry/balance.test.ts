import type { BalanceReport, Collector, TelemetryConfig } from '@tributary/collector';
import { defineProcessor } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { memoryExporter, sampleTraces, testReceiver, testServer, virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ask, portOf, pull, scrape, silent, telling, valueOf } from './support.js';

async function reportOf(collector: Collector): Promise<BalanceReport> {
  return JSON.parse((await ask(collector)).body) as BalanceReport;
}

const at = (host: string, more: TelemetryConfig = {}): TelemetryConfig => ({
  metrics: pull({ host }),
  ...more,
});

describe('GET /balance', () => {
  it('answers with the books of this moment as JSON', async () => {
    const clock = virtualClock();
    const filter = defineProcessor({
      type: 'filter',
      config: z.strictObject({}),
      traces: () => ({ process: (traces) => traces.take(2) }),
    });
    const source = testReceiver();
    const { collector } = await telling(
      at('127.0.0.1'),
      { logger: silent, clock },
      {
        buildInfo: { command: 'mine', version: '1.2.3' },
        pipelines: { traces: { receivers: [source], processors: [filter()], exporters: [memoryExporter()] } },
      },
    );
    await clock.advance(1_500);
    await source.send(sampleTraces({ spans: 3 }));
    const { status, headers, body } = await ask(collector);
    expect([
      status,
      headers['content-type'],
      headers['cache-control'],
      headers['x-content-type-options'],
    ]).toEqual([200, 'application/json; charset=utf-8', 'no-store', 'nosniff']);
    const one = { pipeline: 'traces', signal: 'traces', created: 0, absorbed: 0, held: 0 };
    const edge = { pipeline: 'traces', signal: 'traces', refused: 0, inFlight: 0 };
    expect(JSON.parse(body)).toEqual({
      time: '2026-01-01T00:00:01.500Z',
      uptimeMs: 1500,
      build: { command: 'mine', version: '1.2.3' },
      components: [
        { ...one, component: 'memory', kind: 'exporter', received: 2, passed: 2, dropped: {} },
        { ...one, component: 'filter', kind: 'processor', received: 3, passed: 2, dropped: { filtered: 1 } },
        { ...one, component: 'test', kind: 'receiver', received: 0, created: 3, passed: 3, dropped: {} },
      ],
      edges: [
        { ...edge, from: 'filter', to: 'memory', offered: 2, accepted: 2 },
        { ...edge, from: 'test', to: 'filter', offered: 3, accepted: 3 },
      ],
      imbalances: [],
    });
  });

  it('tells how full a sending queue is', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    const source = testReceiver();
    const exporter = otlpExporter({
      endpoint: server.grpc,
      tls: { insecure: true },
      sending_queue: { sizer: 'items', queue_size: 50 },
    });
    const pipeline = { receivers: [source], exporters: [exporter] };
    const { collector } = await telling(at('127.0.0.1'), undefined, {
      pipelines: { traces: pipeline, logs: pipeline },
    });
    const queues = (await reportOf(collector)).components
      .filter(({ kind }) => kind === 'exporter')
      .map(({ component, signal, queue }) => [component, signal, queue]);
    const empty = { size: 0, capacity: 50, unit: 'items' };
    expect(queues).toEqual([
      ['otlp_grpc', 'traces', empty],
      ['otlp_grpc', 'logs', empty],
    ]);
  });

  it('has the lines that do not add up, and so has a metric', async () => {
    const lossy = defineProcessor({
      type: 'lossy',
      config: z.strictObject({}),
      traces: () => ({ consume() {} }),
    });
    const source = testReceiver();
    const errors: string[] = [];
    const { collector } = await telling(
      at('127.0.0.1'),
      { logger: { ...silent, error: (message) => errors.push(message) } },
      {
        pipelines: { traces: { receivers: [source], processors: [lossy()], exporters: [memoryExporter()] } },
      },
    );
    const counted = async (): Promise<number | undefined> =>
      valueOf((await scrape(collector)).families, 'tributary_balance_imbalances');
    expect(await counted()).toBe(0);
    await source.send(sampleTraces({ spans: 3 }));
    expect((await reportOf(collector)).imbalances).toEqual([
      'processor "lossy" in traces (traces): received 3 + created 0 is not ' +
        'passed 0 + absorbed 0 + dropped 0 + held 0: 3 items are lost',
    ]);
    expect(errors).toEqual(['The books do not add up.']);
    expect(await counted()).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('is looked at by a scrape, too', async () => {
    const lossy = defineProcessor({
      type: 'lossy',
      config: z.strictObject({}),
      traces: () => ({ consume() {} }),
    });
    const source = testReceiver();
    const { collector } = await telling(at('127.0.0.1'), undefined, {
      pipelines: { traces: { receivers: [source], processors: [lossy()], exporters: [memoryExporter()] } },
    });
    await source.send(sampleTraces({ spans: 1 }));
    expect(valueOf((await scrape(collector)).families, 'tributary_balance_imbalances')).toBe(1);
  });

  it('answers GET and HEAD alone', async () => {
    const { collector } = await telling(at('127.0.0.1'));
    const head = await ask(collector, { method: 'HEAD' });
    expect([head.status, head.headers['content-type'], head.body]).toEqual([
      200,
      'application/json; charset=utf-8',
      '',
    ]);
    for (const method of ['POST', 'OPTIONS', 'DELETE']) {
      const { status, headers } = await ask(collector, { method });
      expect([status, headers.allow, headers['access-control-allow-origin']]).toEqual([
        405,
        'GET, HEAD',
        undefined,
      ]);
    }
  });

  it.each([
    ['127.0.0.1', 200],
    ['localhost', 200],
    ['0.0.0.0', 404],
    ['::', 404],
    ['', 404],
  ])('on a listener of "%s" is %i, unless it is told otherwise', async (host, status) => {
    const { collector } = await telling(at(host));
    const reply = await ask(collector);
    expect(reply.status).toBe(status);
    const text = 'service.telemetry.balance.enabled: true serves it here';
    expect(reply.body.includes(text)).toBe(status === 404);
    expect((await fetchMetrics(collector)).status).toBe(200);
  });

  it('is served anywhere, by any name, where it is enabled', async () => {
    const { collector } = await telling(at('0.0.0.0', { balance: { enabled: true } }));
    expect((await ask(collector, { host: 'collector.example:8888' })).status).toBe(200);
  });

  it('is served nowhere where it is not', async () => {
    const { collector } = await telling(at('127.0.0.1', { balance: { enabled: false } }));
    expect(await ask(collector)).toMatchObject({
      status: 404,
      body: 'service.telemetry.balance.enabled is false\n',
    });
    expect((await fetchMetrics(collector)).status).toBe(200);
  });

  it.each([
    ['localhost', 200],
    ['LOCALHOST:1234', 200],
    ['127.0.0.1:8888', 200],
    ['127.8.9.10', 200],
    ['[::1]:8888', 200],
    ['rebound.example', 403],
    ['localhost.example:8888', 403],
    ['10.0.0.1:8888', 403],
    ['127.0.0.1.example', 403],
  ])(
    'called by the name of %s is %i: no page of the web reads it by a name of its own',
    async (host, status) => {
      const { collector } = await telling(at('127.0.0.1'));
      expect((await ask(collector, { host })).status).toBe(status);
    },
  );

  it('cannot be opened or closed by a reload', async () => {
    const pipelines = { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } };
    const { collector } = await telling(at('127.0.0.1'), undefined, { pipelines });
    const telemetry = at('127.0.0.1', { balance: { enabled: true } });
    await expect(collector.reload({ telemetry, pipelines })).rejects.toThrow(
      'service.telemetry.balance: cannot change while the collector runs',
    );
  });
});

function fetchMetrics(collector: Collector): Promise<Response> {
  return fetch(`http://127.0.0.1:${portOf(collector)}/metrics`, { headers: { connection: 'close' } });
}
