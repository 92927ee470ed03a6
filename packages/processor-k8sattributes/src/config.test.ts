import { expect, it } from 'vitest';
import { schema } from './config.js';
import { defaultMetadata } from './metadata.js';

it('has the defaults of the Collector', () => {
  expect(schema.parse({})).toMatchObject({
    passthrough: false,
    extract: {
      metadata: defaultMetadata,
      labels: [],
      annotations: [],
      otel_annotations: false,
      deployment_name_from_replicaset: true,
    },
    filter: { node: '', node_from_env_var: '', namespace: '', labels: [], fields: [] },
    pod_association: [],
    exclude: { pods: [{ name: 'jaeger-agent' }, { name: 'jaeger-collector' }] },
    wait_for_metadata: false,
    wait_for_metadata_timeout: 10_000,
    pod_delete_grace_period: 120_000,
  });
});

it('takes the one way to ask the cluster that there is', () => {
  expect(schema.parse({ auth_type: 'serviceAccount' })).toMatchObject({ passthrough: false });
});

it.each([
  [
    { extract: { labels: [{}] } },
    'only one option is expected to be configured at a time, currently Key: and KeyRegex:',
  ],
  [{ extract: { labels: [{ key: 'a', key_regex: 'b' }] } }, 'currently Key:a and KeyRegex:b'],
  [{ extract: { annotations: [{ key_regex: '(' }] } }, 'error parsing regexp: '],
  [{ pod_association: [{ sources: [] }] }, 'Too small'],
  [{ pod_association: [{ sources: [{ from: 'resource_attribute' }] }] }, 'which resource attribute?'],
  [{ filter: { labels: [{ key: 'a,b' }] } }, 'must have no comma'],
])('refuses %j', (config, message) => {
  const outcome = schema.safeParse(config);
  expect(outcome.success).toBe(false);
  expect(JSON.stringify(outcome.error?.issues)).toContain(message);
});
