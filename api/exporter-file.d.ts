// @tributary/exporter-file: what the package exports, written by scripts/api.mjs.
import { Duration, ExporterFactory, Signal } from '@tributary/component';

export interface FileCompressionConfig {
  readonly level?: number | undefined;
}
export interface FileExporterConfig {
  readonly path: string;
  readonly append?: boolean | undefined;
  readonly format?: 'json' | 'proto' | undefined;
  readonly compression?: '' | 'zstd' | undefined;
  readonly compression_params?: FileCompressionConfig | undefined;
  readonly rotation?: RotationConfig | null | undefined;
  readonly flush_interval?: Duration | undefined;
  readonly group_by?: GroupByConfig | null | undefined;
}
export interface GroupByConfig {
  readonly enabled?: boolean | undefined;
  readonly resource_attribute?: string | undefined;
  readonly max_open_files?: number | undefined;
}
export interface RotationConfig {
  readonly max_megabytes?: number | undefined;
  readonly max_days?: number | undefined;
  readonly max_backups?: number | undefined;
  readonly localtime?: boolean | undefined;
}
export declare const fileExporter: ExporterFactory<FileExporterConfig, Signal>;
