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
  /** Replaces parts of the outside world. Default: the real one, {@link systemRuntime}. */
  readonly runtime?: Partial<Runtime>;
}
