// @tributary/collector: what the package exports, written by scripts/api.mjs.
import {
  Batch,
  Clock,
  ComponentKind,
  ConfigProblem,
  Context,
  Declaration,
  Duration,
  ExtensionRef,
  Logger,
  ProcessorRef,
  Runtime,
  Signal,
  Sink,
  Source,
  StatusEvent,
  StatusSubject,
} from '@tributary/component';
import { z } from 'zod';

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
export interface BalanceReport {
  readonly time: string;
  readonly uptimeMs: number;
  readonly build: BuildInfo;
  readonly components: readonly ReportedLine[];
  readonly edges: readonly EdgeLine[];
  readonly imbalances: readonly string[];
}
export interface BuildInfo {
  readonly command: string;
  readonly version: string;
}
export interface Collector extends AsyncDisposable {
  readonly events: EventSource;
  readonly logger: Logger;
  start(): Promise<void>;
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
  reload(
    options: CollectorOptions,
    how?: {
      readonly graceMs?: number;
    },
  ): Promise<void>;
  readonly stopped: Promise<Error | undefined>;
  tap(edge: EdgeFilter, listener: TapListener): () => void;
  addresses(): Readonly<Record<string, Readonly<Record<string, string>>>>;
  balance(): Balance;
  ask(topic: string, query?: Readonly<Record<string, string>>): Promise<readonly Answer[]>;
}
export interface CollectorEvents {
  status: (event: StatusEvent) => void;
  dropped: (event: DroppedEvent) => void;
  reload: (event: ReloadEvent) => void;
}
export interface CollectorOptions {
  readonly pipelines: Pipelines;
  readonly extensions?: readonly ExtensionRef[];
  readonly telemetry?: TelemetryConfig | undefined;
  readonly buildInfo?: Partial<BuildInfo> | undefined;
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
export interface GraphProblem extends ConfigProblem {
  readonly declaration?: Declaration;
  readonly pipeline?: string;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export interface PendingTimer {
  readonly kind: 'after' | 'every' | 'sleep';
  readonly ms: number;
  readonly dueInMs: number | undefined;
}
export interface Pipeline<S extends Signal> {
  readonly receivers: readonly Source<S>[];
  readonly processors?: readonly ProcessorRef<S>[];
  readonly exporters: readonly Sink<S>[];
}
export type Pipelines = {
  readonly [S in Signal as S | `${S}/${string}`]?: Pipeline<S>;
};
export type ReloadEvent =
  | {
      readonly outcome: 'succeeded';
      readonly kept: number;
      readonly started: number;
      readonly ended: number;
    }
  | {
      readonly outcome: 'failed';
      readonly error: Error;
    };
export interface ReportedLine extends Omit<BalanceLine, 'dropped'> {
  readonly dropped: Readonly<Record<string, number>>;
  readonly queue?: ReportedQueue | undefined;
}
export interface ReportedQueue {
  readonly size: number;
  readonly capacity: number;
  readonly unit: string;
}
export type TapListener = (batch: Batch<Signal>, context: Context, edge: EdgeLine) => void;
export interface TelemetryAggregationConfig {
  readonly default?: Readonly<Record<string, never>> | null | undefined;
  readonly drop?: Readonly<Record<string, never>> | null | undefined;
  readonly last_value?: Readonly<Record<string, never>> | null | undefined;
  readonly sum?: Readonly<Record<string, never>> | null | undefined;
  readonly explicit_bucket_histogram?: TelemetryBucketsConfig | undefined;
}
export interface TelemetryAttributeConfig {
  readonly name: string;
  readonly value: TelemetryAttributeValue;
  readonly type?:
    | 'string'
    | 'bool'
    | 'int'
    | 'double'
    | 'string_array'
    | 'bool_array'
    | 'int_array'
    | 'double_array'
    | undefined;
}
export interface TelemetryAttributeKeysConfig {
  readonly included?: readonly string[] | undefined;
  readonly excluded?: readonly string[] | undefined;
}
export type TelemetryAttributeValue =
  string | boolean | number | readonly string[] | readonly boolean[] | readonly number[];
export interface TelemetryBalanceConfig {
  readonly enabled?: boolean | undefined;
}
export interface TelemetryBatchProcessorConfig {
  readonly schedule_delay?: number | undefined;
  readonly export_timeout?: number | undefined;
  readonly max_queue_size?: number | undefined;
  readonly max_export_batch_size?: number | undefined;
  readonly exporter: TelemetryLogExporterConfig;
}
export interface TelemetryBucketsConfig {
  readonly boundaries?: readonly number[] | undefined;
  readonly record_min_max?: boolean | undefined;
}
export interface TelemetryConfig {
  readonly logs?: TelemetryLogsConfig | undefined;
  readonly metrics?: TelemetryMetricsConfig | undefined;
  readonly balance?: TelemetryBalanceConfig | undefined;
  readonly resource?: TelemetryResourceConfig | Readonly<Record<string, string | null>> | undefined;
}
export interface TelemetryHeaderConfig {
  readonly name: string;
  readonly value: string;
}
export interface TelemetryIncludeExcludeConfig {
  readonly included?: readonly string[] | undefined;
  readonly excluded?: readonly string[] | undefined;
}
export interface TelemetryLogExporterConfig {
  readonly otlp?: TelemetryOtlpConfig | undefined;
  readonly console?: Readonly<Record<string, never>> | null | undefined;
}
export type TelemetryLogLevel = NonNullable<TelemetryLogsConfig['level']>;
export interface TelemetryLogProcessorConfig {
  readonly batch?: TelemetryBatchProcessorConfig | undefined;
  readonly simple?: TelemetrySimpleProcessorConfig | undefined;
}
export interface TelemetryLogsConfig {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'dpanic' | 'panic' | 'fatal' | undefined;
  readonly development?: boolean | undefined;
  readonly encoding?: 'console' | 'json' | undefined;
  readonly disable_caller?: boolean | undefined;
  readonly disable_stacktrace?: boolean | undefined;
  readonly sampling?: TelemetrySamplingConfig | undefined;
  readonly output_paths?: readonly string[] | undefined;
  readonly error_output_paths?: readonly string[] | undefined;
  readonly initial_fields?: Readonly<Record<string, unknown>> | undefined;
  readonly processors?: readonly TelemetryLogProcessorConfig[] | undefined;
  readonly disable_zap_resource?: boolean | undefined;
}
export interface TelemetryMetricExporterConfig {
  readonly otlp?: TelemetryMetricOtlpConfig | undefined;
  readonly console?: Readonly<Record<string, never>> | null | undefined;
}
export interface TelemetryMetricOtlpConfig extends TelemetryOtlpConfig {
  readonly temporality_preference?: 'cumulative' | 'delta' | 'lowmemory' | undefined;
}
export interface TelemetryMetricsConfig {
  readonly level?: 'none' | 'basic' | 'normal' | 'detailed' | undefined;
  readonly readers?: readonly TelemetryReaderConfig[] | undefined;
  readonly views?: readonly TelemetryViewConfig[] | undefined;
}
export type TelemetryMetricsLevel = NonNullable<TelemetryMetricsConfig['level']>;
export interface TelemetryOtlpConfig {
  readonly protocol: 'grpc' | 'http/protobuf';
  readonly endpoint?: string | undefined;
  readonly headers?: readonly TelemetryHeaderConfig[] | undefined;
  readonly headers_list?: string | undefined;
  readonly compression?: 'gzip' | 'none' | undefined;
  readonly timeout?: number | undefined;
  readonly certificate?: string | undefined;
  readonly client_certificate?: string | undefined;
  readonly client_key?: string | undefined;
  readonly insecure?: boolean | undefined;
}
export interface TelemetryPeriodicReaderConfig {
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly exporter: TelemetryMetricExporterConfig;
}
export interface TelemetryPrometheusConfig {
  readonly host: string;
  readonly port: number;
  readonly without_scope_info?: boolean | undefined;
  readonly without_units?: boolean | undefined;
  readonly without_type_suffix?: boolean | undefined;
  readonly with_resource_constant_labels?: TelemetryIncludeExcludeConfig | undefined;
}
export interface TelemetryPullExporterConfig {
  readonly prometheus: TelemetryPrometheusConfig;
}
export interface TelemetryPullReaderConfig {
  readonly exporter: TelemetryPullExporterConfig;
}
export interface TelemetryReaderConfig {
  readonly pull?: TelemetryPullReaderConfig | undefined;
  readonly periodic?: TelemetryPeriodicReaderConfig | undefined;
}
export interface TelemetryResourceConfig {
  readonly attributes?: readonly TelemetryAttributeConfig[] | undefined;
  readonly schema_url?: string | undefined;
}
export interface TelemetrySamplingConfig {
  readonly enabled?: boolean | undefined;
  readonly tick?: Duration | undefined;
  readonly initial?: number | undefined;
  readonly thereafter?: number | undefined;
}
export interface TelemetrySimpleProcessorConfig {
  readonly exporter: TelemetryLogExporterConfig;
}
export type TelemetryTemporality = NonNullable<TelemetryMetricOtlpConfig['temporality_preference']>;
export interface TelemetryViewConfig {
  readonly selector: TelemetryViewSelectorConfig;
  readonly stream: TelemetryViewStreamConfig;
}
export interface TelemetryViewSelectorConfig {
  readonly instrument_name?: string | undefined;
  readonly instrument_type?:
    | 'counter'
    | 'up_down_counter'
    | 'gauge'
    | 'histogram'
    | 'observable_counter'
    | 'observable_up_down_counter'
    | 'observable_gauge'
    | undefined;
  readonly unit?: string | undefined;
  readonly meter_name?: string | undefined;
  readonly meter_version?: string | undefined;
  readonly meter_schema_url?: string | undefined;
}
export interface TelemetryViewStreamConfig {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly aggregation?: TelemetryAggregationConfig | undefined;
  readonly attribute_keys?: TelemetryAttributeKeysConfig | undefined;
}
export interface VirtualClock extends Clock {
  advance(by: Duration | number): Promise<void>;
  readonly pending: number;
  timers(): readonly PendingTimer[];
}
export interface VirtualClockOptions {
  readonly startMs?: number;
  readonly maxRuns?: number;
}
export declare function checkPipelines(
  options: Pick<CollectorOptions, 'pipelines' | 'extensions'>,
): readonly GraphProblem[];
export declare function collectLater(): void;
export declare function createCollector(options: CollectorOptions): Collector;
export declare function createLogger(options?: { readonly level?: LogLevel }): Logger;
export declare function imbalances(balance: Balance): readonly string[];
export declare function systemRuntime(overrides?: Partial<Runtime>): Runtime;
export declare const telemetrySchema: z.ZodType<unknown, TelemetryConfig>;
export declare function virtualClock(options?: VirtualClockOptions): VirtualClock;

// Not exported, but referred to above.
interface Answer {
  readonly component: string;
  readonly kind: StatusSubject['kind'];
  readonly pipelines: readonly string[];
  readonly answer: unknown;
  readonly error?: string;
}
