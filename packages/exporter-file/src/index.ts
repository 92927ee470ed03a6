export { fileExporter } from './file.js';
export type { FileCompressionConfig, FileExporterConfig, GroupByConfig, RotationConfig } from './config.js';
