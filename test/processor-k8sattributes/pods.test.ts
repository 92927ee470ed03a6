import type { K8sAttributesConfig } from '@tributary/processor-k8sattributes';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../packages/transport/test/certificates.js';
import {
  batchOf,
  from,
  object,
  pod,
  pods,
  replicaSets,
  resourceOf,
  worlds,
  type PodPlan,
} from './support.js';

const world = worlds();
const byIp = { 'k8s.pod.ip': '10.1.0.7' };

/** What a resource with the address of a pod is told of it. */
async function told(
  config: K8sAttributesConfig,
  plan: PodPlan = {},
  attributes: Parameters<Awaited<ReturnType<typeof world>>['told']>[0] = byIp,
): Promise<Readonly<Record<string, unknown>>> {
  const here = await world({ wait_for_metadata: true, ...config }, { [pods]: [pod(plan)] });
  await here.start();
  return here.told(attributes);
}

const asked = (...metadata: NonNullable<NonNullable<K8sAttributesConfig['extract']>['metadata']>) => ({
  extract: { metadata },
});

describe.skipIf(!hasOpenssl)('a resource is told of its pod', () => {
  it('what the Collector tells where nothing is asked for', async () => {
    expect(await told({})).toEqual({
      ...byIp,
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'shop-5d4f8c7b9-x2x7p',
      'k8s.pod.uid': 'uid of shop-5d4f8c7b9-x2x7p',
      'k8s.pod.start_time': '2026-11-27T10:00:00Z',
      'k8s.deployment.name': 'shop',
      'k8s.node.name': 'node-1',
      'container.image.name': 'registry:5000/team/shop',
      'container.image.tag': '1.2.3',
    });
  });

  it('nothing where nothing is to be extracted', async () => {
    expect(await told(asked())).toEqual(byIp);
  });

  it('what it does not say itself', async () => {
    const attributes = { ...byIp, 'k8s.pod.name': 'mine' };
    expect(await told(asked('k8s.pod.name', 'k8s.pod.uid'), {}, attributes)).toEqual({
      ...attributes,
      'k8s.pod.uid': 'uid of shop-5d4f8c7b9-x2x7p',
    });
  });

  it.each(['traces', 'metrics', 'logs', 'profiles'] as const)('in %s', async (signal) => {
    const here = await world(
      { ...asked('k8s.pod.name'), wait_for_metadata: true },
      { [pods]: [pod({ name: 'shop-0' })] },
    );
    await here.start();
    await here.source.send(batchOf(signal, byIp), from(undefined));
    expect(resourceOf(here.sink.batches[0]!)).toEqual({ ...byIp, 'k8s.pod.name': 'shop-0' });
  });

  it.each([
    [
      'StatefulSet',
      'db',
      { 'k8s.statefulset.name': 'db', 'k8s.statefulset.uid': 'uid of db', 'service.name': 'db' },
    ],
    [
      'DaemonSet',
      'agent',
      { 'k8s.daemonset.name': 'agent', 'k8s.daemonset.uid': 'uid of agent', 'service.name': 'agent' },
    ],
    [
      'Job',
      'backup-29010240',
      {
        'k8s.job.name': 'backup-29010240',
        'k8s.job.uid': 'uid of backup-29010240',
        'k8s.cronjob.name': 'backup',
        'service.name': 'backup',
      },
    ],
    [
      'Job',
      'migrate',
      { 'k8s.job.name': 'migrate', 'k8s.job.uid': 'uid of migrate', 'service.name': 'migrate' },
    ],
    [
      'ReplicaSet',
      'shop-5d4f8c7b9',
      {
        'k8s.replicaset.name': 'shop-5d4f8c7b9',
        'k8s.replicaset.uid': 'uid of shop-5d4f8c7b9',
        'k8s.deployment.name': 'shop',
        'service.name': 'shop',
      },
    ],
  ] as const)('and of its %s %s', async (kind, name, expected) => {
    const config = asked(
      'k8s.statefulset.name',
      'k8s.statefulset.uid',
      'k8s.daemonset.name',
      'k8s.daemonset.uid',
      'k8s.job.name',
      'k8s.job.uid',
      'k8s.cronjob.name',
      'k8s.replicaset.name',
      'k8s.replicaset.uid',
      'k8s.deployment.name',
      'service.name',
    );
    const owners = [{ kind, name, uid: `uid of ${name}` }];
    expect(await told(config, { owners })).toEqual({ ...byIp, ...expected });
  });

  it('labels and annotations, by name and by expression', async () => {
    const config: K8sAttributesConfig = {
      extract: {
        metadata: [],
        labels: [
          { key: 'team' },
          { key: 'tier', tag_name: 'shop.tier' },
          { key_regex: 'app/(.*)', tag_name: 'app.$1' },
          { key_regex: 'zone-.' },
          { key: 'missing' },
        ],
        annotations: [{ key: 'owner', from: 'pod' }],
      },
    };
    const labels = {
      team: 'a',
      tier: 'b',
      'app/name': 'c',
      'x-app/name': 'no',
      'zone-1': 'd',
      'zone-10': 'no',
    };
    expect(await told(config, { labels, annotations: { owner: 'e' } })).toEqual({
      ...byIp,
      'k8s.pod.labels.team': 'a',
      'shop.tier': 'b',
      'app.name': 'c',
      'k8s.pod.labels.zone-1': 'd',
      'k8s.pod.annotations.owner': 'e',
    });
  });

  it('annotations of OpenTelemetry, which go before what is found out', async () => {
    const annotations = {
      'resource.opentelemetry.io/service.name': 'mine',
      'resource.opentelemetry.io/tenant': 'a',
      other: 'no',
    };
    const metadata = ['service.name', 'service.namespace', 'service.version'] as const;
    const config: K8sAttributesConfig = { extract: { metadata, otel_annotations: true } };
    expect(await told(config, { annotations, labels: { 'app.kubernetes.io/version': '3' } })).toEqual({
      ...byIp,
      'service.name': 'mine',
      tenant: 'a',
      'service.namespace': 'shop',
      'service.version': '3',
    });
    expect(await told({ extract: { metadata } }, { annotations })).toEqual({
      ...byIp,
      'service.name': 'mine',
      'service.namespace': 'shop',
      'service.version': '1.2.3',
    });
  });

  it.each([
    [{ 'app.kubernetes.io/instance': 'one', 'app.kubernetes.io/name': 'two' }, 'one'],
    [{ 'app.kubernetes.io/name': 'two' }, 'two'],
    [{}, 'alone'],
  ])('the name of its service, from %j', async (labels, name) => {
    expect(await told(asked('service.name'), { name: 'alone', labels, owners: [] })).toEqual({
      ...byIp,
      'service.name': name,
    });
  });

  it('nothing where the pod is excluded, or asks to be left alone', async () => {
    const ignored = { 'opentelemetry.io/k8s-processor.ignore': 'true' };
    expect(await told({}, { annotations: ignored })).toEqual(byIp);
    expect(await told({}, { name: 'jaeger-agent-1' })).toEqual(byIp);
    expect(await told({ exclude: { pods: [{ name: '^shop' }] } })).toEqual(byIp);
    expect(
      await told({ ...asked('k8s.pod.name'), exclude: { pods: [] } }, { name: 'jaeger-agent-1' }),
    ).toEqual({
      ...byIp,
      'k8s.pod.name': 'jaeger-agent-1',
    });
  });
});

