import { describe, expect, it, vi } from 'vitest';
import { createCollector } from '@tributary/collector';
import { k8sAttributes, type K8sAttributesConfig } from '@tributary/processor-k8sattributes';
import { memoryExporter, testReceiver } from '@tributary/testkit';
import { hasOpenssl } from '../../packages/transport/test/certificates.js';
import { pod, pods, worlds } from './support.js';

const world = worlds();
const byIp = { 'k8s.pod.ip': '10.1.0.7' };
const asked: K8sAttributesConfig = { extract: { metadata: ['k8s.pod.name'] } };
const named = (name: string): object => ({ ...byIp, 'k8s.pod.name': name });

describe.skipIf(!hasOpenssl)('what becomes of pods', () => {
  it('is known when it happens', async () => {
    const here = await world(asked);
    await here.start();
    expect(await here.told(byIp)).toEqual(byIp);
    here.server.put(pod({ name: 'shop-0' }), pods);
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(named('shop-0')));
    here.server.put(pod({ name: 'shop-0', ip: '10.1.0.9' }), pods);
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(byIp));
    expect(await here.told({ ip: '10.1.0.9' })).toEqual({ ip: '10.1.0.9', 'k8s.pod.name': 'shop-0' });
  });

  it('is that a deleted one is known for pod_delete_grace_period', async () => {
    const here = await world(
      { ...asked, pod_delete_grace_period: '30s' },
      { [pods]: [pod({ name: 'shop-0' })] },
    );
    await here.start();
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(named('shop-0')));
    here.server.delete('shop-0', pods);
    here.server.put(pod({ name: 'sign', ip: '10.1.0.9' }), pods);
    await vi.waitFor(async () =>
      expect(await here.told({ ip: '10.1.0.9' })).toHaveProperty(['k8s.pod.name']),
    );
    expect(await here.told(byIp)).toEqual(named('shop-0'));
    await here.clock.advance(29_000);
    expect(await here.told(byIp)).toEqual(named('shop-0'));
    await here.clock.advance(10_000);
    expect(await here.told(byIp)).toEqual(byIp);
  });

  it('is that an address is that of the one that started last, whatever is heard last', async () => {
    const first = { name: 'first', startTime: '2026-11-27T10:00:00Z' };
    const here = await world(asked, { [pods]: [pod(first)] });
    await here.start();
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(named('first')));
    here.server.put(pod({ name: 'second', startTime: '2026-11-27T11:00:00Z' }), pods);
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(named('second')));
    here.server.put(pod({ ...first, labels: { late: 'news' } }), pods);
    here.server.put(pod({ name: 'sign', ip: '10.1.0.9' }), pods);
    await vi.waitFor(async () =>
      expect(await here.told({ ip: '10.1.0.9' })).toHaveProperty(['k8s.pod.name']),
    );
    expect(await here.told(byIp)).toEqual(named('second'));
  });

  it('is heard again when the connection broke, and when the server has forgotten the place', async () => {
    const here = await world(asked, { [pods]: [pod({ name: 'shop-0' })] });
    await here.start();
    await vi.waitFor(async () => expect(await here.told(byIp)).toEqual(named('shop-0')));
    here.server.cut();
    expect(await here.told(byIp)).toEqual(named('shop-0'));
    here.server.delete('shop-0', pods);
    here.server.put(pod({ name: 'shop-1' }), pods);
    // 410 Gone: it lists anew, and finds out what has changed meanwhile.
    here.server.forget();
    await vi.waitFor(async () => {
      await here.clock.advance(1000);
      expect(await here.told(byIp)).toEqual(named('shop-1'));
    });
    await vi.waitFor(() => expect(here.server.lists).toBeGreaterThan(1));
  });

  it('is asked for by the selectors of the filter', async () => {
    const here = await world(
      {
        filter: {
          node_from_env_var: 'NODE',
          namespace: 'shop',
          labels: [
            { key: 'a', value: '1' },
            { key: 'b', value: '2', op: 'not-equals' },
            { key: 'c', op: 'exists' },
            { key: 'd', op: 'does-not-exist' },
          ],
          fields: [{ key: 'status.phase', value: 'Failed', op: 'not-equals' }],
        },
      },
      {},
      { NODE: 'node-7' },
    );
    await here.start();
    const [request] = here.server.requests;
    expect(request?.path).toBe('/api/v1/namespaces/shop/pods');
    expect(request?.query.get('labelSelector')).toBe('a=1,b!=2,c,!d');
    expect(request?.query.get('fieldSelector')).toBe('spec.nodeName=node-7,status.phase!=Failed');
    const direct = await world({ filter: { node: 'node-8' } });
    await direct.start();
    expect(direct.server.requests[0]?.query.get('fieldSelector')).toBe('spec.nodeName=node-8');
  });

  it('is not heard without the right, which the log says, until it is granted', async () => {
    const here = await world(asked, { [pods]: [pod({ name: 'shop-0' })] });
    here.server.refuseNext(403, 'pods is forbidden');
    await here.collector.start();
    await vi.waitFor(() => expect(here.lines.join('\n')).toContain('"code":"forbidden"'));
    expect(await here.told(byIp)).toEqual(byIp);
    await vi.waitFor(async () => {
      await here.clock.advance(1000);
      expect(await here.told(byIp)).toEqual(named('shop-0'));
    });
  });
});

describe.skipIf(!hasOpenssl)('the start', () => {
  it('says in the log what has no effect', async () => {
    const here = await world({ kube_api_qps: 20, kube_api_burst: 40, watch_sync_period: '1m' });
    await here.start();
    for (const key of ['kube_api_qps', 'kube_api_burst', 'watch_sync_period'])
      expect(here.lines.join('\n')).toContain(`warn: ${key} has no effect`);
    const silent = await world();
    await silent.start();
    expect(silent.lines.join('\n')).not.toContain('has no effect');
  });

  it('waits for the cluster with wait_for_metadata, and fails when it takes too long', async () => {
    const here = await world({ ...asked, wait_for_metadata: true, wait_for_metadata_timeout: '3s' });
    here.server.refuseNext(403, 'pods is forbidden');
    const starting = here.collector.start();
    let isOver = false;
    starting.catch(() => (isOver = true)); // seen below
    await vi.waitFor(() => expect(here.server.requests).toHaveLength(1));
    here.server.refuseNext(403, 'pods is forbidden');
    here.server.refuseNext(403, 'pods is forbidden');
    here.server.refuseNext(403, 'pods is forbidden');
    await vi.waitFor(async () => {
      await here.clock.advance(500);
      expect(isOver).toBe(true);
    });
    await expect(starting).rejects.toThrow('wait_for_metadata_timeout');
  });

  it('fails without the variable of node_from_env_var', async () => {
    const here = await world({ filter: { node_from_env_var: 'NODE' } });
    await expect(here.collector.start()).rejects.toThrow(
      '`node_from_env_var` is configured but envvar "NODE" is not set',
    );
  });
});

it('fails outside a cluster', async () => {
  const collector = createCollector({
    pipelines: {
      logs: { receivers: [testReceiver()], processors: [k8sAttributes()], exporters: [memoryExporter()] },
    },
  });
  await expect(collector.start()).rejects.toThrow('not in a Kubernetes cluster');
});
