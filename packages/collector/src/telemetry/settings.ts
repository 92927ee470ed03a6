import type {
  TelemetryAttributeValue,
  TelemetryLogLevel,
  TelemetryMetricsLevel,
  TelemetryTemporality,
  TelemetryViewConfig,
} from '../config.js';

/** {@link TelemetryConfig} completed; times in milliseconds. Without a section, the runtime's part is used. */
export interface TelemetrySettings {
  readonly logs?: LogSettings | undefined;
  readonly metrics: MetricSettings;
  readonly balance: BalanceSettings;
  readonly resource: ResourceSettings;
}

export interface LogSettings {
  readonly level: TelemetryLogLevel;
  readonly development: boolean;
  readonly encoding: 'console' | 'json';
  readonly disable_stacktrace: boolean;
  readonly sampling: SamplingSettings;
  readonly output_paths: readonly string[];
  readonly error_output_paths: readonly string[];
  readonly initial_fields: Readonly<Record<string, unknown>>;
  readonly processors: readonly LogProcessorSettings[];
  readonly disable_zap_resource: boolean;
}

export interface SamplingSettings {
  readonly enabled: boolean;
  readonly tick: number;
  readonly initial: number;
  readonly thereafter: number;
}

/** A `simple` processor is a batch of one that does not wait. */
export interface LogProcessorSettings {
  readonly schedule_delay: number;
  readonly export_timeout: number;
  readonly max_queue_size: number;
  readonly max_export_batch_size: number;
  /** Undefined: standard output. */
  readonly otlp: OtlpSettings | undefined;
}

export interface MetricSettings {
  readonly level: TelemetryMetricsLevel;
  readonly readers: readonly ReaderSettings[];
  readonly views: readonly TelemetryViewConfig[];
}

export interface BalanceSettings {
  /** Undefined: on loopback addresses. */
  readonly enabled?: boolean | undefined;
}

export type ReaderSettings =
  ({ readonly kind: 'prometheus' } & PrometheusSettings) | ({ readonly kind: 'periodic' } & PeriodicSettings);

export interface PrometheusSettings {
  readonly host: string;
  readonly port: number;
  readonly without_scope_info: boolean;
  readonly without_units: boolean;
  readonly without_type_suffix: boolean;
  /** Undefined: no attribute is a label. */
  readonly with_resource_constant_labels?:
    { readonly included?: readonly string[] | undefined; readonly excluded: readonly string[] } | undefined;
}

export interface PeriodicSettings {
  readonly interval: number;
  readonly timeout: number;
  /** Undefined: standard output. */
  readonly otlp: (OtlpSettings & { readonly temporality_preference: TelemetryTemporality }) | undefined;
}

export interface OtlpSettings {
  readonly protocol: 'grpc' | 'http/protobuf';
  /** With a scheme. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  readonly timeout: number;
  readonly certificate?: string | undefined;
  readonly client_certificate?: string | undefined;
  readonly client_key?: string | undefined;
}

export interface ResourceSettings {
  /** A value of null takes a default away. */
  readonly attributes: Readonly<Record<string, TelemetryAttributeValue | null>>;
  readonly schemaUrl: string | undefined;
  /** Written in the older form. */
  readonly isLegacy: boolean;
}
