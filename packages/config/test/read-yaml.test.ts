import { describe, expect, it } from 'vitest';
import { at, lines, plain, read, shown } from './reading.js';

/** Values as the Collector's confmap v1.71 reads them. */
describe('YAML', () => {
  it.each([
    ['a: !!str 12', '12'],
    ['a: !!int "12"', 12],
    ['a: !!float "3.5"', 3.5],
    ['a: !!bool "true"', true],
    ['a: !!null ""', null],
    ['a: ! 12', 12],
    ['a: !!binary aGVsbG8=', 'hello'],
    ['a: !!str', ''],
    ['a: "0123"', '0123'],
    ["a: 'it''s'", "it's"],
    ['a: "a\\tb\\u00e9"', 'a\tbé'],
    ['a: a#b', 'a#b'],
    ['a: a #b', 'a'],
    ['a: |\n  abc\n  def', 'abc\ndef'],
    ['a: |\n  abc\n', 'abc\n'],
    ['a: |-\n  x\n\n', 'x'],
    ['a: |+\n  x\n\n', 'x\n\n'],
    ['a: >\n  x\n  y\n', 'x y\n'],
    ['a: plain\n  multi line', 'plain multi line'],
    ['a: "x\n  y"', 'x y'],
    ['a: [a:b, c]', ['a:b', 'c']],
    ['a: {a:1}', { 'a:1': null }],
    ['a: [b: c, d]', [{ b: 'c' }, 'd']],
    ['a: {b, c: 1}', { b: null, c: 1 }],
    ['a: [b,]', ['b']],
    ['a:\n- 1\n- 2', [1, 2]],
    ['{"a": {"b": [1]}}', { b: [1] }],
    ['x: &x 1\na: [*x, *x]', [1, 1]],
    ['x: &x 1\ny: &x 2\na: *x', 2],
    ['x: &x {p: 1, q: 2}\na:\n  <<: *x\n  q: 3', { q: 3, p: 1 }],
    ['x: &x {p: 1}\ny: &y {p: 2, r: 3}\na:\n  <<: [*x, *y]', { p: 1, r: 3 }],
    ['a: {b: 1, <<: {b: 2, c: 3}}', { b: 1, c: 3 }],
    ['a: {"<<": 1}', { '<<': 1 }],
    ['a: {1: x, true: y}', { 1: 'x', true: 'y' }],
    ['%YAML 1.1\n---\na: yes', 'yes'],
    ['a: 1\n...\n', 1],
    ['--- {a: 1}', 1],
  ])('%j', async (text, value) => {
    const result = await read({ 'a.yaml': text });
    expect(lines(result)).toEqual([]);
    expect(plain(at(result.root, 'a'))).toEqual(value);
  });

  it.each([
    ['a:\n  b: [\n   c\n ]\n', { b: ['c'] }],
    ['a: [\nb, # one\nc\n]', ['b', 'c']],
    ['a: {\nb: 1\n}', { b: 1 }],
    ['a:\n  - {b: 1,\n  c: "[x"}\n', [{ b: 1, c: '[x' }]],
  ])('reads what stands in brackets however its lines are indented: %j', async (text, value) => {
    const result = await read({ 'a.yaml': text });
    expect(lines(result)).toEqual([]);
    expect(plain(at(result.root, 'a'))).toEqual(value);
  });

  it('leaves brackets in blocks and in quotes as they are', async () => {
    const { root } = await read({ a: 'x: |\n  [1,\n  2]\na: [\n1, "]"]\n' });
    expect(plain(root)).toEqual({ x: '[1,\n2]\n', a: [1, ']'] });
  });

  it('keeps the text of a number beside it', async () => {
    const { root } = await read({ a: 'a: 0123\nb: 1_000\nc: "7"\nd: 18446744073709551615' });
    expect(at(root, 'a')).toMatchObject({ value: 83, text: '0123' });
    expect(at(root, 'b')).toMatchObject({ value: 1000, text: '1_000' });
    expect(at(root, 'c')).toMatchObject({ value: '7', text: '7' });
    expect(at(root, 'd')).toMatchObject({ value: 18446744073709551615n, text: '18446744073709551615' });
  });

  it('refuses a key that is defined twice, at the second, and names the first', async () => {
    const result = await read({ 'a.yaml': 'a:\n  b: 1\n  "b": 2\n' });
    expect(lines(result)).toEqual(['error duplicate-key [a.yaml: "\\"b\\""] "b" is defined twice.']);
    expect(result.diagnostics[0]).toMatchObject({ path: ['a', 'b'] });
    expect(result.diagnostics[0]?.related?.map(({ place }) => shown(place))).toEqual(['a.yaml: "b"']);
    expect(plain(result.root)).toEqual({ a: { b: 1 } });
  });

  it('bounds what aliases copy', async () => {
    const bomb = Array.from(
      { length: 12 },
      (_, level) =>
        `a${level}: &a${level} [${Array(10)
          .fill(level === 0 ? 'x' : `*a${level - 1}`)
          .join(', ')}]`,
    );
    const result = await read({ a: bomb.join('\n') });
    expect(result.diagnostics).toMatchObject([
      { code: 'yaml-alias', message: 'Aliases copy more than 100000 values.' },
    ]);
  });

  it.each([
    ['[', '['.repeat(5000)],
    ['- ', '- '.repeat(5000)],
    ['{a: ', '{a: '.repeat(5000)],
    [
      'aliases',
      Array.from(
        { length: 9 },
        (_, i) => `a${i}: &a${i} ${'['.repeat(40)}${i === 0 ? '' : `*a${i - 1}`}${']'.repeat(40)}`,
      ).join('\n'),
    ],
  ])('refuses what is nested too deep: %s', async (_, text) => {
    const result = await read({ a: text });
    expect(result.diagnostics[0]).toMatchObject({ code: 'yaml-too-deep', severity: 'error' });
  });
});

