import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata as GrpcMetadata,
  status as Status,
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { compress, minCompressedBytes } from './compression.js';
import { formatHostPort, parseGrpcEndpoint, type GrpcTarget } from './endpoint.js';
import { messageOf, TransportError } from './errors.js';
import { asBuffer, defaultMaxMessageBytes, detailsTrailer, identity } from './grpc-bytes.js';
import { encodingCredentials, packedMessage } from './grpc-packed.js';
import { resolvedBy } from './grpc-resolver.js';
import { proxyFor } from './proxy.js';
import { grpcDeadlineMs, grpcTimeMs } from './timer-limits.js';
import { loadClientTls, type LoadedClientTls } from './tls.js';
import { RpcError, type Metadata, type UnaryClient, type UnaryClientOptions } from './unary.js';

/** A unary gRPC client on @grpc/grpc-js, with a connection of its own to each address it uses. */
export function createUnaryClient(options: UnaryClientOptions): UnaryClient {
  const { endpoint, runtime } = options;
  const requestMetadata = metadataCache(options);
  const packing = packingOf(options);
  const cancels = new Set<() => void>();
  let opening: Promise<void> | undefined;
  let client: Client | undefined;
  let isClosed = false;

  async function connect(): Promise<void> {
    const target = parseGrpcEndpoint(endpoint);
    if (typeof target === 'string') throw new TransportError('endpoint', target);
    const tls = await loadClientTls(options.tls, runtime.fs, target.forcesTls);
    if (isClosed) return;
    const route = routeTo(target, options);
    client = new Client(route.address, credentialsOf(tls), channelOptions(options, tls, route.options));
    client.getChannel().getConnectivityState(true);
  }

  function open(): Promise<void> {
    opening ??= connect().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  function failure(code: number, text: string, details?: Uint8Array): RpcError {
    return new RpcError({ code, message: `${endpoint}: ${text}`, details });
  }

  return {
    open,
    async call(path, message, { timeoutMs = 0, signal, metadata } = {}) {
      if (client === undefined && !isClosed) {
        try {
          await open();
        } catch (error) {
          throw new RpcError({ code: Status.UNAVAILABLE, message: messageOf(error) }, { cause: error });
        }
      }
      // Awaited only where there is something to do: a turn for every call is not free.
      const outgoing = packing === undefined ? asBuffer(message) : await packing.pack(message);
      if (client === undefined || isClosed) throw failure(Status.CANCELLED, 'the client is closed');
      if (signal?.aborted) throw failure(Status.CANCELLED, 'the call was cancelled');
      const grpc = client;
      return new Promise((resolve, reject) => {
        // Why we ended the call ourselves, if we did: grpc-js would call all of it CANCELLED.
        let reason: RpcError | undefined;
        const call = grpc.makeUnaryRequest(
          path,
          identity,
          identity,
          outgoing,
          requestMetadata(timeoutMs, metadata),
          packing?.callOptions ?? {},
          (error: ServiceError | null, response?: Buffer) => {
            timer?.stop();
            signal?.removeEventListener('abort', abort);
            cancels.delete(abort);
            if (error === null) resolve(response!);
            else reject(reason ?? failure(codeOf(error), error.details, detailsOf(error)));
          },
        );
        const end = (why: RpcError): void => {
          reason ??= why;
          call.cancel();
        };
        const abort = (): void => end(failure(Status.CANCELLED, 'the call was cancelled'));
        const timer =
          timeoutMs > 0
            ? runtime.clock.after(timeoutMs, () =>
                end(failure(Status.DEADLINE_EXCEEDED, `no answer within ${timeoutMs} ms`)),
              )
            : undefined;
        signal?.addEventListener('abort', abort, { once: true });
        cancels.add(abort);
      });
    },
    close() {
      isClosed = true;
      for (const cancel of cancels) cancel();
      client?.close();
    },
  };
}

/** What grpc-js says of a stream that ended with NO_ERROR or INTERNAL_ERROR, and without a status of the peer. */
const endedWithoutStatus = /^Received RST_STREAM with code [02]\b/;

/** A peer that died has said nothing of the request, least of all that it is not to come again: INTERNAL would. */
function codeOf({ code, details }: ServiceError): number {
  return code === Status.INTERNAL && endedWithoutStatus.test(details) ? Status.UNAVAILABLE : code;
}

/** The target of a channel: the endpoint, or the proxy before it. */
interface Route {
  readonly address: string;
  readonly options: ChannelOptions;
}

function routeTo({ target, hostPort }: GrpcTarget, options: UnaryClientOptions): Route {
  const { runtime, environment = process.env } = options;
  if (hostPort === undefined) return { address: target, options: {} };
  const { port } = hostPort;
  // Without a host it is this machine, as for every client in Go.
  const host = hostPort.host || 'localhost';
  const proxy = proxyFor({ scheme: 'https', host, port }, environment);
  if (proxy === undefined) return resolvedBy(runtime, formatHostPort(host, port));
  if (proxy.isSecure) {
    throw new TransportError('endpoint', 'HTTPS_PROXY: gRPC goes through proxies by http:// alone');
  }
  const route = resolvedBy(runtime, formatHostPort(proxy.host, proxy.port));
  const authority = formatHostPort(host, port);
  return {
    address: route.address,
    options: {
      ...route.options,
      'grpc.default_authority': authority,
      'grpc.http_connect_target': `dns:${authority}`,
      ...(proxy.credentials && { 'grpc.http_connect_creds': proxy.credentials }),
    },
  };
}

function channelOptions(
  options: UnaryClientOptions,
  tls: LoadedClientTls | undefined,
  ofRoute: ChannelOptions,
): ChannelOptions {
  const { keepalive, balancer = 'round_robin', authority = tls?.servername } = options;
  return {
    ...ofRoute,
    // Its own reading of the environment knows no capitals, and takes HTTP_PROXY, too.
    'grpc.enable_http_proxy': 0,
    'grpc.max_receive_message_length': options.maxResponseBytes ?? defaultMaxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
    // Clients would else share a connection by address, and its window, unseen.
    'grpc.use_local_subchannel_pool': 1,
    // A backend that was away for an hour is tried again within seconds, not minutes.
    'grpc.max_reconnect_backoff_ms': 10_000,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [balancer]: {} }] }),
    ...(options.userAgent && { 'grpc.primary_user_agent': options.userAgent }),
    ...(options.compression === 'gzip' && {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    }),
    ...(keepalive && {
      'grpc.keepalive_time_ms': grpcTimeMs(keepalive.timeMs),
      'grpc.keepalive_permit_without_calls': keepalive.permitWithoutStream ? 1 : 0,
      ...(keepalive.timeoutMs && { 'grpc.keepalive_timeout_ms': grpcTimeMs(keepalive.timeoutMs) }),
    }),
    ...(tls?.servername && { 'grpc.ssl_target_name_override': tls.servername }),
    ...(authority && { 'grpc.default_authority': authority }),
  };
}

