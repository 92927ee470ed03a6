import type { Definitions, MetricDefinition } from './metric-definition.js';
import { aggregate, type Strategy } from './aggregate.js';
import type { WireWriter } from './wire.js';

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

/** Gathers the points of one scraper and writes them as a message ResourceMetrics. */
export interface MetricSet<K extends string> {
  readonly of: Readonly<Record<K, Recorder>>;
  /** Writes what was recorded and forgets it; nothing was, nothing is written. Returns the number of points. */
  write(writer: WireWriter, head: GroupHead): number;
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

  write(writer: WireWriter, head: GroupHead): number {
    if (this.values.length === 0) return 0;
    const { definition } = this;
    if (this.#kept.length < definition.attributes.length) this.#aggregate();
    const metric = writer.begin(tags.metric);
    writer.text(tags.name, this.name);
    writer.text(tags.description, definition.description);
    writer.text(tags.unit, definition.unit);
    const data = writer.begin(definition.kind === 'sum' ? tags.sum : tags.gauge);
    for (let i = 0; i < this.values.length; i++) this.#writePoint(writer, head, i);
    if (definition.kind === 'sum') {
      writer.varint(tags.temporality, cumulative);
      if (definition.isMonotonic) writer.varint(tags.isMonotonic, 1);
    }
    writer.end(data);
    writer.end(metric);
    const points = this.values.length;
    this.clear();
    return points;
  }

  #writePoint(writer: WireWriter, head: GroupHead, i: number): void {
    const point = writer.begin(tags.point);
    if (this.definition.kind === 'sum') writer.fixed64(tags.start, head.start);
    writer.fixed64(tags.time, head.now);
    if (this.definition.type === 'int') writer.sfixed64(tags.asInt, this.values[i]!);
    else writer.double(tags.asDouble, this.values[i]!);
    const attributes = this.attributes[i]!;
    for (let key = 0; key < this.#keys.length; key++) {
      writeText(writer, tags.pointAttribute, this.#keys[key]!, attributes[key]!);
    }
    writer.end(point);
  }

  #aggregate(): void {
    const { values, attributes } = aggregate(this.values, this.attributes, this.#kept, this.#strategy);
    this.values = this.definition.type === 'int' ? values.map(Math.trunc) : values;
    this.attributes = attributes;
  }

  clear(): void {
    this.values = [];
    this.attributes = [];
  }
}

/** Tags of the fields of OTLP. */
const tags = {
  resourceMetrics: 0x0a,
  resource: 0x0a,
  resourceAttribute: 0x0a,
  scopeMetrics: 0x12,
  resourceSchemaUrl: 0x1a,
  scope: 0x0a,
  scopeName: 0x0a,
  metric: 0x12,
  name: 0x0a,
  description: 0x12,
  unit: 0x1a,
  gauge: 0x2a,
  sum: 0x3a,
  point: 0x0a,
  temporality: 0x10,
  isMonotonic: 0x18,
  start: 0x11,
  time: 0x19,
  asDouble: 0x21,
  asInt: 0x31,
  pointAttribute: 0x3a,
  key: 0x0a,
  value: 0x12,
  textValue: 0x0a,
  intValue: 0x18,
} as const;
const cumulative = 2;

function writeText(writer: WireWriter, tag: number, key: string, value: string): void {
  const attribute = writer.begin(tag);
  writer.text(tags.key, key);
  const any = writer.begin(tags.value);
  // An empty text is a text, and not no value.
  if (value === '') writer.end(writer.begin(tags.textValue));
  else writer.text(tags.textValue, value);
  writer.end(any);
  writer.end(attribute);
}

function writeResource(writer: WireWriter, resource: GroupHead['resource']): void {
  const start = writer.begin(tags.resource);
  for (const [key, value] of Object.entries(resource ?? {})) {
    if (typeof value === 'string') {
      writeText(writer, tags.resourceAttribute, key, value);
      continue;
    }
    const attribute = writer.begin(tags.resourceAttribute);
    writer.text(tags.key, key);
    const any = writer.begin(tags.value);
    writer.varint(tags.intValue, value);
    writer.end(any);
    writer.end(attribute);
  }
  writer.end(start);
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
    write(writer, head) {
      if (metrics.every(({ values }) => values.length === 0)) return 0;
      const group = writer.begin(tags.resourceMetrics);
      writeResource(writer, head.resource);
      const scopeMetrics = writer.begin(tags.scopeMetrics);
      const scope = writer.begin(tags.scope);
      writer.text(tags.scopeName, head.scope);
      writer.end(scope);
      let points = 0;
      for (const metric of metrics) points += metric.write(writer, head);
      writer.end(scopeMetrics);
      writer.text(tags.resourceSchemaUrl, head.schemaUrl);
      writer.end(group);
      return points;
    },
  };
}
