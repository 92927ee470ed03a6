import { createCollector, systemRuntime, type Collector } from '@tributary/collector';
import { createContext, type Context } from '@tributary/component';
import type { K8sAttributesConfig } from '@tributary/processor-k8sattributes';
import { Logs, Metrics, Traces, type AttributesInit, type Batch, type Signal } from '@tributary/pdata';
import {
  memoryExporter,
  sampleProfiles,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { expect, onTestFinished, vi } from 'vitest';
import { createK8sAttributes } from '../../packages/processor-k8sattributes/src/k8s-attributes.js';
import { testServerTls, type TestServerTls } from '../../packages/transport/test/certificates.js';
import { serviceAccount } from '../kubernetes/support.js';
import { keepingLogger } from '../receiver-otlp/support.js';
import { FakeApiServer, type FakeObject } from '../support/fake-api-server.js';

export const pods = '/api/v1/pods';
export const replicaSets = '/apis/apps/v1/replicasets';

/** A pod as the API server has it, as far as anybody looks at it. */
export interface PodPlan {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly ip?: string;
  readonly node?: string;
  readonly startTime?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owners?: readonly { readonly kind: string; readonly name: string; readonly uid?: string }[];
  readonly spec?: object;
  readonly status?: object;
}

export function pod({
  name = 'shop-5d4f8c7b9-x2x7p',
  namespace = 'shop',
  uid = `uid of ${name}`,
  ip = '10.1.0.7',
  node = 'node-1',
  startTime = '2026-11-27T10:00:00Z',
  labels = {},
  annotations = {},
  owners = [{ kind: 'ReplicaSet', name: 'shop-5d4f8c7b9', uid: 'uid of the set' }],
  spec = {},
  status = {},
}: PodPlan = {}): FakeObject {
  return {
    metadata: {
      name,
      namespace,
      uid,
      labels,
      annotations,
      ownerReferences: owners,
    } as FakeObject['metadata'],
    spec: {
      nodeName: node,
      containers: [{ name: 'web', image: 'registry:5000/team/shop:1.2.3' }],
      ...spec,
    },
    status: { podIP: ip, startTime, ...status },
  };
}

/** Another object of the cluster. */
export function object(
  name: string,
  metadata: Readonly<Record<string, unknown>> = {},
  rest: Readonly<Record<string, unknown>> = {},
): FakeObject {
  return { metadata: { name, uid: `uid of ${name}`, ...metadata }, ...rest } as FakeObject;
}

export interface World {
  readonly server: FakeApiServer;
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
  readonly lines: readonly string[];
  start(): Promise<void>;
  /** The attributes of a resource once it has passed. */
  told(attributes: AttributesInit, address?: string): Promise<Readonly<Record<string, unknown>>>;
}

/** A collector with the processor in a cluster that knows these objects, by the paths of their collections. */
export type MakeWorld = (
  config?: K8sAttributesConfig,
  collections?: Readonly<Record<string, readonly FakeObject[]>>,
  environment?: Readonly<Record<string, string>>,
) => Promise<World>;

/** For the tests of a file. */
export function worlds(): MakeWorld {
  const tls = testServerTls('IP:127.0.0.1');
  return (config = {}, collections = {}, environment = {}) =>
    makeWorld(tls(), config, collections, environment);
}

async function makeWorld(
  tls: TestServerTls,
  config: K8sAttributesConfig,
  collections: Readonly<Record<string, readonly FakeObject[]>>,
  environment: Readonly<Record<string, string>>,
): Promise<World> {
  const server = await new FakeApiServer(tls.identity).listen();
  for (const [path, objects] of Object.entries(collections)) {
    for (const each of objects) server.put(each, path);
  }
  const clock = virtualClock();
  const lines: string[] = [];
  const source = testReceiver();
  const sink = memoryExporter();
  const k8sAttributes = createK8sAttributes({
    environment: {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
      ...environment,
    },
  });
  const one = { receivers: [source], processors: [k8sAttributes(config)], exporters: [sink] };
  const collector = createCollector({
    runtime: systemRuntime({
      clock,
      random: () => 0,
      fs: serviceAccount({ token: 'secret', namespace: 'own' }, tls.caFile),
      logger: keepingLogger(lines),
    }),
    pipelines: { traces: one, metrics: one, logs: one, profiles: one },
  });
  onTestFinished(async () => {
    await collector.shutdown({ graceMs: 0 });
    await server.close();
  });
  return {
    server,
    clock,
    source,
    sink,
    collector,
    lines,
    async start() {
      await collector.start();
      if (config.passthrough !== true) await vi.waitFor(() => expect(server.watches).toBeGreaterThan(0));
    },
    async told(attributes, address) {
      sink.clear();
      await source.send(logsOf(attributes), from(address));
      return resourceOf(sink.batches[0]!);
    },
  };
}

export const from = (address: string | undefined): Context =>
  createContext({ client: { metadata: new Map(), ...(address !== undefined && { address }) } });

function logsOf(attributes: AttributesInit): Logs {
  const logs = Logs.create();
  logs.addResourceLogs({
    resource: { attributes },
    scopeLogs: [{ logRecords: [{ body: 'hello' }] }],
  });
  return logs;
}

/** A batch of a signal with one item of that resource. */
export function batchOf(signal: Signal, attributes: AttributesInit): Batch<Signal> {
  const resource = { attributes };
  switch (signal) {
    case 'logs':
      return logsOf(attributes);
    case 'traces': {
      const traces = Traces.create();
      traces.addResourceSpans({ resource, scopeSpans: [{ spans: [{ name: 'GET /' }] }] });
      return traces;
    }
    case 'metrics': {
      const metrics = Metrics.create();
      const gauge = { dataPoints: [{ asInt: 1n }] };
      metrics.addResourceMetrics({ resource, scopeMetrics: [{ metrics: [{ name: 'm', gauge }] }] });
      return metrics;
    }
    case 'profiles': {
      const profiles = sampleProfiles({ samples: 1 });
      const [group] = profiles.resourceProfiles();
      for (const key of Array.from(group!.resource.attributes, ([name]) => name))
        group!.resource.attributes.delete(key);
      for (const [key, value] of Object.entries(attributes)) group!.resource.attributes.set(key, value);
      return profiles;
    }
  }
}

/** The attributes of the first resource. */
export function resourceOf(batch: Batch<Signal>): Readonly<Record<string, unknown>> {
  const [group] =
    batch.signal === 'traces'
      ? batch.resourceSpans()
      : batch.signal === 'metrics'
        ? batch.resourceMetrics()
        : batch.signal === 'logs'
          ? batch.resourceLogs()
          : batch.resourceProfiles();
  return Object.fromEntries(group!.resource.attributes);
}
