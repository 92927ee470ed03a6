import { createMatcher } from '@tributary/patterns';
import { absent, found, objectIn, textOf, type Detect } from '../detector.js';
import { identityPath, openInstanceMetadata, tagsOf, type InstanceMetadata } from '../instance-metadata.js';

/** A virtual machine of Amazon, by its metadata. */
export const detectEc2: Detect = async (place, signal) => {
  const metadata = await openInstanceMetadata(place, signal);
  if ('missing' in metadata) return absent(`no instance metadata: ${metadata.missing}`);
  const { tags: patterns } = place.config.ec2;
  const attributes = await instanceOf(metadata);
  if (patterns.length === 0) return found(attributes);
  const match = createMatcher(patterns);
  const tags = [...(await tagsOf(metadata))].filter(([key]) => match(key) >= 0);
  return found({
    ...attributes,
    ...Object.fromEntries(tags.map(([key, value]) => [`ec2.tag.${key}`, value])),
  });
};

/** What an instance says of itself. */
export async function instanceOf(metadata: InstanceMetadata): Promise<Record<string, string | undefined>> {
  const document = await metadata.get(identityPath);
  if (document === undefined) throw new Error('the instance has no identity document');
  const identity = objectIn(document, 'the identity document');
  const hostname = await metadata.get('meta-data/hostname');
  return {
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_ec2',
    'cloud.account.id': textOf(identity['accountId']),
    'cloud.region': textOf(identity['region']),
    'cloud.availability_zone': textOf(identity['availabilityZone']),
    'host.id': textOf(identity['instanceId']),
    'host.image.id': textOf(identity['imageId']),
    'host.type': textOf(identity['instanceType']),
    'host.name': textOf(hostname?.trim()),
  };
}