function credentialsOf(tls: LoadedClientTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { secureContext, rejectUnauthorized } = tls;
  return credentials.createFromSecureContext(secureContext, { rejectUnauthorized });
}

/** How messages are packed that @grpc/grpc-js cannot pack itself. */
interface Packing {
  pack(message: Uint8Array): Buffer | Promise<Buffer>;
  readonly callOptions: CallOptions;
}

function packingOf({ compression = 'none' }: UnaryClientOptions): Packing | undefined {
  if (compression === 'none' || compression === 'gzip') return undefined;
  // In gRPC the name stands for the framed format: it is what Go's codec writes and reads.
  const algorithm = compression === 'snappy' ? 'x-snappy-framed' : compression;
  return {
    callOptions: { credentials: encodingCredentials(compression) },
    pack(message) {
      if (message.byteLength < minCompressedBytes) return asBuffer(message);
      const packed = compress(algorithm, message);
      return packed instanceof Uint8Array ? packedMessage(packed) : packed.then(packedMessage);
    },
  };
}

/** Makes the metadata of a call; that of calls with nothing of their own, which is most, is made once. */
function metadataCache({
  headers = {},
  waitForReady = false,
}: UnaryClientOptions): (timeoutMs: number, own: Metadata | undefined) => GrpcMetadata {
  const byTimeout = new Map<number, GrpcMetadata>();
  return (timeoutMs, own) => {
    if (own !== undefined && own.size > 0) return make(timeoutMs, own);
    let metadata = byTimeout.get(timeoutMs);
    if (metadata === undefined) {
      metadata = make(timeoutMs, undefined);
      // One client has one timeout, or two; more must not pile up.
      if (byTimeout.size < 8) byTimeout.set(timeoutMs, metadata);
    }
    return metadata;
  };

  function make(timeoutMs: number, own: Metadata | undefined): GrpcMetadata {
    const metadata = new GrpcMetadata({ waitForReady });
    for (const [name, values] of own ?? []) for (const value of values) metadata.add(name, value);
    for (const [name, value] of Object.entries(headers)) {
      // The value of a binary header is its bytes: gRPC itself writes them in base64.
      const isBinary = /-bin$/i.test(name);
      if (!own?.has(name.toLowerCase())) metadata.set(name, isBinary ? Buffer.from(value) : value);
    }
    // By hand, because grpc-js counts a deadline by the machine's clock, and ours is injected.
    if (timeoutMs > 0) metadata.set('grpc-timeout', formatTimeout(grpcDeadlineMs(timeoutMs)));
    return metadata;
  }
}

/** At most eight digits and a unit (gRPC over HTTP/2, "Timeout"). */
function formatTimeout(ms: number): string {
  return ms < 1e8 ? `${Math.ceil(ms)}m` : `${Math.min(Math.ceil(ms / 1000), 99_999_999)}S`;
}

function detailsOf(error: ServiceError): Uint8Array | undefined {
  const [value] = error.metadata.get(detailsTrailer);
  return typeof value === 'string' ? undefined : value;
}
