/**
 * OTLP 1.11 as data. Views, checks, OTLP/JSON and initialisers are all driven by
 * this one table, so that the next release of the protocol is a few lines here
 * and `npm run generate`.
 *
 * A field is `[number, type, doc?]`. A type is a scalar, an enum or a message by
 * name, with `repeated ` or `optional ` before it where the protocol has that.
 * `bytes16` and `bytes8` are `bytes` that hold an ID: that long, or empty.
 */
export type Scalar =
  | 'string'
  | 'bytes'
  | 'bytes8'
  | 'bytes16'
  | 'bool'
  | 'double'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'int32'
  | 'int64'
  | 'sint32'
  | 'uint32'
  | 'uint64';

export type EnumName = 'SpanKind' | 'StatusCode' | 'AggregationTemporality' | 'SeverityNumber';

export type MessageName =
  | 'AnyValue'
  | 'ArrayValue'
  | 'KeyValueList'
  | 'KeyValue'
  | 'Scope'
  | 'EntityRef'
  | 'Resource'
  | 'TracesRequest'
  | 'ResourceSpans'
  | 'ScopeSpans'
  | 'Span'
  | 'SpanEvent'
  | 'SpanLink'
  | 'Status'
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
  | 'Exemplar'
  | 'LogsRequest'
  | 'ResourceLogs'
  | 'ScopeLogs'
  | 'LogRecord'
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

export type FieldRow = readonly [number: number, type: string, doc?: string];

export interface MessageRow {
  /** The message in the published `.proto` text, without `opentelemetry.proto.`. */
  readonly proto: string;
  readonly doc: string;
  readonly fields: Readonly<Record<string, FieldRow>>;
  /** Groups of fields of which the last one on the wire is set. */
  readonly oneofs?: Readonly<Record<string, readonly string[]>>;
  /** Fields without which an initialiser makes no sense. */
  readonly required?: readonly string[];
}

const startTime = 'When it began, in nanoseconds since the epoch.';
const time = 'When it was taken, in nanoseconds since the epoch.';
const droppedAttributes = 'Attributes that the source left out, because it had too many.';
const schemaUrl = 'The schema that the records of this group follow.';
const resource = 'What the records of this group tell about.';
const scope = 'The instrumentation that made the records of this group.';
const exemplars = 'Measurements that stand for those in the point.';
const pointFlags = 'Bit 0: no value was recorded, the series has ended.';
const pointStart = 'Start of the interval that the point covers, in nanoseconds since the epoch.';
const temporality = 'Whether each point counts from the start or from the point before it.';

export interface EnumRow {
  readonly proto: string;
  /** What stands before each name in the `.proto` text. */
  readonly prefix: string;
  readonly values: Readonly<Record<string, number>>;
}

export const enums: Readonly<Record<EnumName, EnumRow>> = {
  SpanKind: {
    proto: 'trace.v1.Span.SpanKind',
    prefix: 'SPAN_KIND_',
    values: { UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 },
  },
  StatusCode: {
    proto: 'trace.v1.Status.StatusCode',
    prefix: 'STATUS_CODE_',
    values: { UNSET: 0, OK: 1, ERROR: 2 },
  },
  AggregationTemporality: {
    proto: 'metrics.v1.AggregationTemporality',
    prefix: 'AGGREGATION_TEMPORALITY_',
    values: { UNSPECIFIED: 0, DELTA: 1, CUMULATIVE: 2 },
  },
  SeverityNumber: {
    proto: 'logs.v1.SeverityNumber',
    prefix: 'SEVERITY_NUMBER_',
    values: {
      UNSPECIFIED: 0,
      TRACE: 1,
      TRACE2: 2,
      TRACE3: 3,
      TRACE4: 4,
      DEBUG: 5,
      DEBUG2: 6,
      DEBUG3: 7,
      DEBUG4: 8,
      INFO: 9,
      INFO2: 10,
      INFO3: 11,
      INFO4: 12,
      WARN: 13,
      WARN2: 14,
      WARN3: 15,
      WARN4: 16,
      ERROR: 17,
      ERROR2: 18,
      ERROR3: 19,
      ERROR4: 20,
      FATAL: 21,
      FATAL2: 22,
      FATAL3: 23,
      FATAL4: 24,
    },
  },
};

