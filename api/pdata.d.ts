// @tributary/pdata: what the package exports, written by scripts/api.mjs.

export type AggregationTemporality = 'unspecified' | 'delta' | 'cumulative';
export type AttributeInput =
  | AttributeValue
  | Double
  | readonly AttributeInput[]
  | {
      readonly [key: string]: AttributeInput;
    };
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | {
      readonly [key: string]: AttributeValue;
    };
export declare class Attributes implements Iterable<[key: string, value: AttributeValue]> {
  private readonly owner;
  private readonly tag;
  get size(): number;
  get(key: string): AttributeValue | undefined;
  has(key: string): boolean;
  set(key: string, value: AttributeInput): void;
  rename(from: string, to: string): boolean;
  delete(key: string): boolean;
  value(key: string): Value | undefined;
  [Symbol.iterator](): IterableIterator<[key: string, value: AttributeValue]>;
  private replaceAll;
  private editOfPair;
  private pair;
  private locate;
}
export type AttributesInit = Readonly<Record<string, AttributeInput>>;
export type Batch<S extends Signal> = Telemetry<S> &
  (S extends 'traces' ? Traces : S extends 'metrics' ? Metrics : S extends 'logs' ? Logs : Profiles);
export interface BatchFactory<S extends Signal> {
  from(bytes: Uint8Array, options?: FromOptions): Batch<S>;
  fromJson(json: string | Uint8Array, options?: FromOptions): Batch<S>;
  create(): Batch<S>;
}
export declare class Buckets extends Message {
  get offset(): number;
  set offset(value: number);
  get bucketCounts(): readonly bigint[];
  set bucketCounts(values: readonly bigint[]);
}
export interface BucketsInit {
  readonly offset?: number;
  readonly bucketCounts?: readonly bigint[];
}
export type DataPoint =
  NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint;
