/** What a metric counts for, as the name and the `TYPE` line tell it. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'untyped';

/** How the name of an OpenTelemetry instrument becomes that of a Prometheus metric. */
export interface MetricNaming {
  readonly type: MetricType;
  /** UCUM, as the instrument has it: `s`, `By`, `{span}`. */
  readonly unit?: string | undefined;
  /** Leaves the unit out of the name. Default `false`. */
  readonly withoutUnits?: boolean | undefined;
  /** Leaves `_total` off counters. Default `false`. */
  readonly withoutTypeSuffix?: boolean | undefined;
}

const unitNames: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
  1: '',
};

/** Units after a slash are singular. */
const perNames: Readonly<Record<string, string>> = {
  s: 'second',
  min: 'minute',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/**
 * The name of a metric: letters, digits, `_` and `:`, then the unit in words and, for counters, `_total`,
 * where the name does not say so already (`otelcol_process_cpu_seconds` in `s` stays as it is).
 */
export function metricName(name: string, naming: MetricNaming): string {
  const { type, unit = '', withoutUnits = false, withoutTypeSuffix = false } = naming;
  let base = plainName(name);
  const isCounted = type === 'counter' && !withoutTypeSuffix;
  if (isCounted) base = base.replace(/_total$/, '');
  if (!withoutUnits) {
    const said = base.split('_');
    for (const word of wordsOf(unit)) {
      // `per_second` counts as said only where both stand there.
      if (!word.split('_').every((part) => said.includes(part))) base += `_${word}`;
    }
    if (unit === '1' && type === 'gauge' && !said.includes('ratio')) base += '_ratio';
  }
  return isCounted ? `${base}_total` : base;
}

function plainName(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_:]+/g, '_');
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

/** `By/s` is `bytes` and `per_second`; annotations in braces say nothing. */
function wordsOf(unit: string): string[] {
  const [main = '', per = ''] = unit.split('/', 2).map((part) => part.replace(/\{[^}]*\}/g, '').trim());
  const words: string[] = [];
  const first = unitNames[main] ?? wordOf(main);
  if (first !== '') words.push(first);
  const second = perNames[per] ?? wordOf(per);
  if (second !== '') words.push(`per_${second}`);
  return words;
}

function wordOf(unit: string): string {
  return unit.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_+|_+$/g, '');
}

/** The name of a label: letters, digits and `_`; one that begins with a digit gets `key_` before it. */
export function labelName(key: string): string {
  const plain = key.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^\d/.test(plain) || plain === '' ? `key_${plain}` : plain;
}

/**
 * Attributes as labels. Where two keys become one name, the values stand side by side, separated by `;`, in
 * the order of the keys. Values that are no text are written as JSON.
 */
export function labelsOf(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const labels = new Map<string, string>();
  for (const key of Object.keys(attributes).sort()) {
    const value = attributes[key];
    if (value === undefined || value === null) continue;
    const name = labelName(key);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const other = labels.get(name);
    labels.set(name, other === undefined ? text : `${other};${text}`);
  }
  return Object.fromEntries(labels);
}
