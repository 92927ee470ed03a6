import type { TelemetryConfig } from './config.js';
import type { BuildInfo } from './telemetry/resource.js';
import type { ExtensionRef, ProcessorRef, Runtime, Signal, Sink, Source } from '@tributary/component';

/** The way of one signal: receivers, then processors in their order, then exporters. */
export interface Pipeline<S extends Signal> {
  /** Receivers, or connectors that end another pipeline. At least one. */
  readonly receivers: readonly Source<S>[];
  /** In the order in which a batch meets them. Default none. */
  readonly processors?: readonly ProcessorRef<S>[];
  /** Exporters, or connectors that begin another pipeline. At least one; each gets every batch. */
  readonly exporters: readonly Sink<S>[];
}

/** Keys are the Collector's pipeline ids: `traces`, `traces/errors`, ... */
export type Pipelines = { readonly [S in Signal as S | `${S}/${string}`]?: Pipeline<S> };

/** What a collector is made of: references and the outside world, nothing that runs. */
export interface CollectorOptions {
  readonly pipelines: Pipelines;
  /** Extensions that no component's config refers to, such as health checks. Default none. */
  readonly extensions?: readonly ExtensionRef[];
  /**
   * What the collector tells about itself: the Collector's `service.telemetry`, key for key. Default: lines
   * go to `runtime.logger`, figures to `runtime.meterProvider`, and no port is opened.
   */
  readonly telemetry?: TelemetryConfig | undefined;
  /** What the program is called, for its log and resource. Default `tributary`, and the version of this package. */
  readonly buildInfo?: Partial<BuildInfo> | undefined;
  /** Replaces parts of the outside world. Default: the real one, {@link systemRuntime}. */
  readonly runtime?: Partial<Runtime>;
}
