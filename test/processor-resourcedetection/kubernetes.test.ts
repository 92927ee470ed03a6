import { expect, it } from 'vitest';
import { bench, clusterAt, nowhere, server, silence, type Reply } from './support.js';

const node = JSON.stringify({
  metadata: {
    name: 'node-1',
    uid: 'uid-1',
    labels: {
      'topology.kubernetes.io/region': 'us-west-2',
      'kubernetes.io/hostname': 'ip-10-0-0-1',
      'node.kubernetes.io/instance-type': 'm7.large',
    },
  },
  spec: { providerID: 'aws:///us-west-2b/i-0123' },
});
const path = '/api/v1/nodes/node-1';
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';
const inPod = {
  KUBERNETES_SERVICE_HOST: '10.0.0.1',
  KUBERNETES_SERVICE_PORT: '443',
  K8S_NODE_NAME: 'node-1',
};
const eksVersion = { '/version': '{"gitVersion":"v1.31.2-eks-7f9249a"}' };

async function cluster(replies: Readonly<Record<string, Reply>>, imds?: string) {
  const started = await server(replies);
  const endpoints = { ...nowhere, ...(imds !== undefined && { instance: imds }) };
  return { ...started, surroundings: { ...(await clusterAt(started.url)), endpoints } };
}

it('k8s_api asks the API server for the node', async () => {
  const { surroundings, seen } = await cluster({ [path]: node });
  const { start, pass } = bench({ detectors: ['k8s_api'] }, { surroundings, env: inPod });
  await start();
  expect(await pass()).toEqual({ 'k8s.node.name': 'node-1', 'k8s.node.uid': 'uid-1', schemaUrl });
  expect(seen[0]!.headers.authorization).toBe('Bearer secret');
});

it('k8s_api may be called k8snode, and be told another variable', async () => {
  const { surroundings } = await cluster({ [path]: node });
  const { start, pass } = bench(
    { detectors: ['k8snode'], k8s_api: { node_from_env_var: 'MY_NODE' } },
    { surroundings, env: { MY_NODE: 'node-1' } },
  );
  await start();
  expect(await pass()).toMatchObject({ 'k8s.node.uid': 'uid-1' });
});

it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, Reply>>, string]>([
  [
    'the variable is not set',
    {},
    {},
    "node name can't be found: the environment variable K8S_NODE_NAME is not set",
  ],
  ['the node is not known', inPod, {}, `failed to get the node node-1: the API server refuses ${path}: 404`],
  ['a right is missing', inPod, { [path]: [403, '{"message":"no"}'] }, 'RBAC'],
  ['the answer is no node', inPod, { [path]: '{"kind":"Status"}' }, `answers ${path} with what is no node`],
  ['the answer is no JSON', inPod, { [path]: '<html>' }, 'an answer that is no JSON'],
  ['the node has no uid', inPod, { [path]: '{"metadata":{"name":"node-1"}}' }, 'the node node-1 has no uid'],
  ['the server is silent', inPod, { [path]: silence }, 'k8s_api: '],
])('k8s_api does not start where %s', async (_, env, replies, problem) => {
  const { surroundings } = await cluster(replies);
  await expect(bench({ detectors: ['k8s_api'] }, { surroundings, env }).start()).rejects.toThrow(problem);
});

it('k8s_api does not start outside of a cluster', async () => {
  await expect(bench({ detectors: ['k8s_api'] }, { env: { K8S_NODE_NAME: 'a' } }).start()).rejects.toThrow(
    'k8s_api: not in a Kubernetes cluster',
  );
});

it('eks knows its cluster by the version of the API server', async () => {
  const { surroundings, seen } = await cluster(eksVersion);
  const { start, pass } = bench({ detectors: ['eks'] }, { surroundings, env: inPod });
  await start();
  expect(await pass()).toEqual({ 'cloud.provider': 'aws', 'cloud.platform': 'aws_eks', schemaUrl });
  expect(seen.map(({ path: asked }) => asked)).toEqual(['/version']);
});

const machine = {
  'cloud.account.id': { enabled: true },
  'cloud.region': { enabled: true },
  'cloud.availability_zone': { enabled: true },
  'host.id': { enabled: true },
  'host.image.id': { enabled: true },
  'host.name': { enabled: true },
  'host.type': { enabled: true },
  'k8s.cluster.name': { enabled: true },
} as const;

it('eks has the machine by its metadata', async () => {
  const imds = await server({
    'PUT /latest/api/token': 't',
    '/latest/dynamic/instance-identity/document':
      '{"accountId":"1","region":"us-west-2","availabilityZone":"us-west-2b","instanceId":"i-1","imageId":"ami-1","instanceType":"m7"}',
    '/latest/meta-data/hostname': 'ip-10-0-0-1.internal',
    '/latest/meta-data/tags/instance': 'aws:eks:cluster-name',
    '/latest/meta-data/tags/instance/aws%3Aeks%3Acluster-name': 'shop',
  });
  const { surroundings } = await cluster(eksVersion, imds.url);
  const { start, pass } = bench(
    { detectors: ['eks'], eks: { resource_attributes: machine } },
    { surroundings, env: inPod },
  );
  await start();
  expect(await pass()).toEqual({
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_eks',
    'cloud.account.id': '1',
    'cloud.region': 'us-west-2',
    'cloud.availability_zone': 'us-west-2b',
    'host.id': 'i-1',
    'host.image.id': 'ami-1',
    'host.name': 'ip-10-0-0-1.internal',
    'host.type': 'm7',
    'k8s.cluster.name': 'shop',
    schemaUrl,
  });
});

it('eks has the machine by the node where metadata is out of reach', async () => {
  const { surroundings } = await cluster({ ...eksVersion, [path]: node });
  const { start, pass } = bench(
    { detectors: ['eks'], eks: { resource_attributes: machine, node_from_env_var: 'MY_NODE' } },
    { surroundings, env: { ...inPod, MY_NODE: 'node-1' } },
  );
  await start();
  expect(await pass()).toEqual({
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_eks',
    'cloud.region': 'us-west-2',
    'cloud.availability_zone': 'us-west-2b',
    'host.id': 'i-0123',
    'host.name': 'ip-10-0-0-1',
    'host.type': 'm7.large',
    schemaUrl,
  });
});

it.each<[string, Readonly<Record<string, string>>, Reply]>([
  ['outside of a cluster', {}, 404],
  ['in another cluster', inPod, '{"gitVersion":"v1.31.2-gke.1"}'],
])('eks is not on its platform %s', async (_, env, reply) => {
  const { surroundings } = await cluster({ '/version': reply });
  const { start, pass } = bench({ detectors: ['eks'] }, { surroundings, env });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
});

it('eks does not start where the API server does not tell its version', async () => {
  const { surroundings } = await cluster({ '/version': '{}' });
  await expect(bench({ detectors: ['eks'] }, { surroundings, env: inPod }).start()).rejects.toThrow(
    'eks: the API server does not tell its version',
  );
});
