import type { Attributes } from '@tributary/pdata';
import type { Cluster } from './cluster.js';
import type { MetadataName } from './metadata.js';
import { deploymentOfReplicaSet } from './owners.js';
import type { Container, Pod } from './pod.js';
import type { WorkloadKind } from './workload.js';

/** Adds to a resource what is known of its pod, and replaces nothing. `senderAddress` is empty where it is not known. */
export function enrich(attributes: Attributes, senderAddress: string, cluster: Cluster): void {
  const said = cluster.associations.said(attributes, senderAddress);
  let pod: Pod | undefined;
  if (said !== undefined) {
    if (said.senderAddress !== undefined) add(attributes, 'k8s.pod.ip', said.senderAddress);
    pod = cluster.pods.find(said.key);
    if (pod === undefined) cluster.metrics.missed();
    if (pod?.isIgnored === true) pod = undefined;
  }
  if (pod !== undefined) {
    addAll(attributes, pod.attributes);
    addByOwners(attributes, pod, cluster);
    addContainer(attributes, pod, cluster);
  }
  addByName(attributes, pod, cluster);
}

/** Notes the address of the sender, for who knows the cluster. */
export function passThrough(attributes: Attributes, senderAddress: string, cluster: Cluster): void {
  const said = cluster.associations.said(attributes, senderAddress);
  if (said?.senderAddress !== undefined) add(attributes, 'k8s.pod.ip', said.senderAddress);
}

/** What only the owners of its owners tell. */
function addByOwners(attributes: Attributes, { namespace, owners }: Pod, cluster: Cluster): void {
  const { metadata } = cluster.rules;
  const addAsked = (name: MetadataName, value: string | undefined): void => {
    if (metadata.has(name) && value !== undefined) add(attributes, name, value);
  };
  for (const { kind, name } of owners) {
    if (kind === 'ReplicaSet') {
      const deployment = ownerOf(cluster, 'replicaset', namespace, name, 'Deployment');
      addAsked('k8s.deployment.name', deployment?.name);
      addAsked('k8s.deployment.uid', deployment?.uid);
    } else if (kind === 'Job') {
      const cronJob = ownerOf(cluster, 'job', namespace, name, 'CronJob');
      addAsked('k8s.cronjob.name', cronJob?.name);
      addAsked('k8s.cronjob.uid', cronJob?.uid);
    }
  }
}

function ownerOf(
  cluster: Cluster,
  kind: WorkloadKind,
  namespace: string,
  name: string,
  ownerKind: string,
): { readonly name: string; readonly uid: string } | undefined {
  return cluster.workload(kind, `${namespace}/${name}`)?.owners.find((owner) => owner.kind === ownerKind);
}

function addContainer(attributes: Attributes, { containers }: Pod, { rules }: Cluster): void {
  const container = containerOf(attributes, containers);
  if (container === undefined) return;
  addAll(attributes, container.attributes);
  const count = attributes.get('k8s.container.restart_count');
  const runs = [...container.runs.keys()];
  // Where nothing is said, it is most likely the one that runs.
  const run = container.runs.get(count === undefined ? Math.max(...runs) : Number(count));
  if (run === undefined) return;
  if (rules.metadata.has('container.id')) add(attributes, 'container.id', run.id);
  if (rules.metadata.has('container.image.repo_digests') && run.repoDigest !== undefined) {
    add(attributes, 'container.image.repo_digests', [run.repoDigest]);
  }
}

function containerOf(attributes: Attributes, containers: readonly Container[]): Container | undefined {
  const name = textOf(attributes, 'k8s.container.name');
  if (name !== '') return containers.find((each) => each.name === name);
  const id = textOf(attributes, 'container.id');
  if (id !== '') {
    return containers.find(({ runs }) => [...runs.values()].some((run) => run.id === id));
  }
  return containers.length === 1 ? containers[0] : undefined;
}

/** Whose labels and annotations may be asked for, the attribute with the name, and how a pod names its own. */
const namedWorkloads = [
  { kind: 'deployment', attribute: 'k8s.deployment.name', ownerKind: 'ReplicaSet' },
  { kind: 'statefulset', attribute: 'k8s.statefulset.name', ownerKind: 'StatefulSet' },
  { kind: 'daemonset', attribute: 'k8s.daemonset.name', ownerKind: 'DaemonSet' },
  { kind: 'job', attribute: 'k8s.job.name', ownerKind: 'Job' },
] as const;

/** What belongs to the names that the resource has by now, or its pod: of the namespace, the node, the workload. */
function addByName(attributes: Attributes, pod: Pod | undefined, cluster: Cluster): void {
  const namespace = textOf(attributes, 'k8s.namespace.name') || (pod?.namespace ?? '');
  addAll(attributes, cluster.workload('namespace', namespace)?.attributes);
  const node = cluster.workload('node', textOf(attributes, 'k8s.node.name') || (pod?.nodeName ?? ''));
  addAll(attributes, node?.attributes);
  if (node !== undefined && cluster.rules.metadata.has('k8s.node.uid')) {
    add(attributes, 'k8s.node.uid', node.uid);
  }
  if (cluster.uid !== '') add(attributes, 'k8s.cluster.uid', cluster.uid);
  for (const { kind, attribute, ownerKind } of namedWorkloads) {
    if (!cluster.rules.fields.has(kind)) continue;
    const name = textOf(attributes, attribute) || ownerName(pod, ownerKind, cluster);
    addAll(attributes, cluster.workload(kind, `${namespace}/${name}`)?.attributes);
  }
}

/** Of the workload of a pod, of which its attributes need not tell; empty where there is none. */
function ownerName(pod: Pod | undefined, ownerKind: string, cluster: Cluster): string {
  const owner = pod?.owners.find(({ kind }) => kind === ownerKind);
  if (pod === undefined || owner === undefined) return '';
  if (ownerKind !== 'ReplicaSet') return owner.name;
  if (cluster.rules.isDeploymentByName) return deploymentOfReplicaSet(owner.name) ?? '';
  return ownerOf(cluster, 'replicaset', pod.namespace, owner.name, 'Deployment')?.name ?? '';
}

/** Empty where there is none. */
function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : '';
}

function add(attributes: Attributes, name: string, value: string | readonly string[]): void {
  if (!attributes.has(name)) attributes.set(name, value);
}

function addAll(attributes: Attributes, values: ReadonlyMap<string, string> = none): void {
  for (const [name, value] of values) add(attributes, name, value);
}

const none: ReadonlyMap<string, string> = new Map();
