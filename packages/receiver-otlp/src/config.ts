import { duration, notOffered, oneOf, optionalSection, type Duration } from '@tributary/component';
import { defaultPaths } from '@tributary/otlp';
import {
  headersSchema,
  httpHeaderProblem,
  serverEndpointProblem,
  tlsServerSchema,
  type HeadersConfig,
  type HttpEncoding,
  type ListenTransport,
  type TlsServerConfig,
  type TlsServerSettings,
} from '@tributary/transport';
import { z } from 'zod';

/** What a program writes for {@link otlpReceiver}. */
export interface OtlpReceiverConfig {
  /** What to listen for: gRPC, HTTP or both. */
  readonly protocols: OtlpProtocolsConfig;
  /**
   * Replaces bytes that are no UTF-8, in texts, by U+FFFD, where a strict backend would refuse the whole
   * batch. `false` passes them on as they are. Not a key of the Collector. Default `true`.
   */
  readonly repair_utf8?: boolean | undefined;
  /**
   * Most groups and records (resources, scopes, metrics, spans, data points, log records, samples) in one
   * request; one with more is refused as too large, whatever its size: a small body can hold millions of
   * empty records. Not a key of the Collector. Default `1000000`.
   */
  readonly max_request_items?: number | undefined;
}

/** At least one; `{}` starts a protocol with its defaults. */
export interface OtlpProtocolsConfig {
  /** OTLP over gRPC. Default none: not served. */
  readonly grpc?: OtlpGrpcConfig | null | undefined;
  /** OTLP over HTTP, protobuf and JSON. Default none: not served. */
  readonly http?: OtlpHttpConfig | null | undefined;
}

/** How gRPC is served. */
export interface OtlpGrpcConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:4317'`. */
  readonly endpoint?: string | undefined;
  /** Kind of socket; `tcp4` and `tcp6` are one family alone. A `unix` file that nobody serves any more is replaced. Default `'tcp'`. */
  readonly transport?: OtlpTransport | undefined;
  /** Of no effect on a server, as in the Collector. */
  readonly dialer?: OtlpDialerConfig | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | null | undefined;
  /** Largest request after decompression, in MiB; `0` is 4. Default `0`. */
  readonly max_recv_msg_size_mib?: number | undefined;
  /** Requests that one connection may have under way; `0` is 1,000, where the Collector has no limit. Default `0`. */
  readonly max_concurrent_streams?: number | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: Node has its own sizes. Default `0`. */
  readonly read_buffer_size?: number | undefined;
  /** As `read_buffer_size`. Default `0`. */
  readonly write_buffer_size?: number | undefined;
  /** How long connections live, and how often clients may ping. */
  readonly keepalive?: OtlpKeepaliveConfig | null | undefined;
  /** Hands the metadata of each request on to the pipeline, for components that group or route by it. Default `false`. */
  readonly include_metadata?: boolean | undefined;
}

/** A kind of socket that can be listened on. */
export type OtlpTransport = 'tcp' | 'tcp4' | 'tcp6' | 'unix';

/** How connections are made, where they are. */
export interface OtlpDialerConfig {
  /** Longest time to connect. Default `'0s'`. */
  readonly timeout?: Duration | undefined;
}

/** How long connections live, and how often clients may ping. */
export interface OtlpKeepaliveConfig {
  /** Times of the server. */
  readonly server_parameters?: OtlpServerParametersConfig | null | undefined;
  /** How often clients may ping: the connection of one that does so more often ends with `too_many_pings`. */
  readonly enforcement_policy?: OtlpEnforcementPolicyConfig | null | undefined;
}

/** How often clients may ping. */
export interface OtlpEnforcementPolicyConfig {
  /** Least time between two pings; `'0s'` is five minutes. Default `'0s'`. */
  readonly min_time?: Duration | undefined;
  /** Whether that is so too while there is no request; else pings must then be two hours apart. Default `false`. */
  readonly permit_without_stream?: boolean | undefined;
}

/** Times of a gRPC server. */
export interface OtlpServerParametersConfig {
  /** A connection without requests is closed after this time; `'0s'` is never. Default `'0s'`. */
  readonly max_connection_idle?: Duration | undefined;
  /** A connection takes no new requests from this age on; `'0s'` is never. Default `'0s'`. */
  readonly max_connection_age?: Duration | undefined;
  /** Requests under way at that age get this much longer; `'0s'` is until they end. Default `'0s'`. */
  readonly max_connection_age_grace?: Duration | undefined;
  /** Time between pings that ask whether the client is still there; `'0s'` is two hours. Default `'0s'`. */
  readonly time?: Duration | undefined;
  /** A connection whose ping is not answered within this time is closed; `'0s'` is 20 seconds. Default `'0s'`. */
  readonly timeout?: Duration | undefined;
}

