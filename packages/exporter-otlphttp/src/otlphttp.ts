import {
  ConfigError,
  defineExporter,
  type Component,
  type Consumer,
  type ExporterFactory,
  type ExporterSettings,
  type Settings,
  type Signal,
} from '@tributary/component';
import { deliver } from '@tributary/delivery';
import { bookPartialSuccess, otlpHttpClient, userAgent } from '@tributary/otlp';
import { createHttpClient, warnOfBufferSizes, type HttpClient } from '@tributary/transport';
import { schema, type OtlpHttpExporterConfig, type OtlpHttpExporterSettings } from './config.js';

/** The longest time that a timer of Node can wait: 24 days. */
const forEverMs = 2 ** 31 - 1;

/** The connections of one exporter, whatever signals it sends. */
interface Connections extends Component {
  readonly client: HttpClient;
}

function connect(settings: Settings<OtlpHttpExporterSettings>): Connections {
  const { config, logger } = settings;
  warnOfBufferSizes(config, logger);
  const client = createHttpClient({
    runtime: settings,
    tls: config.tls,
    compression: config.compression,
    // 0 is "as the library has it" in the Collector's key, and "not at all" in zlib's.
    compressionLevel: config.compression_params.level || undefined,
    headers: config.headers,
    userAgent,
    maxConnectionsPerHost: config.max_conns_per_host,
    maxIdleConnections: config.max_idle_conns,
    maxIdleConnectionsPerHost: config.max_idle_conns_per_host,
    idleConnectionTimeoutMs: Math.min(config.idle_conn_timeout || forEverMs, forEverMs),
    keepAlives: !config.disable_keep_alives,
    http2: config.force_attempt_http2
      ? {
          readIdleTimeoutMs: config.http2_read_idle_timeout,
          pingTimeoutMs: config.http2_ping_timeout || undefined,
        }
      : undefined,
    proxyUrl: config.proxy_url || undefined,
  });
  return { client, start: () => client.open(), shutdown: () => client.close() };
}

function part<S extends Signal>(
  settings: ExporterSettings<OtlpHttpExporterSettings, S, Connections>,
): Component & Consumer<S> {
  const { id, shared, config, clock, signal: telemetry } = settings;
  const url = config.urls[telemetry];
  if (url === undefined) {
    const message = `either endpoint or ${telemetry}_endpoint must be specified`;
    throw new ConfigError([{ path: ['exporters', id], message }]);
  }
  // A signal without a URL has no part, so that nothing is ever sent to an empty one.
  const { traces = '', metrics = '', logs = '', profiles = '' } = config.urls;
  const urls = { traces, metrics, logs, profiles };
  const client = otlpHttpClient(shared.client, { clock, urls, encoding: config.encoding });
  return deliver(
    settings,
    async (batch, { signal, context }) => {
      const partial = await client.send(batch, { signal });
      return () => bookPartialSuccess(settings, batch, partial, context);
    },
    { attributes: serverAttributes(new URL(url)) },
  );
}

/** Where it sends to, as its metrics say it. */
function serverAttributes({ protocol, hostname, port, pathname }: URL): Record<string, string | number> {
  return {
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    'url.path': pathname,
  };
}

/** Sends OTLP over HTTP, with a queue, retries and a timeout for each attempt. Also known as `otlphttp`. */
export const otlpHttpExporter: ExporterFactory<OtlpHttpExporterConfig, Signal> = defineExporter({
  type: 'otlp_http',
  aliases: ['otlphttp'],
  config: schema,
  shared: connect,
  traces: part<'traces'>,
  metrics: part<'metrics'>,
  logs: part<'logs'>,
  profiles: part<'profiles'>,
});
