import type { Settings } from '@tributary/component';

const prefix = 'otelcol_loadbalancer_';
const latencyBounds = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** The Collector's metrics of this exporter. */
export interface BalancerMetrics {
  /** An attempt has ended. */
  attempted(endpoint: string, isSuccess: boolean, ms: number): void;
  /** The resolver has answered, or failed to. */
  resolved(isSuccess: boolean): void;
  /** There are other backends. */
  changed(backends: number): void;
}

export function createBalancerMetrics(meter: Settings<unknown>['meter'], resolver: string): BalancerMetrics {
  const latency = meter.createHistogram(`${prefix}backend_latency`, {
    description: 'Response latency in ms for the backends.',
    unit: 'ms',
    advice: { explicitBucketBoundaries: latencyBounds },
  });
  const outcome = meter.createCounter(`${prefix}backend_outcome`, {
    description: 'Number of successes and failures for each endpoint.',
    unit: '{outcomes}',
  });
  const backends = meter.createGauge(`${prefix}num_backends`, {
    description: 'Current number of backends in use.',
    unit: '{backends}',
  });
  const updates = meter.createCounter(`${prefix}num_backend_updates`, {
    description: 'Number of times the list of backends was updated.',
    unit: '{updates}',
  });
  const resolutions = meter.createCounter(`${prefix}num_resolutions`, {
    description: 'Number of times the resolver has triggered new resolutions.',
    unit: '{resolutions}',
  });
  const attributes = { resolver };
  return {
    attempted(endpoint, isSuccess, ms) {
      latency.record(ms, { endpoint });
      outcome.add(1, { endpoint, success: String(isSuccess) });
    },
    resolved: (isSuccess) => resolutions.add(1, { ...attributes, success: String(isSuccess) }),
    changed(count) {
      backends.record(count, attributes);
      updates.add(1, attributes);
    },
  };
}
