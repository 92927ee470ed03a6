import { duration, notOffered, oneOf, type Duration } from '@tributary/component';
import { pattern } from '@tributary/patterns';
import { z } from 'zod';
import { defaultMetadata, metadataNames, origins, type MetadataName, type Origin } from './metadata.js';

/** Which pods resources belong to, and what of these they are told. Keys and defaults are the Collector's. */
export interface K8sAttributesConfig {
  /** How to ask the API server: as the service account of the pod. Default `'serviceAccount'`. */
  readonly auth_type?: 'serviceAccount' | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: a watch asks once. Default none. */
  readonly kube_api_qps?: number | undefined;
  /** As `kube_api_qps`. Default none. */
  readonly kube_api_burst?: number | undefined;
  /**
   * Asks no cluster: only notes the address of the sender as `k8s.pod.ip`, for a gateway behind to look up. Default
   * `false`.
   */
  readonly passthrough?: boolean | undefined;
  /** What resources are told. */
  readonly extract?: ExtractConfig | undefined;
  /** Which pods are known. */
  readonly filter?: FilterConfig | undefined;
  /**
   * How the pod of a resource is found: the first association all of whose sources have a value decides. Default: by
   * the attribute `k8s.pod.ip`, by `ip`, by the address of the sender, by `host.name` where it is an address.
   */
  readonly pod_association?: readonly AssociationConfig[] | undefined;
  /** Which pods are left alone, beside those with the annotation `opentelemetry.io/k8s-processor.ignore: "true"`. */
  readonly exclude?: ExcludeConfig | undefined;
  /** Starts when the cluster is known, and not before. Default `false`. */
  readonly wait_for_metadata?: boolean | undefined;
  /** Longest time for that; then the start fails. Default `'10s'`. */
  readonly wait_for_metadata_timeout?: Duration | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: nothing here needs to be told twice. Default none. */
  readonly watch_sync_period?: Duration | undefined;
  /** For how long a pod that was deleted is still known: what it has sent may be on its way. Default `'120s'`. */
  readonly pod_delete_grace_period?: Duration | undefined;
}

/** What resources are told. */
export interface ExtractConfig {
  /**
   * Attributes by their names. Default `k8s.namespace.name`, `k8s.pod.name`, `k8s.pod.uid`, `k8s.pod.start_time`,
   * `k8s.deployment.name`, `k8s.node.name`, `container.image.name` and `container.image.tag`.
   */
  readonly metadata?: readonly MetadataName[] | undefined;
  /** Labels that become attributes. Default `[]`. */
  readonly labels?: readonly FieldConfig[] | undefined;
  /** Annotations that become attributes. Default `[]`. */
  readonly annotations?: readonly FieldConfig[] | undefined;
  /**
   * Whether an annotation `resource.opentelemetry.io/<name>` of a pod becomes the attribute `<name>`. Default `false`.
   */
  readonly otel_annotations?: boolean | undefined;
  /**
   * Takes the name of a deployment from that of its ReplicaSet, without the hash behind it, instead of watching
   * ReplicaSets. Default `true`.
   */
  readonly deployment_name_from_replicaset?: boolean | undefined;
}

/** Labels or annotations: exactly one of `key` and `key_regex`. */
export interface FieldConfig {
  /**
   * The name of the attribute; `$1` stands for the first group of `key_regex`. Default
   * `k8s.<from>.labels.<key>` or `k8s.<from>.annotations.<key>`.
   */
  readonly tag_name?: string | undefined;
  /** The name of one. */
  readonly key?: string | undefined;
  /** The names of several, as an expression (RE2) that matches the whole name. */
  readonly key_regex?: string | undefined;
  /** Whose they are. Default `'pod'`. */
  readonly from?: Origin | undefined;
}

/** Which pods are known: those for which all of it holds. */
export interface FilterConfig {
  /** Pods of this node alone, as on an agent. Default `''`, all. */
  readonly node?: string | undefined;
  /** The same, with the name of an environment variable that has the node. Default `''`. */
  readonly node_from_env_var?: string | undefined;
  /** Of this namespace alone. Default `''`, all. */
  readonly namespace?: string | undefined;
  /** By labels. Default `[]`. */
  readonly labels?: readonly LabelFilterConfig[] | undefined;
  /** By fields, as the API server knows them: `status.phase`, say. Default `[]`. */
  readonly fields?: readonly FieldFilterConfig[] | undefined;
}

/** A condition on a label. */
export interface LabelFilterConfig {
  /** The name. */
  readonly key: string;
  /** To compare with. Default `''`. */
  readonly value?: string | undefined;
  /** Default `'equals'`. */
  readonly op?: 'equals' | 'not-equals' | 'exists' | 'does-not-exist' | undefined;
}

/** A condition on a field. */
export interface FieldFilterConfig {
  /** The name. */
  readonly key: string;
  /** To compare with. Default `''`. */
  readonly value?: string | undefined;
  /** Default `'equals'`. */
  readonly op?: 'equals' | 'not-equals' | undefined;
}

/** One way to find the pod of a resource: at most four sources, which must all agree with the pod. */
export interface AssociationConfig {
  /** In the order in which they are compared. */
  readonly sources: readonly SourceConfig[];
}

/** A value of a resource, or of who has sent it. */
export interface SourceConfig {
  /** `connection` is the address of the sender: not behind `batch`, nor behind a proxy. */
  readonly from: 'resource_attribute' | 'connection';
  /** Of the attribute. */
  readonly name?: string | undefined;
}

/** Which pods are left alone. */
export interface ExcludeConfig {
  /** By name. Default those of `jaeger-agent` and of `jaeger-collector`. */
  readonly pods?: readonly ExcludedPodConfig[] | undefined;
}

