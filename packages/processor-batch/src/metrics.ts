import {
  createContext,
  type Batch,
  type Component,
  type Consumer,
  type Context,
  type Settings,
  type Signal,
} from '@tributary/component';

/** What made a batch be sent. */
export type Trigger = 'size' | 'timeout';

/** The metrics of all parts of one processor object. */
export interface BatchMetrics extends Component {
  /** A batch was taken. `trigger` is missing where one that was counted is taken in parts. */
  sent(items: number, bytes: number, trigger: Trigger | undefined): void;
  /** Asked at any time: combinations of metadata that one part has. */
  combinations(count: () => number): void;
}

const itemBounds = [
  10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000,
  20_000, 30_000, 50_000, 100_000,
];
/** 128 B to 16 MiB. */
const byteBounds = Array.from({ length: 18 }, (_, i) => 2 ** (7 + i));

export function createBatchMetrics({ meter }: Settings<unknown>): BatchMetrics {
  const counts: (() => number)[] = [];
  const items = meter.createHistogram('otelcol_processor_batch_batch_send_size', {
    description: 'Number of units in the batch',
    unit: '{unit}',
    advice: { explicitBucketBoundaries: itemBounds },
  });
  const bytes = meter.createHistogram('otelcol_processor_batch_batch_send_size_bytes', {
    description: 'Number of bytes in batch that was sent',
    unit: 'By',
    advice: { explicitBucketBoundaries: byteBounds },
  });
  const triggers = {
    size: meter.createCounter('otelcol_processor_batch_batch_size_trigger_send', {
      description: 'Number of times the batch was sent due to a size trigger',
      unit: '{time}',
    }),
    timeout: meter.createCounter('otelcol_processor_batch_timeout_trigger_send', {
      description: 'Number of times the batch was sent due to a timeout trigger',
      unit: '{time}',
    }),
  };
  const cardinality = meter.createObservableUpDownCounter('otelcol_processor_batch_metadata_cardinality', {
    description: 'Number of distinct metadata value combinations being processed',
    unit: '{combination}',
  });
  const observe = (result: { observe(value: number): void }): void =>
    result.observe(counts.reduce((sum, count) => sum + count(), 0));
  cardinality.addCallback(observe);
  return {
    // A meter outlives its component; one that is made in its place has a callback of its own.
    shutdown: () => cardinality.removeCallback(observe),
    sent(sentItems, sentBytes, trigger) {
      items.record(sentItems);
      bytes.record(sentBytes);
      if (trigger !== undefined) triggers[trigger].add(1);
    },
    combinations(count) {
      counts.push(count);
    },
  };
}

/** The way to the next one, on which what is taken is counted, whoever offers it, and how often. */
export interface Measured<S extends Signal> {
  readonly next: Consumer<S>;
  /** The context of one batch: by it the batch is known again when it is taken, perhaps much later. */
  readonly contextFor: (context: Context, trigger: Trigger, signal?: () => AbortSignal) => Context;
}

export function measure<S extends Signal>(next: Consumer<S>, metrics: BatchMetrics): Measured<S> {
  const triggers = new WeakMap<Context, Trigger>();

  function taken(items: number, bytes: number, context: Context): void {
    metrics.sent(items, bytes, triggers.get(context));
    triggers.delete(context);
  }

  return {
    next: {
      consume(batch: Batch<S>, context) {
        const { itemCount, byteLength } = batch;
        const outcome = next.consume(batch, context);
        if (outcome === undefined) taken(itemCount, byteLength, context);
        else return outcome.then(() => taken(itemCount, byteLength, context));
      },
      admit: (bytes) => next.admit?.(bytes),
    },
    contextFor({ client }, trigger, signal) {
      const context = createContext({ client, ...(signal && { signal }) });
      triggers.set(context, trigger);
      return context;
    },
  };
}
