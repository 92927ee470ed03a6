import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Logger, Timer } from '@tributary/component';
import {
  Metadata as GrpcMetadata,
  Server as GrpcServer,
  ServerCredentials,
  status as Status,
  type ConnectionInjector,
  type sendUnaryData,
  type ServerInterceptingCall,
  type ServerInterceptor,
  type ServerOptions,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { Arriving } from './arriving.js';
import { formatPeer } from './endpoint.js';
import { messageOf } from './errors.js';
import { asBuffer, defaultMaxMessageBytes, detailsTrailer, identity } from './grpc-bytes.js';
import { createCallUnpacker } from './grpc-compression.js';
import { watchSessions } from './grpc-sessions.js';
import { withRaisedWindows } from './http2-windows.js';
import { closedEarly, handshakeTimeoutMs, listen, type Listener } from './listen.js';
import { ownBytes } from './own-bytes.js';
import { enforcePings } from './ping-policy.js';
import { grpcTimeMs } from './timer-limits.js';
import { loadServerTls, type LoadedServerTls } from './tls.js';
import {
  RpcError,
  type Metadata,
  type RpcStatus,
  type Server,
  type StreamMethod,
  type UnaryMethod,
  type UnaryRequest,
  type UnaryServerKeepalive,
  type UnaryServerOptions,
} from './unary.js';

/**
 * Message and details become headers, and clients bound those: the strictest,
 * Java's, takes 8 KiB in all. The message is cut; details that do not fit are
 * left out, because half of them cannot be read.
 */
const maxStatusMessageBytes = 2 << 10;
const maxStatusDetailsBytes = 3 << 10;

const defaultMaxConcurrentStreams = 1000;
/** Also what ends a connection that Node has given up for a broken frame and keeps open all the same. */
const defaultKeepaliveTimeMs = 7_200_000;

type UnaryCall = ServerUnaryCall<Buffer, Uint8Array>;
type StreamCall = ServerWritableStream<Buffer, Uint8Array>;

/**
 * A unary gRPC server on @grpc/grpc-js.
 *
 * The sockets are ours and are handed to grpc-js one by one (its connection
 * injector): so both address families, socket files and every TLS setting work
 * alike here and in the HTTP server.
 */
export function createUnaryServer(options: UnaryServerOptions): Server {
  const { methods, runtime, maxMessageBytes = defaultMaxMessageBytes } = options;
  const arriving = new Arriving(runtime);

  /** Why a call of this path is refused now. */
  function refusalOf(path: string): RpcStatus | undefined {
    try {
      return methods.get(path)?.admit?.();
    } catch (error) {
      // Unheard, it would end the process.
      runtime.logger.error('admit threw', { path, error: messageOf(error) });
      return internalError;
    }
  }

  const grpc = new GrpcServer({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    // Channelz keeps counters and traces for every connection and call; nobody can ask for them here.
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams ?? defaultMaxConcurrentStreams,
    ...keepaliveOptions(options.keepalive),
    interceptors: [admission(refusalOf, maxMessageBytes, arriving, runtime.logger)],
  });
  for (const [path, method] of methods) {
    grpc.addService(serviceOf(path, 'stream' in method), {
      call:
        'stream' in method
          ? streamHandlerOf(path, method, runtime.logger)
          : handlerOf(path, method, runtime.logger),
    });
  }
  const connections = new Set<Socket>();
  let listener: Listener | undefined;
  let watch: Timer | undefined;
  let closed: Promise<void> | undefined;

  /** A connection that speaks HTTP/2 from here on. */
  function accept(socket: Socket, injector: ConnectionInjector): void {
    // The session hears of a broken socket by its close; an error that nobody listens for would end the process.
    socket.on('error', () => {});
    // Its handshake lasted until after `close`, which would not find it.
    if (closed !== undefined) return void socket.destroy();
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    injector.injectConnection(socket);
  }

  return {
    async listen() {
      const tls = options.tls && (await loadServerTls(options.tls, runtime.fs));
      const enforcement = options.keepalive?.enforcement;
      const { result: injector, raised } = withRaisedWindows(
        () => grpc.createConnectionInjector(ServerCredentials.createInsecure()),
        (server) => {
          if (enforcement) enforcePings(server, enforcement, runtime.clock);
          watch = watchSessions(server, {
            clock: runtime.clock,
            arriving,
            isStream: (path) => 'stream' in (methods.get(path) ?? {}),
            hasRoom: (path) => refusalOf(path) === undefined,
          });
        },
      );
      if (!raised) {
        runtime.logger.warn(
          'HTTP/2 windows could not be raised: large requests arrive slowly, and nothing bounds connections',
        );
      }
      listener = await listen({
        endpoint: options.endpoint,
        transport: options.transport ?? 'tcp',
        create: () => createListener(tls, (socket) => accept(socket, injector)),
        fs: runtime.fs,
        onError: (error) => runtime.logger.error('gRPC connection not accepted', { error: error.message }),
        onDeath: (error) => {
          runtime.logger.error('gRPC listener failed', { error: error.message });
          options.onDeath?.(error);
        },
      });
      if (closed !== undefined) throw await closedEarly(listener);
      return listener.address;
    },
    close(grace) {
      return (closed ??= closeServer(grpc, connections, listener, grace).finally(() => watch?.stop()));
    },
  };
}

/** grpc-js takes a 0 literally; here it is "not set". */
function keepaliveOptions(keepalive: UnaryServerKeepalive = {}): ServerOptions {
  const { maxConnectionIdleMs, maxConnectionAgeMs, maxConnectionAgeGraceMs, timeoutMs } = keepalive;
  return {
    'grpc.keepalive_time_ms': grpcTimeMs(keepalive.timeMs || defaultKeepaliveTimeMs),
    ...(maxConnectionIdleMs && { 'grpc.max_connection_idle_ms': grpcTimeMs(maxConnectionIdleMs) }),
    ...(maxConnectionAgeMs && { 'grpc.max_connection_age_ms': grpcTimeMs(maxConnectionAgeMs) }),
    ...(maxConnectionAgeGraceMs && {
      'grpc.max_connection_age_grace_ms': grpcTimeMs(maxConnectionAgeGraceMs),
    }),
    ...(timeoutMs && { 'grpc.keepalive_timeout_ms': grpcTimeMs(timeoutMs) }),
  };
}

function createListener(tls: LoadedServerTls | undefined, accept: (socket: Socket) => void): NetServer {
  return tls === undefined
    ? createNetServer({ noDelay: true }, accept)
    : createTlsServer(
        { ...tls, ALPNProtocols: ['h2'], handshakeTimeout: handshakeTimeoutMs, noDelay: true },
        accept,
      );
}

async function closeServer(
  grpc: GrpcServer,
  connections: ReadonlySet<Socket>,
  listener: Listener | undefined,
  grace: AbortSignal,
): Promise<void> {
  const stopped = listener?.stop();
  // grpc-js forgets its sessions where channelz is off, and its own force would find none.
  const cut = (): void => listener?.cut();
  grace.addEventListener('abort', cut, { once: true });
  if (grace.aborted) cut();
  // Tells the clients; each connection ends with its last call. On Node 24 grpc-js calls
  // back before that, because closing node:http2's server closes the sessions first.
  grpc.tryShutdown(() => {});
  await Promise.all(
    [...connections].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
  );
  grace.removeEventListener('abort', cut);
  // What is left has no session and so no call: handshakes under way.
  cut();
  await stopped;
}

/**
 * Asks `admit` where grpc-js makes the call, which is when the headers are in. A
 * refusal is sent at once; grpc-js then finds the call ended, does not begin to
 * read, and discards what the caller still sends.
 */
function admission(
  refusalOf: (path: string) => RpcStatus | undefined,
  maxMessageBytes: number,
  arriving: Arriving,
  logger: Logger,
): ServerInterceptor {
  const unpacksBy = createCallUnpacker(maxMessageBytes);
  let isTold = false;
  return ({ path }, call) => {
    if (!unpacksBy(call) && !isTold) {
      isTold = true;
      logger.warn('gRPC messages in snappy or zstd cannot be taken with this @grpc/grpc-js');
    }
    const refusal = refusalOf(path);
    if (refusal?.code === Status.UNAVAILABLE) arriving.makeRoom();
    if (refusal !== undefined) call.sendStatus(statusOf(refusal));
    // The declared type is the class for interceptors that wrap; handing the call on is what `call` is for.
    return call as ServerInterceptingCall;
  };
}

function serviceOf(path: string, responseStream: boolean): ServiceDefinition {
  return {
    call: {
      path,
      requestStream: false,
      responseStream,
      requestSerialize: asBuffer,
      requestDeserialize: identity,
      responseSerialize: asBuffer,
      responseDeserialize: identity,
    },
  };
}

function handlerOf(
  path: string,
  method: UnaryMethod,
  logger: Logger,
): (call: UnaryCall, respond: sendUnaryData<Uint8Array>) => void {
  return (call, respond) => {
    const request = new GrpcRequest(call);
    const succeed = (message: Uint8Array): void => {
      request.answered = true;
      respond(null, message);
    };
    const fail = (error: unknown): void => {
      request.answered = true;
      if (!RpcError.is(error)) logger.error('handler threw', { path, error: messageOf(error) });
      respond(statusOf(RpcError.is(error) ? error : internalError));
    };
    // Without `async`: a handler that is done at once costs no promise.
    try {
      const outcome = method.handle(request);
      if (outcome instanceof Uint8Array) succeed(outcome);
      else outcome.then(succeed, fail);
    } catch (error) {
      fail(error);
    }
  };
}

function streamHandlerOf(path: string, method: StreamMethod, logger: Logger): (call: StreamCall) => void {
  return (call) => {
    const request = new GrpcRequest(call);
    // It never rejects.
    void respond();

    async function respond(): Promise<void> {
      const { signal } = request;
      try {
        for await (const message of method.stream(request)) {
          await write(call, message, signal);
          if (signal.aborted) break;
        }
        request.answered = true;
        call.end();
      } catch (error) {
        const isExpected = RpcError.is(error);
        // Who waits for the caller's signal mostly throws when it comes.
        if (!isExpected && !signal.aborted) logger.error('handler threw', { path, error: messageOf(error) });
        request.answered = true;
        // How grpc-js takes a status.
        call.emit('error', statusOf(isExpected ? error : internalError));
      }
    }
  };
}

/** Resolves when a message is on its way, or when there is nobody to send it to. */
function write(call: StreamCall, message: Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    // Whether it is called back for a message that is under way when the caller leaves is nobody's promise.
    signal.addEventListener('abort', done);
    call.write(message, done);
  });
}

