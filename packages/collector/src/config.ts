import type { Duration } from '@tributary/component';

/** `service.telemetry`: what the collector tells about itself. */
export interface TelemetryConfig {
  /** What is logged, how and where. Without it the lines go to `runtime.logger`, all of them. */
  readonly logs?: TelemetryLogsConfig | undefined;
  /** What is measured and who gets it. Without it the figures go to `runtime.meterProvider`, at level `normal`. */
  readonly metrics?: TelemetryMetricsConfig | undefined;
  /** Ours. Where `/balance`, what `tributary top` asks, is served: beside `/metrics`, by every pull reader. */
  readonly balance?: TelemetryBalanceConfig | undefined;
  /**
   * The attributes that name this process, in metrics, logs and pushes: a section, or the older map of names to
   * texts. `service.name`, `service.version` and a random `service.instance.id` are there unless it says
   * otherwise; in the map, `null` takes one away.
   */
  readonly resource?: TelemetryResourceConfig | Readonly<Record<string, string | null>> | undefined;
}

/** `service.telemetry.balance`. */
export interface TelemetryBalanceConfig {
  /** `true` serves it wherever the reader listens, `false` nowhere. Default: on loopback addresses alone. */
  readonly enabled?: boolean | undefined;
}

/** `service.telemetry.logs`. */
export interface TelemetryLogsConfig {
  /** The least serious lines that are written, in any case. Above `error` nothing is. Default `'info'`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'dpanic' | 'panic' | 'fatal' | undefined;
  /** Stack traces of errors from `warn` on, not only from `error` on. Default `false`. */
  readonly development?: boolean | undefined;
  /** A line for people, tab-separated, or a JSON object. Default `'console'`. */
  readonly encoding?: 'console' | 'json' | undefined;
  /** Taken, and without effect: lines name no place in the code. Default `false`. */
  readonly disable_caller?: boolean | undefined;
  /** No stack traces at all. Default `false`. */
  readonly disable_stacktrace?: boolean | undefined;
  /** Thins out lines that repeat. Lines that name dropped items are always written. */
  readonly sampling?: TelemetrySamplingConfig | undefined;
  /** Where lines go: `stderr`, `stdout`, paths of files, `file:///` URLs. Default `['stderr']`. */
  readonly output_paths?: readonly string[] | undefined;
  /** Where it is told that lines could not be written. Default `['stderr']`. */
  readonly error_output_paths?: readonly string[] | undefined;
  /** Fields of every line. Default `{}`. */
  readonly initial_fields?: Readonly<Record<string, unknown>> | undefined;
  /** Get a copy of every line that is written. Default `[]`. */
  readonly processors?: readonly TelemetryLogProcessorConfig[] | undefined;
  /** Leaves the field `resource` off the lines. Default `false`. */
  readonly disable_zap_resource?: boolean | undefined;
}

/** A level of the log. */
export type TelemetryLogLevel = NonNullable<TelemetryLogsConfig['level']>;

/** Which of the lines of one level and message are written, in each `tick`. */
export interface TelemetrySamplingConfig {
  /** Whether lines are thinned out. Default `true`. */
  readonly enabled?: boolean | undefined;
  /** How long lines are counted together. Default `'10s'`. */
  readonly tick?: Duration | undefined;
  /** So many are written at first. Default `10`. */
  readonly initial?: number | undefined;
  /** Then one in so many; `0` is none. Default `100`. */
  readonly thereafter?: number | undefined;
}

/** One of the two. */
export interface TelemetryLogProcessorConfig {
  /** Sends lines together. */
  readonly batch?: TelemetryBatchProcessorConfig | undefined;
  /** Sends every line by itself, at once. */
  readonly simple?: TelemetrySimpleProcessorConfig | undefined;
}

/** Sends lines together. */
export interface TelemetryBatchProcessorConfig {
  /** Longest time that a line waits, in milliseconds. Default `1000`. */
  readonly schedule_delay?: number | undefined;
  /** Longest time of one send, in milliseconds. Default `30000`. */
  readonly export_timeout?: number | undefined;
  /** Lines that may wait; further ones are not sent, and counted. Default `2048`. */
  readonly max_queue_size?: number | undefined;
  /** Most lines of one send. Default `512`. */
  readonly max_export_batch_size?: number | undefined;
  /** Where they are sent. */
  readonly exporter: TelemetryLogExporterConfig;
}

/** Sends every line by itself. */
export interface TelemetrySimpleProcessorConfig {
  /** Where it is sent. */
  readonly exporter: TelemetryLogExporterConfig;
}