/** Pods by an expression. */
export interface ExcludedPodConfig {
  /** An expression (RE2) that matches anywhere in the name. */
  readonly name: string;
}

/** A {@link FieldConfig} completed: exactly one of `key` and `key_regex`. */
export interface Field {
  readonly tag_name: string;
  readonly key: string;
  readonly key_regex: string;
  readonly from: Origin;
}

/** A {@link SourceConfig} completed; a connection has no name. */
export interface Source {
  readonly from: 'resource_attribute' | 'connection';
  readonly name: string;
}

/** A {@link K8sAttributesConfig} completed; times in milliseconds. */
export interface Completed {
  readonly passthrough: boolean;
  readonly extract: {
    readonly metadata: readonly MetadataName[];
    readonly labels: readonly Field[];
    readonly annotations: readonly Field[];
    readonly otel_annotations: boolean;
    readonly deployment_name_from_replicaset: boolean;
  };
  readonly filter: {
    readonly node: string;
    readonly node_from_env_var: string;
    readonly namespace: string;
    readonly labels: readonly { readonly key: string; readonly value: string; readonly op: string }[];
    readonly fields: readonly { readonly key: string; readonly value: string; readonly op: string }[];
  };
  readonly pod_association: readonly { readonly sources: readonly Source[] }[];
  readonly exclude: { readonly pods: readonly { readonly name: string }[] };
  readonly wait_for_metadata: boolean;
  readonly wait_for_metadata_timeout: number;
  readonly pod_delete_grace_period: number;
  readonly kube_api_qps?: number | undefined;
  readonly kube_api_burst?: number | undefined;
  readonly watch_sync_period?: number | undefined;
}

const maxSources = 4;

const field = z
  .strictObject({
    tag_name: z.string().default(''),
    key: z.string().default(''),
    key_regex: pattern().default(''),
    from: z
      .enum(origins, {
        error: ({ input }) =>
          `${String(input)} is not a valid choice for From. Must be one of: ${origins.join(', ')}`,
      })
      .default('pod'),
  })
  .refine(({ key, key_regex: regex }) => (key === '') !== (regex === ''), {
    error: ({ input }) => {
      const { key = '', key_regex: regex = '' } = input as FieldConfig;
      return `Out of Key or KeyRegex only one option is expected to be configured at a time, currently Key:${key} and KeyRegex:${regex}`;
    },
  });

/** A value that stands in a selector of the API server, where a comma begins the next. */
const selectable = z.string().regex(/^[^,=!\s]*$/, 'must have no comma, blank, = or !');

const condition = <const O extends readonly [string, ...string[]]>(
  what: string,
  operations: O,
): z.ZodType<{ key: string; value: string; op: O[number] }, LabelFilterConfig> =>
  z
    .strictObject({
      key: selectable.min(1),
      value: selectable.default(''),
      op: z.string().default('equals'),
    })
    .superRefine(({ op, key, value }, context) => {
      if (operations.includes(op)) return;
      const message = `'${op}' is not a valid ${what} filter operation for key=${key}, value=${value}`;
      context.addIssue({ code: 'custom', path: ['op'], message });
    }) as never;

const source = z
  .strictObject({
    from: z.enum(['resource_attribute', 'connection']),
    name: z.string().default(''),
  })
  .refine(({ from, name }) => from === 'connection' || name !== '', {
    path: ['name'],
    message: 'is required: which resource attribute?',
  });

export const schema: z.ZodType<Completed, K8sAttributesConfig> = z.strictObject({
  auth_type: oneOf(['serviceAccount'], ['none', 'kubeConfig', 'tls'], 'unsupported auth_type').default(
    'serviceAccount',
  ),
  context: notOffered,
  kube_api_qps: z.number().min(0).optional(),
  kube_api_burst: z.int().min(0).optional(),
  passthrough: z.boolean().default(false),
  extract: z
    .strictObject({
      metadata: z
        .array(
          z.enum(metadataNames, {
            error: ({ input }) => `"${String(input)}" is not a supported metadata field`,
          }),
        )
        .readonly()
        .default(defaultMetadata),
      labels: z.array(field).readonly().default([]),
      annotations: z.array(field).readonly().default([]),
      otel_annotations: z.boolean().default(false),
      deployment_name_from_replicaset: z.boolean().default(true),
    })
    .prefault({}),
  filter: z
    .strictObject({
      node: selectable.default(''),
      node_from_env_var: z.string().default(''),
      namespace: selectable.default(''),
      labels: z
        .array(condition('label', ['equals', 'not-equals', 'exists', 'does-not-exist']))
        .readonly()
        .default([]),
      fields: z
        .array(
          condition('field', ['equals', 'not-equals']) as z.ZodType<
            Completed['filter']['fields'][number],
            FieldFilterConfig
          >,
        )
        .readonly()
        .default([]),
    })
    .prefault({}),
  pod_association: z
    .array(
      z.strictObject({
        sources: z
          .array(source)
          .min(1)
          .max(maxSources, `too many association sources. limit is ${maxSources}`)
          .readonly(),
      }),
    )
    .readonly()
    .default([]),
  exclude: z
    .strictObject({
      pods: z
        .array(z.strictObject({ name: pattern() }))
        .readonly()
        .default([{ name: 'jaeger-agent' }, { name: 'jaeger-collector' }]),
    })
    .prefault({}),
  wait_for_metadata: z.boolean().default(false),
  wait_for_metadata_timeout: duration().default(10_000),
  watch_sync_period: duration().optional(),
  pod_delete_grace_period: duration().default(120_000),
});
