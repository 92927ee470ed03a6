/** What a metric is, whatever its values. */
export interface MetricDefinition {
  readonly description: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge';
  /** Of sums: whether it only ever grows. */
  readonly isMonotonic: boolean;
  readonly type: 'int' | 'double';
  readonly isOn: boolean;
  /** In the order in which values are recorded with them. */
  readonly attributes: readonly string[];
  /** Those that points have unless the configuration says otherwise. */
  readonly defaultAttributes: readonly string[];
}

/** The metrics of a scraper by name. */
export type Definitions<K extends string> = Readonly<Record<K, MetricDefinition>>;

interface Shape {
  readonly attributes?: readonly string[];
  /** Of {@link Shape.attributes}. Default: all. */
  readonly defaultAttributes?: readonly string[];
  /** Default `true`. */
  readonly isOn?: boolean;
  /** Default `int`. */
  readonly type?: 'int' | 'double';
}

function define(
  kind: 'sum' | 'gauge',
  isMonotonic: boolean,
  unit: string,
  description: string,
  { attributes = [], defaultAttributes = attributes, isOn = true, type = 'int' }: Shape,
): MetricDefinition {
  return { kind, isMonotonic, unit, description, attributes, defaultAttributes, isOn, type };
}

/** A sum that only grows. */
export function counter(unit: string, description: string, shape: Shape = {}): MetricDefinition {
  return define('sum', true, unit, description, shape);
}

/** A sum that goes up and down. */
export function upDown(unit: string, description: string, shape: Shape = {}): MetricDefinition {
  return define('sum', false, unit, description, shape);
}

export function gauge(unit: string, description: string, shape: Shape = {}): MetricDefinition {
  return define('gauge', false, unit, description, { type: 'double', ...shape });
}
