// @tributary/exporter-otlp: what the package exports, written by scripts/api.mjs.
import { Duration, ExporterFactory, Signal } from '@tributary/component';
import { QueueConfig, RetryConfig } from '@tributary/delivery';
import { OtlpGrpcClientConfig, OtlpGrpcTransport } from '@tributary/otlp';

export interface OtlpExporterConfig extends OtlpGrpcClientConfig {
  readonly endpoint: string;
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export declare function createOtlpExporter(transport: OtlpGrpcTransport): typeof otlpExporter;
export declare const otlpExporter: ExporterFactory<OtlpExporterConfig, Signal>;
