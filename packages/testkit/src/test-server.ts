import { systemRuntime } from '@tributary/collector';
import { createContext, type ClientInfo, type Logger, type Signal } from '@tributary/component';
import { batchFactory, MalformedTelemetryError, type Batch } from '@tributary/pdata';
import {
  createHttpServer,
  createUnaryServer,
  RpcError,
  type HttpHandler,
  type HttpReply,
  type HttpRequest,
  type TlsServerSettings,
  type UnaryMethod,
  type UnaryRequest,
} from '@tributary/transport';
import { KeepingSink } from './memory-exporter.js';
import {
  httpStatusOf,
  responseBytes,
  responseJson,
  statusBytes,
  verdictOn,
  type Verdict,
} from './otlp-reply.js';
import type { Received } from './received.js';
import type { Script } from './script.js';

/** How a {@link testServer} listens. */
export interface TestServerOptions {
  /** Default: plaintext. */
  readonly tls?: TlsServerSettings;
  /** Largest request in bytes, after decompression. Default 64 MiB. */
  readonly maxRequestBytes?: number;
}

/** An OTLP server that keeps what arrives and answers by a script. */
export interface TestServer extends Received, Script, AsyncDisposable {
  /** Where gRPC listens: `127.0.0.1:54321`. */
  readonly grpc: string;
  /** Where HTTP listens: `http://127.0.0.1:54322`; paths are `/v1/traces` and so on. */
  readonly http: string;
  /** The requests that could be read, whatever their outcome. `clear()` forgets them too. */
  readonly requests: readonly TestRequest[];
  /** Cuts what is under way. Safe twice. */
  close(): Promise<void>;
}

/** A request that arrived at a {@link testServer}. */
export interface TestRequest {
  readonly signal: Signal;
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  /** Headers, or gRPC metadata. Lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly items: number;
}

const paths: ReadonlyMap<Signal, { readonly grpc: string; readonly http: string }> = new Map([
  ['traces', { grpc: '/opentelemetry.proto.collector.trace.v1.TraceService/Export', http: '/v1/traces' }],
  [
    'metrics',
    { grpc: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', http: '/v1/metrics' },
  ],
  ['logs', { grpc: '/opentelemetry.proto.collector.logs.v1.LogsService/Export', http: '/v1/logs' }],
  [
    'profiles',
    {
      grpc: '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
      http: '/v1development/profiles',
    },
  ],
]);
const mebibyte = 2 ** 20;
const invalidArgument = 3;

class RecordingSink extends KeepingSink {
  #requests: TestRequest[] = [];

  get requests(): readonly TestRequest[] {
    return [...this.#requests];
  }

  override clear(): void {
    super.clear();
    this.#requests = [];
  }

  async judge(
    batch: Batch<Signal>,
    request: Omit<TestRequest, 'items' | 'signal'>,
    caller: { readonly client: ClientInfo; readonly signal: () => AbortSignal },
  ): Promise<Verdict> {
    const items = batch.itemCount;
    this.#requests.push({ ...request, signal: batch.signal, items });
    try {
      await this.take(batch, createContext(caller), Infinity);
      return { kind: 'accepted' };
    } catch (error) {
      return verdictOn(error, items);
    }
  }
}

/**
 * Starts an OTLP server on free ports of 127.0.0.1: gRPC and HTTP, protobuf and JSON,
 * all signals.
 *
 * @example
 * await using server = await testServer();
 * const exporter = otlpExporter({ endpoint: server.grpc, tls: { insecure: true } });
 * // … a collector with that exporter runs …
 * await server.waitFor(({ spans }) => spans.length === 3);
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { tls, maxRequestBytes = 64 * mebibyte } = options;
  const sink = new RecordingSink();
  const runtime = { ...systemRuntime(), logger: silent };
  const common = { runtime, endpoint: '127.0.0.1:0', tls };
  const methods = new Map<string, UnaryMethod>();
  for (const [signal, { grpc }] of paths) methods.set(grpc, grpcMethod(signal, sink));
  const grpcServer = createUnaryServer({ ...common, methods, maxMessageBytes: maxRequestBytes });
  const httpServer = createHttpServer({
    ...common,
    handler: httpHandler(sink),
    maxBodyBytes: maxRequestBytes,
  });
  const grpc = await grpcServer.listen();
  const http = `${tls === undefined ? 'http' : 'https'}://${await httpServer.listen()}`;
  async function close(): Promise<void> {
    const now = AbortSignal.abort();
    await Promise.all([grpcServer.close(now), httpServer.close(now)]);
  }
  return Object.assign(sink, { grpc, http, close, [Symbol.asyncDispose]: close });
}

function grpcMethod(signal: Signal, sink: RecordingSink): UnaryMethod {
  return {
    async handle(call: UnaryRequest) {
      const batch = read(() => batchFactory(signal).from(call.message));
      if (typeof batch === 'string') throw new RpcError({ code: invalidArgument, message: batch });
      const client = { address: call.peer, metadata: call.metadata };
      const request = { protocol: 'grpc', headers: call.metadata } as const;
      const verdict = await sink.judge(batch, request, { client, signal: () => call.signal });
      if (verdict.kind !== 'failed') return responseBytes(verdict);
      const { code, message, retryAfterMs } = verdict;
      throw new RpcError({ code, message, details: statusBytes(code, message, retryAfterMs) });
    },
  };
}

function httpHandler(sink: RecordingSink): HttpHandler {
  const signals = new Map([...paths].map(([signal, { http }]) => [http, signal]));
  return {
    async handle(call: HttpRequest): Promise<HttpReply> {
      const signal = signals.get(call.path);
      if (signal === undefined || call.method !== 'POST') return { status: 404 };
      const type = String(call.headers['content-type']).split(';')[0]!.trim().toLowerCase();
      const isJson = type === 'application/json';
      if (!isJson && type !== 'application/x-protobuf') return { status: 415 };
      const batch = read(() =>
        isJson ? batchFactory(signal).fromJson(call.body) : batchFactory(signal).from(call.body),
      );
      if (typeof batch === 'string') return failure(400, invalidArgument, batch, isJson);
      const headers = headersOf(call);
      const client = { address: call.peer, metadata: headers };
      const request = { protocol: isJson ? 'http/json' : 'http/protobuf', headers } as const;
      const verdict = await sink.judge(batch, request, { client, signal: () => call.signal });
      if (verdict.kind !== 'failed') {
        const body = isJson ? responseJson(signal, verdict) : responseBytes(verdict);
        return { status: 200, headers: { 'content-type': type }, body };
      }
      const { code, message, retryAfterMs } = verdict;
      return failure(httpStatusOf(code), code, message, isJson, retryAfterMs);
    },
    refuse: (_, { status, message }) => failure(status, invalidArgument, message, false),
  };
}

function failure(
  status: number,
  code: number,
  message: string,
  isJson: boolean,
  retryAfterMs?: number,
): HttpReply {
  return {
    status,
    headers: {
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
    body: isJson ? JSON.stringify({ code, message }) : statusBytes(code, message, undefined),
  };
}

/** A batch, or what is wrong with the bytes. */
function read(from: () => Batch<Signal>): Batch<Signal> | string {
  try {
    return from();
  } catch (error) {
    if (error instanceof MalformedTelemetryError) return error.message;
    throw error;
  }
}

function headersOf({ headers }: HttpRequest): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, typeof value === 'string' ? [value] : value);
  }
  return map;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
