import type { Attributes, Double, Long, Value } from './otlp-json.js';

// Go's renderings of numbers, times and values, which Collector users know.

/** A double as Go writes `%v`: its shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function shortNumber(value: Double | undefined): string {
  const number = Number(value ?? 0);
  if (number === Infinity) return '+Inf';
  if (number === -Infinity) return '-Inf';
  if (Object.is(number, -0)) return '-0';
  const [digits = '', power = ''] = number.toExponential().split('e');
  const exponent = Number(power);
  if (Number.isNaN(exponent) || number === 0 || (exponent >= -4 && exponent < 6)) return String(number);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** A double as Go writes `%f`: six digits behind the point. */
export function fixed(value: Double | undefined): string {
  const number = Number(value ?? 0);
  if (!Number.isFinite(number)) return shortNumber(value);
  // `toFixed` turns to exponents from here on, where all doubles are whole.
  if (Math.abs(number) >= 1e21) return `${BigInt(number)}.000000`;
  return Object.is(number, -0) ? '-0.000000' : number.toFixed(6);
}

/** Nanoseconds since the epoch as Go prints a UTC time: `2020-02-11 20:26:13.000000789 +0000 UTC`. */
export function time(nanos: Long | undefined): string {
  const total = BigInt(nanos ?? 0);
  const seconds = total / 1_000_000_000n;
  const fraction = (total % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  // Until the year 2554, the last that fits: within the reach of Date.
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${text}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
}

/** A value as the Collector makes text of it (`Value.AsString`). */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.boolValue !== undefined) return String(value.boolValue);
  if (value.intValue !== undefined) return String(value.intValue);
  // NaN and the infinities are text already, in the words wanted here.
  if (value.doubleValue !== undefined) return String(value.doubleValue);
  return value.arrayValue === undefined && value.kvlistValue === undefined ? '' : json(value);
}

/** The type before the text: `Str(checkout)`. */
export function typedValue(value: Value | undefined): string {
  return `${typeName(value ?? {})}(${valueText(value)})`;
}

function typeName(value: Value): string {
  if (value.stringValue !== undefined) return 'Str';
  if (value.boolValue !== undefined) return 'Bool';
  if (value.intValue !== undefined) return 'Int';
  if (value.doubleValue !== undefined) return 'Double';
  if (value.bytesValue !== undefined) return 'Bytes';
  if (value.arrayValue !== undefined) return 'Slice';
  return value.kvlistValue === undefined ? 'Empty' : 'Map';
}

/** Keys sorted; a 64-bit integer keeps all its digits. */
function json(value: Value): string {
  if (value.arrayValue !== undefined) return `[${(value.arrayValue.values ?? []).map(json).join(',')}]`;
  if (value.kvlistValue !== undefined) {
    // Of two equal keys the last stands, as in a Go map.
    const pairs = new Map(
      (value.kvlistValue.values ?? []).map(({ key = '', value: inner = {} }) => [key, inner]),
    );
    const sorted = [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${json(inner)}`).join(',')}}`;
  }
  if (typeName(value) === 'Empty') return 'null';
  const isText = value.stringValue !== undefined || value.bytesValue !== undefined;
  return isText || typeof value.doubleValue === 'string'
    ? JSON.stringify(valueText(value))
    : valueText(value);
}

/** `k=v`, each. */
export function pairsOf(attributes: Attributes): string[] {
  return (attributes ?? []).map(({ key = '', value }) => `${key}=${valueText(value)}`);
}

/** A bucket of an exponential histogram, between two powers of its base. */
export interface ExponentialBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: Long;
}

/** In the order of their index; of negative values `lower` and `upper` are without the sign. */
export function exponentialBuckets(
  scale: number = 0,
  {
    offset = 0,
    bucketCounts = [],
  }: { readonly offset?: number; readonly bucketCounts?: readonly Long[] } = {},
): ExponentialBucket[] {
  // The bounds are 2 ** (index * 2 ** -scale); by `exp`, as the Collector does, for the same digits.
  const factor = Math.LN2 * 2 ** -scale;
  return bucketCounts.map((count, i) => ({
    lower: Math.exp((offset + i) * factor),
    upper: Math.exp((offset + i + 1) * factor),
    count,
  }));
}
