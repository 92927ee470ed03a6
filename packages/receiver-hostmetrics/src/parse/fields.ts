/** The lines of a file. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').split('\n');
}

/** What stands between blanks. */
export function fieldsOf(line: string): string[] {
  return line.split(/[ \t]+/).filter((field) => field !== '');
}

/** A whole number as the kernel writes one, else NaN: no point is better than a wrong one. */
export function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : NaN;
}

/** A number with decimals, else NaN. */
export function decimal(text: string | undefined): number {
  return text !== undefined && /^\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : NaN;
}

/** Files of `key value` or `key: value unit` lines: the first number of each. */
export function numbersByKey(bytes: Buffer): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [, key, value] of bytes.toString('latin1').matchAll(/^([^\s:]+):?[ \t]+(\d{1,20})\b/gm)) {
    numbers.set(key!, Number(value));
  }
  return numbers;
}
