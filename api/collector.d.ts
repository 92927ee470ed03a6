// @tributary/collector: what the package exports, written by scripts/api.mjs.
import {
  Batch,
  ComponentKind,
  Context,
  ExtensionRef,
  Logger,
  ProcessorRef,
  Runtime,
  Signal,
  Sink,
  Source,
  StatusEvent,
} from '@tributary/component';

export { Status } from '@tributary/component';
export { StatusEvent } from '@tributary/component';
export { StatusSubject } from '@tributary/component';
export interface Balance {
  readonly components: readonly BalanceLine[];
  readonly edges: readonly EdgeLine[];
}
export interface BalanceLine {
  readonly component: string;
  readonly kind: ComponentKind | 'fan-out';
  readonly pipeline: string;
  readonly signal: Signal;
  readonly received: number;
  readonly created: number;
  readonly passed: number;
  readonly absorbed: number;
  readonly held: number;
  readonly dropped: ReadonlyMap<string, number>;
}
export interface Collector extends AsyncDisposable {
  readonly events: EventSource;
  start(): Promise<void>;
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
  readonly stopped: Promise<Error | undefined>;
  tap(edge: EdgeFilter, listener: TapListener): () => void;
  addresses(): Readonly<Record<string, Readonly<Record<string, string>>>>;
  balance(): Balance;
}
export interface CollectorEvents {
  status: (event: StatusEvent) => void;
  dropped: (event: DroppedEvent) => void;
}
export interface CollectorOptions {
  readonly pipelines: Pipelines;
  readonly extensions?: readonly ExtensionRef[];
  readonly runtime?: Partial<Runtime>;
}
export interface DroppedEvent {
  readonly component: string;
  readonly kind: ComponentKind | 'fan-out';
  readonly signal: Signal | undefined;
  readonly pipeline: string;
  readonly items: number;
  readonly reason: string;
}
export interface EdgeFilter {
  readonly from?: string;
  readonly to?: string;
  readonly pipeline?: string;
}
export interface EdgeLine {
  readonly from: string;
  readonly to: string;
  readonly pipeline: string;
  readonly signal: Signal;
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly inFlight: number;
}
export interface EventSource {
  on<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
  once<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
  off<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export interface Pipeline<S extends Signal> {
  readonly receivers: readonly Source<S>[];
  readonly processors?: readonly ProcessorRef<S>[];
  readonly exporters: readonly Sink<S>[];
}
export type Pipelines = {
  readonly [S in Signal as S | `${S}/${string}`]?: Pipeline<S>;
};
export type TapListener = (batch: Batch<Signal>, context: Context, edge: EdgeLine) => void;
export declare function collectLater(): void;
export declare function createCollector(options: CollectorOptions): Collector;
export declare function createLogger(options?: { readonly level?: LogLevel }): Logger;
export declare function imbalances(balance: Balance): readonly string[];
export declare function systemRuntime(overrides?: Partial<Runtime>): Runtime;
