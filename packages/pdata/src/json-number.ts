const parts = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** The most digits that a 64-bit integer has. */
const maxDigits = 20;

/**
 * A JSON number as an exact integer: `1e3` and `1.0` are some, `1.5` is none
 * (`undefined`). What has more digits than any 64-bit integer is not worked out.
 */
export function decimalInteger(text: string): number | bigint | 'too large' | undefined {
  // Most numbers are short and plain: exact as a double.
  if (text.length <= 15 && /^(?:0|[1-9][0-9]*)$/.test(text)) return Number(text);
  const match = parts.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', exponentText = '0'] = match;
  const digits = whole! + fraction;
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  let start = 0;
  while (start < end && digits[start] === '0') start++;
  if (start === end) return 0;
  // Zeros to put behind the digits that are left.
  const zeros = Number(exponentText) - fraction.length + digits.length - end;
  if (zeros < 0) return undefined;
  if (end - start + zeros > maxDigits) return 'too large';
  return BigInt(`${sign}${digits.slice(start, end)}${'0'.repeat(zeros)}`);
}
