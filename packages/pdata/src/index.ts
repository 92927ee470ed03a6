// Batches: for everyone.
export { Logs } from './logs.js';
export { Metrics } from './metrics.js';
export { Profiles } from './profiles.js';
export { Traces } from './traces.js';
export { LogWriter, type LogGroupInit } from './log-writer.js';
export type { Batch, BatchFactory, Signal, Telemetry } from './telemetry.js';
export type { FromOptions } from './check.js';
export { MalformedTelemetryError } from './errors.js';
export type { MalformedTelemetryCode, MalformedTelemetryPlace } from './errors.js';

// Attributes and values.
export type { Attributes, AttributeInput, AttributeValue, Value } from './attributes.js';
export { double } from './encode.js';
export type { Double } from './encode.js';

// Views: what loops over a batch hand out.
export type { Node } from './view.js';
export type { DataPoint, MetricKind } from './records.js';
export type {
  Buckets,
  EntityRef,
  Exemplar,
  ExponentialHistogram,
  ExponentialHistogramDataPoint,
  Gauge,
  Histogram,
  HistogramDataPoint,
  LogRecord,
  Metric,
  NumberDataPoint,
  Profile,
  Resource,
  ResourceLogs,
  ResourceMetrics,
  ResourceProfiles,
  ResourceSpans,
  Sample,
  Scope,
  ScopeLogs,
  ScopeMetrics,
  ScopeProfiles,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
  Status,
  Sum,
  Summary,
  SummaryDataPoint,
  ValueAtQuantile,
  ValueType,
} from './generated/views.js';

// Initialisers: what `add` and the setters of parts take.
export type {
  AttributesInit,
  BucketsInit,
  EntityRefInit,
  ExemplarInit,
  ExponentialHistogramDataPointInit,
  ExponentialHistogramInit,
  GaugeInit,
  HistogramDataPointInit,
  HistogramInit,
  LogRecordInit,
  MetricInit,
  NumberDataPointInit,
  ProfileInit,
  ResourceInit,
  ResourceLogsInit,
  ResourceMetricsInit,
  ResourceProfilesInit,
  ResourceSpansInit,
  SampleInit,
  ScopeInit,
  ScopeLogsInit,
  ScopeMetricsInit,
  ScopeProfilesInit,
  ScopeSpansInit,
  SpanEventInit,
  SpanInit,
  SpanLinkInit,
  StatusInit,
  SumInit,
  SummaryDataPointInit,
  SummaryInit,
  ValueAtQuantileInit,
  ValueTypeInit,
} from './generated/views.js';

// Names of enums.
export type { AggregationTemporality, SeverityNumber, SpanKind, StatusCode } from './generated/views.js';

// For code that serves every signal: servers, queues, fan-out.
export { batchFactory } from './factory.js';
