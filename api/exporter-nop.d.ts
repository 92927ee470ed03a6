// @tributary/exporter-nop: what the package exports, written by scripts/api.mjs.
import { ExporterFactory, Signal } from '@tributary/component';

export type NopExporterConfig = Record<string, never>;
export declare const nopExporter: ExporterFactory<NopExporterConfig, Signal>;
