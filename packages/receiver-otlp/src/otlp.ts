import {
  defineReceiver,
  receiverMetrics,
  type Component,
  type Consumer,
  type Host,
  type ReceiverFactory,
  type ReceiverMetrics,
  type Settings,
  type Signal,
} from '@tributary/component';
import {
  defaultPaths,
  otlpHttpHandler,
  otlpMethods,
  type OtlpConsumers,
  type OtlpServerOptions,
} from '@tributary/otlp';
import { createHttpServer, createUnaryServer, type Server } from '@tributary/transport';
import {
  schema,
  type OtlpGrpcSettings,
  type OtlpHttpSettings,
  type OtlpReceiverConfig,
  type OtlpReceiverSettings,
} from './config.js';
import { createRepairs } from './repairs.js';

const bytesPerMib = 2 ** 20;
/** Of grpc-go. */
const defaultPingMs = 300_000;

/** The servers of one receiver, whatever signals it takes. */
interface Servers extends Component {
  /** Hands what arrives of a signal to `next`, from the next start on. */
  serve<S extends Signal>(signal: S, next: Consumer<S>): Component;
}

function createServers(settings: Settings<OtlpReceiverSettings>): Servers {
  const { config, logger } = settings;
  const { grpc, http } = config.protocols;
  const consumers: { [S in Signal]?: Consumer<S> } = {};
  const repairs = createRepairs(settings);
  const reading = (transport: 'grpc' | 'http'): Reading => ({
    repairUtf8: config.repair_utf8,
    maxItems: config.max_request_items,
    onRepair: (fields) => repairs.add(fields),
    onOutcome: counting(settings, transport),
  });
  let servers: readonly Server[] = [];

  async function listen(server: Server, name: 'grpc' | 'http', host: Host): Promise<void> {
    const endpoint = await server.listen();
    logger.info(`Starting ${name.toUpperCase()} server`, { endpoint });
    host.listening(name, endpoint);
  }

  return {
    serve(signal, next) {
      Object.assign(consumers, { [signal]: next });
      return {};
    },
    async start(host) {
      warnOfUseless(settings);
      // Who only seems to receive is worse than who has stopped: the collector ends, and is started anew.
      const onDeath = (error: Error): void => host.report({ status: 'fatal_error', error });
      const grpcServer = grpc && createGrpc(settings, grpc, consumers, reading('grpc'), onDeath);
      const httpServer = http && createHttp(settings, http, consumers, reading('http'), onDeath);
      // Kept before the first one opens: where the second cannot, the shutdown that follows closes both.
      servers = [grpcServer, httpServer].filter((server) => server !== undefined);
      if (grpcServer !== undefined) await listen(grpcServer, 'grpc', host);
      if (httpServer !== undefined) await listen(httpServer, 'http', host);
    },
    async shutdown(grace) {
      // Both at once, so that neither takes new requests while the other waits for its last ones.
      await Promise.all(servers.map((server) => server.close(grace)));
      repairs.close();
    },
  };
}

/** Tells of keys that are taken and do nothing. */
function warnOfUseless({ config, logger }: Settings<OtlpReceiverSettings>): void {
  const { grpc, http } = config.protocols;
  for (const key of ['read_buffer_size', 'write_buffer_size'] as const) {
    if (grpc?.[key])
      logger.warn('Has no effect: Node has its own sizes of buffers', { key, value: grpc[key] });
  }
  const cors = http?.cors;
  if (cors?.allowed_origins.length === 0 && cors.allowed_headers.length > 0) {
    logger.warn('cors.allowed_headers has no effect without allowed_origins');
  }
}

type Reading = Omit<OtlpServerOptions, 'includeMetadata'>;

/** Counts what came by one protocol. The metrics of a signal are made when its first request has its answer. */
function counting({ meter }: Settings<OtlpReceiverSettings>, transport: string): Reading['onOutcome'] {
  const metrics: { [S in Signal]?: ReceiverMetrics } = {};
  return (signal, accepted, refused) => {
    metrics[signal] ??= receiverMetrics(meter, signal, transport);
    metrics[signal].ended(accepted, refused);
  };
}

function createGrpc(
  runtime: Settings<OtlpReceiverSettings>,
  config: OtlpGrpcSettings,
  consumers: OtlpConsumers,
  reading: Reading,
  onDeath: (error: Error) => void,
): Server {
  const { server_parameters: times, enforcement_policy: pings } = config.keepalive;
  return createUnaryServer({
    runtime,
    onDeath,
    endpoint: config.endpoint,
    transport: config.transport,
    tls: config.tls,
    methods: otlpMethods(consumers, { ...reading, includeMetadata: config.include_metadata }),
    // In the Collector's keys 0 is "as the library has it"; so it is here.
    maxMessageBytes: config.max_recv_msg_size_mib * bytesPerMib || undefined,
    maxConcurrentStreams: config.max_concurrent_streams || undefined,
    keepalive: {
      maxConnectionIdleMs: times.max_connection_idle || undefined,
      maxConnectionAgeMs: times.max_connection_age || undefined,
      maxConnectionAgeGraceMs: times.max_connection_age_grace || undefined,
      timeMs: times.time || undefined,
      timeoutMs: times.timeout || undefined,
      enforcement: {
        minTimeMs: pings.min_time || defaultPingMs,
        permitWithoutStream: pings.permit_without_stream,
      },
    },
  });
}

function createHttp(
  runtime: Settings<OtlpReceiverSettings>,
  config: OtlpHttpSettings,
  consumers: OtlpConsumers,
  reading: Reading,
  onDeath: (error: Error) => void,
): Server {
  return createHttpServer({
    runtime,
    onDeath,
    endpoint: config.endpoint,
    transport: config.transport,
    tls: config.tls,
    handler: otlpHttpHandler(consumers, {
      ...reading,
      includeMetadata: config.include_metadata,
      paths: {
        traces: config.traces_url_path,
        metrics: config.metrics_url_path,
        logs: config.logs_url_path,
        profiles: defaultPaths.profiles,
      },
    }),
    maxBodyBytes: config.max_request_body_size,
    headerTimeoutMs: config.read_header_timeout,
    requestTimeoutMs: config.read_timeout,
    writeTimeoutMs: config.write_timeout,
    idleTimeoutMs: config.idle_timeout,
    keepAlives: config.keep_alives_enabled,
    responseHeaders: config.response_headers,
    compressionAlgorithms: config.compression_algorithms,
    cors: config.cors && {
      allowedOrigins: config.cors.allowed_origins,
      allowedHeaders: config.cors.allowed_headers,
      exposedHeaders: config.cors.exposed_headers,
      maxAgeSeconds: config.cors.max_age || undefined,
    },
  });
}

/**
 * Receives OTLP over gRPC and HTTP (protobuf and JSON). One server for each protocol, whatever the number
 * of pipelines; a signal that stands in no pipeline is not served (UNIMPLEMENTED, 404). It answers when the
 * pipeline has taken the request, and passes refusals on with their hints.
 */
export const otlpReceiver: ReceiverFactory<OtlpReceiverConfig, 'traces' | 'metrics' | 'logs' | 'profiles'> =
  defineReceiver({
    type: 'otlp',
    config: schema,
    shared: createServers,
    traces: ({ shared, next }) => shared.serve('traces', next),
    metrics: ({ shared, next }) => shared.serve('metrics', next),
    logs: ({ shared, next }) => shared.serve('logs', next),
    profiles: ({ shared, next }) => shared.serve('profiles', next),
  });
