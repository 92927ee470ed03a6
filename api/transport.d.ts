// @tributary/transport: what the package exports, written by scripts/api.mjs.
import { Duration, Logger, Runtime, notOffered } from '@tributary/component';
import { z } from 'zod';

export interface BufferSizes {
  readonly read_buffer_size: number;
  readonly write_buffer_size: number;
}
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd';
export type ConfigShape<
  Config,
  Settings extends {
    readonly [K in keyof Config]?: unknown;
  },
> = {
  readonly [K in keyof Config]-?: z.ZodType<Settings[K], Config[K]>;
};
export interface CorsConfig {
  readonly allowed_origins?: readonly string[] | undefined;
  readonly allowed_headers?: readonly string[] | undefined;
  readonly exposed_headers?: readonly string[] | undefined;
  readonly max_age?: number | undefined;
}
export interface CorsSettings {
  readonly allowed_origins: readonly string[];
  readonly allowed_headers: readonly string[];
  readonly exposed_headers: readonly string[];
  readonly max_age: number;
}
export interface EnforcementPolicyConfig {
  readonly min_time?: Duration | undefined;
  readonly permit_without_stream?: boolean | undefined;
}
export interface GrpcServerConfig extends ServerConfig {
  readonly max_recv_msg_size_mib?: number | undefined;
  readonly max_concurrent_streams?: number | undefined;
  readonly keepalive?: ServerKeepaliveConfig | null | undefined;
}
export interface GrpcServerSettings extends ServerSettings {
  readonly max_recv_msg_size_mib: number;
  readonly max_concurrent_streams: number;
  readonly keepalive: {
    readonly server_parameters: Readonly<Record<keyof ServerParametersConfig, number>>;
    readonly enforcement_policy: {
      readonly min_time: number;
      readonly permit_without_stream: boolean;
    };
  };
}
export type GrpcServerShape = ServerShape &
  ConfigShape<GrpcServerConfig, GrpcServerSettings> &
  Refused<'read_buffer_size' | 'write_buffer_size'>;
export type HeadersConfig =
  | Readonly<Record<string, string>>
  | readonly {
      readonly name: string;
      readonly value: string;
    }[];
