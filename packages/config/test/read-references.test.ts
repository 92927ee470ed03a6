import { describe, expect, it } from 'vitest';
import { at, lines, plain, read, shown } from './reading.js';

/** The values and texts were recorded from the Collector's `confmap` v1.71, except those that say what is better. */
const env = {
  V: 'x',
  N: '42',
  OCT: '0123',
  HEX: '0xdeadbeef',
  FLOAT: '1.50',
  BOOL: 'true',
  NULL: 'null',
  EMPTY: '',
  SPACED: ' 7 ',
  QUOTED: '"0123"',
  COMMENT: 'abc # c',
  NUMBER_COMMENT: '3 # ${V}',
  LIST: '[a, "${N}"]',
  MAP: '{a: 1, b: "${V}"}',
  BLOCK: 'a: 1\nb: ${V}\n# ${N}',
  BROKEN: '["a",',
  BROKEN_REF: '{a: ${V}',
  DOLLAR: '$',
  DOLLARS: '$$',
  ESCAPED: '$${V}',
  NEST: '${N}',
  NEST2: '${NEST}',
  INSIDE: 'a${V}b',
  NAME: 'N',
  URI: 'env:N',
  OPEN: '${',
  NAME_CLOSE: 'N}',
  LINES: 'a\nb',
  DATE: '2020-01-01',
  KEYED: 'a: b',
};
const files = { token: 'secret\n', number: '42 # n\n', part: 'x: 1\ny: ${V}\n', nothing: '' };

function readValue(text: string, more: Record<string, string> = {}) {
  return read(
    { 'a.yaml': `a: ${JSON.stringify(text)}`, ...files },
    { uris: ['a.yaml'], env: { ...env, ...more } },
  );
}

describe('a reference in a text', () => {
  it.each([
    // Escapes.
    ['$$V', '$V'],
    ['$${V}', '${V}'],
    ['$$${V}', '$x'],
    ['$$$${V}', '$${V}'],
    ['$${env:${V}}', '${env:x}'],
    ['text$$', 'text$'],
    ['$', '$'],
    ['$$$', '$$'],
    ['$V', '$V'],
    ['$${V} ${N}', '${V} 42'],
    // In the middle of a text.
    ['a-${N}-b', 'a-42-b'],
    ['${V}${V}', 'xx'],
    ['${V}:$N', 'x:$N'],
    ['x${OCT}', 'x0123'],
    ['x${QUOTED}', 'x"0123"'],
    ['x${LIST}', 'x[a, "42"]'],
    ['x${BLOCK}', 'xa: 1\nb: x\n# 42'],
    ['x${EMPTY}y', 'xy'],
    ['x${NULL}', 'xnull'],
    [' ${V} ', ' x '],
    ['x${file:token}', 'xsecret\n'],
    ['x${env:NONE:-7}', 'x7'],
    ['x${env:NONE:-}y', 'xy'],
    // References in references.
    ['${env:${NAME}}', 42],
    ['${${NAME}}', 42],
    ['${${URI}}', 42],
    ['x${${URI}}', 'x42'],
    ['${yaml:1${yaml:2${yaml:3}}}', 123],
    ['${INSIDE}', 'axb'],
    ['x${NEST2}', 'x42'],
    ['${OPEN}N}', 42],
    ['${OPEN}${NAME_CLOSE}', 42],
    ['${DOLLAR}${V}', '${V}'],
    ['${DOLLARS}${V}', '$x'],
    ['${ESCAPED}', '${V}'],
    ['x${ESCAPED}', 'x${V}'],
    // What is none.
    ['${V', '${V'],
    ['V}', 'V}'],
    ['V}${V', 'V}${V'],
    ['${V}}', 'x}'],
    ['${${V}', '${x'],
    ['${env:HOST${N}', '${env:HOST42'],
    ['${V}}}}${env:N?os=${V}', 'x}}}${env:N?os=x'],
    ['{V}', '{V}'],
  ])('%j is %j', async (text, expected) => {
    const result = await readValue(text);
    expect(lines(result).filter((line) => !line.includes('env-empty'))).toEqual([]);
    expect(plain(at(result.root, 'a'))).toEqual(expected);
  });

  it('leaves what is escaped where the same reference is also not: the Collector expands both', async () => {
    expect(plain(at((await readValue('$${V} ${V}')).root, 'a'))).toBe('${V} x');
    expect(plain(at((await readValue('${N} $$${N} $${N}')).root, 'a'))).toBe('42 $42 ${N}');
  });

  it('stands in every value and in no key', async () => {
    const { root } = await read({ a: '${V}: [{ b: "${V}" }, "${V}"]' }, { env });
    expect(plain(root)).toEqual({ '${V}': [{ b: 'x' }, 'x'] });
  });

  it('without a scheme stays where there is no default one', async () => {
    const { root } = await read({ a: 'a: ${V} ${env:V}' }, { env, defaultScheme: '' });
    expect(plain(root)).toEqual({ a: '${V} x' });
  });
});

