import {
  createNoopMeter,
  type Attributes,
  type BatchObservableCallback,
  type Counter,
  type Gauge,
  type Meter,
  type MeterProvider,
  type MetricOptions,
  type Observable,
  type ObservableCallback,
} from '@opentelemetry/api';
import type { TelemetryMetricsLevel } from './config.js';
import { attributesAt, isMeasuredAt } from './telemetry/metric-levels.js';

/**
 * The meters of a collector. What they record goes to a provider that may come later: the SDK is loaded when the
 * collector starts, and only where somebody reads the figures. Until then nothing is recorded.
 */
export class Meters {
  readonly #level: TelemetryMetricsLevel;
  #provider: MeterProvider | undefined;
  readonly #open = new Set<OpenMeter>();
  /** By the name of what they observe. */
  readonly #observers = new Map<string, Observers>();

  constructor(level: TelemetryMetricsLevel, provider?: MeterProvider) {
    this.#level = level;
    this.#provider = provider;
  }

  /** A meter that adds `attributes` to everything; what is above the level is not measured at all. */
  meter(scope: string, attributes: Attributes): Meter {
    return this.open(scope, attributes).meter;
  }

  /** The same, for a component that may end before the collector: then it is asked for nothing any more. */
  open(scope: string, attributes: Attributes): { readonly meter: Meter; readonly end: () => void } {
    const open: OpenMeter = { waiting: [], undo: [] };
    this.#open.add(open);
    const meter = createMeter({
      attributes,
      level: this.#level,
      when: (run) => {
        const begin = (provider: MeterProvider): void => run(provider.getMeter(scope));
        if (this.#provider !== undefined) begin(this.#provider);
        else open.waiting.push(begin);
      },
      onEnd: (undo) => open.undo.push(undo),
      observers: (name) => {
        let observers = this.#observers.get(name);
        if (observers === undefined) this.#observers.set(name, (observers = new Map()));
        return observers;
      },
    });
    return { meter, end: () => this.#end(open) };
  }

  /** The provider is there. Once. */
  bind(provider: MeterProvider): void {
    this.#provider = provider;
    for (const { waiting } of this.#open) for (const run of waiting.splice(0)) run(provider);
  }

  /**
   * What is observed under a name at this moment, whoever reads the figures. One who cannot say at once, and one
   * who observes several things together, is left out.
   */
  observe(name: string): readonly Observation[] {
    const found: Observation[] = [];
    for (const [observer, unit] of this.#observers.get(name) ?? []) {
      const observe = (value: number, attributes: Attributes = {}): void =>
        void found.push({ value, attributes, unit });
      // What goes wrong the SDK tells to the readers.
      const ignore = (): void => {};
      try {
        Promise.resolve(observer({ observe })).catch(ignore);
      } catch {
        ignore();
      }
    }
    return found;
  }

  /** The provider may live on; the collector is asked for nothing any more. */
  end(): void {
    for (const open of this.#open) this.#end(open);
  }

  #end(open: OpenMeter): void {
    for (const undo of open.undo.splice(0)) undo();
    this.#open.delete(open);
  }
}

/** What was observed, with all its attributes. */
export interface Observation {
  readonly value: number;
  readonly attributes: Attributes;
  readonly unit: string | undefined;
}

/** Each tells with the attributes of its component; with the unit of what it tells. */
type Observers = Map<ObservableCallback, string | undefined>;

/** What a meter is owed, and owes. */
interface OpenMeter {
  /** What is left to do when the provider comes. */
  readonly waiting: ((provider: MeterProvider) => void)[];
  /** Takes back what the provider was given to call. */
  readonly undo: (() => void)[];
}

interface MeterSettings {
  readonly attributes: Attributes;
  readonly level: TelemetryMetricsLevel;
  /** Runs when the real meter is there, now or later. */
  readonly when: (run: (meter: Meter) => void) => void;
  readonly onEnd: (undo: () => void) => void;
  /** Those who observe something of this name, over all meters. */
  readonly observers: (name: string) => Observers;
}

const noMeter = createNoopMeter();

/** What a component says of a value, and what the meter says of the component. */
type Merge = (own?: Attributes) => Attributes;

function createMeter({ attributes, level, when, onEnd, observers }: MeterSettings): Meter {
  /** Ours, and the provider's once it is there. */
  const inner = new WeakMap<Observable, Observable>();
  const mergers = new WeakMap<Observable, Merge>();
  const innerOf = (list: readonly Observable[]): Observable[] =>
    list.flatMap((ours) => inner.get(ours) ?? []);
  const merging = (name: string): Merge => {
    const attributesOf = attributesAt(level, name);
    // Attributes that cannot change, as those of a request's counters, are merged once.
    const frozen = new WeakMap<Attributes, Attributes>();
    return (own) => {
      if (own === undefined) return attributes;
      let merged = frozen.get(own);
      if (merged !== undefined) return merged;
      merged = { ...attributes, ...attributesOf(own) };
      if (Object.isFrozen(own)) frozen.set(own, merged);
      return merged;
    };
  };

  type Make<T> = (meter: Meter, name: string, options?: MetricOptions) => T;

  /** The instrument of the provider, once there is one: until then, and above the level, nothing is done. */
  function late<T>(make: Make<T>, name: string, options: MetricOptions | undefined): { target?: T } {
    const holder: { target?: T } = {};
    if (isMeasuredAt(level, name)) when((meter) => (holder.target = make(meter, name, options)));
    return holder;
  }

  function adding(make: Make<Counter>): (name: string, options?: MetricOptions) => Counter {
    return (name, options) => {
      const holder = late(make, name, options);
      const merged = merging(name);
      return { add: (value, own) => holder.target?.add(value, merged(own)) };
    };
  }

  function recording(make: Make<Gauge>): (name: string, options?: MetricOptions) => Gauge {
    return (name, options) => {
      const holder = late(make, name, options);
      const merged = merging(name);
      return { record: (value, own) => holder.target?.record(value, merged(own)) };
    };
  }

  function observing(make: Make<Observable>): (name: string, options?: MetricOptions) => Observable {
    return (name, options) => {
      if (!isMeasuredAt(level, name)) return make(noMeter, name, options);
      const merged = merging(name);
      const callbacks = new Map<ObservableCallback, ObservableCallback>();
      const ours: Observable = {
        addCallback(callback) {
          if (callbacks.has(callback)) return;
          const wrapped: ObservableCallback = (result) =>
            callback({ observe: (value, own) => result.observe(value, merged(own)) });
          callbacks.set(callback, wrapped);
          observers(name).set(wrapped, options?.unit);
          inner.get(ours)?.addCallback(wrapped);
        },
        removeCallback(callback) {
          const wrapped = callbacks.get(callback);
          callbacks.delete(callback);
          if (wrapped === undefined) return;
          observers(name).delete(wrapped);
          inner.get(ours)?.removeCallback(wrapped);
        },
      };
      when((meter) => {
        const target = make(meter, name, options);
        inner.set(ours, target);
        for (const wrapped of callbacks.values()) target.addCallback(wrapped);
      });
      onEnd(() => [...callbacks.keys()].forEach((callback) => ours.removeCallback(callback)));
      mergers.set(ours, merged);
      return ours;
    };
  }

  /** By callback: how to take it back. */
  const batches = new Map<BatchObservableCallback, () => void>();

  return {
    createCounter: adding((meter, name, options) => meter.createCounter(name, options)),
    createUpDownCounter: adding((meter, name, options) => meter.createUpDownCounter(name, options)),
    createGauge: recording((meter, name, options) => meter.createGauge(name, options)),
    createHistogram: recording((meter, name, options) => meter.createHistogram(name, options)),
    createObservableGauge: observing((meter, name, options) => meter.createObservableGauge(name, options)),
    createObservableCounter: observing((meter, name, options) =>
      meter.createObservableCounter(name, options),
    ),
    createObservableUpDownCounter: observing((meter, name, options) =>
      meter.createObservableUpDownCounter(name, options),
    ),
    addBatchObservableCallback(callback, observables) {
      const wrapped: BatchObservableCallback = (result) =>
        callback({
          observe(ours, value, own) {
            const target = inner.get(ours);
            if (target !== undefined) result.observe(target, value, mergers.get(ours)?.(own));
          },
        });
      let remove = (): void => {};
      let isRemoved = false;
      when((meter) => {
        if (isRemoved) return;
        const targets = innerOf(observables);
        if (targets.length === 0) return; // All of them are above the level.
        meter.addBatchObservableCallback(wrapped, targets);
        remove = () => meter.removeBatchObservableCallback(wrapped, targets);
      });
      const undo = (): void => {
        isRemoved = true;
        remove();
      };
      batches.set(callback, undo);
      onEnd(undo);
    },
    removeBatchObservableCallback(callback) {
      batches.get(callback)?.();
      batches.delete(callback);
    },
  };
}
