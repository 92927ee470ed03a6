/**
 * The HTTP seam: a body in, a reply out, limits and compression handled on the
 * way. `http-server.ts` implements it on node:http, `http-client.ts` on undici.
 */
import type { TlsClientSettings, TlsServerSettings } from './tls.js';

/** Lower-case names. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** What is known before the body is read. */
export interface HttpHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: HttpHeaders;
  /** Address and port of the caller. */
  readonly peer: string;
}

export interface HttpRequest extends HttpHead {
  /** Whole and decompressed. It belongs to the handler. */
  readonly body: Uint8Array;
  /** Aborts when the caller is gone. Made on first use. */
  readonly signal: AbortSignal;
}

/** What a server does with requests. */
export interface HttpHandler {
  /**
   * Asked when the headers are in, before the body is read: a reply ends the
   * request there (wrong path, method or type; no room). `contentLength` is
   * `undefined` where the client did not say.
   */
  admit?(head: HttpHead, contentLength: number | undefined): HttpReply | undefined;
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>;
  /** The reply to what the server itself refuses: too large, cannot be decompressed, a handler that threw. */
  refuse(head: HttpHead, problem: HttpProblem): HttpReply;
}

export interface HttpProblem {
  /** 400, 408, 413, 415 or 500. */
  readonly status: number;
  readonly message: string;
}

export interface HttpServerOptions {
  readonly endpoint: string;
  readonly transport?: 'tcp' | 'unix';
  readonly tls?: TlsServerSettings | undefined;
  readonly handler: HttpHandler;
  /** Bounds the body on the wire and again after decompression, in bytes. */
  readonly maxBodyBytes: number;
}

export type HttpCompression = 'none' | 'gzip' | 'zlib' | 'deflate';

export interface HttpClientOptions {
  readonly tls: TlsClientSettings;
  readonly compression?: HttpCompression;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  /** Bytes of a reply that are read; the rest is cut off. Default 64 KiB. */
  readonly maxReplyBytes?: number;
}

export interface HttpCall {
  readonly url: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole exchange, reading the reply included. 0 or absent is none. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpClient {
  /** Resolves with any reply, whatever its status. Rejects where there was none (unreachable, timeout, cut). */
  post(
    call: HttpCall,
  ): Promise<{ readonly status: number; readonly headers: HttpHeaders; readonly body: Uint8Array }>;
  close(): Promise<void>;
}
