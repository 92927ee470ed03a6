import { expect, it } from 'vitest';
import { bench, nowhere, server, silence, type Reply } from './support.js';

const flavoured =
  (text: string, status = 200): Reply =>
  (request, response) => {
    const isAllowed = request.headers['metadata-flavor'] === 'Google';
    response.writeHead(isAllowed ? status : 403, { 'metadata-flavor': 'Google' }).end(isAllowed ? text : '');
  };

async function metadata(
  entries: Readonly<Record<string, string | Reply>>,
  more: Readonly<Record<string, Reply>> = {},
) {
  const replies = Object.entries(entries).map(([path, reply]): [string, Reply] => [
    `/computeMetadata/v1/${path}`,
    typeof reply === 'string' ? flavoured(reply) : reply,
  ]);
  const started = await server({ ...Object.fromEntries(replies), ...more });
  return {
    ...started,
    surroundings: { endpoints: { ...nowhere, gcp: started.url, gcpCompute: started.url } },
  };
}

const machine = {
  'project/project-id': 'shop-prod',
  'instance/id': '4711',
  'instance/name': 'web-1',
  'instance/hostname': 'web-1.c.shop-prod.internal',
  'instance/zone': 'projects/99/zones/us-central1-a',
  'instance/region': 'projects/99/regions/us-central1',
  'instance/machine-type': 'projects/99/machineTypes/e2-medium',
};
const detectors = ['gcp'] as const;
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';
const common = { 'cloud.provider': 'gcp', 'cloud.account.id': 'shop-prod', schemaUrl };

it.each([
  [
    'a machine',
    {},
    {},
    {
      'cloud.platform': 'gcp_compute_engine',
      'cloud.region': 'us-central1',
      'cloud.availability_zone': 'us-central1-a',
      'host.type': 'e2-medium',
      'host.id': '4711',
      'host.name': 'web-1',
    },
  ],
  [
    'a machine of a group',
    {},
    { 'instance/attributes/created-by': 'projects/99/zones/us-central1-a/instanceGroupManagers/web' },
    {
      'cloud.platform': 'gcp_compute_engine',
      'cloud.region': 'us-central1',
      'cloud.availability_zone': 'us-central1-a',
      'host.type': 'e2-medium',
      'host.id': '4711',
      'host.name': 'web-1',
      'gcp.gce.instance_group_manager.name': 'web',
      'gcp.gce.instance_group_manager.zone': 'us-central1-a',
    },
  ],
  [
    'a zonal cluster',
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    { 'instance/attributes/cluster-location': 'us-central1-b', 'instance/attributes/cluster-name': 'c1' },
    {
      'cloud.platform': 'gcp_kubernetes_engine',
      'cloud.availability_zone': 'us-central1-b',
      'k8s.cluster.name': 'c1',
      'host.id': '4711',
      'host.name': 'web-1',
    },
  ],
  [
    'a regional cluster',
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    { 'instance/attributes/cluster-location': 'us-central1', 'instance/attributes/cluster-name': 'c1' },
    {
      'cloud.platform': 'gcp_kubernetes_engine',
      'cloud.region': 'us-central1',
      'k8s.cluster.name': 'c1',
      'host.id': '4711',
      'host.name': 'web-1',
    },
  ],
  [
    'Cloud Run',
    { K_CONFIGURATION: 'c', K_SERVICE: 'cart', K_REVISION: 'r1' },
    {},
    {
      'cloud.platform': 'gcp_cloud_run',
      'cloud.region': 'us-central1',
      'faas.name': 'cart',
      'faas.version': 'r1',
      'faas.instance': '4711',
    },
  ],
  [
    'a function',
    { FUNCTION_TARGET: 'f', K_CONFIGURATION: 'c', K_SERVICE: 'cart', K_REVISION: 'r1' },
    {},
    {
      'cloud.platform': 'gcp_cloud_functions',
      'cloud.region': 'us-central1',
      'faas.name': 'cart',
      'faas.version': 'r1',
      'faas.instance': '4711',
    },
  ],
  [
    'a job of Cloud Run',
    { CLOUD_RUN_JOB: 'nightly', CLOUD_RUN_EXECUTION: 'nightly-1', CLOUD_RUN_TASK_INDEX: '2' },
    {},
    {
      'cloud.platform': 'gcp_cloud_run',
      'cloud.region': 'us-central1',
      'faas.name': 'nightly',
      'faas.instance': '4711',
      'gcp.cloud_run.job.execution': 'nightly-1',
      'gcp.cloud_run.job.task_index': '2',
    },
  ],
  [
    'App Engine',
    { GAE_ENV: 'standard', GAE_SERVICE: 'web', GAE_VERSION: '3', GAE_INSTANCE: 'i1' },
    {},
    {
      'cloud.platform': 'gcp_app_engine',
      'cloud.region': 'us-central1',
      'cloud.availability_zone': 'us-central1-a',
      'faas.name': 'web',
      'faas.version': '3',
      'faas.instance': 'i1',
    },
  ],
  [
    'App Engine, flexible',
    { GAE_SERVICE: 'web', GAE_VERSION: '3', GAE_INSTANCE: 'i1' },
    { 'instance/region': flavoured('', 404) },
    {
      'cloud.platform': 'gcp_app_engine',
      'cloud.region': 'us-central1',
      'cloud.availability_zone': 'us-central1-a',
      'faas.name': 'web',
      'faas.version': '3',
      'faas.instance': 'i1',
    },
  ],
] as [string, Record<string, string>, Record<string, string | Reply>, Record<string, string>][])(
  'knows %s',
  async (_, env, entries, expected) => {
    const { surroundings } = await metadata({ ...machine, ...entries });
    const { start, pass } = bench({ detectors }, { surroundings, env });
    await start();
    expect(await pass()).toEqual({ ...common, ...expected });
  },
);

