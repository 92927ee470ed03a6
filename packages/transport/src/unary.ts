/**
 * The gRPC seam: unary calls, bytes in and bytes out. Receivers and exporters
 * know only these interfaces; `grpc-server.ts` and `grpc-client.ts` implement
 * them with @grpc/grpc-js, and a faster transport can stand beside it.
 */
import type { TlsClientSettings, TlsServerSettings } from './tls.js';

/** Lower-case names. Binary values (`…-bin`) are not in it. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** The status of a call that failed: a gRPC code of 1 to 16, and what came with it. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** A serialised `google.rpc.Status` (`grpc-status-details-bin`), if there was one. */
  readonly details?: Uint8Array | undefined;
}

/** A call that arrived. */
export interface UnaryRequest {
  /** The message, decompressed. It belongs to the handler. */
  readonly message: Uint8Array;
  /** Made on first use. */
  readonly metadata: Metadata;
  /** Address and port of the caller. */
  readonly peer: string;
  /** Aborts when the caller cancels, disconnects or its deadline passes. Made on first use. */
  readonly signal: AbortSignal;
}

/** One method of a server. */
export interface UnaryMethod {
  /** Asked when the metadata is in, before the message is read: a status refuses the call there. */
  admit?(): RpcStatus | undefined;
  /** Returns the response message. Throws an {@link RpcError} for any other outcome; anything else thrown is INTERNAL. */
  handle(request: UnaryRequest): Uint8Array | Promise<Uint8Array>;
}

export interface UnaryServerOptions {
  /** `host:port`, or a path where `transport` is `unix`. `localhost` binds both address families. */
  readonly endpoint: string;
  readonly transport?: 'tcp' | 'unix';
  readonly tls?: TlsServerSettings | undefined;
  /** By full method path: `/package.Service/Method`. Any other path is UNIMPLEMENTED. */
  readonly methods: ReadonlyMap<string, UnaryMethod>;
  /** Largest message after decompression, in bytes; above it RESOURCE_EXHAUSTED. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Streams a connection may have open. Default: no limit of ours. */
  readonly maxConcurrentStreams?: number;
}

/** A listening server. */
export interface Server {
  /** Binds. Resolves with the bound address, `host:port` or the path. Rejects with a clear message (in use, no permission). */
  listen(): Promise<string>;
  /** Takes no new calls and waits for those under way; `grace` cuts them. Safe before `listen` and twice. */
  close(grace: AbortSignal): Promise<void>;
}

export interface UnaryClientOptions {
  /** `host:port`, `unix:///path`, or with a scheme that the gRPC resolver knows. */
  readonly endpoint: string;
  readonly tls: TlsClientSettings;
  readonly compression?: 'none' | 'gzip';
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  /** Largest response in bytes. Default 4 MiB. */
  readonly maxResponseBytes?: number;
}

export interface UnaryCallOptions {
  /** Deadline, sent to the server. 0 or absent is none. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly metadata?: Metadata;
}

/** A connection to one peer, opened on first use and kept. */
export interface UnaryClient {
  /** Resolves with the response message; rejects with an {@link RpcError}. */
  call(path: string, message: Uint8Array, options?: UnaryCallOptions): Promise<Uint8Array>;
  close(): void;
}

/** A call that ended with a status other than OK. */
export class RpcError extends Error implements RpcStatus {
  readonly code: number;
  readonly details: Uint8Array | undefined;

  constructor(status: RpcStatus, options?: ErrorOptions) {
    super(status.message, options);
    this.name = 'RpcError';
    this.code = status.code;
    this.details = status.details;
  }
}
