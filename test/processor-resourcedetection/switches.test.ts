import { expect, it } from 'vitest';
import { attributesOf, type Switchable } from '../../packages/processor-resourcedetection/src/attributes.js';
import { readText } from '../support/repository-files.js';
import { bench, clusterAt, nowhere, server, type Reply } from './support.js';

const env = {
  AWS_LAMBDA_FUNCTION_NAME: 'orders',
  HEROKU_DYNO_ID: 'd',
  KUBERNETES_SERVICE_HOST: '10.0.0.1',
  K8S_NODE_NAME: 'n',
  GAE_SERVICE: 'web',
};

it.each(Object.keys(attributesOf) as Switchable[])('%s leaves out what is switched off', async (detector) => {
  const google =
    (text: string): Reply =>
    (_, response) =>
      void response.writeHead(200, { 'metadata-flavor': 'Google' }).end(text);
  const { url } = await server({
    'PUT /latest/api/token': 't',
    '/latest/dynamic/instance-identity/document': '{"instanceId":"i-1"}',
    '/latest/meta-data/hostname': 'h',
    '/metadata/instance/compute?api-version=2021-12-13&format=json': '{"name":"vm"}',
    '/version': '{"gitVersion":"v1-eks-1"}',
    '/api/v1/nodes/n': '{"metadata":{"name":"n","uid":"u"}}',
    '/computeMetadata/v1/instance/id': google('4711'),
    '/computeMetadata/v1/project/project-id': google('shop'),
    '/computeMetadata/v1/instance/attributes/cluster-name': google('c1'),
    '/computeMetadata/v1/instance/attributes/cluster-location': google('us-central1'),
  });
  const daemon = await server({ '/info': '{"Name":"n","OSType":"linux"}' }, 'socket');
  const endpoints = { ...nowhere, instance: url, gcp: url, docker: daemon.url };
  const world = { env, surroundings: { ...(await clusterAt(url)), endpoints } };
  const on = bench({ detectors: [detector] }, world);
  await on.start();
  const { schemaUrl, ...all } = await on.pass();
  expect(schemaUrl).toBe('https://opentelemetry.io/schemas/1.40.0');
  const [first, ...others] = Object.keys(all);
  expect(others).not.toEqual([]);
  const off = bench(
    { detectors: [detector], [detector]: { resource_attributes: { [first!]: { enabled: false } } } },
    world,
  );
  await off.start();
  const { schemaUrl: _, ...left } = await off.pass();
  expect(Object.keys(left)).toEqual(others);
});

it('the README lists the attributes of each detector, and which are on', () => {
  const readme = readText('packages/processor-resourcedetection/README.md');
  for (const [detector, attributes] of Object.entries(attributesOf)) {
    const [, on = '', off = ''] =
      new RegExp(`^\\| \\*\\*${detector}\\*\\* \\| ([^|]*) \\| ([^|]*) \\|$`, 'm').exec(readme) ?? [];
    const names = (cell: string): string[] =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!).sort();
    const listed = (isOn: boolean): string[] =>
      Object.entries(attributes)
        .filter(([, isDefault]) => isDefault === isOn)
        .map(([name]) => name)
        .sort();
    expect([detector, names(on), names(off)]).toEqual([detector, listed(true), listed(false)]);
  }
});
