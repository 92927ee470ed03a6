import { expect, it } from 'vitest';
import { hintOfId, parseId } from '../src/ids.js';

it.each([
  ['otlp', { type: 'otlp', name: undefined, text: 'otlp' }],
  ['otlp/a', { type: 'otlp', name: 'a', text: 'otlp/a' }],
  ['  traces  /  a ', { type: 'traces', name: 'a', text: 'traces/a' }],
  ['otlp/a/b', { type: 'otlp', name: 'a/b', text: 'otlp/a/b' }],
  ['otlp/ünïcode_1-2.3', { type: 'otlp', name: 'ünïcode_1-2.3', text: 'otlp/ünïcode_1-2.3' }],
  [`a${'b'.repeat(62)}`, { type: `a${'b'.repeat(62)}` }],
  [`a/${'b'.repeat(1024)}`, { type: 'a' }],
])('%j is an id', (text, expected) => {
  expect(parseId(text)).toMatchObject(expected);
});

it.each([
  ['', 'id must not be empty'],
  ['  ', 'id must not be empty'],
  ['/x', 'in "/x" id: the part before / should not be empty'],
  ['x/', 'in "x/" id: the part after / should not be empty'],
  ['x/ ', 'in "x/ " id: the part after / should not be empty'],
  ['1x', 'in "1x" id: invalid character(s) in type "1x"'],
  ['a-b/c', 'in "a-b/c" id: invalid character(s) in type "a-b"'],
  [`a${'b'.repeat(63)}`, 'invalid character(s) in type'],
  ['a/b c', 'in "a/b c" id: invalid character(s) in name "b c"'],
  ['a/b=', 'in "a/b=" id: invalid character(s) in name "b="'],
  ['a/b\u0007', 'invalid character(s) in name'],
  [`a/${'ü'.repeat(513)}`, 'the name is longer than 1024 characters (1026 characters)'],
])('%j is none', (text, expected) => {
  expect(parseId(text)).toContain(expected);
});

it.each([
  ['otlp\u200b', 'it has a character that is not to be seen, U+200B'],
  ['otlp/a\u00a0b', 'it has a character that is not to be seen, U+00A0'],
  ['otlp/${env:NAME}', 'references are expanded in values, not in keys'],
  ['otlp/a b', 'a name has no spaces, and no symbols such as "=" or "$"'],
  ['/a', undefined],
  ['1', undefined],
])('%j is helped by %j', (text, hint) => {
  expect(hintOfId(text)).toBe(hint);
});
