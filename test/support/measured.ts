import { MeterProvider, MetricReader, type Histogram } from '@opentelemetry/sdk-metrics';
import type { Attributes } from '@opentelemetry/api';

class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

/** One series at one moment. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
  readonly value: number | Histogram;
}

/** A meter provider for a collector, and what was recorded by it. */
export interface Measurements {
  readonly provider: MeterProvider;
  /** The series whose names begin with `prefix`, without it, by name. */
  collect(prefix: string): Promise<readonly Measured[]>;
}

export function measured(): Measurements {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  return {
    provider,
    async collect(prefix) {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name.startsWith(prefix))
        .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({
            name: name.slice(prefix.length),
            unit,
            attributes,
            value: value as number | Histogram,
          })),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
