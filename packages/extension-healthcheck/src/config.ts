import { duration, notOffered, type Duration } from '@tributary/component';
import {
  checkServerEndpoint,
  grpcServerShape,
  httpServerShape,
  type GrpcServerConfig,
  type GrpcServerSettings,
  type HttpEncoding,
  type HttpServerConfig,
  type HttpServerSettings,
} from '@tributary/transport';
import { z } from 'zod';

/**
 * What a program writes for {@link healthCheck}. Without `use_v2` it is one HTTP path that says whether the
 * collector runs; the keys of the HTTP server stand beside it. With `use_v2`, health comes from the status of
 * every component, over HTTP, gRPC or both, and only `http`, `grpc` and `component_health` may stand beside it.
 */
export interface HealthCheckConfig extends HealthServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13133'`. */
  readonly endpoint?: string | undefined;
  /** Where the answer is; one that ends in `/` stands for all below it too. Default `'/'`. */
  readonly path?: string | undefined;
  /** Fixed bodies in place of the JSON. Default none. */
  readonly response_body?: ResponseBodyConfig | undefined;
  /** Without effect, as in the Collector: see `component_health`. Checked, and with `enabled` a warning at start. */
  readonly check_collector_pipeline?: CheckCollectorPipelineConfig | undefined;
  /**
   * Takes health from the status of components. The Collector needs the gate
   * `extension.healthcheck.useComponentStatus`. Default `false`.
   */
  readonly use_v2?: boolean | undefined;
  /** Serves HTTP. With `use_v2` only. Default none: not served. */
  readonly http?: HealthHttpConfig | null | undefined;
  /** Serves `grpc.health.v1.Health`. With `use_v2` only. Default none: not served. */
  readonly grpc?: HealthGrpcConfig | null | undefined;
  /** Which errors of components make the answer unhealthy. With `use_v2` only. Default none: only fatal ones. */
  readonly component_health?: ComponentHealthConfig | undefined;
}

/** An HTTP server that has no use for bodies. */
export interface HealthServerConfig extends HttpServerConfig {
  /** Largest body of a request, which nobody reads, in bytes; `0` is the default. Default `20971520`. */
  readonly max_request_body_size?: number | undefined;
  /**
   * Content encodings that a request may have; `''` is none. One in any other is answered 400. An empty list
   * takes all, unread. Default `['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed']`.
   */
  readonly compression_algorithms?: readonly HttpEncoding[] | undefined;
}

/** How gRPC is served. */
export interface HealthGrpcConfig extends GrpcServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13132'`. */
  readonly endpoint?: string | undefined;
  /** Requests that one connection may have under way, watches among them; `0` is 1,000. Default `0`. */
  readonly max_concurrent_streams?: number | undefined;
}

/** Fixed bodies. */
export interface ResponseBodyConfig {
  /** With 200. Default `''`. */
  readonly healthy?: string | undefined;
  /** With 503. Default `''`. */
  readonly unhealthy?: string | undefined;
}

/** Without effect. */
export interface CheckCollectorPipelineConfig {
  /** Warns at start. Default `false`. */
  readonly enabled?: boolean | undefined;
  /** Without effect. Default `'5m'`. */
  readonly interval?: Duration | undefined;
  /** Without effect. Default `5`. */
  readonly exporter_failure_threshold?: number | undefined;
}

/** How the status of components is served over HTTP. */
export interface HealthHttpConfig extends HealthServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13133'`. */
  readonly endpoint?: string | undefined;
  /** The status, of all or with `?pipeline=traces` of one pipeline. */
  readonly status?: StatusPathConfig | undefined;
  /** The configuration, which is not offered yet. */
  readonly config?: ConfigPathConfig | undefined;
}

/** Where the status is. */
export interface StatusPathConfig {
  /** `false` serves no status. Default `true`. */
  readonly enabled?: boolean | undefined;
  /** Where it is. Default `'/status'`. */
  readonly path?: string | undefined;
  /** Tells of every pipeline and component, as `?verbose` does for one request. Default `false`. */
  readonly verbose?: boolean | undefined;
}

/** Where the configuration is. */
export interface ConfigPathConfig {
  /** `true` is refused. Default `false`. */
  readonly enabled?: boolean | undefined;
  /** Where it would be. Default `'/config'`. */
  readonly path?: string | undefined;
}

/** Which errors of components count. */
export interface ComponentHealthConfig {
  /** A `permanent_error` is unhealthy. Default `false`. */
  readonly include_permanent_errors?: boolean | undefined;
  /** A `recoverable_error` is unhealthy once it has lasted for `recovery_duration`. Default `false`. */
  readonly include_recoverable_errors?: boolean | undefined;
  /** How long a component may try to recover, from its first error on; `'0s'` is not at all. Default `'0s'`. */
  readonly recovery_duration?: Duration | undefined;
}

