import { schemaUrl, resource, scope, type MessageRow } from './row.js';

export type MetricsMessage =
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

const time = 'When it was taken, in nanoseconds since the epoch.';
const exemplars = 'Measurements that stand for those in the point.';
const pointFlags = 'Bit 0: no value was recorded, the series has ended.';
const pointStart = 'Start of the interval that the point covers, in nanoseconds since the epoch.';
const temporality = 'Whether each point counts from the start or from the point before it.';

export const metricsMessages: Readonly<Record<MetricsMessage, MessageRow>> = {
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
};
