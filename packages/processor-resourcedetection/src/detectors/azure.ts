import { createMatcher } from '@tributary/patterns';
import { absent, found, isObject, messageOf, objectIn, textOf, within, type Detect } from '../detector.js';

const path = '/metadata/instance/compute?api-version=2021-12-13&format=json';

/** A virtual machine of Microsoft, by its metadata. */
export const detectAzure: Detect = async ({ config, runtime, surroundings }, signal) => {
  let compute: Readonly<Record<string, unknown>>;
  try {
    const url = `${surroundings.endpoints.instance}${path}`;
    const { status, text } = await within(runtime, signal, (ending) =>
      surroundings.ask({ url, headers: { metadata: 'True' } }, ending),
    );
    if (status !== 200) return absent(`the request for metadata is answered with ${status}`);
    compute = objectIn(text, 'the metadata');
  } catch (error) {
    return absent(`no instance metadata: ${messageOf(error)}`);
  }
  const profile = isObject(compute['osProfile']) ? compute['osProfile'] : {};
  const name = textOf(compute['name']);
  return found({
    'cloud.provider': 'azure',
    'cloud.platform': 'azure_vm',
    'cloud.region': textOf(compute['location']),
    'cloud.account.id': textOf(compute['subscriptionId']),
    'cloud.availability_zone': textOf(compute['zone']),
    'host.id': textOf(compute['vmId']),
    'host.name': textOf(profile['computerName']) ?? name,
    'azure.vm.name': name,
    'azure.vm.size': textOf(compute['vmSize']),
    'azure.vm.scaleset.name': textOf(compute['vmScaleSetName']),
    'azure.resourcegroup.name': textOf(compute['resourceGroupName']),
    ...tagsIn(compute['tagsList'], config.azure.tags),
  });
};

function tagsIn(list: unknown, patterns: readonly string[]): Record<string, string> {
  const match = createMatcher(patterns);
  const tags: Record<string, string> = {};
  for (const tag of Array.isArray(list) ? (list as unknown[]) : []) {
    if (!isObject(tag)) continue;
    const { name, value } = tag;
    if (typeof name !== 'string' || typeof value !== 'string') continue;
    if (match(name) >= 0) tags[`azure.tags.${name}`] = value;
  }
  return tags;
}
