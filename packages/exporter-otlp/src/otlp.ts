import {
  defineExporter,
  type Component,
  type Consumer,
  type ExporterFactory,
  type ExporterSettings,
  type Settings,
  type Signal,
} from '@tributary/component';
import { deliver } from '@tributary/delivery';
import {
  bookPartialSuccess,
  connectOtlpGrpc,
  type OtlpClient,
  type OtlpGrpcTransport,
} from '@tributary/otlp';
import { createUnaryClient, splitHostPort, warnOfBufferSizes } from '@tributary/transport';
import { schema, type OtlpExporterConfig, type OtlpExporterSettings } from './config.js';

/** The connection of one exporter, whatever signals it sends. */
interface Connection extends Component {
  readonly client: OtlpClient;
}

function connect(settings: Settings<OtlpExporterSettings>, transport: OtlpGrpcTransport): Connection {
  const { config, logger } = settings;
  warnOfBufferSizes(config, logger);
  const client = connectOtlpGrpc(config.endpoint, config, settings, transport);
  return { client, start: () => client.open(), shutdown: () => client.close() };
}

function part<S extends Signal>(
  settings: ExporterSettings<OtlpExporterSettings, S, Connection>,
): Component & Consumer<S> {
  const { shared, config } = settings;
  return deliver(
    settings,
    async (batch, { signal, context }) => {
      const partial = await shared.client.send(batch, { signal, timeoutMs: config.timeout });
      return () => bookPartialSuccess(settings, batch, partial, context);
    },
    { attributes: serverAttributes(config.endpoint) },
  );
}

/** Where it sends to, as its metrics say it: an endpoint that is no `host:port` stands there whole. */
function serverAttributes(endpoint: string): Record<string, string | number> {
  const address = splitHostPort(endpoint.replace(/^https?:\/\//i, '').replace(/\/+$/, ''));
  return typeof address === 'string'
    ? { 'server.address': endpoint }
    : { 'server.address': address.host, 'server.port': address.port };
}

/** An {@link otlpExporter} that sends by another transport than sockets: the network of a simulation, say. */
export function createOtlpExporter(transport: OtlpGrpcTransport): typeof otlpExporter {
  return defineExporter({
    type: 'otlp_grpc',
    aliases: ['otlp'],
    config: schema,
    shared: (settings) => connect(settings, transport),
    traces: part<'traces'>,
    metrics: part<'metrics'>,
    logs: part<'logs'>,
    profiles: part<'profiles'>,
  });
}

/** Sends OTLP over gRPC, with a queue, retries and a timeout for each attempt. Also known as `otlp`. */
export const otlpExporter: ExporterFactory<OtlpExporterConfig, Signal> = createOtlpExporter({
  createUnaryClient,
});
