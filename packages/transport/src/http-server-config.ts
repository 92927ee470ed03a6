/** The Collector's keys of an HTTP server, in the config of every component that has one. */
import { duration, oneOf, optionalSection, type Duration } from '@tributary/component';
import { z } from 'zod';
import { headersSchema, httpHeaderProblem, type HeadersConfig } from './headers.js';
import type { HttpEncoding, HttpServerOptions } from './http.js';
import {
  serverShape,
  type ConfigShape,
  type ServerConfig,
  type ServerDefaults,
  type ServerSettings,
  type ServerShape,
} from './server-config.js';

/** How HTTP is served. */
export interface HttpServerConfig extends ServerConfig {
  /** Scripts of other origins that may send requests. Default none: those of no other origin. */
  readonly cors?: CorsConfig | null | undefined;
  /** Headers of every reply, as a map or as a list of `name` and `value`. Default `{}`. */
  readonly response_headers?: HeadersConfig | undefined;
  /** Largest body in bytes, on the wire and again after decompression; `0` is the default. Default `20971520`. */
  readonly max_request_body_size?: number | undefined;
  /**
   * Content encodings to take; `''` is none, and without it plain bodies are refused. With an empty
   * list nothing is undone, so that only plain bodies can be read. `snappy` takes blocks and frames, which
   * senders call by one name. Default all: `['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed']`.
   */
  readonly compression_algorithms?: readonly HttpEncoding[] | undefined;
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

/** {@link HttpServerConfig} completed; times in milliseconds. */
export interface HttpServerSettings extends ServerSettings {
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

/** What {@link httpServerShape} gives. */
export type HttpServerShape = ServerShape & ConfigShape<HttpServerConfig, HttpServerSettings>;

const encodings = ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'] as const;
const encoding = oneOf(encodings, ['lz4'], 'unsupported compression type');
const texts = z.array(z.string()).readonly().default([]);
const corsSchema = z.strictObject({
  allowed_origins: texts,
  allowed_headers: texts,
  exposed_headers: texts,
  max_age: z.int().min(0).default(0),
});
const defaultBodyBytes = 20 * 2 ** 20;

/**
 * The keys of {@link HttpServerConfig}, with the Collector's messages, to be spread into a component's schema.
 * `auth`, `dialer`, `include_metadata` and `middlewares` are refused by name; a component that has one of them
 * names it anew. `checkServerEndpoint` belongs to them.
 *
 * @example
 * z.strictObject({ ...httpServerShape({ endpoint: 'localhost:8889' }), namespace: z.string().default('') })
 *   .superRefine(checkServerEndpoint());
 */
export function httpServerShape(defaults: ServerDefaults): HttpServerShape {
  return {
    ...serverShape(defaults),
    cors: optionalSection(corsSchema, 'off').optional(),
    response_headers: headersSchema(httpHeaderProblem).default({}),
    max_request_body_size: z
      .int()
      .transform((bytes) => (bytes > 0 ? bytes : defaultBodyBytes))
      .prefault(defaultBodyBytes),
    compression_algorithms: z.array(encoding).readonly().default(encodings),
    read_timeout: duration().prefault('5m'),
    read_header_timeout: duration().prefault('1m'),
    write_timeout: duration().prefault('30s'),
    idle_timeout: duration().prefault('1m'),
    keep_alives_enabled: z.boolean().default(true),
  };
}

/**
 * What `createHttpServer` takes of a completed config. The log hears of keys that have no effect.
 *
 * @example
 * createHttpServer({ ...httpServerOptions(config, settings), handler, onDeath });
 */
export function httpServerOptions(
  config: HttpServerSettings,
  runtime: HttpServerOptions['runtime'],
): Omit<HttpServerOptions, 'handler' | 'onDeath'> {
  const { cors } = config;
  if (cors?.allowed_origins.length === 0 && cors.allowed_headers.length > 0) {
    runtime.logger.warn('cors.allowed_headers has no effect without allowed_origins');
  }
  return {
    runtime,
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
