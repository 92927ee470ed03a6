import type { Settings } from '@tributary/component';

/** Of every attempt of a detection. */
export interface DetectionMetrics {
  record(detector: string, seconds: number, outcome: 'success' | 'failure', errorType?: string): void;
  /** The gauge ends with the component. */
  end(): void;
}

export function createDetectionMetrics(
  meter: Settings<unknown>['meter'],
  count: () => number,
): DetectionMetrics {
  const name = 'otelcol.resourcedetection';
  const attributes = meter.createObservableGauge(`${name}.attributes.detected`, {
    unit: '{attribute}',
    description: 'Number of resource attributes that are detected.',
  });
  const durations = meter.createHistogram(`${name}.detector.duration`, {
    unit: 's',
    description: 'Time that a detector took.',
  });
  const results = meter.createCounter(`${name}.detector.results`, {
    unit: '{result}',
    description: 'Number of results of detectors.',
  });
  const observe = (result: { observe(value: number): void }): void => result.observe(count());
  attributes.addCallback(observe);
  return {
    record(detector, seconds, outcome, errorType) {
      durations.record(seconds, { detector, outcome });
      results.add(1, { detector, outcome, ...(errorType !== undefined && { 'error.type': errorType }) });
    },
    end: () => attributes.removeCallback(observe),
  };
}
