export { k8sAttributes } from './k8s-attributes.js';
export type {
  AssociationConfig,
  ExcludeConfig,
  ExcludedPodConfig,
  ExtractConfig,
  FieldConfig,
  FieldFilterConfig,
  FilterConfig,
  K8sAttributesConfig,
  LabelFilterConfig,
  SourceConfig,
} from './config.js';
export type { MetadataName, Origin } from './metadata.js';
