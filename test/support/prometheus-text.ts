/**
 * A strict reader of the Prometheus text format 0.0.4, written from the description of the format: it refuses
 * whatever a reader may refuse, also what Prometheus itself lets pass.
 */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string | undefined;
  readonly type: string;
  readonly samples: ParsedSample[];
}

export interface ParsedSample {
  /** With `_bucket`, `_sum` or `_count` where the family is a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** @throws Error that names the line */
export function parsePrometheusText(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, { name: string; help?: string; type?: string; samples: ParsedSample[] }>();
  let current: string | undefined;
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  text
    .split('\n')
    .slice(0, -1)
    .forEach((line, index) => {
      const fail = (why: string): never => {
        throw new Error(`line ${index + 1}: ${why}: ${line}`);
      };
      /** All lines of a metric stand together. */
      const family = (name: string): { help?: string; type?: string; samples: ParsedSample[] } => {
        if (!namePattern.test(name)) fail('not a name of a metric');
        let found = families.get(name);
        if (found === undefined) families.set(name, (found = { name, samples: [] }));
        else if (current !== name) fail('the metric stood further up already');
        current = name;
        return found;
      };
      if (line.startsWith('#')) {
        const [, kind, name, rest = ''] =
          /^# (HELP|TYPE) (\S+)(?: (.*))?$/.exec(line) ?? fail('what is this');
        const target = family(name!);
        if (target.samples.length > 0) fail('comes after the samples');
        if (kind === 'HELP') {
          if (target.help !== undefined) fail('a second HELP');
          if (/(^|[^\\])(\\\\)*\\([^\\n]|$)/.test(rest)) fail('an escape that there is not');
          target.help = rest.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
        } else {
          if (target.type !== undefined) fail('a second TYPE');
          if (!types.includes(rest)) fail('not a type');
          target.type = rest;
        }
        return;
      }
      const sample = parseSample(line, fail);
      const base = sample.name.replace(/_(bucket|sum|count)$/, '');
      const isPart = sample.name !== base && families.get(base)?.type === 'histogram';
      family(isPart ? base : sample.name).samples.push(sample);
    });
  const result = new Map<string, ParsedFamily>();
  for (const [name, { help, type = 'untyped', samples }] of families) {
    if (samples.length === 0) throw new Error(`${name} has no sample`);
    const keys = samples.map((sample) => sample.name + keyOf(sample.labels));
    if (new Set(keys).size < keys.length) throw new Error(`${name} has one series twice`);
    if (type === 'histogram') checkHistogram(name, samples);
    result.set(name, { name, help, type, samples });
  }
  return result;
}

function parseSample(line: string, fail: (why: string) => never): ParsedSample {
  const name = /^[^{\s]+/.exec(line)?.[0] ?? fail('no name');
  const labels = new Map<string, string>();
  let at = name.length;
  if (line[at] === '{') {
    at++;
    while (line[at] !== '}') {
      const label = /^([^=]+)="/.exec(line.slice(at)) ?? fail('no label');
      if (!labelPattern.test(label[1]!)) fail('not a name of a label');
      if (labels.has(label[1]!)) fail('one label twice');
      at += label[0].length;
      let value = '';
      while (line[at] !== '"') {
        if (at >= line.length) fail('a label does not end');
        if (line[at] === '\\') {
          const escape = line[++at] ?? '';
          if (!['\\', '"', 'n'].includes(escape)) fail('an escape that there is not');
          value += escape === 'n' ? '\n' : escape;
        } else value += line[at];
        at++;
      }
      labels.set(label[1]!, value);
      at++;
      if (line[at] === ',') at++;
      else if (line[at] !== '}') fail('no comma');
    }
    at++;
  }
  const [, value] =
    /^ (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]\d\d+)?)$/.exec(line.slice(at)) ?? fail('no value');
  return { name, labels: Object.fromEntries(labels), value: Number(value!.replace('Inf', 'Infinity')) };
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const series = new Map<string, { bounds: number[]; counts: number[]; sum?: number; count?: number }>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = keyOf(labels);
    let found = series.get(key);
    if (found === undefined) series.set(key, (found = { bounds: [], counts: [] }));
    if (sample.name === `${name}_bucket`) {
      if (le === undefined) throw new Error(`a bucket of ${name} has no bound`);
      found.bounds.push(Number(le.replace('Inf', 'Infinity')));
      found.counts.push(sample.value);
    } else if (sample.name === `${name}_sum`) found.sum = sample.value;
    else if (sample.name === `${name}_count`) found.count = sample.value;
    else throw new Error(`${sample.name} is no part of a histogram`);
  }
  for (const { bounds, counts, sum, count } of series.values()) {
    const rises = (list: readonly number[]): boolean => list.every((n, i) => i === 0 || n >= list[i - 1]!);
    if (!rises(bounds) || !rises(counts)) throw new Error(`the buckets of ${name} do not rise`);
    if (bounds.at(-1) !== Infinity) throw new Error(`${name} has no bucket +Inf`);
    if (sum === undefined || count !== counts.at(-1)) throw new Error(`${name}: sum or count is wrong`);
  }
}

/** The same for two sets of labels that are the same. An empty label is none. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== '');
  return JSON.stringify(names.sort().map((name) => [name, labels[name]]));
}