export const messageRows: Readonly<Record<MessageName, MessageRow>> = {
  // ── common ──
  AnyValue: {
    proto: 'common.v1.AnyValue',
    doc: 'A value of any type.',
    fields: {
      string_value: [1, 'string'],
      bool_value: [2, 'bool'],
      int_value: [3, 'int64'],
      double_value: [4, 'double'],
      array_value: [5, 'ArrayValue'],
      kvlist_value: [6, 'KeyValueList'],
      bytes_value: [7, 'bytes'],
      string_value_strindex: [8, 'int32'],
    },
    oneofs: {
      value: [
        'string_value',
        'bool_value',
        'int_value',
        'double_value',
        'array_value',
        'kvlist_value',
        'bytes_value',
        'string_value_strindex',
      ],
    },
  },
  ArrayValue: {
    proto: 'common.v1.ArrayValue',
    doc: 'A list of values.',
    fields: { values: [1, 'repeated AnyValue'] },
  },
  KeyValueList: {
    proto: 'common.v1.KeyValueList',
    doc: 'A list of pairs.',
    fields: { values: [1, 'repeated KeyValue'] },
  },
  KeyValue: {
    proto: 'common.v1.KeyValue',
    doc: 'A key and its value.',
    fields: { key: [1, 'string'], value: [2, 'AnyValue'], key_strindex: [3, 'int32'] },
  },
  Scope: {
    proto: 'common.v1.InstrumentationScope',
    doc: 'The instrumentation that made a record: a library, a module, a class.',
    fields: {
      name: [1, 'string', 'Name of the instrumentation; empty where it is not known.'],
      version: [2, 'string', 'Version of the instrumentation.'],
      attributes: [3, 'repeated KeyValue'],
      dropped_attributes_count: [4, 'uint32', droppedAttributes],
    },
  },
  EntityRef: {
    proto: 'common.v1.EntityRef',
    doc: 'Names the attributes of a resource that identify and describe an entity.',
    fields: {
      schema_url: [1, 'string', 'The schema that the entity follows.'],
      type: [2, 'string', 'Type of the entity, such as `service` or `host`.'],
      id_keys: [3, 'repeated string', 'Keys of the attributes that identify it.'],
      description_keys: [4, 'repeated string', 'Keys of the attributes that describe it.'],
    },
  },
  Resource: {
    proto: 'resource.v1.Resource',
    doc: 'What telemetry tells about: a service, a host, a container. Shared by all records of its group.',
    fields: {
      attributes: [1, 'repeated KeyValue'],
      dropped_attributes_count: [2, 'uint32', droppedAttributes],
      entity_refs: [3, 'repeated EntityRef', 'Entities that the attributes describe.'],
    },
  },

  // ── traces ──
  TracesRequest: {
    proto: 'collector.trace.v1.ExportTraceServiceRequest',
    doc: 'An export request for traces.',
    fields: { resource_spans: [1, 'repeated ResourceSpans'] },
  },
  ResourceSpans: {
    proto: 'trace.v1.ResourceSpans',
    doc: 'Spans of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_spans: [2, 'repeated ScopeSpans'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeSpans: {
    proto: 'trace.v1.ScopeSpans',
    doc: 'Spans of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      spans: [2, 'repeated Span'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  Span: {
    proto: 'trace.v1.Span',
    doc: 'One operation within a trace.',
    fields: {
      trace_id: [1, 'bytes16'],
      span_id: [2, 'bytes8'],
      trace_state: [3, 'string', 'W3C `tracestate` of the span.'],
      parent_span_id: [4, 'bytes8'],
      name: [5, 'string', 'Name of the operation.'],
      kind: [6, 'SpanKind', 'Role of the span between its parent and its children.'],
      start_time_unix_nano: [7, 'fixed64', startTime],
      end_time_unix_nano: [8, 'fixed64', 'When it ended, in nanoseconds since the epoch.'],
      attributes: [9, 'repeated KeyValue'],
      dropped_attributes_count: [10, 'uint32', droppedAttributes],
      events: [11, 'repeated SpanEvent', 'What happened while it ran.'],
      dropped_events_count: [12, 'uint32', 'Events that the source left out.'],
      links: [13, 'repeated SpanLink', 'Spans of this or another trace that it belongs to.'],
      dropped_links_count: [14, 'uint32', 'Links that the source left out.'],
      status: [15, 'Status'],
      flags: [16, 'fixed32', 'Bits 0 to 7: W3C trace flags; bits 8 and 9: whether the parent is remote.'],
    },
    required: ['name'],
  },
  SpanEvent: {
    proto: 'trace.v1.Span.Event',
    doc: 'Something that happened at one moment of a span.',
    fields: {
      time_unix_nano: [1, 'fixed64', 'When it happened, in nanoseconds since the epoch.'],
      name: [2, 'string', 'Name of the event.'],
      attributes: [3, 'repeated KeyValue'],
      dropped_attributes_count: [4, 'uint32', droppedAttributes],
    },
  },
  SpanLink: {
    proto: 'trace.v1.Span.Link',
    doc: 'A pointer from a span to another.',
    fields: {
      trace_id: [1, 'bytes16'],
      span_id: [2, 'bytes8'],
      trace_state: [3, 'string', 'W3C `tracestate` of the link.'],
      attributes: [4, 'repeated KeyValue'],
      dropped_attributes_count: [5, 'uint32', droppedAttributes],
      flags: [6, 'fixed32', 'W3C trace flags of the linked span, and whether it is remote.'],
    },
  },
  Status: {
    proto: 'trace.v1.Status',
    doc: 'How an operation ended.',
    fields: {
      message: [2, 'string', 'For developers; set with `error` alone.'],
      code: [3, 'StatusCode', 'The outcome.'],
    },
  },

  // ── metrics ──
  MetricsRequest: {
    proto: 'collector.metrics.v1.ExportMetricsServiceRequest',
    doc: 'An export request for metrics.',
    fields: { resource_metrics: [1, 'repeated ResourceMetrics'] },
  },
  ResourceMetrics: {
    proto: 'metrics.v1.ResourceMetrics',
    doc: 'Metrics of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_metrics: [2, 'repeated ScopeMetrics'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeMetrics: {
    proto: 'metrics.v1.ScopeMetrics',
    doc: 'Metrics of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      metrics: [2, 'repeated Metric'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  Metric: {
    proto: 'metrics.v1.Metric',
    doc: 'A metric and its data points.',
    fields: {
      name: [1, 'string', 'Name of the metric.'],
      description: [2, 'string', 'What it measures.'],
      unit: [3, 'string', 'Unit of its values, in UCUM.'],
      gauge: [5, 'Gauge', 'The points, if it is a gauge.'],
      sum: [7, 'Sum', 'The points, if it is a sum.'],
      histogram: [9, 'Histogram', 'The points, if it is a histogram with explicit bounds.'],
      exponential_histogram: [
        10,
        'ExponentialHistogram',
        'The points, if it is a histogram with exponential bounds.',
      ],
      summary: [11, 'Summary', 'The points, if it is a summary.'],
      metadata: [12, 'repeated KeyValue', 'Additional facts about the metric, no part of its identity.'],
    },
    oneofs: { data: ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] },
    required: ['name'],
  },
  Gauge: {
    proto: 'metrics.v1.Gauge',
    doc: 'Values as they were when they were read.',
    fields: { data_points: [1, 'repeated NumberDataPoint'] },
  },
  Sum: {
    proto: 'metrics.v1.Sum',
    doc: 'Sums of values over time.',
    fields: {
      data_points: [1, 'repeated NumberDataPoint'],
      aggregation_temporality: [2, 'AggregationTemporality', temporality],
      is_monotonic: [3, 'bool', 'Whether it never falls.'],
    },
  },
  Histogram: {
    proto: 'metrics.v1.Histogram',
    doc: 'Distributions of values over buckets with explicit bounds.',
    fields: {
      data_points: [1, 'repeated HistogramDataPoint'],
      aggregation_temporality: [2, 'AggregationTemporality', temporality],
    },
  },
  ExponentialHistogram: {
    proto: 'metrics.v1.ExponentialHistogram',
    doc: 'Distributions of values over buckets whose bounds grow by a factor.',
    fields: {
      data_points: [1, 'repeated ExponentialHistogramDataPoint'],
      aggregation_temporality: [2, 'AggregationTemporality', temporality],
    },
  },
  Summary: {
    proto: 'metrics.v1.Summary',
    doc: 'Quantiles that the source computed.',
    fields: { data_points: [1, 'repeated SummaryDataPoint'] },
  },
  NumberDataPoint: {
    proto: 'metrics.v1.NumberDataPoint',
    doc: 'A single number.',
    fields: {
      start_time_unix_nano: [2, 'fixed64', pointStart],
      time_unix_nano: [3, 'fixed64', time],
      as_double: [4, 'double', 'The value, if it is a double.'],
      exemplars: [5, 'repeated Exemplar', exemplars],
      as_int: [6, 'sfixed64', 'The value, if it is an integer.'],
      attributes: [7, 'repeated KeyValue'],
      flags: [8, 'uint32', pointFlags],
    },
    oneofs: { value: ['as_double', 'as_int'] },
  },
  HistogramDataPoint: {
    proto: 'metrics.v1.HistogramDataPoint',
    doc: 'A distribution over buckets with explicit bounds.',
    fields: {
      start_time_unix_nano: [2, 'fixed64', pointStart],
      time_unix_nano: [3, 'fixed64', time],
      count: [4, 'fixed64', 'Values in the distribution.'],
      sum: [5, 'optional double', 'Sum of the values.'],
      bucket_counts: [
        6,
        'repeated fixed64',
        'Values in each bucket: one more than there are bounds, or none.',
      ],
      explicit_bounds: [7, 'repeated double', 'Upper bounds of the buckets, each within its bucket.'],
      exemplars: [8, 'repeated Exemplar', exemplars],
      attributes: [9, 'repeated KeyValue'],
      flags: [10, 'uint32', pointFlags],
      min: [11, 'optional double', 'Smallest value.'],
      max: [12, 'optional double', 'Largest value.'],
    },
  },
  ExponentialHistogramDataPoint: {
    proto: 'metrics.v1.ExponentialHistogramDataPoint',
    doc: 'A distribution over buckets whose bounds grow by the factor 2^(2^-scale).',
    fields: {
      attributes: [1, 'repeated KeyValue'],
      start_time_unix_nano: [2, 'fixed64', pointStart],
      time_unix_nano: [3, 'fixed64', time],
      count: [4, 'fixed64', 'Values in the distribution.'],
      sum: [5, 'optional double', 'Sum of the values.'],
      scale: [6, 'sint32', 'Resolution: the bounds are powers of 2^(2^-scale).'],
      zero_count: [7, 'fixed64', 'Values that count as zero.'],
      positive: [8, 'Buckets', 'Buckets of the positive values.'],
      negative: [9, 'Buckets', 'Buckets of the negative values.'],
      flags: [10, 'uint32', pointFlags],
      exemplars: [11, 'repeated Exemplar', exemplars],
      min: [12, 'optional double', 'Smallest value.'],
      max: [13, 'optional double', 'Largest value.'],
      zero_threshold: [14, 'double', 'Values of at most this size count as zero.'],
    },
  },
  Buckets: {
    proto: 'metrics.v1.ExponentialHistogramDataPoint.Buckets',
    doc: 'A run of buckets of an exponential histogram.',
    fields: {
      offset: [1, 'sint32', 'Index of the first bucket.'],
      bucket_counts: [2, 'repeated uint64', 'Values in each bucket.'],
    },
  },
  SummaryDataPoint: {
    proto: 'metrics.v1.SummaryDataPoint',
    doc: 'Quantiles of values that the source computed.',
    fields: {
      start_time_unix_nano: [2, 'fixed64', pointStart],
      time_unix_nano: [3, 'fixed64', time],
      count: [4, 'fixed64', 'Values that were summed up.'],
      sum: [5, 'double', 'Sum of the values.'],
      quantile_values: [6, 'repeated ValueAtQuantile', 'The quantiles.'],
      attributes: [7, 'repeated KeyValue'],
      flags: [8, 'uint32', pointFlags],
    },
  },
  ValueAtQuantile: {
    proto: 'metrics.v1.SummaryDataPoint.ValueAtQuantile',
    doc: 'The value at one quantile.',
    fields: {
      quantile: [1, 'double', 'From 0 (the minimum) to 1 (the maximum).'],
      value: [2, 'double', 'The value there.'],
    },
  },
  Exemplar: {
    proto: 'metrics.v1.Exemplar',
    doc: 'A measurement that stands for others, with the span in which it was made.',
    fields: {
      time_unix_nano: [2, 'fixed64', time],
      as_double: [3, 'double', 'The value, if it is a double.'],
      span_id: [4, 'bytes8'],
      trace_id: [5, 'bytes16'],
      as_int: [6, 'sfixed64', 'The value, if it is an integer.'],
      filtered_attributes: [7, 'repeated KeyValue', 'Attributes that the point left out.'],
    },
    oneofs: { value: ['as_double', 'as_int'] },
  },

  // ── logs ──
  LogsRequest: {
    proto: 'collector.logs.v1.ExportLogsServiceRequest',
    doc: 'An export request for logs.',
    fields: { resource_logs: [1, 'repeated ResourceLogs'] },
  },
  ResourceLogs: {
    proto: 'logs.v1.ResourceLogs',
    doc: 'Log records of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_logs: [2, 'repeated ScopeLogs'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeLogs: {
    proto: 'logs.v1.ScopeLogs',
    doc: 'Log records of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      log_records: [2, 'repeated LogRecord'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  LogRecord: {
    proto: 'logs.v1.LogRecord',
    doc: 'One log record.',
    fields: {
      time_unix_nano: [1, 'fixed64', 'When it happened, in nanoseconds since the epoch; 0 where not known.'],
      severity_number: [2, 'SeverityNumber', 'How serious it is.'],
      severity_text: [3, 'string', 'The severity as the source wrote it.'],
      body: [5, 'AnyValue'],
      attributes: [6, 'repeated KeyValue'],
      dropped_attributes_count: [7, 'uint32', droppedAttributes],
      flags: [8, 'fixed32', 'Bits 0 to 7: W3C trace flags.'],
      trace_id: [9, 'bytes16'],
      span_id: [10, 'bytes8'],
      observed_time_unix_nano: [11, 'fixed64', 'When it was seen first, in nanoseconds since the epoch.'],
      event_name: [12, 'string', 'Names the event that the record is, if it is one.'],
    },
  },

  // ── profiles ──
  ProfilesRequest: {
    proto: 'collector.profiles.v1development.ExportProfilesServiceRequest',
    doc: 'An export request for profiles.',
    fields: { resource_profiles: [1, 'repeated ResourceProfiles'], dictionary: [2, 'ProfilesDictionary'] },
  },
  ProfilesDictionary: {
    proto: 'profiles.v1development.ProfilesDictionary',
    doc: 'What the profiles of a request point into.',
    fields: {
      mapping_table: [1, 'repeated Mapping'],
      location_table: [2, 'repeated Location'],
      function_table: [3, 'repeated Function'],
      link_table: [4, 'repeated Link'],
      string_table: [5, 'repeated string'],
      attribute_table: [6, 'repeated KeyValueAndUnit'],
      stack_table: [7, 'repeated Stack'],
    },
  },
  ResourceProfiles: {
    proto: 'profiles.v1development.ResourceProfiles',
    doc: 'Profiles of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_profiles: [2, 'repeated ScopeProfiles'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeProfiles: {
    proto: 'profiles.v1development.ScopeProfiles',
    doc: 'Profiles of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      profiles: [2, 'repeated Profile'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  Profile: {
    proto: 'profiles.v1development.Profile',
    doc: 'One profile: samples of one type over one stretch of time.',
    fields: {
      sample_type: [1, 'ValueType'],
      samples: [2, 'repeated Sample'],
      time_unix_nano: [3, 'fixed64', startTime],
      duration_nano: [4, 'uint64', 'How long it ran, in nanoseconds.'],
      period_type: [5, 'ValueType'],
      period: [6, 'int64', 'Events between two samples.'],
      profile_id: [7, 'bytes16'],
      dropped_attributes_count: [8, 'uint32', droppedAttributes],
      original_payload_format: [9, 'string', 'Format of the original payload, such as `pprof`.'],
      original_payload: [10, 'bytes', 'The profile as the source wrote it.'],
      attribute_indices: [11, 'repeated int32', 'Into the attribute table of the dictionary.'],
    },
  },
  Sample: {
    proto: 'profiles.v1development.Sample',
    doc: 'What was seen at one stack.',
    fields: {
      stack_index: [1, 'int32'],
      attribute_indices: [2, 'repeated int32'],
      link_index: [3, 'int32'],
      values: [4, 'repeated int64'],
      timestamps_unix_nano: [5, 'repeated fixed64'],
    },
  },
  ValueType: {
    proto: 'profiles.v1development.ValueType',
    doc: 'Type and unit of a value, as indices into the string table.',
    fields: { type_strindex: [1, 'int32'], unit_strindex: [2, 'int32'] },
  },
  Mapping: {
    proto: 'profiles.v1development.Mapping',
    doc: 'A mapped file.',
    fields: {
      memory_start: [1, 'uint64'],
      memory_limit: [2, 'uint64'],
      file_offset: [3, 'uint64'],
      filename_strindex: [4, 'int32'],
      attribute_indices: [5, 'repeated int32'],
    },
  },
  Location: {
    proto: 'profiles.v1development.Location',
    doc: 'A place in the code.',
    fields: {
      mapping_index: [1, 'int32'],
      address: [2, 'uint64'],
      lines: [3, 'repeated Line'],
      attribute_indices: [4, 'repeated int32'],
    },
  },
  Line: {
    proto: 'profiles.v1development.Line',
    doc: 'A line of a function.',
    fields: { function_index: [1, 'int32'], line: [2, 'int64'], column: [3, 'int64'] },
  },
  Function: {
    proto: 'profiles.v1development.Function',
    doc: 'A function.',
    fields: {
      name_strindex: [1, 'int32'],
      system_name_strindex: [2, 'int32'],
      filename_strindex: [3, 'int32'],
      start_line: [4, 'int64'],
    },
  },
  Link: {
    proto: 'profiles.v1development.Link',
    doc: 'A span that samples belong to.',
    fields: { trace_id: [1, 'bytes16'], span_id: [2, 'bytes8'] },
  },
  KeyValueAndUnit: {
    proto: 'profiles.v1development.KeyValueAndUnit',
    doc: 'An attribute with its unit.',
    fields: { key_strindex: [1, 'int32'], value: [2, 'AnyValue'], unit_strindex: [3, 'int32'] },
  },
  Stack: {
    proto: 'profiles.v1development.Stack',
    doc: 'Locations from the leaf to the root.',
    fields: { location_indices: [1, 'repeated int32'] },
  },
};
