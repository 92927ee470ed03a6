// For users.
export { otlpExporter } from './otlp.js';
export type { OtlpClientKeepaliveConfig, OtlpExporterConfig } from './config.js';
