/** What a plain scalar of YAML means. */
export type PlainValue = string | number | bigint | boolean | null;

/** go-yaml v3's table (`resolve.go`). `yes`, `no`, `on`, `off`, `y` and `n` are not in it: they are text. */
const words: ReadonlyMap<string, PlainValue> = new Map<string, PlainValue>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);
const integer = /^([+-]?)(?:0x([\da-f]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9]\d*))$/i;
const float = /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i;

/**
 * The value of an unquoted scalar by go-yaml v3's rules: `0123`, `0o123` and `0x53` are 83, `_` between digits is
 * skipped, integers beyond 2^53 stay exact, timestamps stay text.
 */
export function resolvePlain(text: string): PlainValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return text;
  // `_` is skipped in numbers that begin with a digit or a sign; `.5_0` is text.
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const [, sign, hex, binary, octal, decimal] = integer.exec(digits) ?? [];
  if (sign !== undefined) {
    const magnitude = BigInt(
      hex !== undefined
        ? `0x${hex}`
        : binary !== undefined
          ? `0b${binary}`
          : octal !== undefined
            ? `0o${octal}`
            : decimal!,
    );
    const value = sign === '-' ? -magnitude : magnitude;
    if (value >= -(2n ** 63n) && value < 2n ** 64n) {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
  }
  if (!float.test(digits)) return text;
  const value = Number(digits);
  // Go refuses a number that it cannot hold, and what is no number is text.
  return Number.isFinite(value) ? value : text;
}