describe('a text that is not YAML', () => {
  it.each([
    ['a:\n\tb: 1', '\t', 'A tab cannot indent a line in YAML.', 'Use spaces.'],
    [
      'a:\n    b: 1\n  c: 2',
      'c: 2',
      'This line is indented by 2 spaces, and nothing above it that it could belong to is.',
      'The line above is indented by 4 spaces; the keys of a map begin in one column.',
    ],
    [
      'a:\n  b: 1\n   c: 2',
      'c: 2',
      'This line is indented as if it belonged to "b", which has a value already.',
      'The keys of a map begin in one column.',
    ],
    [
      'a:\n  b: x: y',
      'x',
      'A value with ": " in it needs quotes.',
      'Put the value in quotes, or the inner key on a line of its own.',
    ],
    [
      'a:\n  endpoint\n  c: 1',
      'endpoint',
      '":" is missing after "endpoint".',
      'A key is written "key: value", or "key:" with its values indented below.',
    ],
    [
      'a:\n  c: 1\n  endpoint',
      'endpoint',
      '":" is missing after "endpoint".',
      'A key is written "key: value", or "key:" with its values indented below.',
    ],
    ['a:\n  b:x:1\n  c: 1', 'b:x:1', 'A space is missing after the ":" of "b".', 'Write "b: …".'],
    ['a:\n  - b:1\n    c: 2', '- b:1', 'A space is missing after the ":" of "b".', 'Write "b: …".'],
    ['a:\n  -b\n  -c: 1', '-b', 'A space is missing after the "-" of a list item.', 'Write "- b".'],
    [
      'a: "x\nb: 1',
      '"',
      'The quote " that opens here is not closed.',
      'Close it on the same line; further lines of a text are indented deeper than its key.',
    ],
    [
      'a:\n  "b": 1\n  "b 1\n',
      '"',
      'The quote " that opens here is not closed.',
      'Close it on the same line; further lines of a text are indented deeper than its key.',
    ],
    [
      'a: [${V}]',
      '{',
      '"," is missing between two values.',
      'Inside [ ] and { } a reference needs quotes: "${env:NAME}".',
    ],
    [
      'a: {b: ${V}}',
      '{',
      'A value ends before this "{".',
      'Inside [ ] and { } a reference needs quotes: "${env:NAME}".',
    ],
    ['a: @x', '@', 'A value cannot begin with "@".', 'Put quotes around it.'],
    [
      'a: "b" c',
      'c',
      'A value has ended before this.',
      'What begins with a quote or a bracket ends with it; put quotes around all of it.',
    ],
    ['a: [1, 2\nb: 1', 'b', '"]" is missing before this line.', 'What "[" has begun ends with "]".'],
    [
      'a: - 1',
      '-',
      'A list cannot begin on the line of its key.',
      'Begin it on the next line, or write it in brackets: [a, b].',
    ],
    [
      'a:\n  b: 1\n  - 1',
      '- 1',
      'A list item stands among the keys of a map.',
      'Indent the list below the key that it belongs to.',
    ],
    [
      '<<<<<<< HEAD\na: 1\n=======\n',
      '<<<<<<< HEAD',
      'This line was left by a merge that is not finished.',
      'Decide for one side and remove the markers.',
    ],
    [
      'a: {{ .Values.x }}:1',
      ':1',
      'The text is not YAML here.',
      'The line has a template, {{ … }}, that was not filled in.',
    ],
    [
      'a: "\\d"',
      '\\',
      '"\\d" means nothing in double quotes.',
      'Use single quotes, in which "\\" is itself, or write it twice.',
    ],
    [
      'a: [*]',
      '*',
      '"*" begins an alias or an anchor, and a name must follow.',
      'A text that begins with it needs quotes: "*".',
    ],
    ['a: key]\nb: ]', ']', 'This "]" closes nothing.', undefined],
    ['a: [b,,c]', ',', 'A value is missing before this ",".', undefined],
    [
      'a: |x\n y',
      'x',
      'Nothing may follow "|" or ">" on its line.',
      'The text begins on the next line, indented.',
    ],
    ['a: \u0007', '\u0007', 'Control characters are not allowed.', undefined],
  ])('%j', async (text, place, message, hint) => {
    const result = await read({ 'a.yaml': text });
    expect(result.root).toBeUndefined();
    expect(result.diagnostics).toHaveLength(1);
    const [diagnostic] = result.diagnostics;
    expect([diagnostic?.message, diagnostic?.hint, shown(diagnostic?.place)]).toEqual([
      message,
      hint,
      `a.yaml: ${JSON.stringify(place)}`,
    ]);
    expect(diagnostic).toMatchObject({ code: 'yaml-syntax', severity: 'error' });
  });

  it.each([
    [
      'a: *:4317',
      'There is no anchor ":4317" before this alias.',
      'A text that begins with "*" needs quotes: "*:4317".',
    ],
    [
      'a: *x\nx: &x 1',
      'There is no anchor "x" before this alias.',
      'A text that begins with "*" needs quotes: "*x".',
    ],
    ['x: &x [*x]\na: 1', 'The value of anchor "x" contains itself.', undefined],
    ['a: {<<: 1}', '"<<" needs a map, or a list of maps.', undefined],
    ['a: {? [b] : c}', 'A key must be a text.', undefined],
    ['a: !!int x', 'This is not what its tag !!int says.', undefined],
    ['a: !!binary aGk', 'This is not what its tag !!binary says.', undefined],
    ['a: !!binary h*k=', 'This is not what its tag !!binary says.', undefined],
    ['a: !!binary /w==', 'This is not what its tag !!binary says.', undefined],
  ])('%j is YAML, and wrong', async (text, message, hint) => {
    const result = await read({ 'a.yaml': text });
    expect(result.diagnostics.map((diagnostic) => [diagnostic.message, diagnostic.hint])).toEqual([
      [message, hint],
    ]);
  });

  it.each([
    ['a: !vault x', { a: 'x' }, '!vault'],
    ['a: !x 5', { a: '5' }, '!x'],
    ['a: !x {b: 5}', { a: { b: 5 } }, '!x'],
    ['a:\n  - !x\n    b: 5', { a: [{ b: 5 }] }, '!x'],
    ['a: !!set {b: 5}', { a: { b: 5 } }, '!!set'],
    ['a: !!map x', { a: 'x' }, '!!map'],
    ['!x a: 5', { a: 5 }, '!x'],
    ['!x\na: 5', { a: 5 }, '!x'],
    ['a: &b !x c\nd: *b', { a: 'c', d: 'c' }, '!x'],
    ['a: !<tag:example.com,2026:x> b', { a: 'b' }, 'tag:example.com,2026:x'],
    ['%TAG !e! tag:example.com,2026:\n---\na: !e!x b', { a: 'b' }, 'b'],
  ])('%j has a tag that means nothing, which is told', async (text, value, place) => {
    const result = await read({ 'a.yaml': text });
    expect(plain(result.root)).toEqual(value);
    expect(lines(result)).toEqual([
      `warning yaml-tag [a.yaml: ${JSON.stringify(place)}] This tag means nothing; what stands behind it is taken as it is.`,
    ]);
  });

  it.each(['! 5', '!!str 5', '!!int 5', '!!map {b: 5}', '!!seq [5]', '!!timestamp 2001-12-14'])(
    'a: %s has a tag that means something',
    async (value) => {
      expect(lines(await read({ 'a.yaml': `a: ${value}` }))).toEqual([]);
    },
  );
});
