import { duration, nearest, notOffered, oneOf, type Duration } from '@tributary/component';
import { pattern } from '@tributary/patterns';
import { z } from 'zod';
import {
  attributesOf,
  detectorNames,
  otherDetectors,
  type AttributeOf,
  type DetectorName,
  type Switchable,
} from './attributes.js';

/** What is found out, and how it is put into telemetry. Keys and defaults are the Collector's, unless said otherwise. */
export interface ResourceDetectionConfig {
  /**
   * What is asked, all at once. Where two find the same attribute, the first of the list has it. Ours: `'process'`.
   * Default `['env']`.
   */
  readonly detectors?: readonly DetectorSpelling[] | undefined;
  /** Whether what is found replaces attributes that telemetry comes with. `false` only adds. Default `true`. */
  readonly override?: boolean | undefined;
  /** Longest time for all detectors together, whatever the number of pipelines; `'0s'` is no limit. Default `'5s'`. */
  readonly timeout?: Duration | undefined;
  /**
   * Time from one detection to the next; `'0s'` is never again. Where one fails, what was found before stays. Default
   * `'0s'`.
   */
  readonly refresh_interval?: Duration | undefined;
  /** Whether it is an error that `docker`, `ec2`, `gcp` or `azure` find no server to ask. Default `false`. */
  readonly fail_on_missing_metadata?: boolean | undefined;
  /** Asks a detector that fails again, within `timeout`. Default none. */
  readonly retry?: RetryConfig | undefined;
  /** `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly env?: EnvConfig | undefined;
  /** The host, by its system. */
  readonly system?: SystemConfig | undefined;
  /** This process, for services that have the collector inside. Ours. */
  readonly process?: ProcessConfig | undefined;
  /** The host, by the Docker daemon. */
  readonly docker?: DockerConfig | undefined;
  /** A virtual machine of Amazon. */
  readonly ec2?: Ec2Config | undefined;
  /** A node of Amazon's Kubernetes. */
  readonly eks?: EksConfig | undefined;
  /** A function of Amazon. */
  readonly lambda?: LambdaConfig | undefined;
  /** A machine, node or function of Google. */
  readonly gcp?: GcpConfig | undefined;
  /** A virtual machine of Microsoft. */
  readonly azure?: AzureConfig | undefined;
  /** A dyno of Heroku. */
  readonly heroku?: HerokuConfig | undefined;
  /** The Kubernetes node, by the API server. May be called `k8snode`, too. */
  readonly k8s_api?: K8sApiConfig | undefined;
}

/** A detector, by its name or by its older one. */
export type DetectorSpelling = DetectorName | 'k8snode';

/** Which attributes of a detector are set. */
export type ResourceAttributes<D extends Switchable> = {
  readonly [A in AttributeOf<D>]?: AttributeSwitch;
};
/** `false` leaves an attribute out. */
export interface AttributeSwitch {
  readonly enabled?: boolean | undefined;
}

/** How often a detector that fails is asked again. */
export interface RetryConfig {
  /** Asks again. Default `false`. */
  readonly enabled?: boolean | undefined;
  /** Wait before the second attempt; each further one is half as long again, half of it by chance. Default `'1s'`. */
  readonly initial_interval?: Duration | undefined;
  /** Longest wait between two attempts. Default `'5s'`. */
  readonly max_interval?: Duration | undefined;
  /** No attempt begins after this time; `'0s'` leaves it to `timeout`. Default `'0s'`. */
  readonly max_elapsed_time?: Duration | undefined;
}

/** The variables `OTEL_RESOURCE_ATTRIBUTES`, else `OTEL_RESOURCE`. */
export interface EnvConfig {
  /** Keys to take; others are left out. Default all. */
  readonly allow_list?: readonly string[] | undefined;
}

/** The host, by its system. */
export interface SystemConfig {
  /**
   * Where the name of the host comes from, tried in this order: `os` is that of the kernel, `dns` the full one by
   * /etc/hosts, CNAME or PTR, `cname` and `lookup` by CNAME and PTR alone. Default `['dns', 'os']`.
   */
  readonly hostname_sources?: readonly HostnameSource[] | undefined;
  /** Switches, by attribute. Default `host.name` and `os.type`. */
  readonly resource_attributes?: ResourceAttributes<'system'> | undefined;
}
/** Where the name of a host comes from. */
export type HostnameSource = 'dns' | 'os' | 'cname' | 'lookup';