/** How HTTP is served. */
export interface OtlpHttpConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:4318'`. */
  readonly endpoint?: string | undefined;
  /** Kind of socket; `tcp4` and `tcp6` are one family alone. A `unix` file that nobody serves any more is replaced. Default `'tcp'`. */
  readonly transport?: OtlpTransport | undefined;
  /** Of no effect on a server, as in the Collector. */
  readonly dialer?: OtlpDialerConfig | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | null | undefined;
  /** Path of traces. Default `'/v1/traces'`. */
  readonly traces_url_path?: string | undefined;
  /** Path of metrics. Default `'/v1/metrics'`. */
  readonly metrics_url_path?: string | undefined;
  /** Path of logs. Profiles are always at `/v1development/profiles`. Default `'/v1/logs'`. */
  readonly logs_url_path?: string | undefined;
  /** Scripts of other origins that may send. Default none: those of no other origin. */
  readonly cors?: OtlpCorsConfig | null | undefined;
  /** Largest body in bytes, on the wire and again after decompression; `0` is the default. Default `20971520`. */
  readonly max_request_body_size?: number | undefined;
  /** Hands the headers of each request on to the pipeline, for components that group or route by them. Default `false`. */
  readonly include_metadata?: boolean | undefined;
  /** Headers of every reply, as a map or as a list of `name` and `value`. Default `{}`. */
  readonly response_headers?: HeadersConfig | undefined;
  /**
   * Content encodings to take; `''` is none, and without it plain bodies are refused. With an empty
   * list nothing is undone, so that only plain bodies can be read. `snappy` takes blocks and frames, which
   * senders call by one name. Default all: `['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed']`.
   */
  readonly compression_algorithms?: readonly OtlpEncoding[] | undefined;
  /** Longest time for a whole request to arrive; `'0s'` is no limit, the Collector's default. Default `'5m'`. */
  readonly read_timeout?: Duration | undefined;
  /** Longest time for the headers to arrive; `'0s'` is no limit, the Collector's default. Default `'1m'`. */
  readonly read_header_timeout?: Duration | undefined;
  /** Longest time that a client may take nothing of its reply; `'0s'` is no limit, the Collector's default. Default `'30s'`. */
  readonly write_timeout?: Duration | undefined;
  /** Longest time between two requests of a connection; `'0s'` is no limit, the Collector's default. Default `'1m'`. */
  readonly idle_timeout?: Duration | undefined;
  /** `false` closes every connection after its first reply. Default `true`. */
  readonly keep_alives_enabled?: boolean | undefined;
}

/** A Content-Encoding; `''` is none, `deflate` and `zlib` are the same. */
export type OtlpEncoding = '' | 'gzip' | 'zstd' | 'zlib' | 'snappy' | 'deflate' | 'x-snappy-framed';

/** What scripts of other origins may do. */
export interface OtlpCorsConfig {
  /** Such as `https://app.example`, `https://*.example` or `*`. Default `[]`. */
  readonly allowed_origins?: readonly string[] | undefined;
  /** Request headers beside those that browsers always allow; `*` is any. Default `[]`. */
  readonly allowed_headers?: readonly string[] | undefined;
  /** Response headers that a script may read. Default `[]`. */
  readonly exposed_headers?: readonly string[] | undefined;
  /** Seconds for which a browser may remember the answer to a preflight; `0` leaves it to the browser. Default `0`. */
  readonly max_age?: number | undefined;
}

/** {@link OtlpReceiverConfig} completed; times in milliseconds. */
export interface OtlpReceiverSettings {
  readonly protocols: {
    readonly grpc?: OtlpGrpcSettings | undefined;
    readonly http?: OtlpHttpSettings | undefined;
  };
  readonly repair_utf8: boolean;
  readonly max_request_items: number;
}

/** {@link OtlpGrpcConfig} completed. */
export interface OtlpGrpcSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly dialer: { readonly timeout: number };
  readonly tls?: TlsServerSettings | undefined;
  readonly max_recv_msg_size_mib: number;
  readonly max_concurrent_streams: number;
  readonly read_buffer_size: number;
  readonly write_buffer_size: number;
  readonly keepalive: {
    readonly server_parameters: Readonly<Record<keyof OtlpServerParametersConfig, number>>;
    readonly enforcement_policy: { readonly min_time: number; readonly permit_without_stream: boolean };
  };
  readonly include_metadata: boolean;
}

/** {@link OtlpHttpConfig} completed. */
export interface OtlpHttpSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly dialer: { readonly timeout: number };
  readonly tls?: TlsServerSettings | undefined;
  readonly traces_url_path: string;
  readonly metrics_url_path: string;
  readonly logs_url_path: string;
  readonly cors?:
    | {
        readonly allowed_origins: readonly string[];
        readonly allowed_headers: readonly string[];
        readonly exposed_headers: readonly string[];
        readonly max_age: number;
      }
    | undefined;
  readonly max_request_body_size: number;
  readonly include_metadata: boolean;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly compression_algorithms: readonly HttpEncoding[];
  readonly read_timeout: number;
  readonly read_header_timeout: number;
  readonly write_timeout: number;
  readonly idle_timeout: number;
  readonly keep_alives_enabled: boolean;
}

