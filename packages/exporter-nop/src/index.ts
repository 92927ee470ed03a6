export { nopExporter, type NopExporterConfig } from './nop.js';
