import { RE2JS } from 're2js';
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
  const excluded = exclude.pods.map(({ name }) => RE2JS.compile(name));
  return {
    metadata: new Set(extract.metadata),
    fields: fieldRules(extract.labels, extract.annotations),
    isOtelAnnotated: extract.otel_annotations,
    isDeploymentByName: extract.deployment_name_from_replicaset,
    isExcluded: (pod) => excluded.some((pattern) => pattern.test(pod)),
  };
}
