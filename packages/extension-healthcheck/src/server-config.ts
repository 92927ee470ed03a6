/** The Collector's keys of a server, as far as ours has them, and how the transport is told of them. */
import type { Duration } from '@tributary/component';
import type {
  HttpServerOptions,
  ListenTransport,
  TlsServerConfig,
  TlsServerSettings,
  UnaryServerOptions,
} from '@tributary/transport';

/** How HTTP is served. */
export interface HttpServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13133'`. */
  readonly endpoint?: string | undefined;
  /** Kind of socket; `tcp4` and `tcp6` are one family alone. A `unix` file that nobody serves any more is replaced. Default `'tcp'`. */
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | null | undefined;
  /** Scripts of other origins that may ask. Default none: those of no other origin. */
  readonly cors?: CorsConfig | null | undefined;
  /** Headers of every reply. Default `{}`. */
  readonly response_headers?: Readonly<Record<string, string>> | undefined;
  /** Largest body of a request, which nobody reads, in bytes; `0` is the default. Default `20971520`. */
  readonly max_request_body_size?: number | undefined;
  /**
   * Content encodings that a request may have; `''` is none. One in any other is answered 400. An empty list
   * takes all, unread. Default `['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed']`.
   */
  readonly compression_algorithms?: readonly Encoding[] | undefined;
  /** Longest time for a whole request to arrive; `'0s'` is no limit, the Collector's default. Default `'5m'`. */
  readonly read_timeout?: Duration | undefined;
  /** Longest time for the headers to arrive; `'0s'` is no limit. Default `'1m'`. */
  readonly read_header_timeout?: Duration | undefined;
  /** Longest time that a client may take nothing of its reply; `'0s'` is no limit. Default `'30s'`. */
  readonly write_timeout?: Duration | undefined;
  /** Longest time between two requests of a connection; `'0s'` is no limit. Default `'1m'`. */
  readonly idle_timeout?: Duration | undefined;
  /** `false` closes every connection after its first reply. Default `true`. */
  readonly keep_alives_enabled?: boolean | undefined;
}

/** A content encoding; `''` is none. */
export type Encoding = '' | 'gzip' | 'zstd' | 'zlib' | 'snappy' | 'deflate' | 'x-snappy-framed';

/** What scripts of other origins may do. */
export interface CorsConfig {
  /** Such as `https://app.example`, `https://*.example` or `*`. Default `[]`. */
  readonly allowed_origins?: readonly string[] | undefined;
  /** Request headers beside those that browsers always allow; `*` is any. Default `[]`. */
  readonly allowed_headers?: readonly string[] | undefined;
  /** Response headers that a script may read. Default `[]`. */
  readonly exposed_headers?: readonly string[] | undefined;
  /** Seconds for which a browser may remember the answer to a preflight; `0` leaves it to the browser. Default `0`. */
  readonly max_age?: number | undefined;
}

/** How gRPC is served. */
export interface GrpcServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13132'`. */
  readonly endpoint?: string | undefined;
  /** Kind of socket; `tcp4` and `tcp6` are one family alone. A `unix` file that nobody serves any more is replaced. Default `'tcp'`. */
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | null | undefined;
  /** Largest request, in MiB; `0` is 4. Default `0`. */
  readonly max_recv_msg_size_mib?: number | undefined;
  /** Requests that one connection may have under way, watches among them; `0` is 1,000. Default `0`. */
  readonly max_concurrent_streams?: number | undefined;
  /** How long connections live, and how often clients may ping. */
  readonly keepalive?: KeepaliveConfig | null | undefined;
}

/** How long connections live, and how often clients may ping. */
export interface KeepaliveConfig {
  /** Times of the server. */
  readonly server_parameters?: ServerParametersConfig | null | undefined;
  /** How often clients may ping: the connection of one that does so more often ends with `too_many_pings`. */
  readonly enforcement_policy?: EnforcementPolicyConfig | null | undefined;
}

/** How often clients may ping. */
export interface EnforcementPolicyConfig {
  /** Least time between two pings; `'0s'` is five minutes. Default `'0s'`. */
  readonly min_time?: Duration | undefined;
  /** Whether that is so too while there is no request; else pings must then be two hours apart. Default `false`. */
  readonly permit_without_stream?: boolean | undefined;
}

/** Times of a gRPC server. */
export interface ServerParametersConfig {
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

/** {@link HttpServerConfig} completed; times in milliseconds. */
export interface HttpServerSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly tls?: TlsServerSettings | undefined;
  readonly cors?: CorsSettings | undefined;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly max_request_body_size: number;
  readonly compression_algorithms: readonly Encoding[];
  readonly read_timeout: number;
  readonly read_header_timeout: number;
  readonly write_timeout: number;
  readonly idle_timeout: number;
  readonly keep_alives_enabled: boolean;
}

/** {@link CorsConfig} completed. */
export interface CorsSettings {
  readonly allowed_origins: readonly string[];
  readonly allowed_headers: readonly string[];
  readonly exposed_headers: readonly string[];
  readonly max_age: number;
}

/** {@link GrpcServerConfig} completed. */
export interface GrpcServerSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly tls?: TlsServerSettings | undefined;
  readonly max_recv_msg_size_mib: number;
  readonly max_concurrent_streams: number;
  readonly keepalive: {
    readonly server_parameters: Readonly<Record<keyof ServerParametersConfig, number>>;
    readonly enforcement_policy: { readonly min_time: number; readonly permit_without_stream: boolean };
  };
}

const bytesPerMib = 2 ** 20;
/** Of grpc-go. */
const defaultPingMs = 300_000;

/** As the transport takes it. */
export function httpServerOptions(
  config: HttpServerSettings,
): Omit<HttpServerOptions, 'runtime' | 'handler' | 'onDeath'> {
  const { cors } = config;
  return {
    endpoint: config.endpoint,
    transport: config.transport,
    tls: config.tls,
    maxBodyBytes: config.max_request_body_size,
    headerTimeoutMs: config.read_header_timeout,
    requestTimeoutMs: config.read_timeout,
    writeTimeoutMs: config.write_timeout,
    idleTimeoutMs: config.idle_timeout,
    keepAlives: config.keep_alives_enabled,
    responseHeaders: config.response_headers,
    compressionAlgorithms: config.compression_algorithms,
    cors: cors && {
      allowedOrigins: cors.allowed_origins,
      allowedHeaders: cors.allowed_headers,
      exposedHeaders: cors.exposed_headers,
      maxAgeSeconds: cors.max_age || undefined,
    },
  };
}

/** As the transport takes it. In the Collector's keys 0 is "as the library has it"; so it is here. */
export function grpcServerOptions(
  config: GrpcServerSettings,
): Omit<UnaryServerOptions, 'runtime' | 'methods' | 'onDeath'> {
  const { server_parameters: times, enforcement_policy: pings } = config.keepalive;
  return {
    endpoint: config.endpoint,
    transport: config.transport,
    tls: config.tls,
    maxMessageBytes: config.max_recv_msg_size_mib * bytesPerMib || undefined,
    maxConcurrentStreams: config.max_concurrent_streams || undefined,
    keepalive: {
      maxConnectionIdleMs: times.max_connection_idle || undefined,
      maxConnectionAgeMs: times.max_connection_age || undefined,
      maxConnectionAgeGraceMs: times.max_connection_age_grace || undefined,
      timeMs: times.time || undefined,
      timeoutMs: times.timeout || undefined,
      enforcement: {
        minTimeMs: pings.min_time || defaultPingMs,
        permitWithoutStream: pings.permit_without_stream,
      },
    },
  };
}
