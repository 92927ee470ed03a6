import type { Found } from './fields.js';
import { textAt, type JsonObject } from './json.js';
import type { Origin } from './metadata.js';
import { ownersOf, type Owner } from './owners.js';
import type { Rules } from './rules.js';

/** What is kept of any other object than a pod. */
export interface Workload {
  readonly uid: string;
  readonly owners: readonly Owner[];
  /** Its labels and annotations that were asked for. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Kinds that are looked up by name, and where the API server has them. */
export const workloadKinds = {
  namespace: { path: '/api/v1', collection: 'namespaces', isNamespaced: false },
  node: { path: '/api/v1', collection: 'nodes', isNamespaced: false },
  replicaset: { path: '/apis/apps/v1', collection: 'replicasets', isNamespaced: true },
  deployment: { path: '/apis/apps/v1', collection: 'deployments', isNamespaced: true },
  statefulset: { path: '/apis/apps/v1', collection: 'statefulsets', isNamespaced: true },
  daemonset: { path: '/apis/apps/v1', collection: 'daemonsets', isNamespaced: true },
  job: { path: '/apis/batch/v1', collection: 'jobs', isNamespaced: true },
} as const;

export type WorkloadKind = keyof typeof workloadKinds;

export function readWorkload(kind: WorkloadKind, object: JsonObject, { fields }: Rules): Workload {
  const attributes: Found = new Map();
  if (kind !== 'replicaset') fields.take(kind satisfies Origin, object, attributes);
  return { uid: textAt(object, 'metadata', 'uid'), owners: ownersOf(object), attributes };
}

/** Which kinds must be watched for what was asked for. */
export function kindsFor({ metadata, fields, isDeploymentByName }: Rules): readonly WorkloadKind[] {
  const isAsked: Readonly<Record<WorkloadKind, boolean>> = {
    namespace: fields.has('namespace'),
    node: fields.has('node') || metadata.has('k8s.node.uid'),
    replicaset:
      metadata.has('k8s.deployment.uid') ||
      (metadata.has('k8s.deployment.name') && !isDeploymentByName) ||
      (fields.has('deployment') && !isDeploymentByName),
    deployment: fields.has('deployment'),
    statefulset: fields.has('statefulset'),
    daemonset: fields.has('daemonset'),
    job: fields.has('job') || metadata.has('k8s.cronjob.uid'),
  };
  return (Object.keys(isAsked) as WorkloadKind[]).filter((kind) => isAsked[kind]);
}