const bool = (value: boolean): z.ZodDefault<z.ZodBoolean> => z.boolean().default(value);
const time = (value: Duration): z.ZodPrefault<z.ZodType<number, Duration>> => duration().prefault(value);

const transport = oneOf(
  ['tcp', 'tcp4', 'tcp6', 'unix'],
  ['udp', 'udp4', 'udp6', 'ip', 'ip4', 'ip6', 'unixgram', 'unixpacket', 'npipe'],
  'invalid transport type',
).default('tcp');

const dialer = z.strictObject({ timeout: time('0s') }).prefault({});

interface Listens {
  readonly endpoint: string;
  readonly transport: ListenTransport;
}

function checkEndpoint({ endpoint, transport: kind }: Listens, context: z.RefinementCtx): void {
  const message = serverEndpointProblem(endpoint, kind === 'unix' ? 'unix' : 'tcp');
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['endpoint'], message });
}

const bytesPerMib = 2 ** 20;
/** The Collector counts bytes in 63 bits. */
const maxMib = 8_796_093_022_207;

function bufferSize(key: string): z.ZodDefault<z.ZodType<number, number>> {
  return z
    .int()
    .min(0, { error: ({ input }) => `invalid ${key} value: ${String(input)}` })
    .default(0);
}

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
    z.strictObject({ min_time: time('0s'), permit_without_stream: bool(false) }),
  ),
});

const grpcSchema = z
  .strictObject({
    endpoint: z.string().default('localhost:4317'),
    transport,
    dialer,
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
    read_buffer_size: bufferSize('read_buffer_size'),
    write_buffer_size: bufferSize('write_buffer_size'),
    keepalive: withDefaults(keepaliveSchema),
    auth: notOffered,
    include_metadata: bool(false),
    middlewares: notOffered,
  })
  .superRefine(checkEndpoint);

const encodings = ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'] as const;
const encoding = oneOf(encodings, ['lz4'], 'unsupported compression type');

/** Only the path of a URL counts, and it may lack its slash. */
function urlPath(value: string): z.ZodPrefault<z.ZodType<string, string>> {
  return z
    .string()
    .transform((text, context) => {
      const base = text.includes('://') ? undefined : 'http://localhost/';
      const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
      if (url !== undefined) return url.pathname;
      context.addIssue({ code: 'custom', message: `invalid HTTP URL path set for signal: ${text}` });
      return z.NEVER;
    })
    .prefault(value);
}

const defaultBodyBytes = 20 * bytesPerMib;

const httpSchema = z
  .strictObject({
    endpoint: z.string().default('localhost:4318'),
    transport,
    dialer,
    tls: optionalSection(tlsServerSchema, 'off').optional(),
    traces_url_path: urlPath(defaultPaths.traces),
    metrics_url_path: urlPath(defaultPaths.metrics),
    logs_url_path: urlPath(defaultPaths.logs),
    cors: optionalSection(
      z.strictObject({
        allowed_origins: z.array(z.string()).readonly().default([]),
        allowed_headers: z.array(z.string()).readonly().default([]),
        exposed_headers: z.array(z.string()).readonly().default([]),
        max_age: z.int().min(0).default(0),
      }),
      'off',
    ).optional(),
    auth: notOffered,
    max_request_body_size: z
      .int()
      .transform((bytes) => (bytes > 0 ? bytes : defaultBodyBytes))
      .prefault(defaultBodyBytes),
    include_metadata: bool(false),
    response_headers: headersSchema(httpHeaderProblem).default({}),
    compression_algorithms: z.array(encoding).readonly().default(encodings),
    read_timeout: time('5m'),
    read_header_timeout: time('1m'),
    write_timeout: time('30s'),
    idle_timeout: time('1m'),
    keep_alives_enabled: bool(true),
    middlewares: notOffered,
  })
  .superRefine(checkEndpoint);

/** The schema of {@link OtlpReceiverConfig}, with the Collector's messages. */
export const schema: z.ZodType<OtlpReceiverSettings, OtlpReceiverConfig> = z.strictObject({
  protocols: z
    .strictObject({
      grpc: optionalSection(grpcSchema, 'on').optional(),
      http: optionalSection(httpSchema, 'on').optional(),
    })
    .superRefine(({ grpc, http }, context) => {
      if (grpc === undefined && http === undefined)
        context.addIssue({
          code: 'custom',
          message: 'must specify at least one protocol when using the OTLP receiver',
        });
    }),
  repair_utf8: bool(true),
  max_request_items: z.int().min(1).default(1_000_000),
});