const internalError: RpcStatus = { code: Status.INTERNAL, message: 'internal error' };

function statusOf(status: RpcStatus): { code: Status; details: string; metadata: GrpcMetadata } {
  const metadata = new GrpcMetadata();
  const { code, message, details } = status;
  if (details !== undefined && details.byteLength <= maxStatusDetailsBytes) {
    metadata.set(detailsTrailer, asBuffer(details));
  }
  return { code, details: headerText(message), metadata };
}

/** As much of a text as fits when it is percent-encoded, which is what grpc-js does with it. */
function headerText(text: string): string {
  // Half a surrogate pair would make `encodeURI` throw; a trip through bytes replaces it.
  let kept = Buffer.from(text.slice(0, maxStatusMessageBytes)).toString();
  while (encodeURI(kept).length > maxStatusMessageBytes) {
    kept = Buffer.from(kept.slice(0, kept.length * 0.75)).toString();
  }
  return kept;
}

/** Everything but the message is looked up when somebody asks. */
class GrpcRequest implements UnaryRequest {
  readonly message: Uint8Array;
  /** From then on the end of the call is no cancellation, although grpc-js reports it as one. */
  answered = false;
  readonly #call: UnaryCall | StreamCall;
  #metadata: Metadata | undefined;
  #signal: AbortSignal | undefined;

  constructor(call: UnaryCall | StreamCall) {
    this.#call = call;
    this.message = ownBytes(call.request);
  }

  get metadata(): Metadata {
    return (this.#metadata ??= readMetadata(this.#call));
  }

  get peer(): string {
    // An IPv6 address comes without brackets; a socket file has none ("unknown").
    const [, host, port] = /^(.*):(\d+)$/.exec(this.#call.getPeer()) ?? [];
    return formatPeer(host, port === undefined ? undefined : Number(port));
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#makeSignal());
  }

  #makeSignal(): AbortSignal {
    const controller = new AbortController();
    if (this.#call.cancelled && !this.answered) controller.abort();
    else this.#call.once('cancelled', () => this.answered || controller.abort());
    return controller.signal;
  }
}

function readMetadata(call: UnaryCall | StreamCall): Metadata {
  const metadata = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(call.metadata.toJSON())) {
    const texts = values.filter((value) => typeof value === 'string');
    if (texts.length > 0) metadata.set(name, texts);
  }
  const host = call.getHost();
  if (host !== undefined && !metadata.has('host')) metadata.set('host', [host]);
  return metadata;
}
