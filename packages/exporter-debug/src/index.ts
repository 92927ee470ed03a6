export { debugExporter } from './debug.js';
export type { DebugExporterConfig } from './config.js';