describe('a reference that is the whole value', () => {
  it.each([
    ['${N}', 42, '42'],
    ['${OCT}', 83, '0123'],
    ['${HEX}', 3735928559, '0xdeadbeef'],
    ['${FLOAT}', 1.5, '1.50'],
    ['${BOOL}', true, 'true'],
    ['${NULL}', null, 'null'],
    ['${EMPTY}', null, ''],
    ['${SPACED}', 7, ' 7 '],
    ['${V}', 'x', 'x'],
    ['${QUOTED}', '"0123"', '"0123"'],
    ['${COMMENT}', 'abc # c', 'abc # c'],
    ['${NUMBER_COMMENT}', 3, '3 # x'],
    ['${LINES}', 'a\nb', 'a\nb'],
    ['${DATE}', '2020-01-01', '2020-01-01'],
    ['${LIST}', ['a', 42], '[a, "42"]'],
    ['${MAP}', { a: 1, b: 'x' }, '{a: 1, b: "x"}'],
    ['${BLOCK}', { a: 1, b: 'x' }, 'a: 1\nb: x\n# 42'],
    ['${KEYED}', { a: 'b' }, 'a: b'],
    ['${BROKEN}', '["a",', '["a",'],
    ['${BROKEN_REF}', '{a: x', '{a: x'],
    ['${NEST2}', 42, '42'],
    ['${env:NONE:-}', '', ''],
    ['${env:NONE:-0123}', 83, '0123'],
    ['${env:NONE:-"q"}', '"q"', '"q"'],
    ['${env:NONE:-[1, 2]}', [1, 2], '[1, 2]'],
    ['${env:NONE:-${N}}', 42, '42'],
    ['${env:NONE:-a:-b}', 'a:-b', 'a:-b'],
    ['${env:N:-7}', 42, '42'],
    ['${yaml:[1, 2]}', [1, 2], '[1, 2]'],
    ['${yaml:}', null, ''],
    ['${yaml:a: ${N}}', { a: 42 }, 'a: 42'],
    ['${file:token}', 'secret\n', 'secret\n'],
    ['${file:number}', 42, '42 # n\n'],
    ['${file:part}', { x: 1, y: 'x' }, 'x: 1\ny: x\n'],
    ['${file:nothing}', null, ''],
  ])('%j is %j, and %j where text is wanted', async (text, value, expectedText) => {
    const result = await readValue(text);
    expect(lines(result).filter((line) => !line.includes('env-empty'))).toEqual([]);
    const node = at(result.root, 'a');
    expect(plain(node)).toEqual(value);
    expect(node.text).toBe(expectedText);
  });

  it('is null where the variable is not set, with a warning', async () => {
    const result = await read({ 'a.yaml': 'a: ${NONE}\nb: x${NONE}y\n' });
    expect(plain(result.root)).toEqual({ a: null, b: 'xy' });
    expect(lines(result)).toEqual([
      'warning env-unset [a.yaml: "${NONE}"] Environment variable "NONE" is not set; the value is empty.',
      'warning env-unset [a.yaml: "${NONE}"] Environment variable "NONE" is not set; the value is empty.',
    ]);
  });

  it('warns of an empty variable, for which the default does not count', async () => {
    const result = await read({ 'a.yaml': 'a: ${env:EMPTY:-7}' }, { env });
    expect(plain(result.root)).toEqual({ a: null });
    expect(result.diagnostics).toMatchObject([
      { code: 'env-empty', severity: 'warning', hint: expect.stringContaining('default') },
    ]);
  });
});

