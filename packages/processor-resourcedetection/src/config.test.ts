import { completeConfig } from '@tributary/component';
import { expect, it } from 'vitest';
import { schema } from './config.js';

const complete = (config: unknown) => completeConfig(schema, config, []);
function problemsOf(config: unknown): string[] {
  try {
    complete(config);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}
const there = 'there are env, system, process, docker, ec2, eks, lambda, gcp, azure, heroku, k8s_api';

it('has the defaults of the Collector', () => {
  const off = { resource_attributes: new Set() };
  expect(complete({})).toMatchObject({
    detectors: ['env'],
    override: true,
    timeout: 5000,
    refresh_interval: 0,
    fail_on_missing_metadata: false,
    retry: { enabled: false },
    env: {},
    system: { hostname_sources: ['dns', 'os'] },
    ec2: { ...off, tags: [], max_attempts: 3, max_backoff: 20_000, fail_on_missing_metadata: false },
    eks: { node_from_env_var: 'K8S_NODE_NAME' },
    lambda: off,
    heroku: off,
    k8s_api: { ...off, node_from_env_var: 'K8S_NODE_NAME' },
  });
  expect([...complete({}).docker.resource_attributes]).toEqual(['container.name', 'container.image.name']);
  expect([...complete({}).azure.resource_attributes]).toEqual(['cloud.availability_zone']);
  expect(complete({}).system.resource_attributes.size).toBe(15);
});

it('switches attributes on and off', () => {
  const { system } = complete({
    system: {
      resource_attributes: { 'host.id': { enabled: true }, 'os.type': { enabled: false }, 'host.name': {} },
    },
  });
  expect(['host.id', 'os.type', 'host.name'].map((name) => system.resource_attributes.has(name))).toEqual([
    false,
    true,
    false,
  ]);
});

it('takes k8snode for k8s_api', () => {
  const { detectors, k8s_api } = complete({ detectors: ['k8snode'], k8snode: { node_from_env_var: 'NODE' } });
  expect([detectors, k8s_api.node_from_env_var]).toEqual([['k8s_api'], 'NODE']);
});

it('has the sources of host names of the default where the list is empty', () => {
  expect(complete({ system: { hostname_sources: [] } }).system.hostname_sources).toEqual(['dns', 'os']);
});

it.each<[unknown, string]>([
  [{ detectors: ['sytem'] }, `detectors.0: invalid detector key: sytem; did you mean system? ${there}`],
  [{ detectors: ['nonsense'] }, `detectors.0: invalid detector key: nonsense; ${there}`],
  [
    { detectors: ['env', 'consul'] },
    `detectors.1: invalid detector key: consul is not supported yet by this component; ${there}`,
  ],
  [{ overide: true }, 'overide: unknown key; did you mean override?'],
  [{ consul: {} }, 'consul: is not supported yet by this component'],
  [
    { attributes: ['host.name'] },
    'attributes: was removed from the Collector in v0.142; switch attributes by <detector>.resource_attributes.<name>.enabled',
  ],
  [
    { system: { resource_attributes: { 'host.nam': { enabled: true } } } },
    'system.resource_attributes.host.nam: unknown attribute; did you mean host.name?',
  ],
  [
    { lambda: { resource_attributes: { other: {} } } },
    'lambda.resource_attributes.other: unknown attribute; there are cloud.provider, cloud.platform, cloud.region, faas.name, faas.version, faas.instance, faas.max_memory, aws.log.group.names, aws.log.stream.names',
  ],
  [
    { system: { resource_attributes: { 'host.id': { enable: true } } } },
    'system.resource_attributes.host.id.enable: unknown key; did you mean enabled?',
  ],
  [
    { system: { hostname_sources: ['fqdn'] } },
    'system.hostname_sources.0: hostname_sources contains invalid value: "fqdn"',
  ],
  [
    { timeout: '0s', retry: { enabled: true } },
    'retry: retry.enabled requires either timeout > 0 or retry.max_elapsed_time > 0 to bound detection',
  ],
  [
    { ec2: { tags: ['^a$'] } },
    'ec2.tags: needs "tags_from_imds: true", and an instance that allows tags in its metadata: the API of EC2 is not asked by this component',
  ],
  [{ gcp: { labels: ['('] } }, 'gcp.labels.0: error parsing regexp: missing closing ): `(`'],
  [
    { k8s_api: { auth_type: 'kubeConfig' } },
    'k8s_api.auth_type: "kubeConfig" is not supported yet by this component',
  ],
  [{ k8s_api: { auth_type: 'x' } }, 'k8s_api.auth_type: invalid authType for kubernetes: "x"'],
  [{ k8snode: {}, k8s_api: {} }, 'k8snode: is the older name of k8s_api: use one of them'],
  [{ tls: { insecure: true } }, 'tls: is not supported yet by this component'],
])('refuses %j', (config, problem) => {
  expect(problemsOf(config)).toEqual([problem]);
});
