import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { correct, corpusFiles, judgeText } from './corpus.js';

const texts = corpusFiles(correct).map((file) => readFileSync(file.path, 'utf8'));

/** What a hand that slips does to one line. */
type Slip = (lines: string[], index: number, word: string) => string[];

const slips: Readonly<Record<string, Slip>> = {
  'renames a key': (lines, i, word) =>
    lines.with(
      i,
      lines[i]!.replace(/[\w/]+(?=:)/, () => word),
    ),
  'replaces a value': (lines, i, word) =>
    lines.with(
      i,
      lines[i]!.replace(/(:\s|- ).*$/, (_, sep: string) => sep + word),
    ),
  'removes a line': (lines, i) => lines.toSpliced(i, 1),
  'doubles a line': (lines, i) => lines.toSpliced(i, 0, lines[i]!),
  'indents a line': (lines, i) => lines.with(i, ` ${lines[i]!}`),
  'outdents a line': (lines, i) => lines.with(i, lines[i]!.replace(/^ /, '')),
  'swaps two lines': (lines, i) => lines.toSpliced(i, 2, ...lines.slice(i, i + 2).reverse()),
  'breaks a line off': (lines, i, word) =>
    lines.with(i, lines[i]!.slice(0, word.length % (lines[i]!.length + 1))),
  'puts something in': (lines, i, word) => lines.with(i, lines[i]! + word),
};

/** What YAML, references and JavaScript know in a way of their own. */
const traps =
  'null ~ true 0 -1 1e999 .nan 9007199254740993 [] {} [[]] {a:{b:c}} &a *a << ${env:NONE} ${ } $$ ${env:SIZE:-[} ' +
  '${yaml:${env:SIZE}} !!binary | > " \' # % @ ` ? - : :: a::b __proto__ constructor toString otlp 2001-12-14';

const word = fc.oneof(
  fc.constantFrom(...traps.split(' ')),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

const edits = fc.array(fc.record({ slip: fc.constantFrom(...Object.values(slips)), at: fc.nat(), word }), {
  minLength: 1,
  maxLength: 4,
});

describe('a configuration that a hand has slipped in', () => {
  it('is loaded, or each mistake is told with its place', () =>
    assertProperty(
      fc.asyncProperty(fc.constantFrom(...texts), edits, async (text, changes) => {
        let lines = text.split('\n');
        for (const { slip, at, word: put } of changes) {
          if (lines.length > 0) lines = slip([...lines], at % lines.length, put);
        }
        const edited = lines.join('\n');
        const { diagnostics, isUsable, text: told } = await judgeText(edited, '/nowhere');
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        expect(isUsable).toBe(errors.length === 0);
        expect(told === '').toBe(diagnostics.length === 0);
        for (const { place, message } of diagnostics) {
          expect(message).not.toMatch(/undefined|\[object|NaN/);
          if (place === undefined) continue;
          const { start, end, source } = place;
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(source.text.length);
        }
      }),
      0.5,
    ));
});
