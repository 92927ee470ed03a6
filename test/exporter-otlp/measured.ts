import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Runtime } from '@tributary/component';

/** Read when the test says so. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** A runtime that measures, and the attributes and values of one of its metrics. */
export function measuring(): {
  runtime: Partial<Runtime>;
  points: (metric: string) => Promise<readonly [attributes: object, value: unknown][]>;
} {
  const reader = new Reader();
  return {
    runtime: { meterProvider: new MeterProvider({ readers: [reader] }) },
    async points(metric) {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name === metric)
        .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, value] as const))
        .map(([attributes, value]) => [{ ...attributes }, value]);
    },
  };
}
