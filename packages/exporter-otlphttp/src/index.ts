// For users.
export { otlpHttpExporter } from './otlphttp.js';
export type { OtlpHttpCompressionConfig, OtlpHttpExporterConfig } from './config.js';
