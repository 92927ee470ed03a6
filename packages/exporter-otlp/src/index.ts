// For users.
export { otlpExporter } from './otlp.js';
export type { OtlpExporterConfig } from './config.js';

// For tests and simulations.
export { createOtlpExporter } from './otlp.js';