export interface HostPort {
  readonly host: string;
  readonly port: number;
}
export interface HttpCall {
  readonly url: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface HttpClient {
  open(): Promise<void>;
  post(call: HttpCall): Promise<HttpResponse>;
  get(call: HttpGet): Promise<HttpStream>;
  close(): Promise<void>;
}
export interface HttpClientHttp2 {
  readonly readIdleTimeoutMs?: number | undefined;
  readonly pingTimeoutMs?: number | undefined;
}
export interface HttpClientOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  readonly tls: TlsClientSettings;
  readonly compression?: HttpCompression | undefined;
  readonly compressionLevel?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  readonly maxReplyBytes?: number | undefined;
  readonly maxConnectionsPerHost?: number | undefined;
  readonly idleConnectionTimeoutMs?: number | undefined;
  readonly maxIdleConnections?: number | undefined;
  readonly maxIdleConnectionsPerHost?: number | undefined;
  readonly keepAlives?: boolean | undefined;
  readonly http2?: HttpClientHttp2 | undefined;
  readonly proxyUrl?: string | undefined;
  readonly environment?: Environment | undefined;
}
export type HttpCompression = 'none' | Compression;
export interface HttpCors {
  readonly allowedOrigins: readonly string[];
  readonly allowedHeaders?: readonly string[] | undefined;
  readonly exposedHeaders?: readonly string[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
}
export type HttpEncoding = '' | 'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd';
export interface HttpGet {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface HttpHandler {
  admit?(head: HttpHead, contentLength: number | undefined): HttpReply | undefined;
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>;
  refuse(head: HttpHead, problem: HttpProblem): HttpReply;
}
export interface HttpHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly peer: string;
}
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
export interface HttpProblem {
  readonly status: number;
  readonly message: string;
}
export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | string | undefined;
}
export interface HttpRequest extends HttpHead {
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}
export interface HttpServerConfig extends ServerConfig {
  readonly cors?: CorsConfig | null | undefined;
  readonly response_headers?: HeadersConfig | undefined;
  readonly max_request_body_size?: number | undefined;
  readonly compression_algorithms?: readonly HttpEncoding[] | undefined;
  readonly read_timeout?: Duration | undefined;
  readonly read_header_timeout?: Duration | undefined;
  readonly write_timeout?: Duration | undefined;
  readonly idle_timeout?: Duration | undefined;
  readonly keep_alives_enabled?: boolean | undefined;
}
export interface HttpServerOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs' | 'logger'>;
  readonly endpoint: string;
  readonly transport?: ListenTransport | undefined;
  readonly onDeath?: ((error: Error) => void) | undefined;
  readonly tls?: TlsServerSettings | undefined;
  readonly handler: HttpHandler;
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes?: number | undefined;
  readonly headerTimeoutMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly writeTimeoutMs?: number | undefined;
  readonly idleTimeoutMs?: number | undefined;
  readonly keepAlives?: boolean | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly compressionAlgorithms?: readonly HttpEncoding[] | undefined;
  readonly cors?: HttpCors | undefined;
}
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
export type HttpServerShape = ServerShape & ConfigShape<HttpServerConfig, HttpServerSettings>;
export interface HttpStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}
export type ListenTransport = 'tcp' | 'tcp4' | 'tcp6' | 'unix';
export type Metadata = ReadonlyMap<string, readonly string[]>;
export interface PingEnforcement {
  readonly minTimeMs: number;
  readonly permitWithoutStream: boolean;
}
export type Refused<K extends string> = Readonly<Record<K, typeof notOffered>>;
export declare class RpcError extends Error implements RpcStatus {
  readonly code: number;
  readonly details: Uint8Array | undefined;
  constructor(status: RpcStatus, options?: ErrorOptions);
  static is(error: unknown): error is RpcError;
}
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details?: Uint8Array | undefined;
}
export interface Server {
  listen(): Promise<string>;
  close(grace: AbortSignal): Promise<void>;
}
export interface ServerConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  readonly tls?: TlsServerConfig | null | undefined;
}
export interface ServerDefaults {
  readonly endpoint: string;
}
export interface ServerKeepaliveConfig {
  readonly server_parameters?: ServerParametersConfig | null | undefined;
  readonly enforcement_policy?: EnforcementPolicyConfig | null | undefined;
}
export interface ServerParametersConfig {
  readonly max_connection_idle?: Duration | undefined;
  readonly max_connection_age?: Duration | undefined;
  readonly max_connection_age_grace?: Duration | undefined;
  readonly time?: Duration | undefined;
  readonly timeout?: Duration | undefined;
}
export interface ServerSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly tls?: TlsServerSettings | undefined;
}
export type ServerShape = ConfigShape<ServerConfig, ServerSettings> &
  Refused<'auth' | 'dialer' | 'include_metadata' | 'middlewares'>;
