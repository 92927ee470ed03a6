import { BatchBase, createFactory, Records, Request } from './batch.js';
import { clock, type Chunk } from './edit.js';
import { Metric, ResourceMetrics, ScopeMetrics, type ResourceMetricsInit } from './generated/views.js';
import type { DataPoint } from './records.js';
import type { BatchFactory, Telemetry } from './telemetry.js';

/** A batch of metrics. Its items are data points. */
export interface Metrics extends Telemetry<'metrics'> {
  /** Every metric in order. Metrics removed meanwhile are skipped, added ones are not visited. */
  metrics(): Iterable<Metric>;
  /** Every data point of every metric in order. */
  dataPoints(): Iterable<DataPoint>;
  resourceMetrics(): Iterable<ResourceMetrics>;
  /** Adds a copy of a group from any batch, or a new one, and returns it. */
  addResourceMetrics(init?: ResourceMetrics | ResourceMetricsInit): ResourceMetrics;
  /** Removes the metrics for which `keep` is false, with all their points. */
  filter(keep: (metric: Metric) => boolean): void;
  /** Removes the data points for which `keep` is false. A metric that loses its last one vanishes. */
  filterDataPoints(keep: (point: DataPoint) => boolean): void;
}

class MetricsBatch extends BatchBase<'metrics'> implements Metrics {
  override readonly signal = 'metrics';

  protected override make(chunks: Chunk[]): Metrics {
    return new MetricsBatch(chunks);
  }

  metrics(): Iterable<Metric> {
    return new Records('metrics', this.chunks, [ResourceMetrics, ScopeMetrics, Metric]);
  }

  *dataPoints(): Iterable<DataPoint> {
    const began = clock;
    for (const metric of this.metrics()) {
      for (const point of metric.dataPoints()) if (!point.isAddedAfter(began)) yield point;
    }
  }

  *resourceMetrics(): Iterable<ResourceMetrics> {
    for (const chunk of this.chunks.slice()) yield* new Request(chunk, 'metrics').groups(ResourceMetrics);
  }

  addResourceMetrics(init: ResourceMetrics | ResourceMetricsInit = {}): ResourceMetrics {
    return this.addGroup(ResourceMetrics, 'ResourceMetrics', init);
  }

  filter(keep: (metric: Metric) => boolean): void {
    this.keepOnly(this.metrics(), keep);
  }

  filterDataPoints(keep: (point: DataPoint) => boolean): void {
    this.keepOnly(this.dataPoints(), keep);
  }
}

/** Makes batches of metrics. `from` checks untrusted bytes once; afterwards no view throws. */
export const Metrics: BatchFactory<'metrics'> = createFactory(
  'metrics',
  (chunks) => new MetricsBatch(chunks),
);
