import type { AttributeValue } from '@tributary/component';

/** The bytes of an attribute that the Collector hashes: those of bytes and texts, else of its text for a value. */
export function bytesOf(value: AttributeValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(textOf(value), 'utf8');
}

function textOf(value: AttributeValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return scalar(value);
  return json(value) ?? '';
}

function scalar(value: number | bigint | boolean): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'number' || Number.isFinite(value)) return String(value);
  return `json: unsupported value: ${value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : 'NaN'}`;
}

/** JSON as Go writes it: keys in order, `<`, `>` and `&` escaped, bytes in base64. `undefined` where it cannot. */
function json(value: AttributeValue): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') {
    return typeof value === 'number' && !Number.isFinite(value) ? undefined : scalar(value);
  }
  if (value instanceof Uint8Array) return quoted(Buffer.from(value).toString('base64'));
  if (isList(value)) return joined(value.map(json), '[', ']');
  const keys = Object.keys(value).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return joined(
    keys.map((key) => {
      const text = json(value[key]!);
      return text === undefined ? undefined : `${quoted(key)}:${text}`;
    }),
    '{',
    '}',
  );
}

function isList(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function joined(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : open + parts.join(',') + close;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
