/**
 * The HTTP seam: a body in, a reply out, limits and compression handled on the
 * way. `http-server.ts` implements it on node:http, `http-client.ts` on undici.
 */
import type { Runtime } from '@tributary/component';
import type { Compression } from './compression.js';
import type { TransportError } from './errors.js';
import type { ListenTransport } from './listen.js';
import type { Environment } from './proxy.js';
import type { TlsClientSettings, TlsServerSettings } from './tls.js';

/** Lower-case names. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | string | undefined;
}

/** What is known before the body is read. */
export interface HttpHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What stands behind the `?`, as it came; empty where there is none. */
  readonly query: string;
  readonly headers: HttpHeaders;
  /** Address and port of the caller; `unix` where it came by a socket file. */
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
  /** The reply to what the server itself refuses: too large, too slow, cannot be decompressed, a handler that threw. */
  refuse(head: HttpHead, problem: HttpProblem): HttpReply;
}

export interface HttpProblem {
  /** 400 (unknown or broken compression), 413 (body too large), 500 (the handler threw) or 503 (body too slow). */
  readonly status: number;
  readonly message: string;
}

export interface HttpServerOptions {
  /** Reads the TLS files at `listen`; hears of handlers that threw; tells how long requests take to arrive. */
  readonly runtime: Pick<Runtime, 'clock' | 'fs' | 'logger'>;
  /** `host:port`, or a path where `transport` is `unix`. `localhost` binds both address families. */
  readonly endpoint: string;
  /** Default `tcp`. The file of a `unix` socket that nobody serves any more is replaced. */
  readonly transport?: ListenTransport | undefined;
  /** Told once where the server listens no more although nobody closed it. */
  readonly onDeath?: ((error: Error) => void) | undefined;
  /** Absent: plaintext. */
  readonly tls?: TlsServerSettings | undefined;
  readonly handler: HttpHandler;
  /** Bounds the body on the wire and again after decompression, in bytes. */
  readonly maxBodyBytes: number;
  /** Bounds the headers of a request, in bytes; above it 431. Default 64 KiB. */
  readonly maxHeaderBytes?: number | undefined;
  /** Longest time for the headers to arrive; then 408. Default 60 s. 0 is no limit. */
  readonly headerTimeoutMs?: number | undefined;
  /** Longest time for the whole request to arrive; then 408. Default 5 min. 0 is no limit. */
  readonly requestTimeoutMs?: number | undefined;
  /** Longest time that a client may take nothing of its reply; then it is cut off. Default 30 s. 0 is no limit. */
  readonly writeTimeoutMs?: number | undefined;
  /** Longest time between two requests of a connection. Default 60 s. 0 is no limit. */
  readonly idleTimeoutMs?: number | undefined;
  /** `false` closes every connection after its first reply. Default `true`. */
  readonly keepAlives?: boolean | undefined;
  /** Set on every reply that is not the parser's own (a request that is no HTTP, 408, 431); those of the reply win. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  /**
   * The Content-Encodings to take; `''` is none. A body in any other is refused
   * with 400. An empty list hands bodies to the handler as they came. Default: all.
   */
  readonly compressionAlgorithms?: readonly HttpEncoding[] | undefined;
  /** What browsers of other origins may do. Absent: nothing. */
  readonly cors?: HttpCors | undefined;
}

/**
 * A Content-Encoding that a server can undo; `''` is none, `zlib` and `deflate` are the same.
 * `snappy` is a block or a stream of frames, `x-snappy-framed` the latter alone.
 */
export type HttpEncoding = '' | 'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd';

/** Cross-origin requests. Preflights are answered with 204 before `admit`. */
export interface HttpCors {
  /** Such as `https://app.example`, `https://*.example` or `*`. */
  readonly allowedOrigins: readonly string[];
  /** Request headers beside those that are always allowed and `X-Requested-With`; `*` is any. */
  readonly allowedHeaders?: readonly string[] | undefined;
  /** Response headers that a script may read. */
  readonly exposedHeaders?: readonly string[] | undefined;
  /** For how long a browser may remember the answer to a preflight. Default: it decides. */
  readonly maxAgeSeconds?: number | undefined;
}

export type HttpCompression = 'none' | Compression;

export interface HttpClientOptions {
  /** Reads the TLS files at `open`, looks names up, times the exchanges. */
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  readonly tls: TlsClientSettings;
  /** Of bodies of 1 KiB and more that do not name their Content-Encoding. Default `none`. */
  readonly compression?: HttpCompression | undefined;
  /** How hard to compress, by the algorithm's own scale; snappy has none. Default: what the algorithm has. */
  readonly compressionLevel?: number | undefined;
  /** Sent with every request; they win over those of the call. `host` names the server, whatever the URL. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  /** Bytes of a reply that are read; the rest is cut off. Default 64 KiB. */
  readonly maxReplyBytes?: number | undefined;
  /** Connections to one host; more requests wait. Default 0: no limit. */
  readonly maxConnectionsPerHost?: number | undefined;
  /** An idle connection is closed after this time. Default 45 s: before most servers and balancers close it. */
  readonly idleConnectionTimeoutMs?: number | undefined;
  /** Connections that are kept while idle, to all hosts. Default 100. 0 is no limit. */
  readonly maxIdleConnections?: number | undefined;
  /** The same to one host. Default 0: no limit. */
  readonly maxIdleConnectionsPerHost?: number | undefined;
  /** `false` opens a connection for every request. Default `true`. */
  readonly keepAlives?: boolean | undefined;
  /** Offers HTTP/2 to servers with TLS. Absent: HTTP/1.1 alone. */
  readonly http2?: HttpClientHttp2 | undefined;
  /** The proxy of every request, `http://[user:password@]host:port`. Default: what the environment names. */
  readonly proxyUrl?: string | undefined;
  /** Names the proxy (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`), read at `open`. Default: that of the process. */
  readonly environment?: Environment | undefined;
}

/** How a client speaks HTTP/2. Times are those of the machine. */
export interface HttpClientHttp2 {
  /** Time between pings, which show that the server is still there. Default 0: none. */
  readonly readIdleTimeoutMs?: number | undefined;
  /** A connection on which nothing comes for this much longer is closed. Default 15 s. */
  readonly pingTimeoutMs?: number | undefined;
}

export interface HttpCall {
  readonly url: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whole exchange, reading the reply included. 0 or absent is none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpGet {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Until the headers of the reply. 0 or absent is none. */
  readonly timeoutMs?: number | undefined;
  /** Ends the reply too. */
  readonly signal?: AbortSignal | undefined;
}

/** A reply, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/** A reply that is read while it comes, whatever its status. */
export interface HttpStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  /**
   * As it came; it may have no end, and no bound. To be read once, to its end or until the loop is left, which closes
   * the connection. Rejects with a {@link TransportError} where the connection breaks or the call is aborted.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpClient {
  /**
   * Reads the TLS files. Rejects with a {@link TransportError} where one cannot
   * be read. A client that was not opened opens at its first request.
   */
  open(): Promise<void>;
  /**
   * Resolves with any reply, whatever its status; redirects are not followed.
   * Rejects with a {@link TransportError} where there was none (unreachable, timeout, aborted).
   */
  post(call: HttpCall): Promise<HttpResponse>;
  /** As `post`, but resolves when the headers are in. The reply holds its connection until it is read, or aborted. */
  get(call: HttpGet): Promise<HttpStream>;
  /** Requests under way are cut, and replies that are being read. Safe twice. */
  close(): Promise<void>;
}
