import type { MetricInit, NumberDataPointInit, ResourceMetricsInit } from '@tributary/pdata';
import { aggregate, type Strategy } from './aggregate.js';
import type { Definitions, MetricDefinition } from './metric-definition.js';

/** What the configuration says of one metric. */
export interface MetricSettings {
  readonly enabled?: boolean | undefined;
  readonly attributes?: readonly string[] | undefined;
  readonly aggregation_strategy?: Strategy | undefined;
}

/** One metric of a scraper. */
export interface Recorder {
  /** A value that nobody wants need not be read. */
  readonly isOn: boolean;
  /** The values of all attributes of the definition, in its order. Of no effect where the metric is off. */
  record(value: number, attributes?: readonly string[]): void;
}

/** What all points of a group of metrics have in common. Times in nanoseconds since the epoch. */
export interface GroupHead {
  readonly scope: string;
  readonly schemaUrl: string;
  readonly start: bigint;
  readonly now: bigint;
  /** Of the resource: nothing where a processor is to say which host it is. */
  readonly resource?: Readonly<Record<string, string | number>>;
}

/** The metrics of one resource, and how many points they have. */
export interface MetricGroup {
  readonly init: ResourceMetricsInit;
  readonly points: number;
}

/** Gathers the points of one scraper. */
export interface MetricSet<K extends string> {
  readonly of: Readonly<Record<K, Recorder>>;
  /** What was recorded, which is forgotten then; undefined where there is nothing. */
  take(head: GroupHead): MetricGroup | undefined;
}

class Metric implements Recorder {
  readonly name: string;
  readonly definition: MetricDefinition;
  readonly isOn: boolean;
  readonly #kept: readonly number[];
  readonly #strategy: Strategy;
  readonly #keys: readonly string[];
  values: number[] = [];
  attributes: (readonly string[])[] = [];

  constructor(name: string, definition: MetricDefinition, settings: MetricSettings | undefined) {
    this.name = name;
    this.definition = definition;
    this.isOn = settings?.enabled ?? definition.isOn;
    const wanted = settings?.attributes ?? definition.defaultAttributes;
    this.#kept = definition.attributes.flatMap((key, index) => (wanted.includes(key) ? [index] : []));
    this.#keys = this.#kept.map((index) => definition.attributes[index]!);
    this.#strategy = settings?.aggregation_strategy ?? (definition.kind === 'sum' ? 'sum' : 'avg');
  }

  record(value: number, attributes: readonly string[] = []): void {
    // A counter that cannot be read as a number is no point rather than a wrong one.
    if (!this.isOn || !Number.isFinite(value)) return;
    this.values.push(value);
    this.attributes.push(attributes);
  }

  take(head: GroupHead): MetricInit {
    const { name, definition } = this;
    if (this.#kept.length < definition.attributes.length) this.#aggregate();
    const dataPoints = this.values.map((value, i) => this.#point(head, value, this.attributes[i]!));
    this.values = [];
    this.attributes = [];
    const { description, unit, isMonotonic } = definition;
    if (definition.kind === 'gauge') return { name, description, unit, gauge: { dataPoints } };
    return {
      name,
      description,
      unit,
      sum: { dataPoints, aggregationTemporality: 'cumulative', isMonotonic },
    };
  }

  #point(head: GroupHead, value: number, attributes: readonly string[]): NumberDataPointInit {
    const { kind, type } = this.definition;
    return {
      ...(kind === 'sum' && { startTimeUnixNano: head.start }),
      timeUnixNano: head.now,
      ...(type === 'int' ? { asInt: int64(value) } : { asDouble: value }),
      attributes: Object.fromEntries(this.#keys.map((key, i) => [key, attributes[i]!])),
    };
  }

  #aggregate(): void {
    const { values, attributes } = aggregate(this.values, this.attributes, this.#kept, this.#strategy);
    this.values = this.definition.type === 'int' ? values.map(Math.trunc) : values;
    this.attributes = attributes;
  }
}

const largest = 2n ** 63n - 1n;

/** A whole number as OTLP has it: what is too large is the largest. */
function int64(value: number): bigint {
  const whole = BigInt(Math.trunc(value));
  return whole > largest ? largest : whole < -largest ? -largest : whole;
}

export function createMetricSet<K extends string>(
  definitions: Definitions<K>,
  settings: Readonly<Partial<Record<K, MetricSettings | undefined>>>,
): MetricSet<K> {
  // By name, as the Collector has them.
  const names = (Object.keys(definitions) as K[]).toSorted();
  const metrics = names.map((name) => new Metric(name, definitions[name], settings[name]));
  const of = Object.fromEntries(metrics.map((metric) => [metric.name, metric])) as unknown as Record<
    K,
    Recorder
  >;
  return {
    of,
    take(head) {
      const recorded = metrics.filter(({ values }) => values.length > 0);
      if (recorded.length === 0) return undefined;
      const inits = recorded.map((metric) => metric.take(head));
      const points = inits.reduce(
        (sum, { sum: ofSum, gauge }) => sum + (ofSum ?? gauge)!.dataPoints!.length,
        0,
      );
      const { scope, schemaUrl, resource = {} } = head;
      return {
        points,
        init: {
          resource: { attributes: resource },
          schemaUrl,
          scopeMetrics: [{ scope: { name: scope }, metrics: inits }],
        },
      };
    },
  };
}
