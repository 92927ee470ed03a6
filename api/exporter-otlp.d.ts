// @tributary/exporter-otlp: what the package exports, written by scripts/api.mjs.
import { Duration, ExporterFactory, Signal } from '@tributary/component';
import { QueueConfig, RetryConfig } from '@tributary/delivery';
import { HeadersConfig, TlsClientConfig, Transport } from '@tributary/transport';

export interface OtlpClientKeepaliveConfig {
  readonly time?: Duration | undefined;
  readonly timeout?: Duration | undefined;
  readonly permit_without_stream?: boolean | undefined;
}
export interface OtlpExporterConfig {
  readonly endpoint: string;
  readonly tls?: TlsClientConfig | undefined;
  readonly compression?: 'gzip' | 'snappy' | 'zstd' | 'none' | '' | undefined;
  readonly headers?: HeadersConfig | undefined;
  readonly user_agent?: string | undefined;
  readonly keepalive?: OtlpClientKeepaliveConfig | null | undefined;
  readonly wait_for_ready?: boolean | undefined;
  readonly balancer_name?: 'round_robin' | 'pick_first' | '' | undefined;
  readonly authority?: string | undefined;
  readonly read_buffer_size?: number | undefined;
  readonly write_buffer_size?: number | undefined;
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export declare function createOtlpExporter(transport: ClientTransport): typeof otlpExporter;
export declare const otlpExporter: ExporterFactory<OtlpExporterConfig, Signal>;

// Not exported, but referred to above.
type ClientTransport = Pick<Transport, 'createUnaryClient'>;
