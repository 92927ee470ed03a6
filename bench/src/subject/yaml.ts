import type { Protocol } from '../load/load.js';
import type { Compression } from '../packing.js';

/** What a collector under measurement is told. */
export interface Setup {
  /** Of the export; it listens for both. */
  readonly protocol: Protocol;
  readonly compression: Compression;
  readonly isBatched: boolean;
  /** `host:port` of the backend. */
  readonly backend: string;
  /** Default 2048. */
  readonly limitMib?: number;
}

/** Where a subject is to listen, `host:port`. */
export interface Addresses {
  readonly grpc: string;
  readonly http: string;
  readonly metrics: string;
}

/** The configuration of a gateway, in the Collector's YAML: ours and a peer get the same. */
export function collectorYaml(setup: Setup, listen: Addresses): string {
  const { protocol, compression, isBatched, backend, limitMib = 2048 } = setup;
  const [metricsHost, metricsPort] = listen.metrics.split(':');
  const processors = isBatched ? '[memory_limiter, batch]' : '[memory_limiter]';
  const pipeline = `{receivers: [otlp], processors: ${processors}, exporters: [backend]}`.replace(
    'backend',
    protocol === 'grpc' ? 'otlp' : 'otlphttp',
  );
  const exporter =
    protocol === 'grpc'
      ? `otlp:\n    endpoint: ${backend}\n    tls: {insecure: true}`
      : `otlphttp:\n    endpoint: http://${backend}`;
  return `receivers:
  otlp:
    protocols: {grpc: {endpoint: "${listen.grpc}"}, http: {endpoint: "${listen.http}"}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: ${limitMib}}
  batch: {}
exporters:
  ${exporter}
    compression: ${compression}
    sending_queue: {block_on_overflow: true}
    retry_on_failure: {initial_interval: 200ms, max_interval: 1s}
service:
  telemetry:
    logs: {level: warn}
    metrics: {readers: [{pull: {exporter: {prometheus: {host: "${metricsHost}", port: ${metricsPort}}}}}]}
  pipelines:
    traces: ${pipeline}
    metrics: ${pipeline}
    logs: ${pipeline}
`;
}
