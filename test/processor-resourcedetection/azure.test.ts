import { expect, it } from 'vitest';
import { bench, nowhere, server, silence, type Reply } from './support.js';

const path = '/metadata/instance/compute?api-version=2021-12-13&format=json';
const compute = {
  location: 'westeurope',
  name: 'vm-1',
  osProfile: { computerName: 'web-1' },
  vmId: 'id-1',
  vmSize: 'Standard_D2s',
  subscriptionId: 'sub-1',
  resourceGroupName: 'shop',
  vmScaleSetName: 'web',
  zone: '2',
  tagsList: [{ name: 'team', value: 'a' }, { name: 'cost', value: 'b' }, { name: 3 }, null],
};
const detectors = ['azure'] as const;

async function at(reply: Reply) {
  const { url, seen } = await server({ [path]: reply });
  return { seen, surroundings: { endpoints: { ...nowhere, instance: url } } };
}

it('asks the metadata of the instance', async () => {
  const { surroundings, seen } = await at(JSON.stringify(compute));
  const { start, pass } = bench({ detectors, azure: { tags: ['^te'] } }, { surroundings });
  await start();
  expect(await pass()).toEqual({
    'cloud.provider': 'azure',
    'cloud.platform': 'azure_vm',
    'cloud.region': 'westeurope',
    'cloud.account.id': 'sub-1',
    'host.id': 'id-1',
    'host.name': 'web-1',
    'azure.vm.name': 'vm-1',
    'azure.vm.size': 'Standard_D2s',
    'azure.vm.scaleset.name': 'web',
    'azure.resourcegroup.name': 'shop',
    'azure.tags.team': 'a',
    schemaUrl: 'https://opentelemetry.io/schemas/1.40.0',
  });
  expect(seen[0]!.headers['metadata']).toBe('True');
});

it('has the zone where it is asked for, and leaves out what is empty', async () => {
  const { surroundings } = await at(JSON.stringify({ ...compute, vmScaleSetName: '', osProfile: null }));
  const resource_attributes = { 'cloud.availability_zone': { enabled: true }, 'host.id': { enabled: false } };
  const { start, pass } = bench({ detectors, azure: { resource_attributes } }, { surroundings });
  await start();
  const resource = await pass();
  expect(resource).toMatchObject({ 'cloud.availability_zone': '2', 'host.name': 'vm-1' });
  expect(Object.keys(resource)).not.toEqual(expect.arrayContaining(['host.id']));
  expect(resource).not.toHaveProperty('azure.vm.scaleset.name');
});

it.each<[string, Reply]>([
  ['404', 404],
  ['a page', '<html>'],
  ['nothing', silence],
])('is not on its platform where the answer is %s', async (_, reply) => {
  const { surroundings } = await at(reply);
  const { start, pass } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
  const strict = bench({ detectors, fail_on_missing_metadata: true }, { surroundings });
  await expect(strict.start()).rejects.toThrow('azure: ');
});