export interface Double {
  readonly double: number;
}
export declare class EntityRef extends Message {
  get schemaUrl(): string;
  set schemaUrl(value: string);
  get type(): string;
  set type(value: string);
  get idKeys(): readonly string[];
  set idKeys(values: readonly string[]);
  get descriptionKeys(): readonly string[];
  set descriptionKeys(values: readonly string[]);
}
export interface EntityRefInit {
  readonly schemaUrl?: string;
  readonly type?: string;
  readonly idKeys?: readonly string[];
  readonly descriptionKeys?: readonly string[];
}
export declare class Exemplar extends Message {
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get asDouble(): number | undefined;
  set asDouble(value: number | undefined);
  get spanId(): string;
  set spanId(value: string);
  get spanIdBytes(): Uint8Array;
  get traceId(): string;
  set traceId(value: string);
  get traceIdBytes(): Uint8Array;
  get asInt(): bigint | undefined;
  set asInt(value: bigint | undefined);
  get filteredAttributes(): Attributes;
  get value(): number | bigint | undefined;
}
export interface ExemplarInit {
  readonly timeUnixNano?: bigint;
  readonly asDouble?: number;
  readonly spanId?: string;
  readonly traceId?: string;
  readonly asInt?: bigint;
  readonly filteredAttributes?: AttributesInit;
}
export declare class ExponentialHistogram extends Message {
  dataPoints(): Iterable<ExponentialHistogramDataPoint>;
  addDataPoint(
    init?: ExponentialHistogramDataPoint | ExponentialHistogramDataPointInit,
  ): ExponentialHistogramDataPoint;
  get aggregationTemporality(): AggregationTemporality;
  set aggregationTemporality(value: AggregationTemporality);
}
export declare class ExponentialHistogramDataPoint extends Message {
  get metric(): Metric;
  get attributes(): Attributes;
  get startTimeUnixNano(): bigint;
  set startTimeUnixNano(value: bigint);
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get count(): bigint;
  set count(value: bigint);
  get sum(): number | undefined;
  set sum(value: number | undefined);
  get scale(): number;
  set scale(value: number);
  get zeroCount(): bigint;
  set zeroCount(value: bigint);
  get positive(): Buckets | undefined;
  set positive(value: Buckets | BucketsInit | undefined);
  get negative(): Buckets | undefined;
  set negative(value: Buckets | BucketsInit | undefined);
  get flags(): number;
  set flags(value: number);
  exemplars(): Iterable<Exemplar>;
  addExemplar(init?: Exemplar | ExemplarInit): Exemplar;
  get min(): number | undefined;
  set min(value: number | undefined);
  get max(): number | undefined;
  set max(value: number | undefined);
  get zeroThreshold(): number;
  set zeroThreshold(value: number);
}
export interface ExponentialHistogramDataPointInit {
  readonly attributes?: AttributesInit;
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
  readonly count?: bigint;
  readonly sum?: number;
  readonly scale?: number;
  readonly zeroCount?: bigint;
  readonly positive?: BucketsInit;
  readonly negative?: BucketsInit;
  readonly flags?: number;
  readonly exemplars?: readonly ExemplarInit[];
  readonly min?: number;
  readonly max?: number;
  readonly zeroThreshold?: number;
}
export interface ExponentialHistogramInit {
  readonly dataPoints?: readonly ExponentialHistogramDataPointInit[];
  readonly aggregationTemporality?: AggregationTemporality;
}
export interface FromOptions {
  readonly repairUtf8?: boolean | undefined;
  readonly onRepair?: ((fields: number) => void) | undefined;
  readonly maxItems?: number | undefined;
}
export declare class Gauge extends Message {
  dataPoints(): Iterable<NumberDataPoint>;
  addDataPoint(init?: NumberDataPoint | NumberDataPointInit): NumberDataPoint;
}
export interface GaugeInit {
  readonly dataPoints?: readonly NumberDataPointInit[];
}
export declare class Histogram extends Message {
  dataPoints(): Iterable<HistogramDataPoint>;
  addDataPoint(init?: HistogramDataPoint | HistogramDataPointInit): HistogramDataPoint;
  get aggregationTemporality(): AggregationTemporality;
  set aggregationTemporality(value: AggregationTemporality);
}
export declare class HistogramDataPoint extends Message {
  get metric(): Metric;
  get startTimeUnixNano(): bigint;
  set startTimeUnixNano(value: bigint);
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get count(): bigint;
  set count(value: bigint);
  get sum(): number | undefined;
  set sum(value: number | undefined);
  get bucketCounts(): readonly bigint[];
  set bucketCounts(values: readonly bigint[]);
  get explicitBounds(): readonly number[];
  set explicitBounds(values: readonly number[]);
  exemplars(): Iterable<Exemplar>;
  addExemplar(init?: Exemplar | ExemplarInit): Exemplar;
  get attributes(): Attributes;
  get flags(): number;
  set flags(value: number);
  get min(): number | undefined;
  set min(value: number | undefined);
  get max(): number | undefined;
  set max(value: number | undefined);
}
export interface HistogramDataPointInit {
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
  readonly count?: bigint;
  readonly sum?: number;
  readonly bucketCounts?: readonly bigint[];
  readonly explicitBounds?: readonly number[];
  readonly exemplars?: readonly ExemplarInit[];
  readonly attributes?: AttributesInit;
  readonly flags?: number;
  readonly min?: number;
  readonly max?: number;
}
export interface HistogramInit {
  readonly dataPoints?: readonly HistogramDataPointInit[];
  readonly aggregationTemporality?: AggregationTemporality;
}
export interface LogGroupInit {
  readonly resource?: ResourceInit;
  readonly scope?: ScopeInit;
}
export declare class LogRecord extends Message {
  get resource(): Resource;
  get scope(): Scope;
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get severityNumber(): SeverityNumber;
  set severityNumber(value: SeverityNumber);
  get severityText(): string;
  set severityText(value: string);
  get body(): AttributeValue | undefined;
  set body(value: AttributeInput | undefined);
  get bodyValue(): Value | undefined;
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
  get flags(): number;
  set flags(value: number);
  get traceId(): string;
  set traceId(value: string);
  get traceIdBytes(): Uint8Array;
  get spanId(): string;
  set spanId(value: string);
  get spanIdBytes(): Uint8Array;
  get observedTimeUnixNano(): bigint;
  set observedTimeUnixNano(value: bigint);
  get eventName(): string;
  set eventName(value: string);
}
export interface LogRecordInit {
  readonly timeUnixNano?: bigint;
  readonly severityNumber?: SeverityNumber;
  readonly severityText?: string;
  readonly body?: AttributeInput;
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly observedTimeUnixNano?: bigint;
  readonly eventName?: string;
}
export declare class LogWriter {
  #private;
  count: number;
  constructor({ numbers }?: { readonly numbers?: 'integer' | 'double' });
  get byteLength(): number;
  group(init: LogGroupInit): void;
  add(record: LogRecordInit): void;
  addText(text: Buffer, start: number, end: number, common: Uint8Array): void;
  static fields(common: Omit<LogRecordInit, 'body'>): Uint8Array;
  take(): Logs;
}
export interface Logs extends Telemetry<'logs'> {
  records(): Iterable<LogRecord>;
  resourceLogs(): Iterable<ResourceLogs>;
  addResourceLogs(init?: ResourceLogs | ResourceLogsInit): ResourceLogs;
  filter(keep: (record: LogRecord) => boolean): void;
}
export declare const Logs: BatchFactory<'logs'>;
export type MalformedTelemetryCode =
  | 'truncated'
  | 'varint'
  | 'tag'
  | 'wire_type'
  | 'id_length'
  | 'packed_length'
  | 'nesting'
  | 'too_many_items'
  | 'too_large'
  | 'json'
  | 'value';
