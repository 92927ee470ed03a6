import { absent, found, isObject, messageOf, textOf, type Detect, type Place } from '../detector.js';
import { openInstanceMetadata, tagsOf, type InstanceMetadata } from '../instance-metadata.js';
import { instanceOf } from './ec2.js';
import { nodeNameOf, readNode, withCluster } from './kubernetes-node.js';

const platform = { 'cloud.provider': 'aws', 'cloud.platform': 'aws_eks' };

/** Amazon's Kubernetes, by the version of its API server; the machine by its metadata, else by the node. */
export const detectEks: Detect = async (place, signal) => {
  const { surroundings, config } = place;
  if ((surroundings.env['KUBERNETES_SERVICE_HOST'] ?? '') === '') {
    return absent('not in a Kubernetes cluster: KUBERNETES_SERVICE_HOST is not set');
  }
  return withCluster(place, async (client) => {
    const version = await client.read('/version', new URLSearchParams(), signal);
    const text = isObject(version) ? textOf(version['gitVersion']) : undefined;
    if (text === undefined) throw new Error('the API server does not tell its version');
    if (!text.includes('-eks-')) return absent(`a cluster of version ${text}, which is not EKS`);
    const { resource_attributes: off } = config.eks;
    const isMachineWanted = !machineAttributes.every((name) => off.has(name));
    if (!isMachineWanted) return found(platform);
    const metadata = await openInstanceMetadata(place, signal);
    if (!('missing' in metadata)) {
      const cluster = off.has('k8s.cluster.name') ? undefined : await clusterOf(place, metadata);
      return found({ ...(await instanceOf(metadata)), ...platform, 'k8s.cluster.name': cluster });
    }
    const node = await readNode(client, nodeNameOf(place, config.eks.node_from_env_var), signal);
    return found({ ...machineOf(node), ...platform });
  });
};

const machineAttributes = [
  'cloud.account.id',
  'cloud.region',
  'cloud.availability_zone',
  'host.id',
  'host.image.id',
  'host.name',
  'host.type',
  'k8s.cluster.name',
];

/** Amazon tags the machines of its node groups with the name of the cluster. */
async function clusterOf({ runtime }: Place, metadata: InstanceMetadata): Promise<string | undefined> {
  try {
    const tags = await tagsOf(metadata);
    const name = tags.get('aws:eks:cluster-name') ?? tags.get('eks:cluster-name');
    if (name !== undefined) return name;
    runtime.logger.warn('eks: no tag of the instance names the cluster');
  } catch (error) {
    runtime.logger.warn('eks: cannot find out the name of the cluster', { error: messageOf(error) });
  }
  return undefined;
}

/** What a node tells of its machine: `spec.providerID` is `aws:///us-west-2a/i-0123`. */
function machineOf({
  metadata,
  spec,
}: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  const labels = isObject(metadata) && isObject(metadata['labels']) ? metadata['labels'] : {};
  const provider = isObject(spec) ? (textOf(spec['providerID']) ?? '') : '';
  const [, zone, id] = /^aws:\/\/\/([^/]+)\/([^/]+)$/.exec(provider) ?? [];
  return {
    'cloud.region': textOf(labels['topology.kubernetes.io/region']) ?? zone?.replace(/[a-z]$/, ''),
    'cloud.availability_zone': zone ?? textOf(labels['topology.kubernetes.io/zone']),
    'host.id': id,
    'host.name': textOf(labels['kubernetes.io/hostname']),
    'host.type': textOf(labels['node.kubernetes.io/instance-type']),
  };
}
