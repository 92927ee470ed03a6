import { duration, notOffered, oneOf, optionalSection, type Duration } from '@tributary/component';
import { serverEndpointProblem, tlsServerSchema, type ListenTransport } from '@tributary/transport';
import { z } from 'zod';
import type {
  GrpcServerConfig,
  GrpcServerSettings,
  HttpServerConfig,
  HttpServerSettings,
} from './server-config.js';

/**
 * What a program writes for {@link healthCheck}. Without `use_v2` it is one HTTP path that says whether the
 * collector runs; the keys of the HTTP server stand beside it. With `use_v2`, health comes from the status of
 * every component, over HTTP, gRPC or both, and only `http`, `grpc` and `component_health` may stand beside it.
 */
export interface HealthCheckConfig extends HttpServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13133'`. */
  readonly endpoint?: string | undefined;
  /** Where the answer is; one that ends in `/` stands for all below it too. Default `'/'`. */
  readonly path?: string | undefined;
  /** Fixed bodies in place of the JSON. Default none. */
  readonly response_body?: ResponseBodyConfig | undefined;
  /** Without effect, as in the Collector: see `component_health`. Checked, and with `enabled` a warning at start. */
  readonly check_collector_pipeline?: CheckCollectorPipelineConfig | undefined;
  /** Takes health from the status of components. Default `false`. */
  readonly use_v2?: boolean | undefined;
  /** Serves HTTP. With `use_v2` only. Default none: not served. */
  readonly http?: HealthHttpConfig | null | undefined;
  /** Serves `grpc.health.v1.Health`. With `use_v2` only. Default none: not served. */
  readonly grpc?: GrpcServerConfig | null | undefined;
  /** Which errors of components make the answer unhealthy. With `use_v2` only. Default none: only fatal ones. */
  readonly component_health?: ComponentHealthConfig | undefined;
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
export interface HealthHttpConfig extends HttpServerConfig {
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

const time = (value: Duration): z.ZodPrefault<z.ZodType<number, Duration>> => duration().prefault(value);
const texts = z.array(z.string()).readonly().default([]);
const transport = oneOf(
  ['tcp', 'tcp4', 'tcp6', 'unix'],
  ['udp', 'udp4', 'udp6', 'ip', 'ip4', 'ip6', 'unixgram', 'unixpacket', 'npipe'],
  'invalid transport type',
).default('tcp');
const encodings = ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'] as const;
const encoding = oneOf(encodings, ['lz4'], 'unsupported compression type');
const defaultBodyBytes = 20 * 2 ** 20;

/** The keys of {@link HttpServerConfig}; {@link checkEndpoint} belongs to them. */
const httpServerShape = {
  endpoint: z.string().default('localhost:13133'),
  transport,
  dialer: notOffered,
  tls: optionalSection(tlsServerSchema, 'off').optional(),
  cors: optionalSection(
    z.strictObject({
      allowed_origins: texts,
      allowed_headers: texts,
      exposed_headers: texts,
      max_age: z.int().min(0).default(0),
    }),
    'off',
  ).optional(),
  auth: notOffered,
  max_request_body_size: z
    .int()
    .transform((bytes) => (bytes > 0 ? bytes : defaultBodyBytes))
    .prefault(defaultBodyBytes),
  include_metadata: notOffered,
  response_headers: z.record(z.string(), z.string()).readonly().default({}),
  compression_algorithms: z.array(encoding).readonly().default(encodings),
  read_timeout: time('5m'),
  read_header_timeout: time('1m'),
  write_timeout: time('30s'),
  idle_timeout: time('1m'),
  keep_alives_enabled: z.boolean().default(true),
  middlewares: notOffered,
} as const;

/** A section whose defaults hold also where it is turned off: the library has them, too. */
function withDefaults<Z extends z.ZodType>(schema: Z): z.ZodType<z.output<Z>, z.input<Z> | null | undefined> {
  return optionalSection(schema, 'on')
    .optional()
    .transform((value) => value ?? schema.parse({})) as never;
}

const keepaliveSchema = z.strictObject({
  server_parameters: withDefaults(
    z.strictObject({
      max_connection_idle: time('0s'),
      max_connection_age: time('0s'),
      max_connection_age_grace: time('0s'),
      time: time('0s'),
      timeout: time('0s'),
    }),
  ),
  enforcement_policy: withDefaults(
    z.strictObject({ min_time: time('0s'), permit_without_stream: z.boolean().default(false) }),
  ),
});

/** The Collector counts bytes in 63 bits. */
const maxMib = 8_796_093_022_207;

/** The schema of {@link GrpcServerConfig}. */
const grpcServerSchema = z
  .strictObject({
    endpoint: z.string().default('localhost:13132'),
    transport,
    dialer: notOffered,
    tls: optionalSection(tlsServerSchema, 'off').optional(),
    max_recv_msg_size_mib: z
      .int()
      .refine((mib) => mib >= 0 && mib <= maxMib, {
        error: ({ input }) =>
          `invalid max_recv_msg_size_mib value, must be between 1 and ${maxMib}: ${String(input)}`,
      })
      .default(0),
    max_concurrent_streams: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    read_buffer_size: notOffered,
    write_buffer_size: notOffered,
    keepalive: withDefaults(keepaliveSchema),
    auth: notOffered,
    include_metadata: notOffered,
    middlewares: notOffered,
  })
  .superRefine(checkEndpoint('grpc endpoint required'));

/** Refuses an endpoint that nobody can listen on; `missing` is what is said of an empty one. */
function checkEndpoint(
  missing: string,
): (
  listens: { readonly endpoint: string; readonly transport: ListenTransport },
  context: z.RefinementCtx,
) => void {
  return ({ endpoint, transport: kind }, context) => {
    const message =
      endpoint === '' ? missing : serverEndpointProblem(endpoint, kind === 'unix' ? 'unix' : 'tcp');
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['endpoint'], message });
  };
}

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
    ...httpServerShape,
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
  .superRefine(checkEndpoint('http endpoint required'));

const threshold = z
  .int()
  .refine((failures) => failures > 0, {
    error: 'bad config: exporter_failure_threshold expects a positive number',
  })
  .default(5);

const keys: z.ZodType<HealthCheckSettings, HealthCheckConfig> = z
  .strictObject({
    ...httpServerShape,
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
    grpc: orEmpty(grpcServerSchema).optional(),
    component_health: z
      .strictObject({
        include_permanent_errors: no,
        include_recoverable_errors: no,
        recovery_duration: duration().prefault('0s'),
      })
      .prefault({}),
  })
  .superRefine(checkEndpoint('bad config: endpoint must be specified'))
  .superRefine(({ use_v2: isSecond, http, grpc }, context) => {
    if (isSecond && http === undefined && grpc === undefined) {
      context.addIssue({ code: 'custom', message: 'must specify at least one protocol' });
    }
  });

const ofSecond = ['http', 'grpc', 'component_health'];
const ofFirst = [...Object.keys(httpServerShape), 'path', 'response_body', 'check_collector_pipeline'];

/** What is wrong with a key of one version beside the other, where it would have no effect. */
function misplaced(key: string, isSecond: boolean): string | undefined {
  if (!isSecond) return ofSecond.includes(key) ? 'needs `use_v2: true`' : undefined;
  if (!ofFirst.includes(key)) return undefined;
  const other = key === 'path' ? 'http.status.path' : key in httpServerShape ? `http.${key}` : undefined;
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
