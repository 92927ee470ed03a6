import { expect, it } from 'vitest';
import { parseResourceAttributes } from './resource-attributes.js';

it.each([
  ['', {}],
  ['a=b', { a: 'b' }],
  ['a=b,c=d', { a: 'b', c: 'd' }],
  [' a = b , c\t=\td e\n', { a: 'b', c: 'd e' }],
  ['a=b,', { a: 'b' }],
  ['a=', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=1,a=2', { a: '2' }],
  ['a=x%2Cy%3Dz', { a: 'x,y=z' }],
  ['a=x+y%2B', { a: 'x y+' }],
  ['a%2C=1', { 'a%2C': '1' }],
  ['a=gr%C3%BCn', { a: 'grün' }],
  ['a=%FF', { a: '\uFFFD' }],
  ['example.com/path=x', { 'example.com/path': 'x' }],
  ['a,b=c', { 'a,b': 'c' }],
  [`${'k'.repeat(256)}=${'v'.repeat(256)}`, { ['k'.repeat(256)]: 'v'.repeat(256) }],
])('%j is %j', (text, expected) => {
  const parsed = parseResourceAttributes(text);
  expect('attributes' in parsed && Object.fromEntries(parsed.attributes)).toEqual(expected);
});

it.each([
  ['a', 'invalid resource format: "a"'],
  ['=b', 'invalid resource format: "=b"'],
  ['a=b,c', 'invalid resource format, invalid text: "c"'],
  ['a=b, ,', 'invalid resource format, invalid text: " ,"'],
  ['grün=b', 'invalid resource format: "grün=b"'],
  ['a=b,c=grün', 'invalid resource format, invalid text: "c=grün"'],
  ['a=b%zz,c=d', 'invalid resource format in attribute: "a=b%zz,", err: invalid URL escape "%zz"'],
  ['a=b%2', 'invalid resource format in attribute: "a=b%2", err: invalid URL escape "%2"'],
  [`${'k'.repeat(257)}=v`, `invalid resource format: "${'k'.repeat(257)}=v"`],
  [`k=${'v'.repeat(257)}`, `invalid resource format: "k=${'v'.repeat(257)}"`],
])('%j is refused: %s', (text, problem) => {
  expect(parseResourceAttributes(text)).toEqual({ problem });
});
