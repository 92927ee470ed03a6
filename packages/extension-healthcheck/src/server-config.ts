/** The Collector's keys of a server, as far as ours has them, and how the transport is told of them. */
import type { Duration } from '@tributary/component';
import type {
  HttpEncoding,
  HttpServerOptions,
  TlsServerConfig,
  TlsServerSettings,
  UnaryServerOptions,
} from '@tributary/transport';

/** How HTTP is served. */
export interface HttpServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:13133'`. */
  readonly endpoint?: string | undefined;
  /** Kind of socket. Default `'tcp'`. */
  readonly transport?: 'tcp' | 'unix' | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | undefined;
  /** Scripts of other origins that may ask. Default none: those of no other origin. */
  readonly cors?: CorsConfig | undefined;
  /** Headers of every reply. Default `{}`. */
  readonly response_headers?: Readonly<Record<string, string>> | undefined;
  /** Largest body of a request, which nobody reads, in bytes; `0` is the default. Default `20971520`. */
  readonly max_request_body_size?: number | undefined;
  /**
   * Content encodings that a request may have; `''` is none. One in any other is answered 400. An empty list
   * takes all, unread. Default `['', 'gzip', 'zstd', 'zlib', 'deflate']`.
   */
  readonly compression_algorithms?: readonly ('' | 'gzip' | 'zstd' | 'zlib' | 'deflate')[] | undefined;
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
  /** Kind of socket. Default `'tcp'`. */
  readonly transport?: 'tcp' | 'unix' | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | undefined;
  /** Largest request, in MiB; `0` is 4. Default `0`. */
  readonly max_recv_msg_size_mib?: number | undefined;
  /** Requests that one connection may have under way, watches among them; `0` is 1,000. Default `0`. */
  readonly max_concurrent_streams?: number | undefined;
  /** How long connections live. */
  readonly keepalive?: KeepaliveConfig | undefined;
}

/** How long connections live. */
export interface KeepaliveConfig {
  /** Times of the server. */
  readonly server_parameters?: ServerParametersConfig | undefined;
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
  readonly transport: 'tcp' | 'unix';
  readonly tls?: TlsServerSettings | undefined;
  readonly cors?: CorsSettings | undefined;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly max_request_body_size: number;
  readonly compression_algorithms: readonly HttpEncoding[];
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
  readonly transport: 'tcp' | 'unix';
  readonly tls?: TlsServerSettings | undefined;
  readonly max_recv_msg_size_mib: number;
  readonly max_concurrent_streams: number;
  readonly keepalive: {
    readonly server_parameters: Readonly<Record<keyof ServerParametersConfig, number>>;
  };
}

const bytesPerMib = 2 ** 20;

/** As the transport takes it. */
export function httpServerOptions(
  config: HttpServerSettings,
): Omit<HttpServerOptions, 'runtime' | 'handler'> {
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
): Omit<UnaryServerOptions, 'runtime' | 'methods'> {
  const { server_parameters: times } = config.keepalive;
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
    },
  };
}
