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
import {
  createHttpServer,
  createUnaryServer,
  grpcServerOptions,
  httpServerOptions,
  warnOfBufferSizes,
  type HttpServerOptions,
  type Server,
  type Transport,
  type UnaryServerOptions,
} from '@tributary/transport';
import {
  schema,
  type OtlpGrpcSettings,
  type OtlpHttpSettings,
  type OtlpReceiverConfig,
  type OtlpReceiverSettings,
} from './config.js';
import { createRepairs } from './repairs.js';

type ServerTransport = Pick<Transport, 'createHttpServer' | 'createUnaryServer'>;

/** The servers of one receiver, whatever signals it takes. */
interface Servers extends Component {
  /** The part of a signal: hands what arrives of it to `next`. It may come and go while the servers run. */
  serve<S extends Signal>(signal: S, next: Consumer<S>): Component;
}

function createServers(settings: Settings<OtlpReceiverSettings>, transport: ServerTransport): Servers {
  const { config, clock, logger } = settings;
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

  /** The collector runs: what comes and goes now is a signal by itself. */
  let isRunning = false;
  let forget: (() => void) | undefined;

  return {
    serve(signal, next) {
      const begin = (): void => void Object.assign(consumers, { [signal]: next });
      // Served from the first moment on: a client gives up what it has of a signal that does not exist. A part
      // that is made for servers that run is not ready before its own start.
      if (!isRunning) begin();
      return {
        start: begin,
        shutdown() {
          if (!isRunning || consumers[signal] !== next) return;
          // Not at once: where the servers are about to close too, what is under way still finds its way.
          clock.after(0, () => {
            if (isRunning && consumers[signal] === next) delete consumers[signal];
          });
        },
      };
    },
    async start(host) {
      if (servers.length > 0) throw new Error('an OTLP receiver starts once');
      forget = host.onReady((isReady) => (isRunning = isReady));
      if (grpc !== undefined) warnOfBufferSizes(grpc, logger);
      // Who only seems to receive is worse than who has stopped: the collector ends, and is started anew.
      const onDeath = (error: Error): void => host.report({ status: 'fatal_error', error });
      const grpcServer =
        grpc && transport.createUnaryServer(grpcOptions(settings, grpc, consumers, reading('grpc'), onDeath));
      const httpServer =
        http && transport.createHttpServer(httpOptions(settings, http, consumers, reading('http'), onDeath));
      // Kept before the first one opens: where the second cannot, the shutdown that follows closes both.
      servers = [grpcServer, httpServer].filter((server) => server !== undefined);
      if (grpcServer !== undefined) await listen(grpcServer, 'grpc', host);
      if (httpServer !== undefined) await listen(httpServer, 'http', host);
    },
    async shutdown(grace) {
      forget?.();
      isRunning = false;
      // Both at once, so that neither takes new requests while the other waits for its last ones.
      await Promise.all(servers.map((server) => server.close(grace)));
      repairs.close();
    },
  };
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

function grpcOptions(
  runtime: Settings<OtlpReceiverSettings>,
  config: OtlpGrpcSettings,
  consumers: OtlpConsumers,
  reading: Reading,
  onDeath: (error: Error) => void,
): UnaryServerOptions {
  return {
    ...grpcServerOptions(config, runtime),
    onDeath,
    methods: otlpMethods(consumers, { ...reading, includeMetadata: config.include_metadata }),
  };
}

function httpOptions(
  runtime: Settings<OtlpReceiverSettings>,
  config: OtlpHttpSettings,
  consumers: OtlpConsumers,
  reading: Reading,
  onDeath: (error: Error) => void,
): HttpServerOptions {
  return {
    ...httpServerOptions(config, runtime),
    onDeath,
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
  };
}

/** An {@link otlpReceiver} that listens by another transport than sockets: the network of a simulation, say. */
export function createOtlpReceiver(transport: ServerTransport): typeof otlpReceiver {
  return defineReceiver({
    type: 'otlp',
    config: schema,
    shared: (settings) => createServers(settings, transport),
    traces: ({ shared, next }) => shared.serve('traces', next),
    metrics: ({ shared, next }) => shared.serve('metrics', next),
    logs: ({ shared, next }) => shared.serve('logs', next),
    profiles: ({ shared, next }) => shared.serve('profiles', next),
  });
}

/**
 * Receives OTLP over gRPC and HTTP (protobuf and JSON). One server for each protocol, whatever the number
 * of pipelines; a signal that stands in no pipeline is not served (UNIMPLEMENTED, 404). It answers when the
 * pipeline has taken the request, and passes refusals on with their hints.
 */
export const otlpReceiver: ReceiverFactory<OtlpReceiverConfig, 'traces' | 'metrics' | 'logs' | 'profiles'> =
  createOtlpReceiver({ createHttpServer, createUnaryServer });
