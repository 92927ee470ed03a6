import type { Lines } from './lines.js';
import type {
  Exemplar,
  ExponentialPoint,
  HistogramPoint,
  Metric,
  NumberPoint,
  Point,
  Points,
  SummaryPoint,
} from './otlp-json.js';
import { exponentialBuckets, fixed, time } from './text.js';

const temporalities = ['Unspecified', 'Delta', 'Cumulative'];

/** Writes every field of a metric. */
export function writeMetric(lines: Lines, metric: Metric, index: number): void {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  lines.add(`Metric #${index}`);
  lines.add('Descriptor:');
  lines.add(`     -> Name: ${metric.name ?? ''}`);
  lines.add(`     -> Description: ${metric.description ?? ''}`);
  lines.add(`     -> Unit: ${metric.unit ?? ''}`);
  lines.add(`     -> DataType: ${dataType(metric)}`);
  lines.attributes('     -> Metadata', metric.metadata);
  if (sum !== undefined) lines.add(`     -> IsMonotonic: ${sum.isMonotonic === true}`);
  const aggregated = sum ?? histogram ?? exponentialHistogram;
  if (aggregated !== undefined) {
    lines.add(
      `     -> AggregationTemporality: ${temporalities[aggregated.aggregationTemporality ?? 0] ?? ''}`,
    );
  }
  writePoints(lines, 'NumberDataPoints', gauge ?? sum, writeNumber);
  writePoints(lines, 'HistogramDataPoints', histogram, writeHistogram);
  writePoints(lines, 'ExponentialHistogramDataPoints', exponentialHistogram, writeExponential);
  writePoints(lines, 'SummaryDataPoints', summary, writeSummary);
}

function dataType({ gauge, sum, histogram, exponentialHistogram, summary }: Metric): string {
  if (gauge !== undefined) return 'Gauge';
  if (sum !== undefined) return 'Sum';
  if (histogram !== undefined) return 'Histogram';
  if (exponentialHistogram !== undefined) return 'ExponentialHistogram';
  return summary === undefined ? 'Empty' : 'Summary';
}

function writePoints<P extends Point>(
  lines: Lines,
  name: string,
  points: Points<P> | undefined,
  writeValues: (lines: Lines, point: P) => void,
): void {
  for (const [i, point] of (points?.dataPoints ?? []).entries()) {
    lines.add(`${name} #${i}`);
    lines.attributes('Data point attributes', point.attributes);
    lines.add(`StartTimestamp: ${time(point.startTimeUnixNano)}`);
    lines.add(`Timestamp: ${time(point.timeUnixNano)}`);
    writeValues(lines, point);
    const { exemplars = [] } = point;
    if (exemplars.length > 0) lines.add('Exemplars:');
    for (const [j, exemplar] of exemplars.entries()) writeExemplar(lines, exemplar, j);
  }
}

function writeNumber(lines: Lines, { asInt, asDouble }: NumberPoint): void {
  if (asInt !== undefined) lines.add(`Value: ${asInt}`);
  else if (asDouble !== undefined) lines.add(`Value: ${fixed(asDouble)}`);
}

function writeDistribution(lines: Lines, { count = 0, sum, min, max }: HistogramPoint): void {
  lines.add(`Count: ${count}`);
  if (sum !== undefined) lines.add(`Sum: ${fixed(sum)}`);
  if (min !== undefined) lines.add(`Min: ${fixed(min)}`);
  if (max !== undefined) lines.add(`Max: ${fixed(max)}`);
}

function writeHistogram(lines: Lines, point: HistogramPoint): void {
  writeDistribution(lines, point);
  for (const [i, bound] of (point.explicitBounds ?? []).entries())
    lines.add(`ExplicitBounds #${i}: ${fixed(bound)}`);
  for (const [i, count] of (point.bucketCounts ?? []).entries()) lines.add(`Buckets #${i}, Count: ${count}`);
}

function writeExponential(lines: Lines, point: ExponentialPoint): void {
  const { scale, zeroCount = 0, negative, positive } = point;
  writeDistribution(lines, point);
  for (const { lower, upper, count } of exponentialBuckets(scale, negative).toReversed())
    lines.add(`Bucket [${fixed(-upper)}, ${fixed(-lower)}), Count: ${count}`);
  if (Number(zeroCount) !== 0) lines.add(`Bucket [0, 0], Count: ${zeroCount}`);
  for (const { lower, upper, count } of exponentialBuckets(scale, positive))
    lines.add(`Bucket (${fixed(lower)}, ${fixed(upper)}], Count: ${count}`);
}

function writeSummary(lines: Lines, { count = 0, sum, quantileValues = [] }: SummaryPoint): void {
  lines.add(`Count: ${count}`);
  lines.add(`Sum: ${fixed(sum)}`);
  for (const [i, { quantile, value }] of quantileValues.entries())
    lines.add(`QuantileValue #${i}: Quantile ${fixed(quantile)}, Value ${fixed(value)}`);
}

function writeExemplar(lines: Lines, exemplar: Exemplar, index: number): void {
  lines.add(`Exemplar #${index}`);
  lines.add(`     -> Trace ID: ${exemplar.traceId ?? ''}`);
  lines.add(`     -> Span ID: ${exemplar.spanId ?? ''}`);
  lines.add(`     -> Timestamp: ${time(exemplar.timeUnixNano)}`);
  const { asInt, asDouble } = exemplar;
  if (asInt !== undefined) lines.add(`     -> Value: ${asInt}`);
  else if (asDouble !== undefined) lines.add(`     -> Value: ${fixed(asDouble)}`);
  lines.attributes('     -> FilteredAttributes', exemplar.filteredAttributes);
}
