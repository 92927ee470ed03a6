import { MetricReader, type CollectionResult, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Logger } from '@tributary/component';
import { ownerOf } from './living.js';

/** A reader that collects when it is told to. */
export class ManualReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** The series of these owners, and of nobody. What the SDK could not collect is logged: the rest is good. */
export async function collect(
  reader: MetricReader,
  logger: Logger,
  owners: ReadonlySet<string>,
): Promise<CollectionResult> {
  const { resourceMetrics, errors } = await reader.collect();
  for (const error of errors) logger.error('OpenTelemetry internal telemetry error', { error });
  const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics
      .map((metric) => ofOwners(metric, scope.name, owners))
      .filter(({ dataPoints }) => dataPoints.length > 0),
  }));
  return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
}

function ofOwners<M extends MetricData>(metric: M, scope: string, owners: ReadonlySet<string>): M {
  const dataPoints = metric.dataPoints.filter(({ attributes }) => {
    const owner = ownerOf(scope, attributes);
    return owner === undefined || owners.has(owner);
  });
  return { ...metric, dataPoints };
}
