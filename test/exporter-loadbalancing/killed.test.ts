import { createCollector } from '@tributary/collector';
import { loadBalancingExporter } from '@tributary/exporter-loadbalancing';
import { testReceiver, testServer } from '@tributary/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';
import { spansOf } from './moody-backends.js';

const perRequest = 50;
const off = { enabled: false } as const;

it.each([
  ['with the queue of each backend', {}],
  ['without', { sending_queue: off }],
])(
  'one of three backends is killed under load: all arrives, and nothing twice but what was under way, %s',
  async (_, otlp) => {
    const servers = await Promise.all([testServer(), testServer(), testServer()]);
    const source = testReceiver();
    const exporter = loadBalancingExporter({
      protocol: { otlp: { tls: { insecure: true }, compression: 'none', ...otlp } },
      resolver: { static: { hostnames: servers.map(({ grpc }) => grpc) } },
    });
    const collector = createCollector({
      pipelines: { traces: { receivers: [source], exporters: [exporter] } },
      runtime: { logger: keepingLogger([]) },
    });
    onTestFinished(async () => {
      await collector.shutdown();
      await Promise.all(servers.map((server) => server.close()));
    });
    await collector.start();
    let next = 0;
    const sendOne = (): Promise<void> => {
      const traces = Array.from({ length: perRequest }, () => next++);
      return source.send(spansOf(traces, 0, Date.now()));
    };
    /** Eight callers, each with so many requests. */
    const load = async (requests: number): Promise<void> => {
      const caller = async (): Promise<void> => {
        for (let request = 0; request < requests; request++) await sendOne();
      };
      await Promise.all(Array.from({ length: 8 }, caller));
    };
    const loading = load(20);
    const arrived = (): number => servers.reduce((sum, { items }) => sum + items, 0);
    await vi.waitFor(() => expect(arrived()).toBeGreaterThan(1000), { timeout: 20_000, interval: 1 });
    await servers[0].close();
    await loading;
    const names = (): readonly string[] => servers.flatMap(({ spans }) => spans.map(({ name }) => name));
    await vi.waitFor(() => expect(new Set(names()).size).toBe(next), { timeout: 20_000, interval: 100 });
    // A request whose answer was cut off may have arrived, and is sent again: at most one for each of ten consumers.
    expect(names().length - next).toBeLessThanOrEqual(10 * perRequest);
  },
);
