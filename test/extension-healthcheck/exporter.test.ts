import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { healthCheck } from '@tributary/extension-healthcheck';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter, sampleTraces, testReceiver } from '@tributary/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { get } from './support.js';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}

const logger = { debug() {}, info() {}, warn() {}, error() {} };

it('sees that the backend of an exporter is gone, and that it is back', async () => {
  const endpoint = `127.0.0.1:${await freePort()}`;
  const source = testReceiver();
  const collector = createCollector({
    extensions: [
      healthCheck({
        use_v2: true,
        http: { endpoint: '127.0.0.1:0' },
        component_health: { include_recoverable_errors: true },
      }),
    ],
    pipelines: {
      traces: {
        receivers: [source],
        exporters: [
          otlpExporter({
            endpoint,
            tls: { insecure: true },
            retry_on_failure: { initial_interval: '10ms', max_interval: '20ms' },
          }),
        ],
      },
    },
    runtime: { logger },
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  const next = (wanted: string): Promise<void> =>
    new Promise((resolve) =>
      collector.events.on('status', ({ kind, status }) => {
        if (kind === 'exporter' && status === wanted) resolve();
      }),
    );
  await collector.start();
  const { http = '' } = collector.addresses()['health_check'] ?? {};
  expect((await get(http, '/status')).status).toBe(200);

  const failed = next('recoverable_error');
  await source.send(sampleTraces({ spans: 3 }));
  await failed;
  expect(await get(http, '/status')).toMatchObject({
    status: 500,
    body: { status: 'StatusRecoverableError', error: expect.stringContaining(endpoint) as string },
  });

  const recovered = next('ok');
  const sink = memoryExporter();
  await using backend = createCollector({
    pipelines: {
      traces: { receivers: [otlpReceiver({ protocols: { grpc: { endpoint } } })], exporters: [sink] },
    },
    runtime: { logger },
  });
  await backend.start();
  await recovered;
  expect((await get(http, '/status')).status).toBe(200);
  expect(sink.items).toBe(3);
});
