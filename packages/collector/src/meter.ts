import type {
  Attributes,
  BatchObservableCallback,
  Meter,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';

/** A meter that adds `attributes` to everything that is recorded through it. */
export function withAttributes(meter: Meter, attributes: Attributes): Meter {
  const merged = (own?: Attributes): Attributes =>
    own === undefined ? attributes : { ...attributes, ...own };
  /** What the wrapped meter knows our observables by. */
  const inner = new WeakMap<Observable, Observable>();
  const batches = new WeakMap<BatchObservableCallback, BatchObservableCallback>();
  const innerOf = (list: readonly Observable[]): Observable[] => list.map((ours) => inner.get(ours) ?? ours);

  function observable<O extends Observable>(instrument: O): O {
    const callbacks = new WeakMap<ObservableCallback, ObservableCallback>();
    const ours: Observable = {
      addCallback(callback) {
        const wrapped: ObservableCallback = (result) =>
          callback({ observe: (value, own) => result.observe(value, merged(own)) });
        callbacks.set(callback, wrapped);
        instrument.addCallback(wrapped);
      },
      removeCallback(callback) {
        instrument.removeCallback(callbacks.get(callback) ?? callback);
      },
    };
    inner.set(ours, instrument);
    return ours as O;
  }
  const recording = (instrument: {
    record(value: number, attributes?: Attributes): void;
  }): { record(value: number, attributes?: Attributes): void } => ({
    record: (value, own) => instrument.record(value, merged(own)),
  });
  const adding = (instrument: {
    add(value: number, attributes?: Attributes): void;
  }): { add(value: number, attributes?: Attributes): void } => ({
    add: (value, own) => instrument.add(value, merged(own)),
  });

  return {
    createGauge: (name, options) => recording(meter.createGauge(name, options)),
    createHistogram: (name, options) => recording(meter.createHistogram(name, options)),
    createCounter: (name, options) => adding(meter.createCounter(name, options)),
    createUpDownCounter: (name, options) => adding(meter.createUpDownCounter(name, options)),
    createObservableGauge: (name, options) => observable(meter.createObservableGauge(name, options)),
    createObservableCounter: (name, options) => observable(meter.createObservableCounter(name, options)),
    createObservableUpDownCounter: (name, options) =>
      observable(meter.createObservableUpDownCounter(name, options)),
    addBatchObservableCallback(callback, observables) {
      const wrapped: BatchObservableCallback = (result) =>
        callback({
          observe: (ours, value, own) => result.observe(inner.get(ours) ?? ours, value, merged(own)),
        });
      batches.set(callback, wrapped);
      meter.addBatchObservableCallback(wrapped, innerOf(observables));
    },
    removeBatchObservableCallback(callback, observables) {
      meter.removeBatchObservableCallback(batches.get(callback) ?? callback, innerOf(observables));
    },
  };
}
