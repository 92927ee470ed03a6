/**
 * The gRPC seam: unary calls, bytes in and bytes out (and for watchers, answers that go on). Receivers and exporters
 * know only these interfaces; `grpc-server.ts` and `grpc-client.ts` implement
 * them with @grpc/grpc-js, and a faster transport can stand beside it.
 */
import type { Runtime } from '@tributary/component';
import type { TransportError } from './errors.js';
import type { ListenTransport } from './listen.js';
import type { Environment } from './proxy.js';
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
  /** What the caller sent, and `host` from `:authority` where the caller sent none. Made on first use. */
  readonly metadata: Metadata;
  /** Address and port of the caller; `unix` where it came by a socket file. */
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

/** One method of a server that answers a request with any number of messages (server streaming). */
export interface StreamMethod {
  /** As of {@link UnaryMethod}. */
  admit?(): RpcStatus | undefined;
  /**
   * Yields the response messages; each is asked for when those before it have been sent. Throws as `handle`
   * does. It must end when `request.signal` aborts, and before the server closes, which waits for it.
   */
  stream(request: UnaryRequest): AsyncIterable<Uint8Array>;
}

export interface UnaryServerOptions {
  /** Reads the TLS files at `listen`, times pings, hears of what the server cannot tell a caller. */
  readonly runtime: Pick<Runtime, 'clock' | 'fs' | 'logger'>;
  /** `host:port`, or a path where `transport` is `unix`. `localhost` binds both address families. */
  readonly endpoint: string;
  /** Default `tcp`. The file of a `unix` socket that nobody serves any more is replaced. */
  readonly transport?: ListenTransport | undefined;
  /** Told once where the server listens no more although nobody closed it. */
  readonly onDeath?: ((error: Error) => void) | undefined;
  /** Absent: plaintext. */
  readonly tls?: TlsServerSettings | undefined;
  /** By full method path: `/package.Service/Method`. Any other path is UNIMPLEMENTED. */
  readonly methods: ReadonlyMap<string, UnaryMethod | StreamMethod>;
  /** Largest message after decompression, in bytes; above it RESOURCE_EXHAUSTED. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Calls that one connection may have open; more wait at the client. Default 1,000; each may hold `maxMessageBytes`. */
  readonly maxConcurrentStreams?: number | undefined;
  readonly keepalive?: UnaryServerKeepalive | undefined;
}

/** How long connections live. All times but those of `enforcement` are those of the machine: @grpc/grpc-js counts them. */
export interface UnaryServerKeepalive {
  /** A connection without calls is closed after this time. Default: never. */
  readonly maxConnectionIdleMs?: number | undefined;
  /** A connection takes no new calls from this age on, give or take a tenth. Default: none. */
  readonly maxConnectionAgeMs?: number | undefined;
  /** Calls under way get this much longer, then they are cut. Default: until they end. */
  readonly maxConnectionAgeGraceMs?: number | undefined;
  /** Time between pings that ask whether the client is still there. Default 2 h. */
  readonly timeMs?: number | undefined;
  /** A connection whose ping is not answered within this time is closed. Default 20 s. */
  readonly timeoutMs?: number | undefined;
  /** How often clients may ping. Absent: at will. */
  readonly enforcement?: PingEnforcement | undefined;
}

/**
 * How often clients may ping. The connection of one that pings more often three times between
 * two answers ends with GOAWAY and `too_many_pings`.
 */
export interface PingEnforcement {
  /** Least time between two pings of a connection. */
  readonly minTimeMs: number;
  /** Whether that is so too while there is no call. If not, pings must then be two hours apart. */
  readonly permitWithoutStream: boolean;
}

/** A listening server. */
export interface Server {
  /**
   * Reads the TLS files and binds. Resolves with the bound address: the endpoint
   * with the port that was bound, or the path. Rejects with a {@link TransportError}
   * (in use, no permission, no such certificate).
   */
  listen(): Promise<string>;
  /** Takes no new calls and waits for those under way; `grace` cuts them. Safe before `listen` and twice. */
  close(grace: AbortSignal): Promise<void>;
}

export interface UnaryClientOptions {
  /** Reads the TLS files at `open`, looks names up, times the deadlines. */
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  /** `host:port`, `unix:///path`, or with a scheme that the gRPC resolver knows. */
  readonly endpoint: string;
  readonly tls: TlsClientSettings;
  /** Of every request. Default `none`. `zstd` needs Node 22.15: `compressionProblem` says whether it can be sent. */
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'zstd' | undefined;
  /** Names the proxy (`HTTPS_PROXY`, `NO_PROXY`), read at `open`. Default: that of the process. */
  readonly environment?: Environment | undefined;
  /** Sent with every call that has no value of the same name in its own metadata; names in `-bin` as bytes. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Stands before the library's own. */
  readonly userAgent?: string | undefined;
  /** Largest response in bytes. Default 4 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Absent: no pings. */
  readonly keepalive?: UnaryClientKeepalive | undefined;
  /** While the peer cannot be reached, calls wait (for their deadline) instead of failing. Default `false`. */
  readonly waitForReady?: boolean | undefined;
  /** Which of the addresses of the endpoint are used: all in turn, or the first that answers. Default `round_robin`. */
  readonly balancer?: UnaryBalancer | undefined;
  /** Sent as `:authority`. Default: `server_name_override` of TLS, else the host of the endpoint. */
  readonly authority?: string | undefined;
}

export type UnaryBalancer = 'round_robin' | 'pick_first';

/** Pings that find out whether the server is still there. Times are those of the machine, as at the server. */
export interface UnaryClientKeepalive {
  /** Time between pings. */
  readonly timeMs: number;
  /** A connection whose ping is not answered within this time is closed. Default 20 s. */
  readonly timeoutMs?: number | undefined;
  /** Pings also while there is no call. Default `false`. */
  readonly permitWithoutStream?: boolean | undefined;
}

export interface UnaryCallOptions {
  /** Deadline, sent to the server. 0 or absent is none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly metadata?: Metadata | undefined;
}

/** A connection to one peer, kept while the client lives. */
export interface UnaryClient {
  /**
   * Reads the TLS files and begins to connect, without waiting for the peer.
   * Rejects with a {@link TransportError} where a file cannot be read. A client
   * that was not opened opens at its first call.
   */
  open(): Promise<void>;
  /** Resolves with the response message; rejects with an {@link RpcError} that names the endpoint. */
  call(path: string, message: Uint8Array, options?: UnaryCallOptions): Promise<Uint8Array>;
  /** Calls under way are cancelled. Safe twice. */
  close(): void;
}

const brand: unique symbol = Symbol.for('tributary/RpcError') as never;

/** A call that ended with a status other than OK. Recognised by `RpcError.is`, across copies of the package. */
export class RpcError extends Error implements RpcStatus {
  readonly code: number;
  readonly details: Uint8Array | undefined;

  constructor(status: RpcStatus, options?: ErrorOptions) {
    super(status.message, options);
    this.name = 'RpcError';
    this.code = status.code;
    this.details = status.details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is RpcError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
