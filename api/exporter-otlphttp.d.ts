// @tributary/exporter-otlphttp: what the package exports, written by scripts/api.mjs.
import { Duration, ExporterFactory, Signal } from '@tributary/component';
import { QueueConfig, RetryConfig } from '@tributary/delivery';
import { HeadersConfig, TlsClientConfig } from '@tributary/transport';

export interface OtlpHttpCompressionConfig {
  readonly level?: number | undefined;
}
export interface OtlpHttpExporterConfig {
  readonly endpoint?: string | undefined;
  readonly traces_endpoint?: string | undefined;
  readonly metrics_endpoint?: string | undefined;
  readonly logs_endpoint?: string | undefined;
  readonly profiles_endpoint?: string | undefined;
  readonly encoding?: 'proto' | 'json' | undefined;
  readonly compression?:
    'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd' | 'none' | '' | undefined;
  readonly compression_params?: OtlpHttpCompressionConfig | undefined;
  readonly headers?: HeadersConfig | undefined;
  readonly tls?: TlsClientConfig | undefined;
  readonly proxy_url?: string | undefined;
  readonly max_idle_conns?: number | undefined;
  readonly max_idle_conns_per_host?: number | undefined;
  readonly max_conns_per_host?: number | undefined;
  readonly idle_conn_timeout?: Duration | undefined;
  readonly disable_keep_alives?: boolean | undefined;
  readonly force_attempt_http2?: boolean | undefined;
  readonly http2_read_idle_timeout?: Duration | undefined;
  readonly http2_ping_timeout?: Duration | undefined;
  readonly read_buffer_size?: number | undefined;
  readonly write_buffer_size?: number | undefined;
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export declare const otlpHttpExporter: ExporterFactory<OtlpHttpExporterConfig, Signal>;