export interface StreamMethod {
  admit?(): RpcStatus | undefined;
  stream(request: UnaryRequest): AsyncIterable<Uint8Array>;
}
export interface TlsClientConfig extends TlsCommonConfig {
  readonly insecure?: boolean | undefined;
  readonly insecure_skip_verify?: boolean | undefined;
  readonly server_name_override?: string | undefined;
}
export interface TlsClientSettings extends TlsCommonSettings {
  readonly insecure: boolean;
  readonly insecure_skip_verify: boolean;
  readonly server_name_override?: string | undefined;
}
export interface TlsCommonConfig {
  readonly ca_file?: string | undefined;
  readonly ca_pem?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly cert_pem?: string | undefined;
  readonly key_file?: string | undefined;
  readonly key_pem?: string | undefined;
  readonly include_system_ca_certs_pool?: boolean | undefined;
  readonly min_version?: TlsVersion | undefined;
  readonly max_version?: TlsVersion | undefined;
  readonly cipher_suites?: readonly string[] | undefined;
  readonly include_insecure_cipher_suites?: boolean | undefined;
  readonly curve_preferences?: readonly TlsCurve[] | undefined;
}
export type TlsCurve = (typeof curves)[number];
export interface TlsServerConfig extends TlsCommonConfig {
  readonly client_ca_file?: string | undefined;
}
export type TlsServerSettings = TlsServerConfig;
export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';
export interface Transport {
  createUnaryServer(options: UnaryServerOptions): Server;
  createUnaryClient(options: UnaryClientOptions): UnaryClient;
  createHttpServer(options: HttpServerOptions): Server;
  createHttpClient(options: HttpClientOptions): HttpClient;
}
export declare class TransportError extends Error {
  readonly code: TransportErrorCode;
  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions);
  static is(error: unknown): error is TransportError;
}
export type TransportErrorCode = 'listen' | 'endpoint' | 'tls' | 'unreachable' | 'timeout' | 'aborted';
export type UnaryBalancer = 'round_robin' | 'pick_first';
export interface UnaryCallOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly metadata?: Metadata | undefined;
}
export interface UnaryClient {
  open(): Promise<void>;
  call(path: string, message: Uint8Array, options?: UnaryCallOptions): Promise<Uint8Array>;
  close(): void;
}
export interface UnaryClientKeepalive {
  readonly timeMs: number;
  readonly timeoutMs?: number | undefined;
  readonly permitWithoutStream?: boolean | undefined;
}
export interface UnaryClientOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  readonly endpoint: string;
  readonly tls: TlsClientSettings;
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'zstd' | undefined;
  readonly environment?: Environment | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  readonly maxResponseBytes?: number | undefined;
  readonly keepalive?: UnaryClientKeepalive | undefined;
  readonly waitForReady?: boolean | undefined;
  readonly balancer?: UnaryBalancer | undefined;
  readonly authority?: string | undefined;
}
export interface UnaryMethod {
  admit?(): RpcStatus | undefined;
  handle(request: UnaryRequest): Uint8Array | Promise<Uint8Array>;
}
export interface UnaryRequest {
  readonly message: Uint8Array;
  readonly metadata: Metadata;
  readonly peer: string;
  readonly signal: AbortSignal;
}
export interface UnaryServerKeepalive {
  readonly maxConnectionIdleMs?: number | undefined;
  readonly maxConnectionAgeMs?: number | undefined;
  readonly maxConnectionAgeGraceMs?: number | undefined;
  readonly timeMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly enforcement?: PingEnforcement | undefined;
}
export interface UnaryServerOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs' | 'logger'>;
  readonly endpoint: string;
  readonly transport?: ListenTransport | undefined;
  readonly onDeath?: ((error: Error) => void) | undefined;
  readonly tls?: TlsServerSettings | undefined;
  readonly methods: ReadonlyMap<string, UnaryMethod | StreamMethod>;
  readonly maxMessageBytes?: number | undefined;
  readonly maxConcurrentStreams?: number | undefined;
  readonly keepalive?: UnaryServerKeepalive | undefined;
}
export declare const bufferSizesShape: Readonly<
  Record<keyof BufferSizes, z.ZodDefault<z.ZodType<number, number>>>
>;
export declare function checkServerEndpoint(
  missing?: string,
): (server: Pick<ServerSettings, 'endpoint' | 'transport'>, context: z.RefinementCtx) => void;
export declare function clientEndpointProblem(endpoint: string): string | undefined;
export declare function compressionProblem(algorithm: Compression): string | undefined;
export declare function compressionSchema<const C extends Compression | 'none' | ''>(
  types: readonly C[],
  others?: readonly string[],
): z.ZodType<C, C>;
export declare function createHttpClient(options: HttpClientOptions): HttpClient;
export declare function createHttpServer(options: HttpServerOptions): Server;
export declare function createUnaryClient(options: UnaryClientOptions): UnaryClient;
export declare function createUnaryServer(options: UnaryServerOptions): Server;
export declare function formatHostPort(host: string, port: number): string;
export declare function grpcServerOptions(
  config: GrpcServerSettings,
  runtime: UnaryServerOptions['runtime'],
): Omit<UnaryServerOptions, 'methods' | 'onDeath'>;
export declare function grpcServerShape(defaults: ServerDefaults): GrpcServerShape;
export declare function headersSchema(
  problemOf: (name: string, value: string) => string | undefined,
): z.ZodType<Readonly<Record<string, string>>, HeadersConfig>;
export declare function httpHeaderProblem(name: string, value: string): string | undefined;
export declare function httpServerOptions(
  config: HttpServerSettings,
  runtime: HttpServerOptions['runtime'],
): Omit<HttpServerOptions, 'handler' | 'onDeath'>;
export declare function httpServerShape(defaults: ServerDefaults): HttpServerShape;
export declare function serverEndpointProblem(
  endpoint: string,
  transport?: 'tcp' | 'unix',
): string | undefined;
export declare function splitHostPort(address: string): HostPort | string;
export declare const tlsClientSchema: z.ZodType<TlsClientSettings, TlsClientConfig>;
export declare const tlsServerSchema: z.ZodType<TlsServerSettings, TlsServerConfig>;
export declare function warnOfBufferSizes(sizes: BufferSizes, logger: Logger): void;

// Not exported, but referred to above.
type Environment = Readonly<Record<string, string | undefined>>;
type TlsCommonSettings = TlsCommonConfig;
declare const curves: readonly ['P256', 'P384', 'P521', 'X25519', 'X25519MLKEM768'];
