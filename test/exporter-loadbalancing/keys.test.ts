import { createCollector } from '@tributary/collector';
import { loadBalancingExporter, type LoadBalancingExporterConfig } from '@tributary/exporter-loadbalancing';
import { sampleTraces, testReceiver, testServer, type TestServer, type TestSource } from '@tributary/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';

interface World {
  readonly servers: readonly TestServer[];
  readonly source: TestSource;
  readonly lines: readonly string[];
}

/** Two backends by the static resolver. Callers wait for the outcome unless the config says otherwise. */
async function world({ protocol, ...config }: Partial<LoadBalancingExporterConfig>): Promise<World> {
  const servers = await Promise.all([testServer(), testServer()]);
  const source = testReceiver();
  const lines: string[] = [];
  const exporter = loadBalancingExporter({
    resolver: { static: { hostnames: servers.map(({ grpc }) => grpc) } },
    protocol: { otlp: { tls: { insecure: true }, sending_queue: { enabled: false }, ...protocol?.otlp } },
    ...config,
  });
  const collector = createCollector({
    pipelines: { traces: { receivers: [source], exporters: [exporter] } },
    runtime: { logger: keepingLogger(lines) },
  });
  onTestFinished(async () => {
    await collector.shutdown({ graceMs: 500 });
    await Promise.all(servers.map((server) => server.close()));
  });
  await collector.start();
  return { servers, source, lines };
}

const items = (servers: readonly TestServer[]): number =>
  servers.reduce((sum, server) => sum + server.items, 0);

it('what protocol.otlp says holds for every backend', async () => {
  const otlp = { headers: { 'x-tenant': 'shop' }, compression: 'gzip' } as const;
  const { servers, source } = await world({ protocol: { otlp } });
  await source.send(sampleTraces({ spans: 400 }));
  expect(items(servers)).toBe(400);
  for (const { requests } of servers) expect(requests[0]?.headers.get('x-tenant')).toEqual(['shop']);
});

it('protocol.otlp.endpoint has no effect, which the log says', async () => {
  const { servers, source, lines } = await world({ protocol: { otlp: { endpoint: 'nobody:1' } } });
  await source.send(sampleTraces({ spans: 40 }));
  expect(items(servers)).toBe(40);
  expect(lines.join('\n')).toContain('protocol.otlp.endpoint has no effect');
});

it('timeout bounds how long a caller waits for all backends', async () => {
  const { servers, source } = await world({ timeout: '200ms' });
  for (const server of servers) server.respond(() => new Promise(() => {}));
  await expect(source.send(sampleTraces({ spans: 40 }))).rejects.toMatchObject({ kind: 'retryable' });
});

it('sending_queue takes batches in at once, and null is on', async () => {
  const { servers, source } = await world({ sending_queue: null });
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  for (const server of servers) server.respond(() => answered);
  await source.send(sampleTraces({ spans: 400 }));
  expect(items(servers)).toBe(0);
  answer();
  await vi.waitFor(() => expect(items(servers)).toBe(400));
});

it('retry_on_failure is off unless it is there', async () => {
  const protocol = { otlp: { retry_on_failure: { enabled: false } } };
  const off = await world({ protocol });
  for (const server of off.servers) server.refuseNext('retryable');
  await expect(off.source.send(sampleTraces({ spans: 40 }))).rejects.toMatchObject({ kind: 'retryable' });
  const on = await world({ protocol, retry_on_failure: { initial_interval: '20ms', max_interval: '20ms' } });
  for (const server of on.servers) server.refuseNext('retryable');
  await on.source.send(sampleTraces({ spans: 40 }));
  expect(items(on.servers)).toBe(40);
});