it('has the full name of the machine where it is asked for', async () => {
  const { surroundings } = await metadata(machine);
  const resource_attributes = {
    'gcp.gce.instance.hostname': { enabled: true },
    'gcp.gce.instance.name': { enabled: true },
  };
  const { start, pass } = bench({ detectors, gcp: { resource_attributes } }, { surroundings });
  await start();
  expect(await pass()).toMatchObject({
    'gcp.gce.instance.hostname': 'web-1.c.shop-prod.internal',
    'gcp.gce.instance.name': 'web-1',
  });
});

it('asks the API for labels, with the token of the service account', async () => {
  const path = '/compute/v1/projects/shop-prod/zones/us-central1-a/instances/web-1?fields=labels';
  const { surroundings, seen } = await metadata(
    { ...machine, 'instance/service-accounts/default/token': '{"access_token":"t0k3n","expires_in":3599}' },
    { [path]: '{"labels":{"team":"shop","env":"prod"}}' },
  );
  const { start, pass } = bench({ detectors, gcp: { labels: ['^team$'] } }, { surroundings });
  await start();
  const resource = await pass();
  expect(resource).toMatchObject({ 'gcp.gce.instance.labels.team': 'shop' });
  expect(resource).not.toHaveProperty('gcp.gce.instance.labels.env');
  expect(seen.find((request) => request.path === path)!.headers.authorization).toBe('Bearer t0k3n');
});

it('has faas.id where it is asked for', async () => {
  const { surroundings } = await metadata(machine);
  const env = { K_CONFIGURATION: 'c', K_SERVICE: 'cart', K_REVISION: 'r1' };
  const resource_attributes = { 'faas.id': { enabled: true } };
  const { start, pass } = bench({ detectors, gcp: { resource_attributes } }, { surroundings, env });
  await start();
  expect(await pass()).toMatchObject({ 'faas.id': '4711', 'faas.instance': '4711' });
});

it('asks where GCE_METADATA_HOST says', async () => {
  const { port } = await metadata(machine);
  const env = { GCE_METADATA_HOST: `127.0.0.1:${port}` };
  const { start, pass } = bench({ detectors }, { surroundings: { endpoints: nowhere }, env });
  await start();
  expect(await pass()).toMatchObject({ 'host.id': '4711' });
});

it.each<[string, Reply]>([
  ['no answer', silence],
  ['that of another server', '4711'],
  ['503', flavoured('', 503)],
])('is not on its platform where the first answer is %s', async (_, reply) => {
  const { surroundings } = await metadata(
    { ...machine, 'instance/id': () => {} },
    { '/computeMetadata/v1/instance/id': reply },
  );
  const { start, pass } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
});

it('does not start where the server is there and something is missing', async () => {
  const { surroundings } = await metadata({ ...machine, 'instance/zone': flavoured('', 404) });
  await expect(bench({ detectors }, { surroundings }).start()).rejects.toThrow(
    'gcp: the metadata server has no instance/zone',
  );
});
