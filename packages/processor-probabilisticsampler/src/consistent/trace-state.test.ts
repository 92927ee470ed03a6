import { describe, expect, it } from 'vitest';
import { formatTraceState, parseTraceState } from './trace-state.js';

const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');

describe('reads', () => {
  it.each([
    ['', '', '', '', ''],
    ['ot=th:8', '', '8', '', ''],
    ['ot=rv:9b8233f7e3a151;th:0', '9b8233f7e3a151', '0', '', ''],
    ['a=1, ot=x:y;th:C;p:. ,\tb@c=2', '', 'C', 'x:y;p:.', 'a=1,b@c=2'],
    ['a=1,,b= 2,', '', '', '', 'a=1,b= 2'],
    ['ot=th:8,ot=th:c', '', 'c', '', ''],
    ['ot=rvx:1;xth:2', '', '', 'rvx:1;xth:2', ''],
    [members(31), '', '', '', members(31)],
    [`a=${'x'.repeat(256)}`, '', '', '', `a=${'x'.repeat(256)}`],
  ])('%j', (text, rv, th, otherKeys, otherMembers) => {
    expect(parseTraceState(text)).toMatchObject({ rv, th, otherKeys, otherMembers });
  });
});

describe('cannot read', () => {
  it.each([
    ['32 members', members(32)],
    ['32 members, empty ones among them', `${members(30)},,x=y`],
    ['1025 characters', `${`a=${'x'.repeat(252)},`.repeat(4)}b=${'x'.repeat(6)}`.padEnd(1025, 'x')],
    ['a value of 257 characters', `a=${'x'.repeat(257)}`],
    ['`ot` of more than 256 characters', `ot=a:${'x'.repeat(255)}`],
    ['a key without value', 'a'],
    ['an empty value', 'a='],
    ['a value without a key', '=a'],
    ['a key in capitals', 'A=1'],
    ['a tenant that is too long', `${'a'.repeat(242)}@b=1`],
    ['a system that is too long', `a@${'b'.repeat(15)}=1`],
    ['text that is not ASCII', 'a=ü'],
    ['a second equals sign', 'a=b=c'],
    ['`rv` of 13 digits', 'ot=rv:9b8233f7e3a15;th:0'],
    ['`rv` that is no number', 'ot=rv:9b8233f7e3a15g'],
    ['`rv` that is corrected later', 'ot=rv:x;rv:9b8233f7e3a151'],
    ['`th` of 15 digits', 'ot=th:000000000000000'],
    ['an empty `th`', 'ot=th:'],
    ['`ot` without a colon', 'ot=th'],
    ['`ot` with nothing behind the last semicolon', 'ot=th:8;'],
    ['a key of `ot` in capitals', 'ot=Th:8'],
    ['a key of `ot` with a dash', 'ot=a-b:8'],
  ])('%s', (_, text) => {
    expect(parseTraceState(text)).toBeUndefined();
  });
});

it.each([
  ['a=1,ot=x:y;th:8', 'ot=rv:9b8233f7e3a151;th:c;x:y,a=1'],
  ['', 'ot=rv:9b8233f7e3a151;th:c'],
  ['a=1 , b=2', 'ot=rv:9b8233f7e3a151;th:c,a=1,b=2'],
])('writes %j with others in their order', (text, expected) => {
  expect(formatTraceState(parseTraceState(text)!, '9b8233f7e3a151', 'c')).toBe(expected);
});

it('writes no `ot` that has nothing to say', () => {
  expect(formatTraceState(parseTraceState('a=1,ot=th:8')!, '', '')).toBe('a=1');
  expect(formatTraceState(parseTraceState('')!, '', '')).toBe('');
});
