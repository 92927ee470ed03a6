import { systemRuntime } from '@tributary/collector';
import type { Consumer, Context, Logger, Signal } from '@tributary/component';
import { defaultPaths, otlpHttpHandler, otlpMethods, type OtlpConsumers } from '@tributary/otlp';
import type { Batch } from '@tributary/pdata';
import { createHttpServer, createUnaryServer, type TlsServerSettings } from '@tributary/transport';
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
    handler: otlpHttpHandler(sink.consumers(httpProtocol), { ...reading, paths: defaultPaths }),
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
  return headers.get('content-type')?.[0]?.includes('json') === true ? 'http/json' : 'http/protobuf';
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