/** {@link HealthCheckConfig} completed; times in milliseconds. */
export interface HealthCheckSettings extends HttpServerSettings {
  readonly path: string;
  readonly response_body?: Required<ResponseBodyConfig> | undefined;
  readonly check_collector_pipeline: { readonly enabled: boolean };
  readonly use_v2: boolean;
  readonly http?: HealthHttpSettings | undefined;
  readonly grpc?: GrpcServerSettings | undefined;
  readonly component_health: ComponentHealthSettings;
}

/** {@link HealthHttpConfig} completed. */
export interface HealthHttpSettings extends HttpServerSettings {
  readonly status: { readonly enabled: boolean; readonly path: string; readonly verbose: boolean };
}

/** {@link ComponentHealthConfig} completed. */
export type ComponentHealthSettings = Readonly<
  Record<'include_permanent_errors' | 'include_recoverable_errors', boolean>
> & { readonly recovery_duration: number };

const httpServer = httpServerShape({ endpoint: 'localhost:13133' });

const grpcSchema = z
  .strictObject(grpcServerShape({ endpoint: 'localhost:13132' }))
  .superRefine(checkServerEndpoint('grpc endpoint required'));

const no = z.boolean().default(false);

function pathOf(value: string, problem: string): z.ZodDefault<z.ZodString> {
  return z
    .string()
    .refine((path) => path.startsWith('/'), { error: problem })
    .default(value);
}

/** In YAML, `grpc:` with nothing behind it serves gRPC too. */
function orEmpty<Z extends z.ZodType>(
  schema: Z,
): z.ZodType<z.output<Z> | undefined, z.input<Z> | null | undefined> {
  return z.preprocess((value) => (value === null ? {} : value), schema.optional()) as never;
}

const wrongPath = 'path must start with /';

const httpSchema = z
  .strictObject({
    ...httpServer,
    status: z
      .strictObject({
        enabled: z.boolean().default(true),
        path: pathOf('/status', wrongPath),
        verbose: no,
        include_attributes: notOffered,
      })
      .prefault({}),
    config: z
      .strictObject({
        enabled: z.literal(false, { error: '`true` is not supported yet by this component' }).default(false),
        path: pathOf('/config', wrongPath),
      })
      .prefault({}),
  })
  .superRefine(checkServerEndpoint('http endpoint required'));

const threshold = z
  .int()
  .refine((failures) => failures > 0, {
    error: 'bad config: exporter_failure_threshold expects a positive number',
  })
  .default(5);

const keys: z.ZodType<HealthCheckSettings, HealthCheckConfig> = z
  .strictObject({
    ...httpServer,
    path: pathOf('/', `bad config: ${wrongPath}`),
    response_body: z
      .strictObject({ healthy: z.string().default(''), unhealthy: z.string().default('') })
      .optional(),
    check_collector_pipeline: z
      .strictObject({
        enabled: no,
        interval: duration().prefault('5m'),
        exporter_failure_threshold: threshold,
      })
      .prefault({}),
    use_v2: no,
    http: orEmpty(httpSchema).optional(),
    grpc: orEmpty(grpcSchema).optional(),
    component_health: z
      .strictObject({
        include_permanent_errors: no,
        include_recoverable_errors: no,
        recovery_duration: duration().prefault('0s'),
      })
      .prefault({}),
  })
  .superRefine(checkServerEndpoint('bad config: endpoint must be specified'))
  .superRefine(({ use_v2: isSecond, http, grpc }, context) => {
    if (isSecond && http === undefined && grpc === undefined) {
      context.addIssue({ code: 'custom', message: 'must specify at least one protocol' });
    }
  });

const ofSecond = ['http', 'grpc', 'component_health'];
const ofFirst = [...Object.keys(httpServer), 'path', 'response_body', 'check_collector_pipeline'];

/** What is wrong with a key of one version beside the other, where it would have no effect. */
function misplaced(key: string, isSecond: boolean): string | undefined {
  if (!isSecond) return ofSecond.includes(key) ? 'needs `use_v2: true`' : undefined;
  if (!ofFirst.includes(key)) return undefined;
  const other = key === 'path' ? 'http.status.path' : key in httpServer ? `http.${key}` : undefined;
  return `has no effect with \`use_v2: true\`${other === undefined ? '' : `; use ${other}`}`;
}

/** The schema of {@link HealthCheckConfig}, with the Collector's messages. */
export const schema: z.ZodType<HealthCheckSettings, HealthCheckConfig> = z.preprocess((config, context) => {
  if (typeof config !== 'object' || config === null) return config;
  // Before the defaults are there: afterwards nobody knows what was written.
  const isSecond = (config as HealthCheckConfig).use_v2 === true;
  for (const [key, value] of Object.entries(config)) {
    const message = value === undefined ? undefined : misplaced(key, isSecond);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message });
  }
  return config;
}, keys) as never;
