import {
  defineExtension,
  type Component,
  type ExtensionFactory,
  type Host,
  type Settings,
} from '@tributary/component';
import {
  createHttpServer,
  createUnaryServer,
  grpcServerOptions,
  httpServerOptions,
  TransportError,
  type HttpHandler,
  type HttpServerSettings,
  type Server,
} from '@tributary/transport';
import { createAvailability } from './availability.js';
import { schema, type HealthCheckConfig, type HealthCheckSettings } from './config.js';
import { healthMethods } from './grpc-health.js';
import { HealthBook } from './health-book.js';
import { servePath } from './http-path.js';
import { statusPage } from './status-page.js';

type HealthSettings = Settings<HealthCheckSettings>;

/** A server to be opened. */
interface Listener {
  readonly name: 'http' | 'grpc';
  readonly endpoint: string;
  readonly server: Server;
}

/** What answers, from the moment on at which it knows its host. */
interface Answers {
  readonly listeners: readonly Listener[];
  /** Nobody is to wait for an answer any longer. */
  close(): void;
}

function create(settings: HealthSettings): Component {
  const { config, logger } = settings;
  let answers: Answers | undefined;

  return {
    async start(host) {
      if (answers !== undefined) throw new Error('a health check starts once');
      answers = config.use_v2 ? answerByStatus(settings, host) : answerByReadiness(settings, host);
      for (const { name, endpoint, server } of answers.listeners) {
        const address = await listen(server, endpoint);
        logger.info(`Starting ${name.toUpperCase()} server`, { endpoint: address });
        host.listening(name, address);
      }
    },
    async shutdown(grace) {
      if (answers === undefined) return;
      answers.close();
      await Promise.all(answers.listeners.map(({ server }) => server.close(grace)));
    },
  };
}

/** Version 1. */
function answerByReadiness(settings: HealthSettings, host: Host): Answers {
  const { config, clock, logger } = settings;
  if (config.check_collector_pipeline.enabled) {
    logger.warn('check_collector_pipeline has no effect: use component_health, with use_v2');
  }
  const availability = createAvailability(clock, config.response_body);
  const handler = servePath(config.path, () => availability.reply());
  return {
    listeners: [httpListener(settings, config, handler, host)],
    close: host.onReady((isReady) => availability.set(isReady)),
  };
}

/** Version 2. */
function answerByStatus(settings: HealthSettings, host: Host): Answers {
  const { config, clock } = settings;
  const { http, grpc, component_health: counted } = config;
  const book = new HealthBook(counted, clock);
  const listeners: Listener[] = [];
  if (grpc !== undefined) {
    const server = createUnaryServer({
      ...grpcServerOptions(grpc, settings),
      onDeath: deathReport(host),
      methods: healthMethods(book),
    });
    listeners.push({ name: 'grpc', endpoint: grpc.endpoint, server });
  }
  if (http !== undefined) {
    const { enabled, path, verbose } = http.status;
    const handler = servePath(enabled ? path : undefined, statusPage(book, clock.now(), verbose));
    listeners.push(httpListener(settings, http, handler, host));
  }
  const unsubscribe = [
    host.onReady((isReady) => (book.isReady = isReady)),
    host.onStatus((event) => book.record(event)),
  ];
  return {
    listeners,
    close() {
      for (const end of unsubscribe) end();
      book.close();
    },
  };
}

function httpListener(
  settings: HealthSettings,
  config: HttpServerSettings,
  handler: HttpHandler,
  host: Host,
): Listener {
  const server = createHttpServer({
    ...httpServerOptions(config, settings),
    handler,
    onDeath: deathReport(host),
  });
  return { name: 'http', endpoint: config.endpoint, server };
}

/** The data still flows: not to be seen is no reason to end the collector. */
function deathReport(host: Host): (error: Error) => void {
  return (error) => host.report({ status: 'permanent_error', error });
}

async function listen(server: Server, endpoint: string): Promise<string> {
  try {
    return await server.listen();
  } catch (error) {
    if (!TransportError.is(error) || error.code !== 'listen') throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    throw new Error(`failed to bind to address ${endpoint}: ${why}`, { cause: error });
  }
}

/**
 * Says over HTTP and gRPC whether the collector is healthy. It listens before the pipelines start, and until
 * they have stopped.
 *
 * @example
 * createCollector({ extensions: [healthCheck()], pipelines });
 * // curl localhost:13133 → {"status":"Server available","upSince":"…","uptime":"1m2.3s"}
 */
export const healthCheck: ExtensionFactory<HealthCheckConfig, Component> = defineExtension({
  type: 'health_check',
  stability: 'beta',
  config: schema,
  create,
});
