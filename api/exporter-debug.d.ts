// @tributary/exporter-debug: what the package exports, written by scripts/api.mjs.
import { ExporterFactory, Signal } from '@tributary/component';
import { QueueConfig } from '@tributary/delivery';

export interface DebugExporterConfig {
  readonly verbosity?: 'basic' | 'normal' | 'detailed' | undefined;
  readonly sampling_initial?: number | undefined;
  readonly sampling_thereafter?: number | undefined;
  readonly use_internal_logger?: boolean | undefined;
  readonly output_paths?: readonly string[] | undefined;
  readonly sending_queue?: QueueConfig | null | undefined;
}
export declare const debugExporter: ExporterFactory<DebugExporterConfig, Signal>;
