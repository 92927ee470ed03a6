import { systemRuntime } from '@tributary/collector';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  resolverSchema,
  type K8sResolverConfig,
} from '../../packages/exporter-loadbalancing/src/resolver/config.js';
import { createResolver } from '../../packages/exporter-loadbalancing/src/resolver/create-resolver.js';
import type { Resolver } from '../../packages/exporter-loadbalancing/src/resolver/resolver.js';
import { hasOpenssl, testServerTls } from '../../packages/transport/test/certificates.js';
import { serviceAccount } from '../kubernetes/support.js';
import { FakeApiServer } from '../support/fake-api-server.js';

interface Pod {
  readonly address: string | readonly string[];
  readonly hostname?: string;
  readonly conditions?: Readonly<Record<string, boolean>>;
}

const slice = (name: string, ...pods: readonly Pod[]): Parameters<FakeApiServer['put']>[0] => ({
  metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': 'gateways' } },
  addressType: 'IPv4',
  endpoints: pods.map(({ address, ...pod }) => ({ addresses: [address].flat(), ...pod })),
});
const ready = (address: string): Pod => ({ address, conditions: { ready: true, serving: true } });

describe.skipIf(!hasOpenssl)('the k8s resolver', () => {
  const tls = testServerTls('IP:127.0.0.1');
  let server: FakeApiServer;
  let clock: VirtualClock;
  let resolver: Resolver;
  let told: string[];
  let failures: string[];
  let answers: number;

  beforeEach(async () => {
    server = await new FakeApiServer(tls().identity).listen();
    clock = virtualClock();
    [told, failures, answers] = [[], [], 0];
  });
  afterEach(async () => {
    await resolver.stop();
    await server.close();
  });

  async function start(config: K8sResolverConfig): Promise<void> {
    const fs = serviceAccount({ token: 'secret', namespace: 'own' }, tls().caFile);
    resolver = createResolver(
      resolverSchema.parse({ k8s: config }),
      systemRuntime({ clock, fs, random: () => 0 }),
      {
        environment: {
          KUBERNETES_SERVICE_HOST: '127.0.0.1',
          KUBERNETES_SERVICE_PORT: String(server.port),
        },
      },
    );
    await resolver.start(
      (backends) => told.push(backends.join(' ')),
      (error) => failures.push(error.message),
      () => answers++,
    );
  }
  const watching = (): Promise<void> => vi.waitFor(() => expect(server.watches).toBe(1));
  const tells = (last: string): Promise<void> => vi.waitFor(() => expect(told.at(-1)).toBe(last));

  it('has a backend for each address and port of all slices of the service', async () => {
    server.put(slice('one', ready('10.0.0.2'), ready('10.0.0.1')));
    server.put(slice('two', ready('10.0.0.3'), ready('fd00::1'), ready('10.0.0.1')));
    await start({ service: 'gateways.shop', ports: [15317, 16317] });
    expect(told).toEqual([
      '10.0.0.1:15317 10.0.0.1:16317 10.0.0.2:15317 10.0.0.2:16317 10.0.0.3:15317 10.0.0.3:16317 [fd00::1]:15317 [fd00::1]:16317',
    ]);
  });

  it('has the addresses alone where there are no ports', async () => {
    server.put(slice('one', ready('10.0.0.1'), ready('fd00::1')));
    await start({ service: 'gateways' });
    expect(told).toEqual(['10.0.0.1 [fd00::1]']);
  });

  it.each([
    ['gateways', 'own', 'gateways'],
    ['gateways.shop', 'shop', 'gateways'],
    ['gateways.shop.svc.cluster.local', 'shop', 'gateways'],
  ])('asks for the slices of %s in namespace %s', async (service, namespace, name) => {
    await start({ service });
    expect(server.requests[0]).toMatchObject({
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    });
    expect(server.requests[0]?.query.get('labelSelector')).toBe(`kubernetes.io/service-name=${name}`);
  });

  it('follows pods that become ready, stop being so, and end', async () => {
    server.put(slice('one', ready('10.0.0.1'), { address: '10.0.0.2', conditions: { ready: false } }));
    await start({ service: 'gateways' });
    expect(told).toEqual(['10.0.0.1']);
    await watching();
    server.put(slice('one', ready('10.0.0.1'), ready('10.0.0.2')));
    await tells('10.0.0.1 10.0.0.2');
    const ending = { address: '10.0.0.1', conditions: { ready: false, serving: true, terminating: true } };
    server.put(slice('one', ending, ready('10.0.0.2')));
    await tells('10.0.0.2');
    server.put(slice('two', { address: '10.0.0.3' }));
    await tells('10.0.0.2 10.0.0.3');
    server.delete('two');
    await tells('10.0.0.2');
    expect([answers, failures]).toEqual([5, []]);
  });

  it('takes those that serve while they end where nobody is ready, and nobody where nobody serves', async () => {
    const ending = { address: '10.0.0.1', conditions: { ready: false, serving: true, terminating: true } };
    server.put(slice('one', ending));
    await start({ service: 'gateways' });
    expect(told).toEqual(['10.0.0.1']);
    await watching();
    server.put(slice('one', { address: '10.0.0.1', conditions: { ready: false, serving: false } }));
    await tells('');
  });

  it('has the hostnames of pods with return_hostnames, and keeps them where a pod has none', async () => {
    server.put(slice('one', { ...ready('10.0.0.1'), hostname: 'gw-0' }));
    await start({ service: 'gateways.shop', ports: [4317], return_hostnames: true });
    expect(told).toEqual(['gw-0.gateways.shop:4317']);
    await watching();
    server.put(slice('two', ready('10.0.0.2')));
    await vi.waitFor(() =>
      expect(failures).toEqual([
        'gateways.shop: the pod of 10.0.0.2 has no hostname, which return_hostnames asks for',
      ]),
    );
    server.put(slice('two', { ...ready('10.0.0.2'), hostname: 'gw-1' }));
    await tells('gw-0.gateways.shop:4317 gw-1.gateways.shop:4317');
  });

  it('keeps the backends while the API server is away, and tells what has changed', async () => {
    server.put(slice('one', ready('10.0.0.1')));
    await start({ service: 'gateways' });
    await watching();
    server.cut();
    server.put(slice('one', ready('10.0.0.2')));
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    expect(told).toEqual(['10.0.0.1']);
    await vi.waitFor(() => expect(clock.timers()[0]?.kind).toBe('sleep'));
    await clock.advance('1s');
    await tells('10.0.0.2');
  });

  it('starts without the right to list, and says what is missing', async () => {
    server.refuseNext(403, 'endpointslices is forbidden');
    await start({ service: 'gateways' });
    expect(told).toEqual([]);
    expect(failures[0]).toContain(
      'endpointslices is forbidden; the service account needs a role with the verbs list and watch',
    );
  });

  it('starts where the API server says nothing for the timeout', async () => {
    server.stallNext();
    const starting = start({ service: 'gateways', timeout: '5s' });
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    await clock.advance('5s');
    await starting;
    expect(failures).toEqual([expect.stringContaining('no reply within 5000 ms')]);
  });

  it.each([
    ['endpoints that are no list', { endpoints: 'x' }],
    ['an endpoint without addresses', { endpoints: [{ addresses: null }] }],
    ['an endpoint that is none', { endpoints: [null] }],
  ])('keeps the backends at a slice with %s', async (_, broken) => {
    server.put(slice('one', ready('10.0.0.1')));
    await start({ service: 'gateways' });
    await watching();
    server.put({ metadata: { name: 'two', namespace: 'shop' }, ...broken });
    await vi.waitFor(() => expect(failures[0]).toMatch(/EndpointSlice|endpoint/));
    expect(told).toEqual(['10.0.0.1']);
  });

  it('does not start outside a cluster', async () => {
    resolver = createResolver(resolverSchema.parse({ k8s: { service: 'gateways' } }), systemRuntime(), {
      environment: {},
    });
    await expect(
      resolver.start(
        () => {},
        () => {},
        () => {},
      ),
    ).rejects.toThrow('not in a Kubernetes cluster');
  });
});
