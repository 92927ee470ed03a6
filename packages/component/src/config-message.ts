import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is said of a value that is not there. */
export const required = 'is required';

/**
 * What is wrong with a value, in words for whoever wrote it. A text is shown only
 * where a closed set was asked for: it may be a secret. `undefined` leaves the
 * words to zod.
 */
export function configMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return required;
      return `must be ${kinds[issue.expected] ?? issue.expected}, got ${describe(issue.input)}`;
    case 'invalid_value':
      if (issue.input === undefined) return required;
      return `must be ${oneOf(issue.values)}, got ${shown(issue.input)}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL, such as https://example.com' : undefined;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int')
        return 'must not be empty';
      return `must ${bound(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')}, got ${sizeOf(issue.input)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')}, got ${sizeOf(issue.input)}`;
    default:
      return undefined;
  }
}

function bound(origin: string, limit: number | bigint | undefined, words: string): string {
  if (origin === 'string') return `have ${words} ${limit} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map') return `have ${words} ${limit} entries`;
  return `be ${words} ${limit}`;
}

function sizeOf(input: unknown): string {
  return typeof input === 'string' || Array.isArray(input) ? String(input.length) : describe(input);
}

function oneOf(values: readonly unknown[] = []): string {
  return values.length === 1 ? shown(values[0]) : `one of ${values.map(shown).join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describe(value);
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? 'a string' : String(value);
  }
  return Array.isArray(value) ? 'a list' : 'an object';
}
