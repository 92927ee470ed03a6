import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { headersSchema, httpHeaderProblem } from '../src/index.js';
import { problemsOf } from './config-problems.js';

const schema = z.strictObject({ headers: headersSchema(httpHeaderProblem) });
const list = [
  { name: 'a', value: '1' },
  { name: 'b', value: '2' },
];

describe('headers', () => {
  it('are a map or a list', () => {
    const headers = { a: '1', b: '2' };
    expect(schema.parse({ headers })).toEqual({ headers });
    expect(schema.parse({ headers: list })).toEqual({ headers });
  });

  it('stand once in a list', () => {
    const headers = [...list, list[0], list[1]];
    expect(problemsOf(schema, { headers })).toEqual(['headers: duplicate keys in map-style list: [a b]']);
  });

  it.each(['secret', { name: 'a' }, { name: 'a', value: 'secret', extra: 1 }, null])(
    'are not %j, which is told without the value',
    (entry) => {
      expect(problemsOf(schema, { headers: [entry] })).toEqual([
        'headers.0: must be { name, value }, both of them text',
      ]);
    },
  );

  it.each([
    ['a name', { 'bad name': 'secret' }, 'headers.bad name: is no name of an HTTP header'],
    ['a value', { token: 'secret\n' }, 'headers.token: holds characters that no HTTP header may have'],
    [
      'a value of a list',
      [{ name: 'token', value: 'secret\n' }],
      'headers.token: holds characters that no HTTP header may have',
    ],
  ])('of HTTP have not %s of any characters, which is told without the value', (_, headers, problem) => {
    expect(problemsOf(schema, { headers })).toEqual([problem]);
  });
});
