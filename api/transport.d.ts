// @tributary/transport: what the package exports, written by scripts/api.mjs.
import { Runtime } from '@tributary/component';

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
  close(): Promise<void>;
}
export interface HttpClientOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs'>;
  readonly tls: TlsClientSettings;
  readonly compression?: HttpCompression | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  readonly maxReplyBytes?: number | undefined;
}
export type HttpCompression = 'none' | 'gzip' | 'zlib' | 'deflate';
export interface HttpHandler {
  admit?(head: HttpHead, contentLength: number | undefined): HttpReply | undefined;
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>;
  refuse(head: HttpHead, problem: HttpProblem): HttpReply;
}
export interface HttpHead {
  readonly method: string;
  readonly path: string;
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
export interface HttpServerOptions {
  readonly runtime: Pick<Runtime, 'fs' | 'logger'>;
  readonly endpoint: string;
  readonly transport?: 'tcp' | 'unix' | undefined;
  readonly tls?: TlsServerSettings | undefined;
  readonly handler: HttpHandler;
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes?: number | undefined;
  readonly headerTimeoutMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly idleTimeoutMs?: number | undefined;
}
export type Metadata = ReadonlyMap<string, readonly string[]>;
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
export interface TlsClientSettings extends TlsCommonSettings {
  readonly insecure: boolean;
  readonly insecure_skip_verify: boolean;
  readonly server_name_override?: string | undefined;
}
export interface TlsCommonSettings {
  readonly ca_file?: string | undefined;
  readonly ca_pem?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly cert_pem?: string | undefined;
  readonly key_file?: string | undefined;
  readonly key_pem?: string | undefined;
  readonly min_version?: '1.0' | '1.1' | '1.2' | '1.3' | undefined;
  readonly max_version?: '1.0' | '1.1' | '1.2' | '1.3' | undefined;
}
export interface TlsServerSettings extends TlsCommonSettings {
  readonly client_ca_file?: string | undefined;
}
export declare class TransportError extends Error {
  readonly code: TransportErrorCode;
  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions);
  static is(error: unknown): error is TransportError;
}
export type TransportErrorCode = 'listen' | 'tls' | 'unreachable' | 'timeout' | 'aborted';
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
export interface UnaryClientOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs'>;
  readonly endpoint: string;
  readonly tls: TlsClientSettings;
  readonly compression?: 'none' | 'gzip' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  readonly maxResponseBytes?: number | undefined;
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
export interface UnaryServerOptions {
  readonly runtime: Pick<Runtime, 'fs' | 'logger'>;
  readonly endpoint: string;
  readonly transport?: 'tcp' | 'unix' | undefined;
  readonly tls?: TlsServerSettings | undefined;
  readonly methods: ReadonlyMap<string, UnaryMethod>;
  readonly maxMessageBytes?: number | undefined;
  readonly maxConcurrentStreams?: number | undefined;
}