/** This process. */
export interface ProcessConfig {
  /** Switches, by attribute. Default all but `process.command_args`. */
  readonly resource_attributes?: ResourceAttributes<'process'> | undefined;
}

/** The host, by the Docker daemon. */
export interface DockerConfig {
  /** Switches, by attribute. Default `host.name` and `os.type`. */
  readonly resource_attributes?: ResourceAttributes<'docker'> | undefined;
}

/** A virtual machine of Amazon. */
export interface Ec2Config {
  /** Regular expressions; tags whose keys match one become `ec2.tag.<key>`. Needs `tags_from_imds`. Default none. */
  readonly tags?: readonly string[] | undefined;
  /** Reads tags from the metadata of the instance, which has to allow it. Default `false`. */
  readonly tags_from_imds?: boolean | undefined;
  /** Attempts for each request. Default `3`. */
  readonly max_attempts?: number | undefined;
  /** Longest wait between two attempts. Default `'20s'`. */
  readonly max_backoff?: Duration | undefined;
  /** As `fail_on_missing_metadata` of all, for this one. Deprecated. Default `false`. */
  readonly fail_on_missing_metadata?: boolean | undefined;
  /** Switches, by attribute. Default all. */
  readonly resource_attributes?: ResourceAttributes<'ec2'> | undefined;
}

/** A node of Amazon's Kubernetes. */
export interface EksConfig {
  /**
   * The variable with the name of the node, which is asked for where the metadata of the instance is out of reach.
   * Default `'K8S_NODE_NAME'`.
   */
  readonly node_from_env_var?: string | undefined;
  /** Switches, by attribute. Default `cloud.provider` and `cloud.platform`. */
  readonly resource_attributes?: ResourceAttributes<'eks'> | undefined;
}

/** A function of Amazon. */
export interface LambdaConfig {
  /** Switches, by attribute. Default all. */
  readonly resource_attributes?: ResourceAttributes<'lambda'> | undefined;
}

/** A machine, node or function of Google. */
export interface GcpConfig {
  /**
   * Regular expressions; labels of the virtual machine whose keys match one become
   * `gcp.gce.instance.labels.<key>`. Its service account needs `compute.instances.get`. Default none.
   */
  readonly labels?: readonly string[] | undefined;
  /** Switches, by attribute. Default all but `faas.id`, `gcp.gce.instance.name` and `gcp.gce.instance.hostname`. */
  readonly resource_attributes?: ResourceAttributes<'gcp'> | undefined;
}

/** A virtual machine of Microsoft. */
export interface AzureConfig {
  /** Regular expressions; tags whose names match one become `azure.tags.<name>`. Default none. */
  readonly tags?: readonly string[] | undefined;
  /** Switches, by attribute. Default all but `cloud.availability_zone`. */
  readonly resource_attributes?: ResourceAttributes<'azure'> | undefined;
}

/** A dyno of Heroku. */
export interface HerokuConfig {
  /** Switches, by attribute. Default all. */
  readonly resource_attributes?: ResourceAttributes<'heroku'> | undefined;
}

/** The Kubernetes node. */
export interface K8sApiConfig {
  /** Who asks the API server: the service account of the pod. Default `'serviceAccount'`. */
  readonly auth_type?: 'serviceAccount' | undefined;
  /** The variable with the name of the node (`spec.nodeName`). Default `'K8S_NODE_NAME'`. */
  readonly node_from_env_var?: string | undefined;
  /** Switches, by attribute. Default all. */
  readonly resource_attributes?: ResourceAttributes<'k8s_api'> | undefined;
}

/** A {@link RetryConfig} completed; times in milliseconds. */
export interface Retry {
  readonly enabled: boolean;
  readonly initial_interval: number;
  readonly max_interval: number;
  readonly max_elapsed_time: number;
}

/** Attributes that are not to be set. */
interface Switched {
  readonly resource_attributes: ReadonlySet<string>;
}

