/** Keys and values of members, as W3C Trace Context has them. */
const keyForm = /^(?:[a-z][-_0-9a-z*/]{0,255}|[a-z0-9][-_0-9a-z*/]{0,240}@[a-z][-_0-9a-z*/]{0,13})$/;
const valueForm = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const maxMembers = 32;
/** Of key and value together; longer pairs are never looked for. */
const maxPairLength = 256;

/**
 * Looks for a member with that key and one of these values, and tells which; -1 where there is none, or the text
 * is no tracestate.
 */
export function createTraceStateLook(key: string, values: readonly string[]): (text: string) => number {
  const isPossible = (value: string): boolean => value !== '' && key.length + value.length < maxPairLength;
  return (text) => {
    const value = memberOf(text, key);
    return value !== undefined && isPossible(value) ? values.indexOf(value) : -1;
  };
}

function memberOf(text: string, wanted: string): string | undefined {
  const seen = new Set<string>();
  let found: string | undefined;
  for (const member of text.split(',')) {
    if (member === '') continue;
    const equals = member.indexOf('=');
    if (equals < 0) return undefined;
    const key = member.slice(0, equals).replace(/^[ \t]+/, '');
    const value = member.slice(equals + 1).replace(/[ \t]+$/, '');
    if (!keyForm.test(key) || !valueForm.test(value) || seen.has(key)) return undefined;
    seen.add(key);
    if (seen.size > maxMembers) return undefined;
    if (key === wanted) found = value;
  }
  return found;
}