describe.skipIf(!hasOpenssl)('a resource is told of its container', () => {
  const config = asked(
    'k8s.container.name',
    'container.id',
    'container.image.name',
    'container.image.tag',
    'container.image.repo_digests',
    'service.instance.id',
  );
  const digest = `sha256:${'0a'.repeat(32)}`;
  const plan: PodPlan = {
    name: 'shop-0',
    spec: {
      containers: [
        { name: 'web', image: `registry:5000/shop@${digest}` },
        { name: 'proxy', image: 'envoy:v1' },
      ],
    },
    status: {
      containerStatuses: [
        {
          name: 'web',
          containerID: 'containerd://two',
          restartCount: 1,
          imageID: `docker-pullable://registry:5000/shop@${digest}`,
          lastState: { terminated: { containerID: 'containerd://one' } },
        },
        { name: 'proxy', containerID: 'containerd://three', restartCount: 0, imageID: 'sha256:abc' },
      ],
    },
  };
  const web = {
    'k8s.container.name': 'web',
    'container.image.name': 'registry:5000/shop',
    'container.image.tag': 'latest',
    'container.image.repo_digests': [`registry:5000/shop@${digest}`],
    'service.instance.id': 'shop.shop-0.web',
  };

  it.each([
    [{ 'k8s.container.name': 'web' }, { ...web, 'container.id': 'two' }],
    [
      { 'k8s.container.name': 'web', 'k8s.container.restart_count': '0' },
      { ...web, 'container.id': 'one' },
    ],
    [
      { 'k8s.container.name': 'web', 'k8s.container.restart_count': 1 },
      { ...web, 'container.id': 'two' },
    ],
    [
      { 'container.id': 'three' },
      {
        'k8s.container.name': 'proxy',
        'container.image.name': 'envoy',
        'container.image.tag': 'v1',
        'service.instance.id': 'shop.shop-0.proxy',
      },
    ],
    [{}, {}],
    [{ 'k8s.container.name': 'nobody' }, {}],
    [{ 'container.id': 'nobody' }, {}],
  ])('by %j', async (said, expected) => {
    expect(await told(config, plan, { ...byIp, ...said })).toEqual({ ...byIp, ...said, ...expected });
  });
});

