/** What `extract.metadata` may name. */
export const metadataNames = [
  'container.id',
  'container.image.name',
  'container.image.repo_digests',
  'container.image.tag',
  'k8s.cluster.uid',
  'k8s.container.name',
  'k8s.cronjob.name',
  'k8s.cronjob.uid',
  'k8s.daemonset.name',
  'k8s.daemonset.uid',
  'k8s.deployment.name',
  'k8s.deployment.uid',
  'k8s.job.name',
  'k8s.job.uid',
  'k8s.namespace.name',
  'k8s.node.name',
  'k8s.node.uid',
  'k8s.pod.hostname',
  'k8s.pod.ip',
  'k8s.pod.name',
  'k8s.pod.start_time',
  'k8s.pod.uid',
  'k8s.replicaset.name',
  'k8s.replicaset.uid',
  'k8s.statefulset.name',
  'k8s.statefulset.uid',
  'service.instance.id',
  'service.name',
  'service.namespace',
  'service.version',
] as const;

export type MetadataName = (typeof metadataNames)[number];

export const defaultMetadata: readonly MetadataName[] = [
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.pod.start_time',
  'k8s.deployment.name',
  'k8s.node.name',
  'container.image.name',
  'container.image.tag',
];

/** Kinds of objects whose labels and annotations can be extracted. */
export const origins = ['pod', 'namespace', 'node', 'deployment', 'statefulset', 'daemonset', 'job'] as const;

export type Origin = (typeof origins)[number];