describe('places', () => {
  it('of a written value are those of its text', async () => {
    const { root } = await read({ 'a.yaml': 'a:\n  - "one"\n  - two\n' });
    expect(shown(at(root, 'a', 0).place)).toBe('a.yaml: "\\"one\\""');
    expect(shown(at(root, 'a', 1).place)).toBe('a.yaml: "two"');
    expect(at(root, 'a', 1).via).toEqual([]);
  });

  it('of a value that came through references are in the last text, with the way to it', async () => {
    const { root } = await read(
      { 'a.yaml': 'a: ${file:b}', b: 'c: ${D}\n' },
      { uris: ['a.yaml'], env: { D: '[1]' } },
    );
    const item = at(root, 'a', 'c', 0);
    expect(shown(item.place)).toBe('env:D: "1"');
    expect(item.via.map(shown)).toEqual(['a.yaml: "${file:b}"', 'b: "${D}"']);
    expect(at(root, 'a', 'c').via.map(shown)).toEqual(['a.yaml: "${file:b}"', 'b: "${D}"']);
  });

  it('of a default are inside the reference', async () => {
    const { root } = await read({ 'a.yaml': 'a: ${env:NONE:-[1, two]}' });
    expect(shown(at(root, 'a', 1).place)).toBe('a.yaml: "two"');
  });

  it('of a text with a reference in it are those of the whole text', async () => {
    const { root } = await read({ 'a.yaml': 'a: http://${H}:1' }, { env: { H: 'h' } });
    expect(shown(at(root, 'a').place)).toBe('a.yaml: "http://${H}:1"');
  });

  it('find a reference in quotes, blocks and folded lines', async () => {
    const result = await read({ 'a.yaml': 'a: "\\tx${1}"\nb: |\n  one\n  two ${2}\nc: one\n  ${3}\n' });
    expect(result.diagnostics.map(({ place }) => shown(place))).toEqual([
      'a.yaml: "${1}"',
      'a.yaml: "${2}"',
      'a.yaml: "${3}"',
    ]);
  });
});

describe('a wrong reference', () => {
  it.each([
    ['${s3:x}', 'reference-scheme', 'scheme "s3" is not supported for uri "s3:x"', 'Known schemes'],
    ['${HOST:-x}', 'reference-scheme', 'scheme "HOST" is not supported for uri "HOST:-x"', '${env:HOST:-x}'],
    ['${V:-x}', 'reference-scheme', 'invalid uri: "V:-x"', '${env:V:-x}'],
    [
      '${}',
      'env-name',
      'environment variable "" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$',
      '${env:NAME}',
    ],
    [
      '${MY-VAR}',
      'env-name',
      'environment variable "MY-VAR" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$',
      '${env:NAME}',
    ],
    ['${env:A$B}', 'reference-dollar', 'the uri "env:A$B" contains unsupported characters (\'$\')', ''],
    ['x${file:none}', 'source-unreadable', 'unable to read the file none: no such file or directory', ''],
    ['${LOOP}', 'reference-cycle', 'too many recursive expansions: ${env:LOOP} leads to itself', ''],
    ['x${LOOP}', 'reference-cycle', 'too many recursive expansions: ${env:LOOP} leads to itself', ''],
    [
      '${LIST_LOOP}',
      'reference-cycle',
      'too many recursive expansions: ${env:LIST_LOOP} leads to itself',
      '',
    ],
    ['${file:loop}', 'reference-cycle', 'too many recursive expansions: ${file:loop} leads to itself', ''],
  ])('%s is null, and said to be wrong', async (text, code, message, hint) => {
    const result = await read(
      { 'a.yaml': `a: ${JSON.stringify(text)}\nb: \${V}`, loop: 'a: ${file:loop}' },
      { uris: ['a.yaml'], env: { ...env, LOOP: 'y${LOOP}', LIST_LOOP: '["${LIST_LOOP}"]' } },
    );
    expect(result.diagnostics).toMatchObject([
      { severity: 'error', code, message, path: expect.arrayContaining(['a']) },
    ]);
    expect(result.diagnostics[0]?.hint ?? '').toContain(hint);
    expect(plain(at(result.root, 'b'))).toBe('x');
  });

  it('in a text that came through references names the way', async () => {
    const result = await read({ 'a.yaml': 'a: ${file:b}', b: 'c: ${s3:x}' }, { uris: ['a.yaml'] });
    expect(result.diagnostics).toMatchObject([{ code: 'reference-scheme', path: ['a', 'c'] }]);
    expect(shown(result.diagnostics[0]?.place)).toBe('b: "${s3:x}"');
    expect(result.diagnostics[0]?.related?.map(({ place }) => shown(place))).toEqual(['a.yaml: "${file:b}"']);
  });

  it('is said once where a text is used twice', async () => {
    const result = await read(
      { 'a.yaml': 'a: ${file:b}\nc: ${file:b}', b: 'x: ${s3:x}\n' },
      { uris: ['a.yaml'] },
    );
    expect(result.diagnostics).toHaveLength(1);
  });
});