/** One of the two. */
export interface TelemetryLogExporterConfig {
  /** An OTLP server. */
  readonly otlp?: TelemetryOtlpConfig | undefined;
  /** Standard output, as OTLP/JSON. */
  readonly console?: Readonly<Record<string, never>> | null | undefined;
}

/** An OTLP server that gets what the collector tells about itself. */
export interface TelemetryOtlpConfig {
  /** How it is spoken to. */
  readonly protocol: 'grpc' | 'http/protobuf';
  /**
   * `host:port` or a URL; without a scheme `insecure` decides. HTTP takes the whole URL, and adds `/v1/metrics` or
   * `/v1/logs` where it has no path. With HTTP the port is 4318. Default `localhost:4317`.
   */
  readonly endpoint?: string | undefined;
  /** Sent with every request. The values stay out of lines and errors. Default `[]`. */
  readonly headers?: readonly TelemetryHeaderConfig[] | undefined;
  /** The same as text, `name=value,name=value`; `headers` win. Default none. */
  readonly headers_list?: string | undefined;
  /** Of the requests. Default `'none'`. */
  readonly compression?: 'gzip' | 'none' | undefined;
  /** Longest time of one send with all its attempts, in milliseconds; `0` is no limit. Default `10000`. */
  readonly timeout?: number | undefined;
  /** The authorities to trust, a PEM file. Default: those that Node brings. */
  readonly certificate?: string | undefined;
  /** Own certificate, a PEM file. Default none. */
  readonly client_certificate?: string | undefined;
  /** Its key, a PEM file. Default none. */
  readonly client_key?: string | undefined;
  /** Plaintext, where the endpoint has no scheme. Default `false`. */
  readonly insecure?: boolean | undefined;
}

