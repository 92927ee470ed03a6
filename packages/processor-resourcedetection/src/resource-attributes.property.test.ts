import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { parseResourceAttributes } from './resource-attributes.js';

/** Pairs as a pattern, as the Collector describes them, with the blanks of Go's `\s`. */
const pair =
  /[\t\n\f\r ]*(\p{ASCII}{1,256}?)[\t\n\f\r ]*=[\t\n\f\r ]*(\p{ASCII}{0,256}?)[\t\n\f\r ]*(?:,|$)/uy;

/** The pairs that the pattern finds one behind the other; undefined where something is left over. */
function byPattern(text: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  pair.lastIndex = 0;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (match === null) return undefined;
    pairs.push([match[1]!, match[2]!]);
  }
  return pairs;
}

const awkward = fc.string({
  unit: fc.constantFrom('a', 'b', '=', ',', ' ', '\t', '%', '4', '1', '+', 'ü'),
  maxLength: 40,
});

it('no text makes it throw', () => {
  assertProperty(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), awkward), (text) => {
      const parsed = parseResourceAttributes(text);
      expect('problem' in parsed ? parsed.problem !== '' : parsed.attributes.size >= 0).toBe(true);
    }),
  );
});

it('takes the pairs that the pattern of the Collector takes', () => {
  assertProperty(
    fc.property(awkward, (given) => {
      const text = given.trim().replaceAll('%', '');
      const pairs = byPattern(text);
      // Blanks alone are a key to the pattern, and no key here.
      fc.pre(pairs === undefined || pairs.every(([key]) => key.trim() !== ''));
      const parsed = parseResourceAttributes(text);
      const attributes = 'problem' in parsed ? undefined : parsed.attributes;
      const decoded = pairs?.map(([key, value]): [string, string] => [key, value.replaceAll('+', ' ')]);
      expect(attributes).toEqual(decoded && new Map(decoded));
    }),
  );
});

it('gives back what was written with escapes', () => {
  const key = fc.string({
    unit: fc.constantFrom('a', 'z', '0', '.', '_', '/', '-'),
    minLength: 1,
    maxLength: 20,
  });
  assertProperty(
    fc.property(
      fc.dictionary(key, fc.string({ unit: 'grapheme', maxLength: 8 }), { noNullPrototype: true }),
      (attributes) => {
        const text = Object.entries(attributes)
          .map(([name, value]) => `${name}=${new URLSearchParams({ value }).toString().slice(6)}`)
          .join(',');
        const parsed = parseResourceAttributes(text);
        expect('attributes' in parsed && new Map(parsed.attributes)).toEqual(
          new Map(Object.entries(attributes)),
        );
      },
    ),
  );
});