describe.skipIf(!hasOpenssl)('a resource is told of what its pod belongs to', () => {
  const set = object('shop-5d4f8c7b9', {
    namespace: 'shop',
    ownerReferences: [{ kind: 'Deployment', name: 'shop-really', uid: 'uid of the deployment' }],
  });
  const job = object('backup-1', {
    namespace: 'shop',
    ownerReferences: [{ kind: 'CronJob', name: 'backup', uid: 'uid of the cron job' }],
  });

  it('its deployment, by watching ReplicaSets', async () => {
    const here = await world(
      {
        wait_for_metadata: true,
        extract: {
          metadata: ['k8s.deployment.name', 'k8s.deployment.uid'],
          deployment_name_from_replicaset: false,
        },
      },
      { [pods]: [pod()], [replicaSets]: [set] },
    );
    await here.start();
    expect(await here.told(byIp)).toEqual({
      ...byIp,
      'k8s.deployment.name': 'shop-really',
      'k8s.deployment.uid': 'uid of the deployment',
    });
  });

  it('its CronJob, by watching jobs', async () => {
    const owners = [{ kind: 'Job', name: 'backup-1' }];
    const here = await world(
      { wait_for_metadata: true, ...asked('k8s.cronjob.uid') },
      { [pods]: [pod({ owners })], '/apis/batch/v1/jobs': [job] },
    );
    await here.start();
    expect(await here.told(byIp)).toEqual({ ...byIp, 'k8s.cronjob.uid': 'uid of the cron job' });
  });

  it('its namespace, its node and its cluster', async () => {
    const here = await world(
      {
        wait_for_metadata: true,
        extract: {
          metadata: ['k8s.node.uid', 'k8s.cluster.uid'],
          labels: [
            { from: 'namespace', key: 'team' },
            { from: 'node', key: 'zone', tag_name: 'zone' },
          ],
        },
      },
      {
        [pods]: [pod()],
        '/api/v1/namespaces': [
          object('shop', { labels: { team: 'a' } }),
          object('kube-system', { labels: { team: 'b' } }),
        ],
        '/api/v1/nodes': [object('node-1', { labels: { zone: 'z1' } })],
      },
    );
    await here.start();
    const expected = { 'k8s.namespace.labels.team': 'a', zone: 'z1', 'k8s.node.uid': 'uid of node-1' };
    expect(await here.told(byIp)).toMatchObject({
      ...expected,
      'k8s.cluster.uid': 'uid of kube-system',
    });
    // Names that stand there are enough, without a pod.
    expect(await here.told({ 'k8s.namespace.name': 'shop', 'k8s.node.name': 'node-1' })).toMatchObject(
      expected,
    );
  });

  it.each([
    ['deployment', '/apis/apps/v1/deployments', 'ReplicaSet', 'shop-5d4f8c7b9', 'shop'],
    ['statefulset', '/apis/apps/v1/statefulsets', 'StatefulSet', 'db', 'db'],
    ['daemonset', '/apis/apps/v1/daemonsets', 'DaemonSet', 'agent', 'agent'],
    ['job', '/apis/batch/v1/jobs', 'Job', 'once', 'once'],
  ] as const)('labels of its %s', async (kind, path, ownerKind, ownerName, name) => {
    const here = await world(
      { wait_for_metadata: true, extract: { metadata: [], labels: [{ from: kind, key: 'team' }] } },
      {
        [pods]: [pod({ owners: [{ kind: ownerKind, name: ownerName }] })],
        [path]: [object(name, { namespace: 'shop', labels: { team: 'a' } })],
      },
    );
    await here.start();
    expect(await here.told(byIp)).toEqual({ ...byIp, [`k8s.${kind}.labels.team`]: 'a' });
  });
});
