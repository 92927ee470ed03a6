import { duration, notOffered, type Duration, type Signal } from '@tributary/component';
import { deliveryShape, type Delivery, type QueueConfig, type RetryConfig } from '@tributary/delivery';
import { defaultPaths } from '@tributary/otlp';
import {
  bufferSizesShape,
  compressionSchema,
  headersSchema,
  httpHeaderProblem,
  tlsClientSchema,
  type BufferSizes,
  type HeadersConfig,
  type HttpCompression,
  type TlsClientConfig,
  type TlsClientSettings,
} from '@tributary/transport';
import { z } from 'zod';

/** What a program writes for {@link otlpHttpExporter}. It needs `endpoint`, or an endpoint for each signal that it gets. */
export interface OtlpHttpExporterConfig {
  /**
   * URL of the peer, to which `/v1/traces`, `/v1/metrics`, `/v1/logs` or `/v1development/profiles` is added.
   * `https://` speaks TLS, `http://` does not. Default none.
   */
  readonly endpoint?: string | undefined;
  /** Whole URL for traces, used as it is. Default that of `endpoint`. */
  readonly traces_endpoint?: string | undefined;
  /** Whole URL for metrics, used as it is. Default that of `endpoint`. */
  readonly metrics_endpoint?: string | undefined;
  /** Whole URL for logs, used as it is. Default that of `endpoint`. */
  readonly logs_endpoint?: string | undefined;
  /** Whole URL for profiles, used as it is. Default that of `endpoint`. */
  readonly profiles_endpoint?: string | undefined;
  /** Protobuf, or OTLP/JSON for peers that read nothing else. Default `'proto'`. */
  readonly encoding?: 'proto' | 'json' | undefined;
  /** Of bodies of 1 KiB and more; `''` is `'none'`. `'zstd'` needs Node 22.15. Default `'gzip'`. */
  readonly compression?:
    'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd' | 'none' | '' | undefined;
  /** How to compress. Default `{}`. */
  readonly compression_params?: OtlpHttpCompressionConfig | undefined;
  /**
   * Sent with every request: a map, or a list of `{ name, value }`. They win over the exporter's own, and
   * `Host` over the URL's. The values stay out of logs and errors. Default `{}`.
   */
  readonly headers?: HeadersConfig | undefined;
  /** How to speak TLS with an `https://` URL. Default `{}`. */
  readonly tls?: TlsClientConfig | undefined;
  /**
   * URL of a proxy, `http://[user:password@]host:port`; `''` is what the environment names (`HTTP_PROXY`,
   * `HTTPS_PROXY`, `NO_PROXY`). Default `''`.
   */
  readonly proxy_url?: string | undefined;
  /** Connections that are kept while idle, to all hosts together; `0` is no limit. Default `100`. */
  readonly max_idle_conns?: number | undefined;
  /** The same to one host; `0` is `max_idle_conns`, where the Collector's library takes 2. Default `0`. */
  readonly max_idle_conns_per_host?: number | undefined;
  /** Connections to one host, beyond which requests wait; `0` is no limit. Default `0`. */
  readonly max_conns_per_host?: number | undefined;
  /**
   * An idle connection is closed after this time; `'0s'` keeps it. The Collector's default is 90s, which is
   * longer than many servers and balancers wait. Default `'45s'`.
   */
  readonly idle_conn_timeout?: Duration | undefined;
  /** `true` opens a connection for every request. Default `false`. */
  readonly disable_keep_alives?: boolean | undefined;
  /** Offers HTTP/2 to servers with TLS, so that requests share connections. Default `false`; the Collector's is `true`. */
  readonly force_attempt_http2?: boolean | undefined;
  /** Time between the pings of an HTTP/2 connection; `'0s'` is never. Default `'0s'`. */
  readonly http2_read_idle_timeout?: Duration | undefined;
  /** A connection on which nothing comes for this much longer is closed; `'0s'` is 15 seconds. Default `'0s'`. */
  readonly http2_ping_timeout?: Duration | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: Node has its own sizes. Default `0`. */
  readonly read_buffer_size?: number | undefined;
  /** As `read_buffer_size`; the Collector's default is 524288. Default `0`. */
  readonly write_buffer_size?: number | undefined;
  /** Longest time for one attempt, reading the reply included; `'0s'` is no limit. Default `'30s'`. */
  readonly timeout?: Duration | undefined;
  /** Sends again what failed and may pass. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Takes requests in at once and sends them in the background. */
  readonly sending_queue?: QueueConfig | undefined;
}

/** How to compress. */
export interface OtlpHttpCompressionConfig {
  /**
   * `0` is the algorithm's own choice. gzip, zlib and deflate: from `1` (fast) to `9` (small), `-1` is their own
   * choice, too, and `-2` looks for no repetitions. zstd: up to `22`. Others have none. Default `0`.
   */
  readonly level?: number | undefined;
}

