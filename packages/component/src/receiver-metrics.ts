import type { Attributes, Counter, Meter } from '@opentelemetry/api';
import type { Signal } from '@tributary/pdata';

/** What a receiver says of each request: `otelcol_receiver_{accepted,refused,failed}_*`. */
export interface ReceiverMetrics {
  /**
   * A request has its answer: so many of its items were taken, so many were not. An empty request counts
   * nothing.
   */
  ended(accepted: number, refused: number): void;
}

/** How the Collector names the items of a signal in metrics: `otelcol_receiver_accepted_spans`, in `{span}`. */
const itemNames: Readonly<Record<Signal, { readonly plural: string; readonly unit: string }>> = {
  traces: { plural: 'spans', unit: '{span}' },
  metrics: { plural: 'metric_points', unit: '{datapoint}' },
  logs: { plural: 'log_records', unit: '{record}' },
  profiles: { plural: 'profile_samples', unit: '{sample}' },
};

/**
 * The metrics of a receiver, for one signal and way in (`transport`: `grpc`, `http`, `udp`, ...). Record a
 * request once, when its outcome is known. As in the Collector every item that was not taken is refused; the
 * failed ones stay at 0. All three series appear with the first request.
 */
export function receiverMetrics(meter: Meter, signal: Signal, transport: string): ReceiverMetrics {
  const { plural, unit } = itemNames[signal];
  // Frozen: the engine's meter need not put its own beside them for each request.
  const attributes: Attributes = Object.freeze({ transport });
  const counter = (name: string, description: string): Counter =>
    meter.createCounter(`otelcol_receiver_${name}_${plural}`, { unit, description });
  const accepted = counter('accepted', `Number of ${words(plural)} successfully pushed into the pipeline.`);
  const refused = counter(
    'refused',
    `Number of ${words(plural)} that could not be pushed into the pipeline.`,
  );
  const failed = counter(
    'failed',
    `The number of ${words(plural)} that failed to be processed by the receiver.`,
  );
  let isFirst = true;
  return {
    ended(acceptedItems, refusedItems) {
      if (acceptedItems === 0 && refusedItems === 0) return;
      // Later a zero would add nothing but its cost.
      if (isFirst || acceptedItems > 0) accepted.add(acceptedItems, attributes);
      if (isFirst || refusedItems > 0) refused.add(refusedItems, attributes);
      if (isFirst) failed.add(0, attributes);
      isFirst = false;
    },
  };
}

function words(plural: string): string {
  return plural.replace('_', ' ');
}
