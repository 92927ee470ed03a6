import { createMatcher } from '@tributary/patterns';
import type { Completed } from './config.js';
import { fieldRules, type FieldRules } from './fields.js';
import type { MetadataName } from './metadata.js';

/** What is taken of which objects. */
export interface Rules {
  readonly metadata: ReadonlySet<MetadataName>;
  readonly fields: FieldRules;
  readonly isOtelAnnotated: boolean;
  readonly isDeploymentByName: boolean;
  readonly isExcluded: (pod: string) => boolean;
}

export function rulesOf({ extract, exclude }: Completed): Rules {
  const excludedBy = createMatcher(exclude.pods.map(({ name }) => name));
  return {
    metadata: new Set(extract.metadata),
    fields: fieldRules(extract.labels, extract.annotations),
    isOtelAnnotated: extract.otel_annotations,
    isDeploymentByName: extract.deployment_name_from_replicaset,
    isExcluded: (pod) => excludedBy(pod) >= 0,
  };
}
