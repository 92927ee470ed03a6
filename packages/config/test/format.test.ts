import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../src/diagnostic.js';
import { formatDiagnostics } from '../src/format.js';
import type { Place, Source } from '../src/tree.js';

function placeOf(text: string, marked: string, source: Partial<Source> = {}): Place {
  const start = text.indexOf(marked);
  return { source: { name: 'agent.yaml', text, ...source }, start, end: start + marked.length };
}

function found(place: Place | undefined, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'unknown-key',
    severity: 'error',
    path: ['exporters', 'out', 'endpont'],
    message: 'unknown key',
    place,
    ...more,
  };
}

describe('a diagnostic', () => {
  const text = 'exporters:\n  out:\n    endpont: a\n';

  it('is where, what, the line, what would be right, and what belongs to it', () => {
    const diagnostic = found(placeOf(text, 'endpont'), {
      hint: 'did you mean endpoint?',
      related: [{ message: 'the value came through ${env:X}', place: placeOf(text, 'out') }],
    });
    expect(formatDiagnostics([diagnostic])).toBe(
      [
        'agent.yaml:3:5: error[unknown-key]: exporters.out.endpont: unknown key',
        '  3 |     endpont: a',
        '    |     ^^^^^^^',
        '  help: did you mean endpoint?',
        '  note: the value came through ${env:X}, at agent.yaml:2:3',
      ].join('\n'),
    );
  });

  it('has colours where a terminal reads it, and the same words', () => {
    const diagnostic = found(placeOf(text, 'endpont'), { severity: 'warning', hint: 'x' });
    const coloured = formatDiagnostics([diagnostic], { color: true });
    expect(coloured).toContain('\u001b[33mwarning[unknown-key]\u001b[0m');
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(formatDiagnostics([diagnostic]));
  });

  it('without a place is a line', () => {
    expect(formatDiagnostics([found(undefined)])).toBe(
      'error[unknown-key]: exporters.out.endpont: unknown key',
    );
  });

  it('says in one line what was thrown in several', () => {
    const message = 'could not be loaded: no package "x"\n  imported from y';
    expect(formatDiagnostics([found(undefined, { path: [], message })])).toBe(
      'error[unknown-key]: could not be loaded: no package "x" imported from y',
    );
  });

  it('without a path is about the whole', () => {
    expect(formatDiagnostics([found(undefined, { path: [] })])).toBe('error[unknown-key]: unknown key');
  });

  it('shows nothing of a text that may be a secret', () => {
    const place = placeOf('s3cr3t', 's3cr3t', { name: 'env:KEY', isSecret: true });
    expect(formatDiagnostics([found(place)])).toBe(
      'env:KEY:1:1: error[unknown-key]: exporters.out.endpont: unknown key',
    );
  });
});

describe('the line', () => {
  /** The two lines of the excerpt, without their numbers. */
  function excerpt(text: string, marked: string): string[] {
    const lines = formatDiagnostics([found(placeOf(text, marked))])
      .split('\n')
      .slice(1);
    return lines.map((line) => line.replace(/^ *\d* \| /, ''));
  }

  it.each([
    ['\tkey: x', 'key', ['\tkey: x', '\t^^^']],
    ['名前: endpont', 'endpont', ['名前: endpont', '      ^^^^^^^']],
    ['a: 名前', '名前', ['a: 名前', '   ^^^^']],
    ['a: b\r\nc: d', 'b', ['a: b', '   ^']],
    ['a: "b\n  c"', '"b\n  c"', ['a: "b', '   ^^']],
    ['a: \u001b[31mred', 'a', ['a: \ufffd[31mred', '^']],
    ['a: x\u202ey', 'a', ['a: x\ufffdy', '^']],
  ])('%j is shown as it is, and %j marked', (text, marked, expected) => {
    expect(excerpt(text, marked)).toEqual(expected);
  });

  it('that is very long is cut around the mark', () => {
    const [line, mark] = excerpt(`{ ${'a: b, '.repeat(200)}endpont: x, ${'c: d, '.repeat(200)} }`, 'endpont');
    expect(line!.length).toBeLessThanOrEqual(122);
    expect(line!.slice(mark!.indexOf('^'), mark!.lastIndexOf('^') + 1)).toBe('endpont');
  });

  it('that is longer than any that a person writes is not shown', () => {
    const text = `${'a: b, '.repeat(2000)}endpont: x`;
    const start = text.indexOf('endpont');
    const place = { source: { name: 'agent.yaml', text }, start, end: start + 7 };
    expect(formatDiagnostics([found(place)]).split('\n')).toHaveLength(1);
  });

  it('that ends before the place is marked behind its end', () => {
    const text = 'a:';
    const place = { source: { name: 'agent.yaml', text }, start: 2, end: 2 };
    expect(
      formatDiagnostics([found(place)])
        .split('\n')
        .slice(1),
    ).toEqual(['  1 | a:', '    |   ^']);
  });
});

it('orders by source and place, errors before warnings, and what has no place last', () => {
  const text = 'a: 1\nb: 2\n';
  const other = placeOf('c: 3', 'c', { name: 'other.yaml' });
  const diagnostics = [
    found(undefined, { path: ['none'] }),
    found(placeOf(text, 'b'), { path: ['b'], severity: 'warning' }),
    found(other, { path: ['c'] }),
    found(placeOf(text, 'b'), { path: ['b'] }),
    found(placeOf(text, 'a'), { path: ['a'] }),
  ];
  const heads = formatDiagnostics(diagnostics)
    .split('\n')
    .filter((line) => line.includes('unknown-key'));
  expect(heads).toEqual([
    'agent.yaml:1:1: error[unknown-key]: a: unknown key',
    'agent.yaml:2:1: error[unknown-key]: b: unknown key',
    'agent.yaml:2:1: warning[unknown-key]: b: unknown key',
    'other.yaml:1:1: error[unknown-key]: c: unknown key',
    'error[unknown-key]: none: unknown key',
  ]);
});
