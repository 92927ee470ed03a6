/** A part of a text, `${` and `}` included. */
export interface Reference {
  readonly start: number;
  readonly end: number;
}

/**
 * The first reference to expand: the first `}` and the last `${` before it, so that inner ones come before outer
 * ones and what is not closed stays. An escaped one stays too, and the search goes on behind it.
 */
export function findReference(text: string, defaultScheme: string): Reference | undefined {
  let from = 0;
  for (let close = text.indexOf('}'); close !== -1; close = text.indexOf('}', from)) {
    const part = text.slice(from, close);
    const open = part.lastIndexOf('${');
    const isReference = open !== -1 && (defaultScheme !== '' || part.includes(':', open));
    if (isReference && !isEscaped(text, from + open)) return { start: from + open, end: close + 1 };
    from = close + 1;
  }
  return undefined;
}

/** All places where a reference stands and is not escaped. */
export function occurrences(text: string, reference: string): Reference[] {
  const found: Reference[] = [];
  let start = text.indexOf(reference);
  while (start !== -1) {
    const end = start + reference.length;
    if (!isEscaped(text, start)) found.push({ start, end });
    start = text.indexOf(reference, end);
  }
  return found;
}

/** `$$` stands for one `$`, which is done once, when everything is expanded. */
export function unescapeDollars(text: string): string {
  return text.replaceAll('$$', () => '$');
}

/** An odd number of `$` before a reference escapes it. */
function isEscaped(text: string, start: number): boolean {
  let count = 0;
  while (text[start - 1 - count] === '$') count += 1;
  return count % 2 === 1;
}
