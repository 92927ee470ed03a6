import {
  DataPointType,
  type CollectionResult,
  type MetricData,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  labelsOf,
  metricName,
  textContentType,
  writeText,
  type Labels,
  type MetricFamily,
  type MetricType,
} from '@tributary/prometheus';
import { createListener } from './listener.js';
import { collect, ManualReader } from './manual-reader.js';
import { privacyOf, type Page } from './page.js';
import type { ReaderSurroundings, RunningReader } from './readers.js';
import type { TelemetryResource } from './resource.js';
import type { PrometheusSettings } from './settings.js';

/** Serves the figures of this moment at `/metrics`, in the text format, and the other pages beside it. */
export function createPrometheusReader(
  settings: PrometheusSettings,
  { runtime, resource, living, balance, pages, listening }: ReaderSurroundings,
  name: string,
): RunningReader {
  const reader = new ManualReader();
  let failures = 0;
  const page: Page = {
    path: '/metrics',
    audience: 'everyone',
    async render() {
      const result = await collect(reader, runtime.logger, living.owners());
      if (result.errors.length > 0) failures++;
      return { type: textContentType, body: writeText(familiesOf(result, settings, resource, failures)) };
    },
  };
  const { host, port } = settings;
  const listener = createListener({
    host,
    port,
    runtime,
    pages: [page, ...pages],
    privacy: privacyOf(balance, host),
  });
  return {
    reader,
    part: {
      async start() {
        listening(name, await listener.listen());
      },
      shutdown: (grace) => listener.close(grace),
    },
  };
}

function* familiesOf(
  { resourceMetrics }: CollectionResult,
  settings: PrometheusSettings,
  resource: TelemetryResource,
  failures: number,
): Iterable<MetricFamily> {
  yield {
    name: 'target_info',
    help: 'Target metadata',
    type: 'gauge',
    samples: [{ labels: labelsOf(resource.attributes), value: 1 }],
  };
  const constant = labelsOf(chosen(resource.attributes, settings.with_resource_constant_labels));
  for (const scope of resourceMetrics.scopeMetrics) {
    const labels = settings.without_scope_info ? constant : { ...constant, ...scopeLabels(scope) };
    for (const metric of scope.metrics) yield familyOf(metric, labels, settings);
  }
  yield {
    // By this name dashboards find it: the Collector's HTTP handler counts so.
    name: 'promhttp_metric_handler_errors_total',
    help: 'Total number of internal errors encountered by the promhttp metric handler.',
    type: 'counter',
    samples: [
      { labels: { cause: 'encoding' }, value: 0 },
      { labels: { cause: 'gathering' }, value: failures },
    ],
  };
}

function scopeLabels({ scope }: ScopeMetrics): Labels {
  return {
    otel_scope_name: scope.name,
    otel_scope_version: scope.version ?? '',
    otel_scope_schema_url: scope.schemaUrl ?? '',
  };
}

function familyOf(metric: MetricData, constant: Labels, settings: PrometheusSettings): MetricFamily {
  const { descriptor } = metric;
  const type = typeOf(metric);
  const name = metricName(descriptor.name, {
    type,
    unit: descriptor.unit,
    withoutUnits: settings.without_units,
    withoutTypeSuffix: settings.without_type_suffix,
  });
  const help = descriptor.description;
  const labels = (attributes: Readonly<Record<string, unknown>>): Labels => ({
    ...labelsOf(attributes),
    ...constant,
  });
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE: {
      const samples = metric.dataPoints.map(({ attributes, value }) => ({
        labels: labels(attributes),
        value,
      }));
      return { name, help, type: type === 'counter' ? 'counter' : 'gauge', samples };
    }
    case DataPointType.HISTOGRAM: {
      const samples = metric.dataPoints.map(({ attributes, value }) => ({
        // The bound of a bucket has that name.
        labels: { ...labels(attributes), le: '' },
        bounds: value.buckets.boundaries,
        counts: value.buckets.counts,
        sum: value.sum ?? 0,
      }));
      return { name, help, type: 'histogram', samples };
    }
    case DataPointType.EXPONENTIAL_HISTOGRAM: {
      // The text format has no place for their buckets; there are none without views, which are not offered.
      const samples = metric.dataPoints.map(({ attributes, value }) => ({
        labels: { ...labels(attributes), le: '' },
        bounds: [],
        counts: [value.count],
        sum: value.sum ?? 0,
      }));
      return { name, help, type: 'histogram', samples };
    }
  }
}

function typeOf(metric: MetricData): MetricType {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'gauge';
    case DataPointType.GAUGE:
      return 'gauge';
    default:
      return 'histogram';
  }
}

/** Those attributes that a filter takes; without a filter none. */
function chosen(
  attributes: TelemetryResource['attributes'],
  filter: PrometheusSettings['with_resource_constant_labels'],
): TelemetryResource['attributes'] {
  if (filter === undefined) return {};
  const included = (filter.included ?? ['*']).map(patternOf);
  const excluded = filter.excluded.map(patternOf);
  const names = Object.keys(attributes).filter(
    (name) =>
      included.some((pattern) => pattern.test(name)) && !excluded.some((pattern) => pattern.test(name)),
  );
  return Object.fromEntries(names.map((name) => [name, attributes[name]!]));
}

/** `*` is any number of characters, `?` is one. */
function patternOf(wildcards: string): RegExp {
  const escaped = wildcards.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