/** A {@link ResourceDetectionConfig} completed; times in milliseconds. */
export interface Completed {
  readonly detectors: readonly DetectorName[];
  readonly override: boolean;
  readonly timeout: number;
  readonly refresh_interval: number;
  readonly fail_on_missing_metadata: boolean;
  readonly retry: Retry;
  readonly env: { readonly allow_list?: readonly string[] | undefined };
  readonly system: Switched & { readonly hostname_sources: readonly HostnameSource[] };
  readonly process: Switched;
  readonly docker: Switched;
  readonly ec2: Switched & {
    readonly tags: readonly string[];
    readonly max_attempts: number;
    readonly max_backoff: number;
    readonly fail_on_missing_metadata: boolean;
  };
  readonly eks: Switched & { readonly node_from_env_var: string };
  readonly lambda: Switched;
  readonly gcp: Switched & { readonly labels: readonly string[] };
  readonly azure: Switched & { readonly tags: readonly string[] };
  readonly heroku: Switched;
  readonly k8s_api: Switched & { readonly node_from_env_var: string };
}

const there = `there are ${detectorNames.join(', ')}`;

/** The name of a detector that there is, whichever its spelling. */
const detector = z.string().transform((name, context): DetectorName => {
  const found = name === 'k8snode' ? 'k8s_api' : detectorNames.find((known) => known === name);
  if (found !== undefined) return found;
  const isOther = otherDetectors.includes(name as never);
  const meant = isOther ? undefined : nearest(name, detectorNames);
  const why = isOther ? 'is not supported yet by this component; ' : meant ? `did you mean ${meant}? ` : '';
  const message = `invalid detector key: ${name}${isOther ? ' ' : '; '}${why}${there}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Switches of attributes: yields those that are off. */
function switches<D extends Switchable>(
  of: D,
): z.ZodPrefault<z.ZodType<ReadonlySet<string>, ResourceAttributes<D>>> {
  const defaults: Readonly<Record<string, boolean>> = attributesOf[of];
  const names = Object.keys(defaults);
  return z
    .record(z.string(), z.strictObject({ enabled: z.boolean().optional() }))
    .transform((given, context) => {
      for (const name of Object.keys(given)) {
        if (Object.hasOwn(defaults, name)) continue;
        const meant = nearest(name, names);
        const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
        context.addIssue({ code: 'custom', path: [name], message: `unknown attribute; ${hint}` });
      }
      return new Set(names.filter((name) => !(given[name]?.enabled ?? defaults[name])));
    })
    .prefault({});
}

const patterns = z.array(pattern()).default([]);

const no = z.boolean().default(false);

const retry = z
  .strictObject({
    enabled: no,
    initial_interval: duration().prefault('1s'),
    max_interval: duration().prefault('5s'),
    max_elapsed_time: duration().prefault('0s'),
    randomization_factor: notOffered,
    multiplier: notOffered,
  })
  .prefault({});

const ec2 = z
  .strictObject({
    tags: patterns,
    tags_from_imds: no,
    max_attempts: z.int().min(1).default(3),
    max_backoff: duration().prefault('20s'),
    fail_on_missing_metadata: no,
    resource_attributes: switches('ec2'),
  })
  .superRefine(({ tags, tags_from_imds: isByImds }, context) => {
    if (tags.length > 0 && !isByImds) {
      const message =
        'needs "tags_from_imds: true", and an instance that allows tags in its metadata: the API of EC2 is not asked by this component';
      context.addIssue({ code: 'custom', path: ['tags'], message });
    }
  })
  .prefault({});

const nodeVariable = z
  .string()
  .default('K8S_NODE_NAME')
  .transform((name) => (name === '' ? 'K8S_NODE_NAME' : name));

/** One section for each detector that the Collector has and this component has not. */
const otherSections = {
  akamai: notOffered,
  aks: notOffered,
  alibaba_ecs: notOffered,
  azurecontainerapps: notOffered,
  consul: notOffered,
  digitalocean: notOffered,
  dynatrace: notOffered,
  ecs: notOffered,
  elasticbeanstalk: notOffered,
  hetzner: notOffered,
  ibmcloud_classic: notOffered,
  ibmcloud_vpc: notOffered,
  kubeadm: notOffered,
  nova: notOffered,
  openshift: notOffered,
  oraclecloud: notOffered,
  scaleway: notOffered,
  tencent_cvm: notOffered,
  upcloud: notOffered,
  vultr: notOffered,
};

/** Keys of the Collector's HTTP client: metadata servers are asked directly and in plain text. */
const clientKeys = {
  auth: notOffered,
  compression: notOffered,
  compression_params: notOffered,
  cookies: notOffered,
  disable_keep_alives: notOffered,
  endpoint: notOffered,
  force_attempt_http2: notOffered,
  headers: notOffered,
  http2_ping_timeout: notOffered,
  http2_read_idle_timeout: notOffered,
  idle_conn_timeout: notOffered,
  max_conns_per_host: notOffered,
  max_idle_conns: notOffered,
  max_idle_conns_per_host: notOffered,
  middlewares: notOffered,
  proxy_url: notOffered,
  read_buffer_size: notOffered,
  tls: notOffered,
  write_buffer_size: notOffered,
};

const removed = z
  .undefined({
    error:
      'was removed from the Collector in v0.142; switch attributes by <detector>.resource_attributes.<name>.enabled',
  })
  .optional();

const usualSources: HostnameSource[] = ['dns', 'os'];

const keys = z
  .strictObject({
    detectors: z.array(detector).default(['env']),
    override: z.boolean().default(true),
    timeout: duration().prefault('5s'),
    refresh_interval: duration().prefault('0s'),
    fail_on_missing_metadata: no,
    retry,
    env: z.strictObject({ allow_list: z.array(z.string()).optional() }).prefault({}),
    system: z
      .strictObject({
        hostname_sources: z
          .array(oneOf(['dns', 'os', 'cname', 'lookup'], [], 'hostname_sources contains invalid value:'))
          .default(usualSources)
          .transform((sources): readonly HostnameSource[] => (sources.length > 0 ? sources : usualSources)),
        resource_attributes: switches('system'),
      })
      .prefault({}),
    process: z.strictObject({ resource_attributes: switches('process') }).prefault({}),
    docker: z.strictObject({ resource_attributes: switches('docker') }).prefault({}),
    ec2,
    eks: z
      .strictObject({ node_from_env_var: nodeVariable, resource_attributes: switches('eks') })
      .prefault({}),
    lambda: z.strictObject({ resource_attributes: switches('lambda') }).prefault({}),
    gcp: z
      .strictObject({ labels: patterns, gke_host_type: notOffered, resource_attributes: switches('gcp') })
      .prefault({}),
    azure: z.strictObject({ tags: patterns, resource_attributes: switches('azure') }).prefault({}),
    heroku: z.strictObject({ resource_attributes: switches('heroku') }).prefault({}),
    k8s_api: z
      .strictObject({
        auth_type: oneOf(
          ['serviceAccount'],
          ['none', 'kubeConfig', 'tls'],
          'invalid authType for kubernetes:',
        ).default('serviceAccount'),
        context: notOffered,
        node_from_env_var: nodeVariable,
        resource_attributes: switches('k8s_api'),
      })
      .prefault({}),
    attributes: removed,
    ...otherSections,
    ...clientKeys,
  })
  .superRefine(({ retry: { enabled, max_elapsed_time: elapsed }, timeout }, context) => {
    if (enabled && timeout === 0 && elapsed === 0) {
      const message =
        'retry.enabled requires either timeout > 0 or retry.max_elapsed_time > 0 to bound detection';
      context.addIssue({ code: 'custom', path: ['retry'], message });
    }
  });

/** The schema of {@link ResourceDetectionConfig}, with the Collector's messages. */
export const schema: z.ZodType<Completed, ResourceDetectionConfig> = z.preprocess((config, context) => {
  if (typeof config !== 'object' || config === null) return config;
  const { k8snode, ...rest } = config as Readonly<Record<string, unknown>>;
  if (k8snode === undefined) return config;
  if (rest['k8s_api'] !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['k8snode'],
      message: 'is the older name of k8s_api: use one of them',
    });
  }
  return { k8s_api: k8snode, ...rest };
}, keys) as never;
