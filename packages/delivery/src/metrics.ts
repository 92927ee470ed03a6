import type { ConsumeError, Settings } from '@tributary/component';
import type { Signal } from '@tributary/pdata';
import type { QueueSettings } from './queue-config.js';
import type { SendingQueue } from './queue.js';
import type { Failure } from './retry.js';
import { isTimeout } from './timeout.js';

type Meter = Settings<unknown>['meter'];
/** Attributes of a metric. */
export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;

/** How a signal's items are called in names and units. */
const itemNames: Readonly<Record<Signal, readonly [suffix: string, unit: string]>> = {
  traces: ['spans', '{span}'],
  metrics: ['metric_points', '{datapoint}'],
  logs: ['log_records', '{record}'],
  profiles: ['profile_samples', '{sample}'],
};

const sizeUnits: Readonly<Record<QueueSettings['sizer'], string>> = {
  requests: '{request}',
  items: '{item}',
  bytes: 'By',
};

/** The Collector's bounds for numbers of items. */
const itemBounds = [
  10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000,
  20_000, 30_000, 50_000, 100_000,
];
/** And for bytes: 128 B to 16 MiB. */
const byteBounds = Array.from({ length: 18 }, (_, i) => 2 ** (7 + i));

/** gRPC's own names of its codes. */
const codeNames = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

type QueueFill = Pick<SendingQueue<Signal>, 'size' | 'capacity'>;

/** The metrics of one part of an exporter. */
export interface DeliveryMetrics {
  /** An export begins. */
  began(): void;
  /** It has ended: so many items were delivered, and these were not. */
  ended(items: number, failures: readonly Failure<Signal>[]): void;
  /** The queue has taken a request in. */
  enqueued(items: number, bytes: number): void;
  /** It has refused one. */
  enqueueFailed(items: number): void;
  /** A request that was put together leaves for the backend. */
  flushed(items: number, bytes: number): void;
  /** Shows how full the queue is. @returns ends that */
  observe(queue: QueueFill, sizer: QueueSettings['sizer']): () => void;
}

/**
 * `attributes` say where it goes: on what is sent, not on what is waiting. `lane` says which of several queues of one
 * exporter it is: on everything.
 */
export function createMetrics(
  meter: Meter,
  signal: Signal,
  attributes: MetricAttributes,
  lane: MetricAttributes,
): DeliveryMetrics {
  const [suffix, unit] = itemNames[signal];
  const ofSignal = { data_type: signal, ...lane };
  const counter = (name: string, description: string) =>
    meter.createCounter(`otelcol_exporter_${name}_${suffix}`, { description, unit });
  const sizes = (name: string, description: string) =>
    meter.createHistogram(`otelcol_exporter_${name}`, {
      description: `${description}, in items`,
      unit: '{unit}',
      advice: { explicitBucketBoundaries: itemBounds },
    });
  const byteSizes = (name: string, description: string) =>
    meter.createHistogram(`otelcol_exporter_${name}_bytes`, {
      description: `${description}, in bytes`,
      unit: 'By',
      advice: { explicitBucketBoundaries: byteBounds },
    });

  const sent = counter('sent', 'Items that the backend has taken');
  const failed = counter('send_failed', 'Items that were given up');
  const notEnqueued = counter('enqueue_failed', 'Items for which the queue had no room');
  const inFlight = meter.createUpDownCounter('otelcol_exporter_in_flight_requests', {
    description: 'Exports under way, pauses between their attempts included',
    unit: '{request}',
  });
  const enqueueSize = sizes('enqueue_size', 'Size of a request that the queue took in');
  const enqueueBytes = byteSizes('enqueue_size', 'Size of a request that the queue took in');
  const flushSize = sizes('queue_batch_send_size', 'Size of a request that was put together');
  const flushBytes = byteSizes('queue_batch_send_size', 'Size of a request that was put together');

  return {
    began() {
      inFlight.add(1, ofSignal);
    },
    ended(items, failures) {
      inFlight.add(-1, ofSignal);
      let lost = 0;
      for (const { reason, error, rest } of failures) {
        const count = rest.itemCount;
        lost += count;
        // Kept or handed back, it has not failed.
        if (count === 0 || reason === 'stopped') continue;
        failed.add(count, {
          ...attributes,
          'error.type': errorType(reason, error),
          'error.permanent': error.kind === 'permanent',
        });
      }
      // Also where it is 0, so that the series is there from the first export on.
      sent.add(items - lost, attributes);
    },
    enqueued(items, bytes) {
      enqueueSize.record(items);
      enqueueBytes.record(bytes);
    },
    enqueueFailed(items) {
      notEnqueued.add(items);
    },
    flushed(items, bytes) {
      flushSize.record(items, attributes);
      flushBytes.record(bytes, attributes);
    },
    observe(queue, sizer) {
      const gauge = (name: string, description: string, value: () => number): (() => void) => {
        const instrument = meter.createObservableGauge(`otelcol_exporter_queue_${name}`, {
          description,
          unit: sizeUnits[sizer],
        });
        const observe: Parameters<typeof instrument.addCallback>[0] = (result) =>
          result.observe(value(), ofSignal);
        instrument.addCallback(observe);
        return () => instrument.removeCallback(observe);
      };
      const ends = [
        gauge('size', 'What the queue holds, what is being sent included', () => queue.size),
        gauge('capacity', 'What the queue can hold', () => queue.capacity),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

function errorType(reason: Failure<Signal>['reason'], error: ConsumeError): string {
  if (reason === 'shutdown') return 'Shutdown';
  if (reason === 'cancelled') return 'Canceled';
  if (error.status !== undefined) return codeNames[error.status.code] ?? '_OTHER';
  return isTimeout(error) ? 'Deadline_Exceeded' : '_OTHER';
}
