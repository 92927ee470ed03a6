import type { EntryValue } from './entry.js';

/** A level, from what a source calls it. */
export interface SeveritySettings {
  readonly preset: 'default' | 'otel' | 'none';
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly overwrite_text: boolean;
}

const names = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The number of a level by its name: `info` is 9, `error2` is 18; a number from 1 to 24 stands for itself. */
export function severityNumber(name: string): number | undefined {
  const lower = name.toLowerCase();
  if (/^\d+$/.test(lower)) {
    const number = Number(lower);
    return number >= 1 && number <= 24 ? number : undefined;
  }
  const [, word = '', step = '1'] = /^([a-z]+)([1-4]?)$/.exec(lower) ?? [];
  const index = names.indexOf(word);
  return index < 0 ? undefined : 4 * index + Number(step === '' ? 1 : step);
}

/** How OTLP calls a level: `INFO`, `ERROR2`. */
export function severityName(number: number): string {
  const step = (number - 1) % 4;
  return `${names[Math.floor((number - 1) / 4)]!.toUpperCase()}${step === 0 ? '' : step + 1}`;
}

/** What stands for a level in a mapping: a value, a list, `{ min, max }`, or `5xx`. @throws Error for what does not */
function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each));
  if (typeof value === 'string') {
    const [, digit] = /^([2-5])xx$/i.exec(value) ?? [];
    if (digit === undefined) return [value.toLowerCase()];
    return Array.from({ length: 100 }, (_, i) => String(Number(digit) * 100 + i));
  }
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (typeof value === 'object' && value !== null && 'min' in value && 'max' in value) {
    const { min, max } = value;
    const isRange = Number.isInteger(min) && Number.isInteger(max) && Object.keys(value).length === 2;
    const [least, most] = [Number(min), Number(max)].sort((a, b) => a - b) as [number, number];
    if (isRange && most - least < 10_000) {
      return Array.from({ length: most - least + 1 }, (_, i) => String(least + i));
    }
  }
  throw new Error(
    `must be a text, a whole number, a list of such, or min and max, got ${JSON.stringify(value)}`,
  );
}

/** What is wrong with a mapping; `undefined` where nothing is. */
export function mappingProblem(mapping: Readonly<Record<string, unknown>>): string | undefined {
  for (const [level, value] of Object.entries(mapping)) {
    if (severityNumber(level) === undefined) return `unknown severity ${JSON.stringify(level)}`;
    try {
      valuesOf(value);
    } catch (error) {
      return `${level}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** Finds the level of a value. Text and number; number 0 where it is none that is known. */
export function createSeverityParser({
  preset,
  mapping,
  overwrite_text,
}: SeveritySettings): (value: EntryValue) => { readonly number: number; readonly text: string } {
  const known = new Map<string, number>();
  if (preset !== 'none') {
    for (let number = 1; number <= 24; number++) {
      known.set(severityName(number).toLowerCase(), number);
      if (preset === 'default') known.set(String(number), number);
    }
    if (preset === 'default') {
      for (let step = 1; step <= 4; step++) {
        const suffix = step === 1 ? '' : String(step);
        known.set(`warning${suffix}`, 12 + step);
        known.set(`err${suffix}`, 16 + step);
      }
    }
  }
  for (const [level, value] of Object.entries(mapping)) {
    for (const each of valuesOf(value)) known.set(each, severityNumber(level)!);
  }
  return (value) => {
    const raw = textOf(value);
    const number = known.get(raw.toLowerCase()) ?? known.get(raw) ?? 0;
    return { number, text: overwrite_text && number > 0 ? severityName(number) : raw };
  };
}

function textOf(value: EntryValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new Error(`type ${value === null ? 'nil' : typeof value} cannot be a severity`);
}
