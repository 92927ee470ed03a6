import fc from 'fast-check';
import type { ConfigNode, Place, ReadResult } from '@tributary/config';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { plain, read } from './reading.js';

/** A value, or errors; every place inside its source; nothing deeper than what a reader of the tree can walk. */
function expectSound({ root, diagnostics }: ReadResult): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(root !== undefined || errors.length > 0).toBe(true);
  for (const { place, related = [], message } of diagnostics) {
    expect(message).not.toBe('');
    expect(place).toBeDefined();
    for (const found of [place!, ...related.map((other) => other.place)]) expectInside(found);
  }
  if (root !== undefined) expectSoundNode(root, 0);
}

function expectInside({ source, start, end }: Place): void {
  if (!(start >= 0 && start <= end && end <= source.text.length))
    expect.fail(`${start} to ${end} of ${source.name}, which has ${source.text.length}`);
}

function expectSoundNode(node: ConfigNode, depth: number): void {
  expect(depth).toBeLessThan(500);
  for (const place of [node.place, ...node.via]) expectInside(place);
  if (node.kind === 'list') for (const item of node.items) expectSoundNode(item, depth + 1);
  if (node.kind === 'map')
    for (const { key, node: value } of node.entries.values()) {
      expectInside(key);
      expectSoundNode(value, depth + 1);
    }
}

/** Pieces of YAML that meet in all ways. */
const yamlToken = fc.constantFrom(
  'a',
  'b',
  ': ',
  ':',
  '- ',
  '-',
  '\n',
  '\n  ',
  '\n    ',
  ' ',
  '\t',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '#',
  ' #',
  '|',
  '>',
  '|\n  ',
  '&x ',
  '*x',
  '<<: ',
  '!!int ',
  '!',
  '? ',
  '---\n',
  '...\n',
  '%',
  '@',
  '`',
  '0x',
  '1',
  '::',
  '\\',
  'é',
  '\r\n',
  '\u0000',
  '${V}',
  '$',
);
const referenceToken = fc.constantFrom(
  '$',
  '${',
  '}',
  '{',
  'A',
  'B',
  'C',
  'env:',
  'yaml:',
  'file:',
  'NONE',
  ':-',
  ':',
  'x',
  '-',
  '$$',
  '${A}',
  '${B}',
  '${C}',
  '${env:A}',
  '${file:f}',
  '[',
  ']',
  '"',
  '#',
  ' ',
  ',',
  '${env:NONE:-',
);
const referenceText = fc.array(referenceToken, { maxLength: 12 }).map((tokens) => tokens.join(''));

/** What JSON can say is YAML, and means the same. */
const json = fc.object({
  key: fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((key) => !key.includes('::') && !key.includes('$')),
  values: [
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('$', '')),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
  ],
  maxDepth: 4,
});

describe('whatever is written', () => {
  it('random text ends in a value or in places', () =>
    assertProperty(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) =>
        expectSound(await read({ a: text })),
      ),
    ));

  it('pieces of YAML end in a value or in places', () =>
    assertProperty(
      fc.asyncProperty(
        fc.array(yamlToken, { maxLength: 40 }),
        fc.array(yamlToken, { maxLength: 20 }),
        async (one, two) =>
          expectSound(await read({ a: one.join(''), b: two.join('') }, { env: { V: '[1, a]' } })),
      ),
    ));

  it('references end in a value or in places, also those that lead to one another', () =>
    assertProperty(
      fc.asyncProperty(
        referenceText,
        referenceText,
        referenceText,
        referenceText,
        referenceText,
        async (text, A, B, C, f) => {
          const result = await read(
            { a: `a: ${JSON.stringify(text)}`, f },
            { uris: ['a'], env: { A, B, C } },
          );
          expect(result.root).toBeDefined();
          expectSound(result);
        },
      ),
    ));

  it('an option --set ends in a value or in places', () =>
    assertProperty(
      fc.asyncProperty(
        fc.array(fc.oneof(yamlToken, fc.constantFrom('=', '.')), { maxLength: 15 }),
        async (tokens) => expectSound(await read({ a: 'a: { b: 1 }' }, { set: [tokens.join('')] })),
      ),
    ));

  it('JSON reads as what it says', () =>
    assertProperty(
      fc.asyncProperty(json, async (value) => {
        const { root, diagnostics } = await read({ a: JSON.stringify(value, null, 1) });
        expect(diagnostics).toEqual([]);
        const numbers = (_: string, item: unknown): unknown =>
          typeof item === 'bigint' ? Number(item) : item;
        expect(JSON.stringify(plain(root), numbers)).toEqual(JSON.stringify(value));
      }),
    ));

  it('an error says nothing of what variables hold', () =>
    assertProperty(
      fc.asyncProperty(referenceText, fc.array(referenceToken, { maxLength: 6 }), async (text, tokens) => {
        const secret = 'hunter2';
        const value = tokens.join(secret);
        const { diagnostics } = await read(
          { a: `a: ${JSON.stringify(text)}` },
          { env: { A: value, B: secret } },
        );
        for (const { message, hint, place } of diagnostics) {
          expect(`${message} ${hint ?? ''} ${place?.source.name ?? ''}`).not.toContain(secret);
          expect(place?.source.isSecret === true ? '' : place?.source.text).not.toContain(secret);
        }
      }),
    ));
});