export declare class MalformedTelemetryError extends Error {
  readonly code: MalformedTelemetryCode;
  readonly offset: number | undefined;
  readonly field: string | undefined;
  readonly path: string | undefined;
  constructor(code: MalformedTelemetryCode, problem: string, place?: MalformedTelemetryPlace);
  static is(error: unknown): error is MalformedTelemetryError;
}
export interface MalformedTelemetryPlace {
  readonly offset?: number | undefined;
  readonly field?: string | undefined;
  readonly path?: string | undefined;
  readonly cause?: unknown;
}
export declare class Metric extends Message {
  get resource(): Resource;
  get scope(): Scope;
  get name(): string;
  set name(value: string);
  get description(): string;
  set description(value: string);
  get unit(): string;
  set unit(value: string);
  get gauge(): Gauge | undefined;
  set gauge(value: Gauge | GaugeInit | undefined);
  get sum(): Sum | undefined;
  set sum(value: Sum | SumInit | undefined);
  get histogram(): Histogram | undefined;
  set histogram(value: Histogram | HistogramInit | undefined);
  get exponentialHistogram(): ExponentialHistogram | undefined;
  set exponentialHistogram(value: ExponentialHistogram | ExponentialHistogramInit | undefined);
  get summary(): Summary | undefined;
  set summary(value: Summary | SummaryInit | undefined);
  get metadata(): Attributes;
  get kind(): MetricKind | undefined;
  dataPoints(): Iterable<DataPoint>;
}
export interface MetricInit {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: GaugeInit;
  readonly sum?: SumInit;
  readonly histogram?: HistogramInit;
  readonly exponentialHistogram?: ExponentialHistogramInit;
  readonly summary?: SummaryInit;
  readonly metadata?: AttributesInit;
}
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';
export interface Metrics extends Telemetry<'metrics'> {
  metrics(): Iterable<Metric>;
  dataPoints(): Iterable<DataPoint>;
  resourceMetrics(): Iterable<ResourceMetrics>;
  addResourceMetrics(init?: ResourceMetrics | ResourceMetricsInit): ResourceMetrics;
  filter(keep: (metric: Metric) => boolean): void;
  filterDataPoints(keep: (point: DataPoint) => boolean): void;
}
export declare const Metrics: BatchFactory<'metrics'>;
export interface Node {
  remove(): void;
  readonly isRemoved: boolean;
  toObject(): Readonly<Record<string, unknown>>;
}
export declare class NumberDataPoint extends Message {
  get metric(): Metric;
  get startTimeUnixNano(): bigint;
  set startTimeUnixNano(value: bigint);
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get asDouble(): number | undefined;
  set asDouble(value: number | undefined);
  exemplars(): Iterable<Exemplar>;
  addExemplar(init?: Exemplar | ExemplarInit): Exemplar;
  get asInt(): bigint | undefined;
  set asInt(value: bigint | undefined);
  get attributes(): Attributes;
  get flags(): number;
  set flags(value: number);
  get value(): number | bigint | undefined;
}
export interface NumberDataPointInit {
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
  readonly asDouble?: number;
  readonly exemplars?: readonly ExemplarInit[];
  readonly asInt?: bigint;
  readonly attributes?: AttributesInit;
  readonly flags?: number;
}
export declare class Profile extends Message {
  get resource(): Resource;
  get scope(): Scope;
  get sampleType(): ValueType | undefined;
  set sampleType(value: ValueType | ValueTypeInit | undefined);
  samples(): Iterable<Sample>;
  addSample(init?: Sample | SampleInit): Sample;
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get durationNano(): bigint;
  set durationNano(value: bigint);
  get periodType(): ValueType | undefined;
  set periodType(value: ValueType | ValueTypeInit | undefined);
  get period(): bigint;
  set period(value: bigint);
  get profileId(): string;
  set profileId(value: string);
  get profileIdBytes(): Uint8Array;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
  get originalPayloadFormat(): string;
  set originalPayloadFormat(value: string);
  get originalPayload(): Uint8Array;
  set originalPayload(value: Uint8Array);
  get attributeIndices(): readonly number[];
  set attributeIndices(values: readonly number[]);
}
export interface ProfileInit {
  readonly sampleType?: ValueTypeInit;
  readonly samples?: readonly SampleInit[];
  readonly timeUnixNano?: bigint;
  readonly durationNano?: bigint;
  readonly periodType?: ValueTypeInit;
  readonly period?: bigint;
  readonly profileId?: string;
  readonly droppedAttributesCount?: number;
  readonly originalPayloadFormat?: string;
  readonly originalPayload?: Uint8Array;
  readonly attributeIndices?: readonly number[];
}
export interface Profiles extends Telemetry<'profiles'> {
  readonly profileCount: number;
  profiles(): Iterable<Profile>;
  resourceProfiles(): Iterable<ResourceProfiles>;
  filter(keep: (profile: Profile) => boolean): void;
}
export declare const Profiles: BatchFactory<'profiles'>;
export declare class Resource extends Message {
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
  entityRefs(): Iterable<EntityRef>;
  addEntityRef(init?: EntityRef | EntityRefInit): EntityRef;
}
export interface ResourceInit {
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
  readonly entityRefs?: readonly EntityRefInit[];
}
export declare class ResourceLogs extends Message {
  get resource(): Resource;
  set resource(value: Resource | ResourceInit);
  scopes(): Iterable<ScopeLogs>;
  addScope(init?: ScopeLogs | ScopeLogsInit): ScopeLogs;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ResourceLogsInit {
  readonly resource?: ResourceInit;
  readonly scopeLogs?: readonly ScopeLogsInit[];
  readonly schemaUrl?: string;
}
export declare class ResourceMetrics extends Message {
  get resource(): Resource;
  set resource(value: Resource | ResourceInit);
  scopes(): Iterable<ScopeMetrics>;
  addScope(init?: ScopeMetrics | ScopeMetricsInit): ScopeMetrics;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ResourceMetricsInit {
  readonly resource?: ResourceInit;
  readonly scopeMetrics?: readonly ScopeMetricsInit[];
  readonly schemaUrl?: string;
}
export declare class ResourceProfiles extends Message {
  get resource(): Resource;
  set resource(value: Resource | ResourceInit);
  scopes(): Iterable<ScopeProfiles>;
  addScope(init?: ScopeProfiles | ScopeProfilesInit): ScopeProfiles;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ResourceProfilesInit {
  readonly resource?: ResourceInit;
  readonly scopeProfiles?: readonly ScopeProfilesInit[];
  readonly schemaUrl?: string;
}
export declare class ResourceSpans extends Message {
  get resource(): Resource;
  set resource(value: Resource | ResourceInit);
  scopes(): Iterable<ScopeSpans>;
  addScope(init?: ScopeSpans | ScopeSpansInit): ScopeSpans;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ResourceSpansInit {
  readonly resource?: ResourceInit;
  readonly scopeSpans?: readonly ScopeSpansInit[];
  readonly schemaUrl?: string;
}
export declare class Sample extends Message {
  get stackIndex(): number;
  set stackIndex(value: number);
  get attributeIndices(): readonly number[];
  set attributeIndices(values: readonly number[]);
  get linkIndex(): number;
  set linkIndex(value: number);
  get values(): readonly bigint[];
  set values(values: readonly bigint[]);
  get timestampsUnixNano(): readonly bigint[];
  set timestampsUnixNano(values: readonly bigint[]);
}
export interface SampleInit {
  readonly stackIndex?: number;
  readonly attributeIndices?: readonly number[];
  readonly linkIndex?: number;
  readonly values?: readonly bigint[];
  readonly timestampsUnixNano?: readonly bigint[];
}
export declare class Scope extends Message {
  get name(): string;
  set name(value: string);
  get version(): string;
  set version(value: string);
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
}
export interface ScopeInit {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
}
export declare class ScopeLogs extends Message {
  get resource(): Resource;
  get scope(): Scope;
  set scope(value: Scope | ScopeInit);
  records(): Iterable<LogRecord>;
  add(init?: LogRecord | LogRecordInit): LogRecord;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ScopeLogsInit {
  readonly scope?: ScopeInit;
  readonly logRecords?: readonly LogRecordInit[];
  readonly schemaUrl?: string;
}
export declare class ScopeMetrics extends Message {
  get resource(): Resource;
  get scope(): Scope;
  set scope(value: Scope | ScopeInit);
  metrics(): Iterable<Metric>;
  add(init: Metric | MetricInit): Metric;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ScopeMetricsInit {
  readonly scope?: ScopeInit;
  readonly metrics?: readonly MetricInit[];
  readonly schemaUrl?: string;
}
export declare class ScopeProfiles extends Message {
  get resource(): Resource;
  get scope(): Scope;
  set scope(value: Scope | ScopeInit);
  profiles(): Iterable<Profile>;
  add(init?: Profile | ProfileInit): Profile;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ScopeProfilesInit {
  readonly scope?: ScopeInit;
  readonly profiles?: readonly ProfileInit[];
  readonly schemaUrl?: string;
}
export declare class ScopeSpans extends Message {
  get resource(): Resource;
  get scope(): Scope;
  set scope(value: Scope | ScopeInit);
  spans(): Iterable<Span>;
  add(init: Span | SpanInit): Span;
  get schemaUrl(): string;
  set schemaUrl(value: string);
}
export interface ScopeSpansInit {
  readonly scope?: ScopeInit;
  readonly spans?: readonly SpanInit[];
  readonly schemaUrl?: string;
}
export type SeverityNumber =
  | 'unspecified'
  | 'trace'
  | 'trace2'
  | 'trace3'
  | 'trace4'
  | 'debug'
  | 'debug2'
  | 'debug3'
  | 'debug4'
  | 'info'
  | 'info2'
  | 'info3'
  | 'info4'
  | 'warn'
  | 'warn2'
  | 'warn3'
  | 'warn4'
  | 'error'
  | 'error2'
  | 'error3'
  | 'error4'
  | 'fatal'
  | 'fatal2'
  | 'fatal3'
  | 'fatal4';
export type Signal = 'traces' | 'metrics' | 'logs' | 'profiles';
export declare class Span extends Message {
  get resource(): Resource;
  get scope(): Scope;
  get traceId(): string;
  set traceId(value: string);
  get traceIdBytes(): Uint8Array;
  get spanId(): string;
  set spanId(value: string);
  get spanIdBytes(): Uint8Array;
  get traceState(): string;
  set traceState(value: string);
  get parentSpanId(): string;
  set parentSpanId(value: string);
  get parentSpanIdBytes(): Uint8Array;
  get name(): string;
  set name(value: string);
  get kind(): SpanKind;
  set kind(value: SpanKind);
  get startTimeUnixNano(): bigint;
  set startTimeUnixNano(value: bigint);
  get endTimeUnixNano(): bigint;
  set endTimeUnixNano(value: bigint);
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
  events(): Iterable<SpanEvent>;
  addEvent(init?: SpanEvent | SpanEventInit): SpanEvent;
  get droppedEventsCount(): number;
  set droppedEventsCount(value: number);
  links(): Iterable<SpanLink>;
  addLink(init?: SpanLink | SpanLinkInit): SpanLink;
  get droppedLinksCount(): number;
  set droppedLinksCount(value: number);
  get status(): Status;
  set status(value: Status | StatusInit);
  get flags(): number;
  set flags(value: number);
  get durationNanos(): number;
}
export declare class SpanEvent extends Message {
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get name(): string;
  set name(value: string);
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
}
export interface SpanEventInit {
  readonly timeUnixNano?: bigint;
  readonly name?: string;
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
}
export interface SpanInit {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: SpanKind;
  readonly startTimeUnixNano?: bigint;
  readonly endTimeUnixNano?: bigint;
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
  readonly events?: readonly SpanEventInit[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly SpanLinkInit[];
  readonly droppedLinksCount?: number;
  readonly status?: StatusInit;
  readonly flags?: number;
}
export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export declare class SpanLink extends Message {
  get traceId(): string;
  set traceId(value: string);
  get traceIdBytes(): Uint8Array;
  get spanId(): string;
  set spanId(value: string);
  get spanIdBytes(): Uint8Array;
  get traceState(): string;
  set traceState(value: string);
  get attributes(): Attributes;
  get droppedAttributesCount(): number;
  set droppedAttributesCount(value: number);
  get flags(): number;
  set flags(value: number);
}
export interface SpanLinkInit {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly attributes?: AttributesInit;
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
}
export declare class Status extends Message {
  get message(): string;
  set message(value: string);
  get code(): StatusCode;
  set code(value: StatusCode);
}
export type StatusCode = 'unset' | 'ok' | 'error';
export interface StatusInit {
  readonly message?: string;
  readonly code?: StatusCode;
}
export declare class Sum extends Message {
  dataPoints(): Iterable<NumberDataPoint>;
  addDataPoint(init?: NumberDataPoint | NumberDataPointInit): NumberDataPoint;
  get aggregationTemporality(): AggregationTemporality;
  set aggregationTemporality(value: AggregationTemporality);
  get isMonotonic(): boolean;
  set isMonotonic(value: boolean);
}
export interface SumInit {
  readonly dataPoints?: readonly NumberDataPointInit[];
  readonly aggregationTemporality?: AggregationTemporality;
  readonly isMonotonic?: boolean;
}
export declare class Summary extends Message {
  dataPoints(): Iterable<SummaryDataPoint>;
  addDataPoint(init?: SummaryDataPoint | SummaryDataPointInit): SummaryDataPoint;
}
export declare class SummaryDataPoint extends Message {
  get metric(): Metric;
  get startTimeUnixNano(): bigint;
  set startTimeUnixNano(value: bigint);
  get timeUnixNano(): bigint;
  set timeUnixNano(value: bigint);
  get count(): bigint;
  set count(value: bigint);
  get sum(): number;
  set sum(value: number);
  quantileValues(): Iterable<ValueAtQuantile>;
  addQuantileValue(init?: ValueAtQuantile | ValueAtQuantileInit): ValueAtQuantile;
  get attributes(): Attributes;
  get flags(): number;
  set flags(value: number);
}
export interface SummaryDataPointInit {
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
  readonly count?: bigint;
  readonly sum?: number;
  readonly quantileValues?: readonly ValueAtQuantileInit[];
  readonly attributes?: AttributesInit;
  readonly flags?: number;
}
export interface SummaryInit {
  readonly dataPoints?: readonly SummaryDataPointInit[];
}
export interface Telemetry<S extends Signal> {
  readonly signal: S;
  readonly itemCount: number;
  readonly byteLength: number;
  toBytes(): Uint8Array;
  toJson(): string;
  clone(): Batch<S>;
  append(other: Batch<S>): void;
  canAppend(other: Batch<S>): boolean;
  take(maxItems: number): Batch<S>;
  settle(): void;
  compact(): void;
  transfer(): Batch<S>;
}
export interface Traces extends Telemetry<'traces'> {
  spans(): Iterable<Span>;
  resourceSpans(): Iterable<ResourceSpans>;
  addResourceSpans(init?: ResourceSpans | ResourceSpansInit): ResourceSpans;
  filter(keep: (span: Span) => boolean): void;
  groupByTraceId(): Map<string, Traces>;
}
export declare const Traces: BatchFactory<'traces'>;
export declare class Value extends View {
  get messageName(): MessageName;
  get(): AttributeValue;
  set(value: AttributeInput): void;
  get map(): Attributes | undefined;
  values(): Iterable<Value>;
}
export declare class ValueAtQuantile extends Message {
  get quantile(): number;
  set quantile(value: number);
  get value(): number;
  set value(value: number);
}
export interface ValueAtQuantileInit {
  readonly quantile?: number;
  readonly value?: number;
}
export declare class ValueType extends Message {
  get typeStrindex(): number;
  set typeStrindex(value: number);
  get unitStrindex(): number;
  set unitStrindex(value: number);
}
export interface ValueTypeInit {
  readonly typeStrindex?: number;
  readonly unitStrindex?: number;
}
export declare function batchFactory<S extends Signal>(signal: S): BatchFactory<S>;
export declare function double(value: number): Double;

// Not exported, but referred to above.
declare class Chunk {
  readonly bytes: Buffer;
  edits: Map<number, Edit> | undefined;
  root: Edit | undefined;
  moved: boolean;
  itemCount: number;
  size: number;
  settled: Buffer | undefined;
  constructor(bytes: Uint8Array);
}
type CommonMessage =
  'AnyValue' | 'ArrayValue' | 'KeyValueList' | 'KeyValue' | 'Scope' | 'EntityRef' | 'Resource';
declare class Edit {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
  removedAt: number;
  putAt: number;
  frame: Buffer | undefined;
  chunk: Chunk | undefined;
  kids: Edit[] | undefined;
  added: Edit[] | undefined;
  singles: Edit[] | undefined;
  size: number;
  constructor(tag: number, from: number, start: number, end: number);
  addKid(kid: Edit): void;
  kidAt(from: number): Edit | undefined;
  remove(): void;
  replace(frame: Buffer): void;
  add(tag: number, frame: Buffer): Edit;
  addSingle(tag: number, frame: Buffer): void;
  get isChanged(): boolean;
}
type LogsMessage = 'LogsRequest' | 'ResourceLogs' | 'ScopeLogs' | 'LogRecord';
declare abstract class Message extends View {
  protected setField(tag: number, value: unknown, rivals?: readonly number[]): void;
  protected text(tag: number): string;
  protected raw(tag: number): Uint8Array;
  protected hex(tag: number): string;
  protected flag(tag: number): boolean;
  protected unsigned(tag: number): number;
  protected signed(tag: number): number;
  protected zigzag(tag: number): number;
  protected fixed32(tag: number): number;
  protected fixed64(tag: number): bigint;
  protected unsigned64(tag: number): bigint;
  protected signed64(tag: number): bigint;
  protected optionalSfixed64(tag: number): bigint | undefined;
  protected double(tag: number): number;
  protected optionalDouble(tag: number): number | undefined;
  protected attributeList(tag: number): Attributes;
  protected anyValue(tag: number): AttributeValue | undefined;
  protected setAnyValue(tag: number, value: AttributeInput | undefined): void;
  protected valueView(tag: number): Value | undefined;
  protected setPart(
    tag: number,
    name: MessageName,
    init: object | undefined,
    rivals?: readonly number[],
  ): void;
  protected addMessage<V extends View>(tag: number, Class: ViewClass<V>, name: MessageName, init: object): V;
  protected texts(tag: number): string[];
  protected numbers<T extends number | bigint>(tag: number, type: Packed): T[];
  protected setList(tag: number, values: readonly (string | number | bigint)[]): void;
  private eachField;
}
type MessageName = CommonMessage | TracesMessage | MetricsMessage | LogsMessage | ProfilesMessage;
type MetricsMessage =
  | 'MetricsRequest'
  | 'ResourceMetrics'
  | 'ScopeMetrics'
  | 'Metric'
  | 'Gauge'
  | 'Sum'
  | 'Histogram'
  | 'ExponentialHistogram'
  | 'Summary'
  | 'NumberDataPoint'
  | 'HistogramDataPoint'
  | 'ExponentialHistogramDataPoint'
  | 'Buckets'
  | 'SummaryDataPoint'
  | 'ValueAtQuantile'
  | 'Exemplar';
type Packed = 'double' | 'fixed64' | 'uint64' | 'int64' | 'int32';
type ProfilesMessage =
  | 'ProfilesRequest'
  | 'ProfilesDictionary'
  | 'ResourceProfiles'
  | 'ScopeProfiles'
  | 'Profile'
  | 'Sample'
  | 'ValueType'
  | 'Mapping'
  | 'Location'
  | 'Line'
  | 'Function'
  | 'Link'
  | 'KeyValueAndUnit'
  | 'Stack';
type TracesMessage =
  'TracesRequest' | 'ResourceSpans' | 'ScopeSpans' | 'Span' | 'SpanEvent' | 'SpanLink' | 'Status';
declare abstract class View implements Node {
  constructor(chunk: Chunk, from: number, start: number, end: number, tag: number, parent: View | undefined);
  get isRemoved(): boolean;
  remove(): void;
  toObject(): Readonly<Record<string, unknown>>;
  private resolve;
  private create;
  private settle;
  private foundField;
}
type ViewClass<V extends View> = new (
  chunk: Chunk,
  from: number,
  start: number,
  end: number,
  tag: number,
  parent: View | undefined,
) => V;
