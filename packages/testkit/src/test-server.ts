import { systemRuntime } from '@tributary/collector';
import type { Consumer, Context, Logger, Signal } from '@tributary/component';
import {
  defaultPaths,
  failureReply,
  otlpHttpHandler,
  otlpMethods,
  rpcStatus,
  type OtlpConsumers,
  type OtlpStatus,
} from '@tributary/otlp';
import type { Batch } from '@tributary/pdata';
import {
  createHttpServer,
  createUnaryServer,
  RpcError,
  type HttpHandler,
  type TlsServerSettings,
} from '@tributary/transport';
import { KeepingSink } from './memory-exporter.js';
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
  /** The requests that could be read and were not empty, whatever their outcome. `clear()` forgets them too. */
  readonly requests: readonly TestRequest[];
  /**
   * Answers the next request, and those after it where `times` says so, by exactly this status, as servers
   * do that are not ours: without a hint, or with a code that OTLP does not mean. Nothing is taken. Stands in
   * one line with `refuseNext`.
   */
  answerNext(answer: ExactAnswer): void;
  /** Cuts what is under way. Safe twice. */
  close(): Promise<void>;
}

/** A status, word for word. */
export interface ExactAnswer {
  /** gRPC code, 1 to 16. */
  readonly code: number;
  /** By HTTP. Default: what OTLP has for the code. */
  readonly httpStatus?: number;
  readonly message?: string;
  /** RetryInfo, or Retry-After. Default: no hint. */
  readonly retryAfterMs?: number;
  /** How many requests. Default 1. */
  readonly times?: number;
}

/** A request that arrived at a {@link testServer}. */
export interface TestRequest {
  readonly signal: Signal;
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  /** Headers, or gRPC metadata. Lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly items: number;
}

const mebibyte = 2 ** 20;

class RecordingSink extends KeepingSink {
  #requests: TestRequest[] = [];

  get requests(): readonly TestRequest[] {
    return [...this.#requests];
  }

  override clear(): void {
    super.clear();
    this.#requests = [];
  }

  answerNext(answer: ExactAnswer): void {
    const { code, message = 'says the test', retryAfterMs, httpStatus, times } = answer;
    this.answers.next(() => {
      throw new ExactStatus({ code, message, retryAfterMs }, httpStatus);
    }, times);
  }

  /** The consumers of one server: what they take was sent by a protocol that `protocolOf` tells. */
  consumers(protocolOf: (headers: TestRequest['headers']) => TestRequest['protocol']): OtlpConsumers {
    const consumer = {
      consume: (batch: Batch<Signal>, context: Context): Promise<void> => {
        const { metadata: headers } = context.client;
        const { signal, itemCount: items } = batch;
        this.#requests.push({ signal, protocol: protocolOf(headers), headers, items });
        return this.take(batch, context, Infinity);
      },
    } satisfies Consumer<Signal>;
    return { traces: consumer, metrics: consumer, logs: consumer, profiles: consumer };
  }
}

/** Passes through a server of OTLP as it is, because it is no error of a pipeline. */
class ExactStatus extends RpcError {
  readonly status: OtlpStatus;
  readonly httpStatus: number | undefined;

  constructor(status: OtlpStatus, httpStatus: number | undefined) {
    super(rpcStatus(status));
    this.status = status;
    this.httpStatus = httpStatus;
  }
}

/** gRPC knows what an RpcError means; HTTP has to be told. */
function withExactStatus(handler: HttpHandler): HttpHandler {
  return {
    ...handler,
    async handle(request) {
      try {
        return await handler.handle(request);
      } catch (error) {
        if (!(error instanceof ExactStatus)) throw error;
        const encoding = isJson(request.headers['content-type']) ? 'json' : 'proto';
        return failureReply(error.status, encoding, error.httpStatus);
      }
    },
  };
}

/**
 * Starts an OTLP server on free ports of 127.0.0.1: gRPC and HTTP, protobuf and JSON,
 * all signals.
 *
 * @example
 * await using server = await testServer();
 * const exporter = otlpExporter({ endpoint: server.grpc, tls: { insecure: true } });
 * // … a collector with that exporter runs …
 * await server.traces.waitFor((span) => span.name === 'GET /');
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { tls, maxRequestBytes = 64 * mebibyte } = options;
  const sink = new RecordingSink();
  const common = { runtime: { ...systemRuntime(), logger: silent }, endpoint: '127.0.0.1:0', tls };
  const reading = { repairUtf8: true, maxItems: Infinity, includeMetadata: true, onRepair() {} };
  const grpcServer = createUnaryServer({
    ...common,
    methods: otlpMethods(
      sink.consumers(() => 'grpc'),
      reading,
    ),
    maxMessageBytes: maxRequestBytes,
  });
  const httpServer = createHttpServer({
    ...common,
    handler: withExactStatus(
      otlpHttpHandler(sink.consumers(httpProtocol), { ...reading, paths: defaultPaths }),
    ),
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

function httpProtocol(headers: TestRequest['headers']): TestRequest['protocol'] {
  return isJson(headers.get('content-type')) ? 'http/json' : 'http/protobuf';
}

const isJson = (contentType: string | readonly string[] | undefined): boolean =>
  String(contentType).includes('json');

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
