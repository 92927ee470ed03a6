import { describe, expect, it } from 'vitest';
import { compileExpression, ExpressionError } from './index.js';

const variables = {
  body: { level: 'warn', status: 404n, took: 1.5, tags: ['a', 'b'], user: null, list: [1n, 2n, 3n] },
  attributes: { 'log.file.path': '/var/log/a.log', env: 'prod' },
  text: 'ERROR: disk full',
};
const options = {
  variables: ['body', 'attributes', 'text', '$'],
  functions: { env: (name: unknown) => (name === 'HOME' ? '/root' : null) },
};

function evaluate(source: string): unknown {
  return compileExpression(source, options).evaluate({ ...variables, $: variables.body });
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7n],
    ['2 ** 3 ** 2', 512],
    ['-2 ** 2', -4],
    ['7 / 2', 3.5],
    ['7 % 2', 1n],
    ['1.5 + 1', 2.5],
    ['0x1F + 0b11 + 0o7 + 1_000', 1041n],
    ['9223372036854775807 + 1', -(2n ** 63n)],
    ['"a" + \'b\' + `c`', 'abc'],
    ['"\\u00e9\\n\\x41"', 'é\nA'],
    ['1 == 1.0', true],
    ['"1" == 1', false],
    ['[1, {"a": 2}] == [1.0, {a: 2}]', true],
    ['not true or true', true],
    ['!(true && false)', true],
    ['body.level == "warn" and body.status >= 400', true],
    ['body["level"]', 'warn'],
    ['body.tags[0] + body.tags[-1]', 'ab'],
    ['body.list[1:]', [2n, 3n]],
    ['body.list[:-1]', [1n, 2n]],
    ['body.missing', null],
    ['body.missing ?? "none"', 'none'],
    ['body.user?.name', null],
    ['body.user?.name.first', null],
    ['(body.user?.name) ?? "x"', 'x'],
    ['body.user?.name ?? "x"', 'x'],
    ['$.took > 1 ? "slow" : "fast"', 'slow'],
    ['if body.took > 1 { "slow" } else if true { "x" } else { "fast" }', 'slow'],
    ['attributes["log.file.path"] matches "^/var/log/.*\\\\.log$"', true],
    ['body.missing matches "a"', false],
    ['text startsWith "ERROR" and text contains "disk" and text endsWith "full"', true],
    ['text not startsWith "INFO"', true],
    ['"a" in body.tags and "z" not in body.tags', true],
    ['"env" in attributes', true],
    ['"constructor" in attributes', false],
    ['attributes.constructor', null],
    ['2 in 1..3', true],
    ['all(body.list, # > 0)', true],
    ['any(body.list, {# == 2})', true],
    ['filter(body.list, # > 1)', [2n, 3n]],
    ['map(body.list, # * #index)', [0n, 2n, 6n]],
    ['count(body.list, # % 2 == 1)', 2n],
    ['sum(body.list)', 6n],
    ['sum(body.list, # * 2)', 12n],
    ['reduce(body.list, #acc + #)', 6n],
    ['reduce(body.list, #acc + #, 10)', 16n],
    ['map([{a: 1}, {a: 2}], .a)', [1n, 2n]],
    ['groupBy(body.list, # > 1 ? "big" : "small").big', [2n, 3n]],
    ['sortBy([{a: 2}, {a: 1}], .a)[0].a', 1n],
    ['find(body.list, # > 1)', 2n],
    ['findIndex(body.list, # > 1)', 1n],
    ['body.list | map(# + 1) | sum()', 9n],
    ['text | lower() | split(":")', ['error', ' disk full']],
    ['let x = 2; let y = x * 3; x + y', 8n],
    ['map(body.list, let d = # * 2; d + 1)', [3n, 5n, 7n]],
    ['filter(body.list, any([1, 2], # == 2) and # > 1)', [2n, 3n]],
    ['len(text)', 16n],
    ['upper("a") + trim(" b ")', 'Ab'],
    ['replace("aXbX", "X", "$1")', 'a$1b$1'],
    ['join(["a", "b"], ", ")', 'a, b'],
    ['int("42") + int(1.9)', 43n],
    ['float("1.5")', 1.5],
    ['string(1) + string(nil)', '1<nil>'],
    ['type(1) + type(1.0) + type(nil) + type([])', 'intfloatnilarray'],
    ['toJSON({a: 1})', '{"a":1}'],
    ['fromJSON("[1]")[0]', 1],
    ['max(1, 2.5, 2) ', 2.5],
    ['keys({a: 1, b: 2})', ['a', 'b']],
    ['get(body, "nope")', null],
    ['env("HOME")', '/root'],
    ['$env.text', 'ERROR: disk full'],
    ['bitshl(1, 4) + bitand(6, 3)', 18n],
    ['1 /* one */ + 2 // two', 3n],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it.each<[string, string, number | undefined]>([
    ['', 'unexpected end', 0],
    ['1 +', 'unexpected end', 3],
    ['boby.level', 'unknown name boby; did you mean body?', 0],
    ['trimm("a")', 'unknown function trimm; did you mean trim?', 0],
    ['now()', 'now of the expr language is not supported here', 0],
    ['text matches "("', 'matches: error parsing regexp', 13],
    ['"a', 'a text that does not end', 0],
    ['a @ b', 'unexpected "@"', 2],
    ['"a" + 1', '+: a string and a number', 4],
    ['1 and true', 'and: must be of bools', 2],
    ['true or nil', 'or: must be of bools', 5],
    ['upper()', 'upper: takes 1 argument(s), got 0', 0],
    ['filter(body)', 'filter: takes an array and a closure', 0],
    ['# > 1', '# has a meaning within a closure only', 0],
    ['99999999999999999999', '99999999999999999999 is more than 64 bits hold', 0],
    [`${'('.repeat(300)}1`, 'nested deeper than 200', undefined],
    ['x'.repeat(70_000), 'an expression of 70000 characters, of 65536 at most', 65_536],
  ])('%s is refused', (source, message, position) => {
    let error: unknown;
    try {
      compileExpression(source, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as ExpressionError).message).toContain(message);
    expect([position, undefined]).toContain(
      position === undefined ? undefined : (error as ExpressionError).position,
    );
  });

  it.each([
    ['body.user.name', 'cannot get "name" of nil'],
    ['body.tags[5]', 'index out of range: 5 (length 2)'],
    ['body.level > 1', 'string and int have no order'],
    ['body.level and true', 'and: must be a bool, got string'],
    ['body.level + body.status', '+: must be a number, got string'],
    ['1 % (body.status - 404)', '%: by zero'],
    ['repeat("x", 100000000)', 'a text of more than'],
    ['1..100000000', 'a range of more than'],
    ['int("x")', 'int: cannot be made of string x'],
    ['body.user ?: 1', '?: must be a bool, got nil'],
  ])('%s fails when it runs', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });

  it('must come to a bool where that is asked for', () => {
    const compile = (source: string) => compileExpression(source, { ...options, result: 'boolean' });
    expect(() => compile('1 + 1')).toThrow('must come to a bool');
    expect(compile('body.level').evaluate(variables)).toBe('warn');
  });
});
