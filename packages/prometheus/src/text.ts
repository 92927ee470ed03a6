import type { MetricType } from './names.js';
import { formatNumber } from './number.js';

/** By label name; a value of `''` is the same as no label. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** One histogram of a metric. */
export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds, rising, without `+Inf`. */
  readonly bounds: readonly number[];
  /** How many fell between a bound and the one before it; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A metric: one name, and a series for each set of labels. */
export type MetricFamily = { readonly name: string; readonly help: string } & (
  | { readonly type: Exclude<MetricType, 'histogram'>; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly samples: readonly HistogramSample[] }
);

/** The `Content-Type` of {@link writeText}. */
export const textContentType: string = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Writes metrics in the text format, version 0.0.4: by name, then by labels, so that two texts can be compared.
 *
 * A reader refuses the whole text for a metric that comes twice, so nothing does: families of one name become
 * one, with the help and type of the first (those of another type are left out), and of two series with the
 * same labels the first is written. Names are those of the caller, made by `metricName` and `labelsOf`.
 */
export function writeText(families: Iterable<MetricFamily>): string {
  const byName = new Map<string, MetricFamily[]>();
  for (const family of families) {
    const alike = byName.get(family.name);
    if (alike === undefined) byName.set(family.name, [family]);
    else if (alike[0]!.type === family.type) alike.push(family);
  }
  const names = [...byName.keys()].sort();
  return names.map((name) => familyText(byName.get(name)!)).join('');
}

function familyText(alike: readonly MetricFamily[]): string {
  const { name, help, type } = alike[0]!;
  const series = new Map<string, string>();
  for (const family of alike) {
    for (const sample of family.samples) {
      const labels = labelText(sample.labels);
      if (series.has(labels)) continue;
      series.set(
        labels,
        'value' in sample ? line(name, labels, sample.value) : histogram(name, labels, sample),
      );
    }
  }
  if (series.size === 0) return '';
  const lines = [...series.keys()].sort().map((labels) => series.get(labels)!);
  const helpLine = help === '' ? '' : `# HELP ${name} ${help.replace(/[\\\n]/g, escaped)}\n`;
  return `${helpLine}# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Buckets count all that is not above their bound. */
function histogram(name: string, labels: string, { bounds, counts, sum }: HistogramSample): string {
  const separator = labels === '' ? '' : ',';
  let total = 0;
  let text = '';
  counts.forEach((count, index) => {
    total += count;
    const bound = formatNumber(bounds[index] ?? Infinity);
    text += line(`${name}_bucket`, `${labels}${separator}le="${bound}"`, total);
  });
  return text + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, total);
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${formatNumber(value)}\n`;
}

function labelText(labels: Labels): string {
  return Object.keys(labels)
    .filter((name) => labels[name] !== '')
    .sort()
    .map((name) => `${name}="${labels[name]!.replace(/[\\\n"]/g, escaped)}"`)
    .join(',');
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}
