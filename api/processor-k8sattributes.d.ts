// @tributary/processor-k8sattributes: what the package exports, written by scripts/api.mjs.
import { Duration, ProcessorFactory, Signal } from '@tributary/component';

export interface AssociationConfig {
  readonly sources: readonly SourceConfig[];
}
export interface ExcludeConfig {
  readonly pods?: readonly ExcludedPodConfig[] | undefined;
}
export interface ExcludedPodConfig {
  readonly name: string;
}
export interface ExtractConfig {
  readonly metadata?: readonly MetadataName[] | undefined;
  readonly labels?: readonly FieldConfig[] | undefined;
  readonly annotations?: readonly FieldConfig[] | undefined;
  readonly otel_annotations?: boolean | undefined;
  readonly deployment_name_from_replicaset?: boolean | undefined;
}
export interface FieldConfig {
  readonly tag_name?: string | undefined;
  readonly key?: string | undefined;
  readonly key_regex?: string | undefined;
  readonly from?: Origin | undefined;
}
export interface FieldFilterConfig {
  readonly key: string;
  readonly value?: string | undefined;
  readonly op?: 'equals' | 'not-equals' | undefined;
}
export interface FilterConfig {
  readonly node?: string | undefined;
  readonly node_from_env_var?: string | undefined;
  readonly namespace?: string | undefined;
  readonly labels?: readonly LabelFilterConfig[] | undefined;
  readonly fields?: readonly FieldFilterConfig[] | undefined;
}
export interface K8sAttributesConfig {
  readonly auth_type?: 'serviceAccount' | undefined;
  readonly kube_api_qps?: number | undefined;
  readonly kube_api_burst?: number | undefined;
  readonly passthrough?: boolean | undefined;
  readonly extract?: ExtractConfig | undefined;
  readonly filter?: FilterConfig | undefined;
  readonly pod_association?: readonly AssociationConfig[] | undefined;
  readonly exclude?: ExcludeConfig | undefined;
  readonly wait_for_metadata?: boolean | undefined;
  readonly wait_for_metadata_timeout?: Duration | undefined;
  readonly watch_sync_period?: Duration | undefined;
  readonly pod_delete_grace_period?: Duration | undefined;
}
export interface LabelFilterConfig {
  readonly key: string;
  readonly value?: string | undefined;
  readonly op?: 'equals' | 'not-equals' | 'exists' | 'does-not-exist' | undefined;
}
export type MetadataName = (typeof metadataNames)[number];
export type Origin = (typeof origins)[number];
export interface SourceConfig {
  readonly from: 'resource_attribute' | 'connection';
  readonly name?: string | undefined;
}
export declare const k8sAttributes: ProcessorFactory<K8sAttributesConfig, Signal>;

// Not exported, but referred to above.
declare const metadataNames: readonly [
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
];
declare const origins: readonly ['pod', 'namespace', 'node', 'deployment', 'statefulset', 'daemonset', 'job'];