/** {@link OtlpHttpExporterConfig} completed; times in milliseconds. */
export interface OtlpHttpExporterSettings extends Delivery, BufferSizes {
  /** Where each signal goes; `undefined` where neither key says so. */
  readonly urls: Readonly<Record<Signal, string | undefined>>;
  readonly encoding: 'proto' | 'json';
  readonly compression: HttpCompression;
  readonly compression_params: { readonly level: number };
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsClientSettings;
  readonly proxy_url: string;
  readonly max_idle_conns: number;
  readonly max_idle_conns_per_host: number;
  readonly max_conns_per_host: number;
  readonly idle_conn_timeout: number;
  readonly disable_keep_alives: boolean;
  readonly force_attempt_http2: boolean;
  readonly http2_read_idle_timeout: number;
  readonly http2_ping_timeout: number;
}

/** An empty text is none, as in the Collector. */
const url = z.string().superRefine((text, context) => {
  if (text === '' || (/^https?:\/\//i.test(text) && URL.canParse(text))) return;
  context.addIssue({ code: 'custom', message: 'must be a valid URL that begins with http:// or https://' });
});

const compression = compressionSchema(
  ['gzip', 'zlib', 'deflate', 'snappy', 'x-snappy-framed', 'zstd', 'none', ''],
  ['lz4'],
);

const shape = z
  .strictObject({
    endpoint: url.optional(),
    traces_endpoint: url.optional(),
    metrics_endpoint: url.optional(),
    logs_endpoint: url.optional(),
    profiles_endpoint: url.optional(),
    encoding: z
      .enum(['proto', 'json'], { error: ({ input }) => `invalid encoding type: ${String(input)}` })
      .default('proto'),
    compression: compression.default('gzip'),
    compression_params: z.strictObject({ level: z.int().default(0) }).prefault({}),
    headers: headersSchema(httpHeaderProblem).default({}),
    tls: tlsClientSchema.prefault({}),
    proxy_url: url.default(''),
    max_idle_conns: z.int().min(0).default(100),
    max_idle_conns_per_host: z.int().min(0).default(0),
    max_conns_per_host: z.int().min(0).default(0),
    idle_conn_timeout: duration().prefault('45s'),
    disable_keep_alives: z.boolean().default(false),
    force_attempt_http2: z.boolean().default(false),
    http2_read_idle_timeout: duration().prefault('0s'),
    http2_ping_timeout: duration().prefault('0s'),
    ...bufferSizesShape,
    cookies: notOffered,
    auth: notOffered,
    middlewares: notOffered,
    ...deliveryShape,
    // The time of the HTTP client, which is what the Collector's key means here.
    timeout: duration().prefault('30s'),
  })
  .superRefine((config, context) => {
    if (signals.every((signal) => urlOf(signal, config) === undefined))
      context.addIssue({ code: 'custom', message: 'at least one endpoint must be specified' });
    const message = levelProblem(config.compression, config.compression_params.level);
    if (message !== undefined)
      context.addIssue({ code: 'custom', path: ['compression_params', 'level'], message });
    for (const key of ['http2_read_idle_timeout', 'http2_ping_timeout'] as const) {
      if (config.force_attempt_http2 || config[key] === 0) continue;
      const needed = 'has no effect without force_attempt_http2: true';
      context.addIssue({ code: 'custom', path: [key], message: needed });
    }
  });

/** Those that zlib and zstd know; any other algorithm has no level to choose. */
const levels: Readonly<Record<string, readonly [min: number, max: number]>> = {
  gzip: [-2, 9],
  zlib: [-2, 9],
  deflate: [-2, 9],
  zstd: [-131_072, 22],
};

function levelProblem(type: string, level: number): string | undefined {
  const [min, max] = levels[type] ?? [0, 0];
  if (level >= min && level <= max) return undefined;
  return `unsupported parameters {Level:${level}} for compression type "${type}"`;
}

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

type Endpoints = { readonly [K in 'endpoint' | `${Signal}_endpoint`]?: string | undefined };

function urlOf(signal: Signal, config: Endpoints): string | undefined {
  const own = config[`${signal}_endpoint`];
  if (own) return own;
  const { endpoint } = config;
  return endpoint ? endpoint.replace(/\/$/, '') + defaultPaths[signal] : undefined;
}

/** The schema of {@link OtlpHttpExporterConfig}, with the Collector's messages. */
export const schema: z.ZodType<OtlpHttpExporterSettings, OtlpHttpExporterConfig> = shape.transform(
  (config) => ({
    ...config,
    compression: config.compression || 'none',
    urls: {
      traces: urlOf('traces', config),
      metrics: urlOf('metrics', config),
      logs: urlOf('logs', config),
      profiles: urlOf('profiles', config),
    },
  }),
);