/** A header of a {@link TelemetryOtlpConfig}. */
export interface TelemetryHeaderConfig {
  /** Its name, in any case. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/** `service.telemetry.metrics`. */
export interface TelemetryMetricsConfig {
  /** How much is measured, in any case; the README lists what each level has. Default `'normal'`. */
  readonly level?: 'none' | 'basic' | 'normal' | 'detailed' | undefined;
  /** Who gets the figures; not beside `runtime.meterProvider`. Default: nobody, and no port is opened. */
  readonly readers?: readonly TelemetryReaderConfig[] | undefined;
  /** Change what readers are told of some instruments; only at `detailed`. Default `[]`. */
  readonly views?: readonly TelemetryViewConfig[] | undefined;
}

/** How much is measured. */
export type TelemetryMetricsLevel = NonNullable<TelemetryMetricsConfig['level']>;

/** One of the two. */
export interface TelemetryReaderConfig {
  /** Waits to be asked. */
  readonly pull?: TelemetryPullReaderConfig | undefined;
  /** Sends by itself. */
  readonly periodic?: TelemetryPeriodicReaderConfig | undefined;
}

/** Waits to be asked. */
export interface TelemetryPullReaderConfig {
  /** How it is asked. */
  readonly exporter: TelemetryPullExporterConfig;
}

/** The way to ask: one. */
export interface TelemetryPullExporterConfig {
  /** By Prometheus, at `/metrics`. */
  readonly prometheus: TelemetryPrometheusConfig;
}

/** An HTTP server with the text format of Prometheus. */
export interface TelemetryPrometheusConfig {
  /** Where it listens; `localhost` binds both address families. */
  readonly host: string;
  /** Its port; `0` is any that is free, which `collector.addresses()` tells. */
  readonly port: number;
  /** Leaves out the labels `otel_scope_name` and its like. Default `true`. */
  readonly without_scope_info?: boolean | undefined;
  /** Leaves units out of the names. Default `true`. */
  readonly without_units?: boolean | undefined;
  /** Leaves `_total` off the names of counters. Default `true`. */
  readonly without_type_suffix?: boolean | undefined;
  /** Resource attributes that every series has as labels. Default: none. */
  readonly with_resource_constant_labels?: TelemetryIncludeExcludeConfig | undefined;
}

/** Which attributes; `*` stands for any characters, `?` for one. */
export interface TelemetryIncludeExcludeConfig {
  /** Those to take. Default `['*']`. */
  readonly included?: readonly string[] | undefined;
  /** Those to leave out all the same. Default `[]`. */
  readonly excluded?: readonly string[] | undefined;
}

/** Sends by itself. */
export interface TelemetryPeriodicReaderConfig {
  /** Time between two sends, in milliseconds. Default `60000`. */
  readonly interval?: number | undefined;
  /** Longest time of one, in milliseconds. Default `30000`. */
  readonly timeout?: number | undefined;
  /** Where it sends. */
  readonly exporter: TelemetryMetricExporterConfig;
}

/** One of the two. */
export interface TelemetryMetricExporterConfig {
  /** An OTLP server. */
  readonly otlp?: TelemetryMetricOtlpConfig | undefined;
  /** Standard output, as OTLP/JSON. */
  readonly console?: Readonly<Record<string, never>> | null | undefined;
}

/** An OTLP server that gets metrics. */
export interface TelemetryMetricOtlpConfig extends TelemetryOtlpConfig {
  /**
   * Whether counters and histograms tell all since the start or what came since the last send; `lowmemory` is
   * `delta` for all but what is observed. Default `'cumulative'`.
   */
  readonly temporality_preference?: 'cumulative' | 'delta' | 'lowmemory' | undefined;
}

/** A view of the SDK. An instrument that agrees with several has a stream by each. */
export interface TelemetryViewConfig {
  /** Which instruments: those that agree with all keys. At least one is needed. */
  readonly selector: TelemetryViewSelectorConfig;
  /** What becomes of them. */
  readonly stream: TelemetryViewStreamConfig;
}

/** Which instruments a view is for. */
export interface TelemetryViewSelectorConfig {
  /** Its name; `*` stands for any characters, `?` for one. */
  readonly instrument_name?: string | undefined;
  /** Its kind. */
  readonly instrument_type?:
    | 'counter'
    | 'up_down_counter'
    | 'gauge'
    | 'histogram'
    | 'observable_counter'
    | 'observable_up_down_counter'
    | 'observable_gauge'
    | undefined;
  /** Its unit. */
  readonly unit?: string | undefined;
  /** The scope that it is of. */
  readonly meter_name?: string | undefined;
  /** The version of that scope. */
  readonly meter_version?: string | undefined;
  /** The schema of that scope. */
  readonly meter_schema_url?: string | undefined;
}

/** What becomes of the instruments of a view. */
export interface TelemetryViewStreamConfig {
  /** Another name; only where `instrument_name` names one instrument. */
  readonly name?: string | undefined;
  /** Another description. */
  readonly description?: string | undefined;
  /** Another aggregation. */
  readonly aggregation?: TelemetryAggregationConfig | undefined;
  /** The attributes that stay. */
  readonly attribute_keys?: TelemetryAttributeKeysConfig | undefined;
}

/** One of these. */
export interface TelemetryAggregationConfig {
  /** That of the instrument. */
  readonly default?: Readonly<Record<string, never>> | null | undefined;
  /** None: the instrument is not told. */
  readonly drop?: Readonly<Record<string, never>> | null | undefined;
  /** The last value. */
  readonly last_value?: Readonly<Record<string, never>> | null | undefined;
  /** The sum. */
  readonly sum?: Readonly<Record<string, never>> | null | undefined;
  /** A histogram. */
  readonly explicit_bucket_histogram?: TelemetryBucketsConfig | undefined;
}

/** The buckets of a histogram. */
export interface TelemetryBucketsConfig {
  /** Upper bounds, rising. Default: those of the SDK, 0 to 10,000. */
  readonly boundaries?: readonly number[] | undefined;
  /** Tells the smallest and the largest value too, where it is sent. Default `true`. */
  readonly record_min_max?: boolean | undefined;
}

/** Names of attributes. */
export interface TelemetryAttributeKeysConfig {
  /** Those that stay. Without it, all. */
  readonly included?: readonly string[] | undefined;
  /** Those that are left out all the same. Default `[]`. */
  readonly excluded?: readonly string[] | undefined;
}

/** What a sent counter counts from. */
export type TelemetryTemporality = NonNullable<TelemetryMetricOtlpConfig['temporality_preference']>;

/** `service.telemetry.resource`. */
export interface TelemetryResourceConfig {
  /** Added to the default ones, or in their place. Default `[]`. */
  readonly attributes?: readonly TelemetryAttributeConfig[] | undefined;
  /** The schema that they follow. Default none. */
  readonly schema_url?: string | undefined;
}

/** An attribute. */
export interface TelemetryAttributeConfig {
  /** Its name. */
  readonly name: string;
  /** A text, a number, true or false, or a list of one of these. */
  readonly value: TelemetryAttributeValue;
  /** What the value must be. Without it, anything. */
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

/** A value, or a list of one kind. */
export type TelemetryAttributeValue =
  string | boolean | number | readonly string[] | readonly boolean[] | readonly number[];
