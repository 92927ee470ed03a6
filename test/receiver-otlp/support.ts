import { createCollector, systemRuntime, type Collector } from '@tributary/collector';
import type { Batch, Logger, Runtime, Signal } from '@tributary/component';
import { Profiles } from '@tributary/pdata';
import { otlpReceiver, type OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { memoryExporter, sampleLogs, sampleMetrics, sampleTraces, type MemorySink } from '@tributary/testkit';
import { createUnaryClient, RpcError, type UnaryCallOptions } from '@tributary/transport';
import { onTestFinished } from 'vitest';

export const methodPaths: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  profiles: '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
};
export const urlPaths: Readonly<Record<Signal, string>> = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
  profiles: '/v1development/profiles',
};

/** Some telemetry of a signal. */
export function sample(signal: Signal): Batch<Signal> {
  switch (signal) {
    case 'traces':
      return sampleTraces({ spans: 3 });
    case 'metrics':
      return sampleMetrics({ dataPoints: 3 });
    case 'logs':
      return sampleLogs({ records: 3 });
    case 'profiles': {
      const profile = { profileId: '0102030405060708090a0b0c0d0e0f10', samples: [{ values: ['1'] }] };
      return Profiles.fromJson(
        JSON.stringify({ resourceProfiles: [{ scopeProfiles: [{ profiles: [profile] }] }] }),
      );
    }
  }
}

/** A logger that keeps what it is told, as `level: message {fields}`, without the attributes of the component. */
export function keepingLogger(lines: string[]): Logger {
  const keep =
    (level: string) =>
    (message: string, fields: object = {}): void => {
      const own = Object.entries(fields).filter(([key]) => !key.startsWith('otelcol.'));
      lines.push(`${level}: ${message} ${JSON.stringify(Object.fromEntries(own))}`);
    };
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export interface Receiving {
  readonly collector: Collector;
  readonly sink: MemorySink;
  readonly lines: readonly string[];
  /** Host and port. */
  readonly grpc: string;
  /** Beginning of a URL. */
  readonly http: string;
}

/** For the time of a test: a collector that receives on free ports, and keeps what it got. */
export async function receiving(
  config: Partial<OtlpReceiverConfig> = {},
  signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'],
  runtime: Partial<Runtime> = {},
): Promise<Receiving> {
  const { grpc, http } = config.protocols ?? { grpc: {}, http: {} };
  const endpoint = '127.0.0.1:0';
  const otlp = otlpReceiver({
    ...config,
    protocols: { ...(grpc && { grpc: { endpoint, ...grpc } }), ...(http && { http: { endpoint, ...http } }) },
  });
  const sink = memoryExporter();
  const lines: string[] = [];
  const collector = createCollector({
    pipelines: Object.fromEntries(
      signals.map((signal) => [signal, { receivers: [otlp], exporters: [sink] }]),
    ),
    runtime: { logger: keepingLogger(lines), ...runtime },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  const addresses = collector.addresses()['otlp'] ?? {};
  const scheme = http?.tls ? 'https' : 'http';
  return {
    collector,
    sink,
    lines,
    grpc: addresses['grpc'] ?? '',
    http: `${scheme}://${addresses['http'] ?? ''}`,
  };
}

/** Calls by gRPC for the time of a call; resolves with the response or with the status. */
export async function call(
  endpoint: string,
  path: string,
  message: Uint8Array,
  options: UnaryCallOptions & { readonly compression?: 'none' | 'gzip' | 'snappy' } = {},
): Promise<Uint8Array | RpcError> {
  const tls = { insecure: true, insecure_skip_verify: false };
  const { compression, ...rest } = options;
  const client = createUnaryClient({ runtime: systemRuntime(), endpoint, tls, compression });
  try {
    return await client.call(path, message, { timeoutMs: 15_000, ...rest });
  } catch (error) {
    if (RpcError.is(error)) return error;
    throw error;
  } finally {
    client.close();
  }
}

/** Posts, and closes the connection, so that a server has nothing to wait for. */
export function post(
  url: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { connection: 'close', ...headers },
  });
}

export const protobuf = { 'content-type': 'application/x-protobuf' } as const;
export const json = { 'content-type': 'application/json' } as const;
