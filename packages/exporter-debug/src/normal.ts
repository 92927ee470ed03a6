import type { Batch, Signal } from '@tributary/component';
import {
  contentsOf,
  type Attributes,
  type Dictionary,
  type ExponentialPoint,
  type HistogramPoint,
  type LogRecord,
  type Metric,
  type NumberPoint,
  type Profile,
  type Span,
  type SummaryPoint,
} from './otlp-json.js';
import { exponentialBuckets, fixed, pairsOf, shortNumber, valueText } from './text.js';

/** A line for each resource, scope and record. */
export function normalText(batch: Batch<Signal>): string {
  switch (batch.signal) {
    case 'traces':
      return write<Span>(batch, 'ResourceTraces', 'ScopeTraces', (span) => [spanLine(span)]);
    case 'metrics':
      return write<Metric>(batch, 'ResourceMetrics', 'ScopeMetrics', metricLines);
    case 'logs':
      return write<LogRecord>(batch, 'ResourceLog', 'ScopeLog', (record) => [recordLine(record)]);
    case 'profiles':
      return write<Profile>(batch, 'ResourceProfiles', 'ScopeProfiles', (profile, dictionary) => [
        profileLine(profile, dictionary),
      ]);
  }
}

function write<R>(
  batch: Batch<Signal>,
  groupName: string,
  scopeName: string,
  linesOf: (record: R, dictionary: Dictionary) => readonly string[],
): string {
  const { groups, dictionary } = contentsOf<R>(batch);
  const lines = groups.flatMap(({ resource, schemaUrl, scopes }, i) => [
    words(`${groupName} #${i}`, bracketed(schemaUrl), ...pairsOf(resource?.attributes)),
    ...scopes.flatMap(({ scope, schemaUrl: scopeUrl, records }, j) => [
      words(
        `${scopeName} #${j}`,
        `${scope?.name ?? ''}${scope?.version === undefined ? '' : `@${scope.version}`}`,
        bracketed(scopeUrl),
        ...pairsOf(scope?.attributes),
      ),
      ...records.flatMap((record) => linesOf(record, dictionary)),
    ]),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

function spanLine({ name = '', traceId = '', spanId = '', attributes }: Span): string {
  return [name, traceId, spanId, ...pairsOf(attributes)].join(' ');
}

/** A space always follows the body, as in the Collector. */
function recordLine({ body, attributes }: LogRecord): string {
  return `${valueText(body)} ${pairsOf(attributes).join(' ')}`;
}

function profileLine(
  { profileId = '', samples = [], attributeIndices }: Profile,
  dictionary: Dictionary,
): string {
  return [
    profileId,
    `samples=${samples.length}`,
    ...pairsOf(attributesAt(attributeIndices, dictionary)),
  ].join(' ');
}

/** Attributes of profiles stand in the dictionary, their keys in its table of texts. */
export function attributesAt(indices: readonly number[] | undefined, dictionary: Dictionary): Attributes {
  const { attributeTable = [], stringTable = [] } = dictionary;
  return indices?.flatMap((index) => {
    const { keyStrindex = 0, value } = attributeTable[index] ?? {};
    return value === undefined ? [] : [{ key: stringTable[keyStrindex] ?? '', value }];
  });
}

function metricLines(metric: Metric): string[] {
  const head = (attributes: Attributes): string => `${metric.name ?? ''}{${pairsOf(attributes).join(',')}}`;
  // A space follows the head also where the point has no value, as in the Collector.
  const lines = <P extends { readonly attributes?: Attributes }>(
    points: readonly P[] | undefined,
    wordsOf: (point: P) => readonly string[],
  ): string[] => (points ?? []).map((point) => `${head(point.attributes)} ${wordsOf(point).join(' ')}`);
  return [
    ...lines(metric.gauge?.dataPoints, numberWords),
    ...lines(metric.sum?.dataPoints, numberWords),
    ...lines(metric.histogram?.dataPoints, histogramWords),
    ...lines(metric.exponentialHistogram?.dataPoints, exponentialWords),
    ...lines(metric.summary?.dataPoints, summaryWords),
  ];
}

function numberWords({ asInt, asDouble }: NumberPoint): string[] {
  if (asInt !== undefined) return [String(asInt)];
  return asDouble === undefined ? [] : [shortNumber(asDouble)];
}

function distributionWords({ count = 0, sum, min, max }: HistogramPoint | ExponentialPoint): string[] {
  return [
    `count=${count}`,
    ...(sum === undefined ? [] : [`sum=${shortNumber(sum)}`]),
    ...(min === undefined ? [] : [`min=${shortNumber(min)}`]),
    ...(max === undefined ? [] : [`max=${shortNumber(max)}`]),
  ];
}

function histogramWords(point: HistogramPoint): string[] {
  const { bucketCounts = [], explicitBounds = [] } = point;
  const buckets = bucketCounts.map((count, i) => {
    const bound = explicitBounds[i];
    return bound === undefined ? String(count) : `le${shortNumber(bound)}=${count}`;
  });
  return [...distributionWords(point), ...buckets];
}

function exponentialWords(point: ExponentialPoint): string[] {
  const { scale, zeroCount = 0, negative, positive } = point;
  return [
    ...distributionWords(point),
    ...exponentialBuckets(scale, negative)
      .toReversed()
      .map(({ lower, count }) => `le${shortNumber(-lower)}=${count}`),
    ...(Number(zeroCount) === 0 ? [] : [`zero=${zeroCount}`]),
    ...exponentialBuckets(scale, positive).map(({ upper, count }) => `le${shortNumber(upper)}=${count}`),
  ];
}

function summaryWords({ count = 0, sum, quantileValues = [] }: SummaryPoint): string[] {
  return [
    `count=${count}`,
    `sum=${fixed(sum)}`,
    ...quantileValues.map(({ quantile, value }) => `q${shortNumber(quantile)}=${shortNumber(value)}`),
  ];
}

function bracketed(url: string | undefined): string {
  return url === undefined ? '' : `[${url}]`;
}

function words(...list: readonly string[]): string {
  return list.filter((word) => word !== '').join(' ');
}
