import { createCollector, type CollectorOptions } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { fileStorage, type FileStorageConfig } from '@tributary/extension-filestorage';
import { sampleTraces, testReceiver, testServer, type TestServer } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const logger = { debug() {}, info() {}, warn() {}, error() {} };

interface Settings {
  readonly timeout: '5s' | '6s';
  readonly storage?: FileStorageConfig;
}

function optionsOf(
  source: ReturnType<typeof testReceiver>,
  backend: TestServer,
  directory: string,
  { timeout, storage = {} }: Settings,
): CollectorOptions {
  const spool = fileStorage({ directory, ...storage });
  const exporter = otlpExporter({
    endpoint: backend.grpc,
    tls: { insecure: true },
    timeout,
    retry_on_failure: { initial_interval: '10ms', max_interval: '50ms' },
    sending_queue: { storage: spool },
  });
  return {
    runtime: { logger },
    extensions: [spool],
    pipelines: { traces: { receivers: [source], exporters: [exporter] } },
  };
}

it.each<[string, Settings]>([
  ['the exporter', { timeout: '6s' }],
  ['the storage', { timeout: '5s', storage: { timeout: '3s' } }],
])('a queue in files goes over to its successor when a reload changes %s', async (_, changed) => {
  await using backend = await testServer();
  const source = testReceiver();
  const directory = temporaryFolder();
  await using collector = createCollector(optionsOf(source, backend, directory, { timeout: '5s' }));
  await collector.start();
  backend.refuseNext('retryable', { times: 5 });
  await source.send(sampleTraces({ spans: 10 }));
  const { runtime: __, ...next } = optionsOf(source, backend, directory, changed);
  await collector.reload(next);
  await source.send(sampleTraces({ spans: 10, seed: 2 }));
  await backend.waitFor(({ items }) => items === 20);
  expect(backend.items).toBe(20);
});