describe('bounds', () => {
  it('ends after 1000 rounds', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 1100 }, (_, index) => [`A${index}`, `-\${A${index + 1}}`]),
    );
    const result = await readValue('${A0}', { ...chain, A1100: 'end' });
    expect(result.diagnostics).toMatchObject([
      { code: 'reference-cycle', message: 'too many recursive expansions' },
    ]);
  });

  it.each([
    ['texts', (next: string) => `${next}${next}`],
    ['lists', (next: string) => `["${next}", "${next}"]`],
  ])('ends where %s that double themselves have grown too large, with one error', async (_, double) => {
    const bomb = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`A${index}`, double(`\${A${index + 1}}`)]),
    );
    const result = await readValue('${A0}', { ...bomb, A60: 'x' });
    expect(result.diagnostics).toMatchObject([{ code: 'expansion-too-large', severity: 'error' }]);
  });

  it('refuses values that references nest too deep', async () => {
    const deep = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`A${index}`, `["\${A${index + 1}}"]`]),
    );
    const result = await readValue('${A0}', { ...deep, A300: 'x' });
    expect(result.diagnostics).toMatchObject([{ code: 'yaml-too-deep', severity: 'error' }]);
  });
});

describe('secrets', () => {
  it('marks what came from a variable, also in the middle of a text', async () => {
    const { root } = await read(
      { 'a.yaml': 'a: ${S}\nb: Bearer ${S}\nc: ${L}\nd: no\ne: ${env:NONE:-no}' },
      { env: { S: 's3cret', L: '[s3cret]' } },
    );
    for (const path of [['a'], ['b'], ['c', 0]]) expect(at(root, ...path)).toMatchObject({ isSecret: true });
    for (const path of [['d'], ['e']]) expect(at(root, ...path)).not.toHaveProperty('isSecret');
    expect(at(root, 'a').place.source.isSecret).toBe(true);
  });

  it.each([
    'a: ${${S}}',
    'a: ${env:${S}}',
    'a: ${file:${S}/x}',
    'a: ${file:${S}}',
    'a: ${s3:${S}}',
    'a: ${yaml:${S}: ${NONE}}',
    'a: "${http://${S}}"',
    'a: ${env:${S}-}',
    'a: ${R}',
    'a: x${R}',
    'a: ${FILE}',
    'a: ${LOOP}',
    'a: x${LOOP}',
    'a: ${env:NONE:-${S}}${1}',
    'a: ${DOLLAR}',
  ])('says nothing of what a variable holds: %s', async (text) => {
    const secret = 'hunter2';
    const result = await read(
      { 'a.yaml': text },
      {
        uris: ['a.yaml'],
        env: {
          S: secret,
          R: '${hunter2}',
          FILE: '${file:hunter2}',
          LOOP: '${LOOP}hunter2',
          DOLLAR: '${env:$hunter2}',
        },
        fetch: () => Promise.reject(new Error(secret)),
      },
    );
    expect(result.diagnostics).not.toEqual([]);
    for (const { message, hint, place, related = [] } of result.diagnostics) {
      expect(`${message} ${hint ?? ''}`).not.toContain(secret);
      for (const { source } of [place!, ...related.map((other) => other.place)])
        expect(source.isSecret === true ? source.name : source.name + source.text).not.toContain(secret);
    }
  });

  it.each([
    'a: 1\nhunter2\nb: @hunter2',
    'a: !!int hunter2',
    'a: *hunter2',
    'a: &hunter2 [*hunter2]',
    'a: "hunter2',
  ])('cites nothing of a configuration in a variable: %j', async (CONF) => {
    const { diagnostics } = await read({}, { uris: ['env:CONF'], env: { CONF } });
    expect(diagnostics).toMatchObject([
      { severity: 'error', place: { source: { name: 'env:CONF', isSecret: true } } },
    ]);
    expect(diagnostics.map(({ message, hint }) => `${message} ${hint ?? ''}`).join()).not.toContain(
      'hunter2',
    );
  });
});
