import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from './generated/views.js';
import { messages } from './messages.js';
import type { View } from './view.js';

/** The five kinds of metric data. */
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';

/** A data point of any kind. */
export type DataPoint =
  NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint;

const kinds: readonly (readonly [MetricKind, number])[] = messages.Metric.fields
  .filter((field) => field.oneof === 'data')
  .map((field) => [field.jsonName as MetricKind, field.tag]);

export function metricKind(metric: Metric): MetricKind | undefined {
  for (const [kind, tag] of kinds) if (metric.seek(tag)) return kind;
  return undefined;
}

export function dataPointsOf(metric: Metric): Iterable<DataPoint> {
  const kind = metricKind(metric);
  return kind === undefined ? [] : metric[kind]!.dataPoints();
}

/**
 * `to` minus `from`, both fixed64. The halves are subtracted apart: exact below
 * 2^53 ns (104 days), and no bigint is made.
 */
export function nanosBetween(view: View, from: number, to: number): number {
  let low = 0;
  let high = 0;
  if (view.seek(to)) {
    low = view.valueBytes.readUInt32LE(view.valueAt);
    high = view.valueBytes.readUInt32LE(view.valueAt + 4);
  }
  if (view.seek(from)) {
    low -= view.valueBytes.readUInt32LE(view.valueAt);
    high -= view.valueBytes.readUInt32LE(view.valueAt + 4);
  }
  return high * 0x1_0000_0000 + low;
}
