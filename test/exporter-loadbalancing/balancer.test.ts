import { createCollector, imbalances, type Collector } from '@tributary/collector';
import {
  loadBalancingExporter,
  type LoadBalancingExporterConfig,
  type Resolver,
} from '@tributary/exporter-loadbalancing';
import { Logs, Metrics, Traces, type Span } from '@tributary/pdata';
import { testReceiver, testServer, type TestServer, type TestSource } from '@tributary/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';

/** Backends that a test names and renames. */
class Named {
  readonly name = 'named';
  #tell: ((backends: readonly string[]) => void) | undefined;
  #now: readonly string[];

  constructor(now: readonly string[]) {
    this.#now = now;
  }

  make = (): Resolver => ({
    name: this.name,
    start: async (onChange, _, onAnswer) => {
      this.#tell = onChange;
      onAnswer();
      onChange(this.#now.toSorted());
    },
    stop: () => (this.#tell = undefined),
  });

  set(backends: readonly string[]): void {
    this.#now = backends;
    this.#tell?.(backends.toSorted());
  }
}

interface World {
  readonly collector: Collector;
  readonly source: TestSource;
  readonly servers: readonly TestServer[];
  readonly named: Named;
  readonly lines: readonly string[];
}

type Config = Omit<LoadBalancingExporterConfig, 'resolver' | 'protocol'> & {
  readonly otlp?: LoadBalancingExporterConfig['protocol']['otlp'];
};

const quick = { initial_interval: '50ms', max_interval: '200ms' } as const;

/** An agent before three servers, of which it knows the first `count`. At its end, all is sent and the books add up. */
async function world({ otlp, ...config }: Config = {}, count = 3): Promise<World> {
  const servers = await Promise.all([testServer(), testServer(), testServer()]);
  const named = new Named(servers.slice(0, count).map(({ grpc }) => grpc));
  const source = testReceiver();
  const lines: string[] = [];
  const exporter = loadBalancingExporter({
    protocol: { otlp: { tls: { insecure: true }, compression: 'none', retry_on_failure: quick, ...otlp } },
    resolver: { custom: named.make },
    ...config,
  });
  const pipeline = { receivers: [source], exporters: [exporter] };
  const collector = createCollector({
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    runtime: { logger: keepingLogger(lines) },
  });
  onTestFinished(async () => {
    await collector.shutdown({ graceMs: 2000 });
    await Promise.all(servers.map((server) => server.close()));
    expect(imbalances(collector.balance())).toEqual([]);
  });
  await collector.start();
  return { collector, source, servers, named, lines };
}

let traceCount = 0;
function traceId(): string {
  return (Math.imul(++traceCount, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(4);
}

/** A span of each of these traces. */
function spans(ids: readonly string[], startMs = Date.now()): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const id of ids) {
    scope.add({ name: 'op', traceId: id, startTimeUnixNano: BigInt(startMs) * 1_000_000n });
  }
  return traces;
}

const newTraces = (count: number): readonly string[] => Array.from({ length: count }, traceId);
const idsAt = (server: TestServer): readonly string[] => server.spans.map((span: Span) => span.traceId);
const all = (servers: readonly TestServer[]): readonly string[] => servers.flatMap(idsAt);

/** Traces whose spans came to more than one server. */
function splitTraces(servers: readonly TestServer[]): readonly string[] {
  const owners = new Map<string, Set<TestServer>>();
  for (const server of servers) {
    for (const id of idsAt(server)) owners.set(id, (owners.get(id) ?? new Set()).add(server));
  }
  return [...owners].filter(([, of]) => of.size > 1).map(([id]) => id);
}

const arrived = (servers: readonly TestServer[], count: number): Promise<void> =>
  vi.waitFor(() => expect(all(servers)).toHaveLength(count), { timeout: 20_000, interval: 20 });

describe.each(['g3', 'tributary'] as const)('with ring %s', (ring) => {
  it('all spans of a trace go to one backend, and each backend gets its share', async () => {
    const { source, servers } = await world({ ring });
    const ids = newTraces(300);
    for (let piece = 0; piece < 5; piece++) await source.send(spans(ids));
    await arrived(servers, 1500);
    expect(splitTraces(servers)).toEqual([]);
    for (const server of servers) expect(server.spans.length).toBeGreaterThan(200);
  });

  it('a backend that dies loses nothing that waited for it, and holds up nothing of the others', async () => {
    const { source, servers, lines } = await world({
      ring,
      otlp: { timeout: '1s', retry_on_failure: quick },
    });
    const [dying, ...living] = servers as [TestServer, TestServer, TestServer];
    await dying.close();
    const ids = newTraces(200);
    for (let piece = 0; piece < 5; piece++) await source.send(spans(ids));
    await arrived(living, 1000);
    expect(lines.some((line) => line.startsWith('warn: A backend cannot be reached.'))).toBe(true);
  });
});

it('a backend that refuses lives, and gets its items later', async () => {
  const { source, servers, lines } = await world();
  const [first] = servers as readonly [TestServer, ...TestServer[]];
  first.refuseNext('refused', { times: 3, retryAfterMs: 20 });
  const ids = newTraces(100);
  await source.send(spans(ids));
  await arrived(servers, 100);
  await source.send(spans(ids));
  await arrived(servers, 200);
  expect(splitTraces(servers)).toEqual([]);
  expect(lines.filter((line) => line.includes('cannot be reached'))).toEqual([]);
});

it('a backend that is not named any more gives back what waits for it', async () => {
  const { source, servers, named } = await world();
  const [leaving, ...staying] = servers as [TestServer, TestServer, TestServer];
  leaving.refuseNext('refused', { times: 1000, retryAfterMs: 50 });
  const ids = newTraces(200);
  await source.send(spans(ids));
  await vi.waitFor(() => expect(leaving.requests.length).toBeGreaterThan(0));
  named.set(staying.map(({ grpc }) => grpc));
  await arrived(staying, 200);
  expect(idsAt(leaving)).toEqual([]);
});

it('without a queue the caller hears of the share alone that was not taken', async () => {
  const off = { retry_on_failure: { enabled: false }, sending_queue: { enabled: false } } as const;
  const { source, servers } = await world({ otlp: off });
  const [first, ...others] = servers as [TestServer, TestServer, TestServer];
  first.refuseNext('refused', { retryAfterMs: 70 });
  const ids = newTraces(100);
  const error: unknown = await source.send(spans(ids)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'retryable', retryAfterMs: 70 });
  expect(all(others).length).toBeGreaterThan(0);
  expect(idsAt(first)).toEqual([]);
});

it('with retries of its own only the share that failed is sent again', async () => {
  const off = { retry_on_failure: { enabled: false }, sending_queue: { enabled: false } } as const;
  const { source, servers } = await world({ otlp: off, retry_on_failure: quick });
  servers[0]!.refuseNext('refused', { times: 2, retryAfterMs: 20 });
  const ids = newTraces(100);
  await source.send(spans(ids));
  expect(all(servers).toSorted()).toEqual(ids.toSorted());
});

it('while there is no backend, callers are refused and told when to come again', async () => {
  const { source, servers, named } = await world();
  named.set([]);
  const refused: unknown = await source.send(spans(newTraces(1))).catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({ kind: 'refused', retryAfterMs: 1000 });
  named.set(servers.map(({ grpc }) => grpc));
  await source.send(spans(newTraces(5)));
  await arrived(servers, 5);
});

it('when all are dead, what comes waits until one is back', async () => {
  const { source, servers } = await world({ otlp: { timeout: '1s', retry_on_failure: quick } });
  const [first] = servers as readonly [TestServer, ...TestServer[]];
  for (const server of servers) server.answerNext({ code: 14, times: 1 });
  await source.send(spans(newTraces(60)));
  await arrived(servers, 60);
  expect(first.spans.length).toBeGreaterThan(0);
});

describe('sticky', () => {
  const config = { ring: 'tributary', sticky: '30s' } as const;

  it('traces that began go on to where they went, when a backend joins', async () => {
    const { source, servers, named } = await world(config, 2);
    const ids = newTraces(300);
    await source.send(spans(ids));
    named.set(servers.map((server) => server.grpc));
    await source.send(spans(ids));
    const later = newTraces(300);
    await source.send(spans(later, Date.now() + 2000));
    await arrived(servers, 900);
    expect(splitTraces(servers)).toEqual([]);
    expect(idsAt(servers[2]!).every((id) => later.includes(id))).toBe(true);
    expect(idsAt(servers[2]!).length).toBeGreaterThan(50);
  });

  it('and when one leaves that still lives', async () => {
    const { source, servers, named } = await world(config);
    const ids = newTraces(300);
    await source.send(spans(ids));
    named.set(servers.slice(0, 2).map((server) => server.grpc));
    await source.send(spans(ids));
    const later = newTraces(300);
    await source.send(spans(later, Date.now() + 2000));
    await arrived(servers, 900);
    expect(splitTraces(servers)).toEqual([]);
    expect(idsAt(servers[2]!).every((id) => ids.includes(id))).toBe(true);
  });

  it('a trace that this agent has not seen goes by its start', async () => {
    const { source, servers, named } = await world(config, 2);
    named.set(servers.map((server) => server.grpc));
    await source.send(spans(newTraces(200), Date.now() - 5000));
    await arrived(servers, 200);
    expect(idsAt(servers[2]!)).toEqual([]);
  });

  it('by the earliest of its spans in a batch, behind those that began later', async () => {
    const { source, servers, named } = await world(config, 2);
    named.set(servers.map((server) => server.grpc));
    const ids = newTraces(200);
    const batch = spans(ids, Date.now() + 5000);
    batch.append(spans(ids, Date.now() - 5000));
    await source.send(batch);
    await arrived(servers, 400);
    expect(idsAt(servers[2]!)).toEqual([]);
  });

  it('without it the new ring counts at once', async () => {
    const { source, servers, named } = await world({ ring: 'tributary', sticky: '0s' }, 2);
    const ids = newTraces(300);
    await source.send(spans(ids));
    named.set(servers.map((server) => server.grpc));
    await source.send(spans(ids));
    await arrived(servers, 600);
    expect(splitTraces(servers).length).toBeGreaterThan(50);
  });
});

it('metrics without the routing key are dropped and told, the others sent', async () => {
  const { source, servers, collector } = await world();
  const metrics = Metrics.create();
  for (const attributes of [{ 'service.name': 'shop' }, {}]) {
    const scope = metrics.addResourceMetrics({ resource: { attributes } }).addScope();
    scope.add({ name: 'cpu', gauge: { dataPoints: [{ asInt: 1n }] } });
  }
  await source.send(metrics);
  const lone = Metrics.create();
  lone
    .addResourceMetrics()
    .addScope()
    .add({ name: 'cpu', gauge: { dataPoints: [{ asInt: 1n }] } });
  await expect(source.send(lone)).rejects.toMatchObject({ kind: 'permanent' });
  await vi.waitFor(() => expect(servers.reduce((sum, server) => sum + server.items, 0)).toBe(1));
  const line = collector
    .balance()
    .components.find(({ kind, signal }) => kind === 'exporter' && signal === 'metrics')!;
  expect(Object.fromEntries(line.dropped)).toEqual({ permanent: 1 });
});

it('logs go by service', async () => {
  const { source, servers } = await world();
  const logs = Logs.create();
  for (let i = 0; i < 30; i++) {
    logs
      .addResourceLogs({ resource: { attributes: { 'service.name': `s${i % 6}` } } })
      .addScope()
      .add({ body: 'x' });
  }
  await source.send(logs);
  await vi.waitFor(() => expect(servers.reduce((sum, server) => sum + server.items, 0)).toBe(30));
});

it('a routing key that does not go with a signal is an error at the start', () => {
  const exporter = loadBalancingExporter({
    protocol: { otlp: {} },
    resolver: { static: { hostnames: ['a:1'] } },
    routing_key: 'metric',
  });
  const pipelines = { traces: { receivers: [testReceiver()], exporters: [exporter] } };
  expect(() => createCollector({ pipelines })).toThrow('unsupported routing_key "metric" for traces');
});
