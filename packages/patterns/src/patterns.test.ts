import { describe, expect, it } from 'vitest';
import {
  createExtractor,
  createMatcher,
  createRenamer,
  createReplacer,
  createSearcher,
  pattern,
} from './index.js';

describe('an expression', () => {
  it.each(['^/dev($|/)', '(?i)shop', '(?P<name>a)', '\\Aa\\z', '\\pL+'])('%s is taken', (text) => {
    expect(pattern().parse(text)).toBe(text);
  });

  it.each(['(', 'a(?=b)', '(?<!a)b', '(a)\\1'])('%s is refused, as by RE2', (text) => {
    expect(pattern().safeParse(text).error?.issues[0]?.message).toMatch(/^error parsing regexp: /);
  });
});

describe('a matcher', () => {
  it('finds the first that matches anywhere', () => {
    const match = createMatcher(['^b', 'a|z', '(?i)X$']);
    expect(['bar', 'lazy', 'box', 'none'].map((text) => match(text))).toEqual([0, 1, 0, -1]);
    expect(match('fax')).toBe(1);
    expect(match('fox')).toBe(2);
  });

  it('says the same of a text that it has forgotten', () => {
    const match = createMatcher(['a'], 1);
    expect(['a', 'b', 'a', 'b'].map((text) => match(text))).toEqual([0, -1, 0, -1]);
  });

  it('takes time in proportion where others take for ever', () => {
    expect(createMatcher(['^(a+)+$'])(`${'a'.repeat(5000)}b`)).toBe(-1);
  });
});

describe('a renamer', () => {
  it('puts groups into its template, of texts that match whole', () => {
    const rename = createRenamer('app/(.*)|x', 'app.$1');
    expect(['app/name', 'x-app/name', 'app/', 'x', 'xx'].map((text) => rename(text))).toEqual([
      'app.name',
      undefined,
      'app.',
      'app.',
      undefined,
    ]);
  });
});

describe('a searcher', () => {
  it('finds all places, in order', () => {
    expect([...createSearcher('(?m)^b+')('bb\nab\nb')]).toEqual([
      [0, 2],
      [6, 7],
    ]);
  });
});

describe('an extractor', () => {
  it('takes a text apart by the named groups', () => {
    const { names, extract } = createExtractor('^(?P<a>\\w+) (\\d) ?(?P<b>.*)$');
    expect([names, extract('x 1 rest'), extract('x 1'), extract('none')]).toEqual([
      ['a', 'b'],
      ['x', 'rest'],
      ['x', ''],
      undefined,
    ]);
  });
});

describe('a replacer', () => {
  it.each([
    ['a(b)', 'x$1', 'ab-ab', 'xb-xb'],
    ['(?P<n>b)', '[${n}]', 'abc', 'a[b]c'],
    ['(b)', '$1x', 'abc', 'ac'],
    ['b', '$$', 'abc', 'a$c'],
    ['z', 'y', 'abc', 'abc'],
  ])('of %s by %s makes of %s: %s', (expression, template, text, expected) => {
    expect(createReplacer(expression, template)(text)).toBe(expected);
  });
});
