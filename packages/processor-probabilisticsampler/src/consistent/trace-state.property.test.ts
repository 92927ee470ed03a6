import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { formatTraceState, parseTraceState } from './trace-state.js';

const letters = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), minLength: 1, maxLength });

/** Near what is right, so that most texts can be read and many cannot. */
const piece = fc.oneof(
  fc.tuple(letters('abz', 5), letters(' !<>~,=ab1', 6)).map(([key, value]) => `${key}=${value}`),
  letters('rvth:;0189afAF.-_ ', 20).map((value) => `ot=${value}`),
  fc
    .tuple(letters('0123456789abcdef', 14), fc.boolean())
    .map(([digits, isThreshold]) => `ot=${isThreshold ? 'th' : 'rv'}:${digits};x:y`),
  letters(' \t', 3),
  fc.string({ maxLength: 5 }),
);
const text = fc.array(piece, { maxLength: 34 }).map((pieces) => pieces.join(','));

it('what was read is read the same once it is written, whatever the text', () => {
  assertProperty(
    fc.property(text, (given) => {
      const state = parseTraceState(given);
      const again = state && parseTraceState(formatTraceState(state, state.rv, state.th));
      expect(again).toEqual(state);
    }),
  );
});

it('of these texts some can be read and some cannot: otherwise they would show nothing', () => {
  const texts = fc.sample(text, { numRuns: 1000, seed: 1 });
  const readable = texts.filter((given) => parseTraceState(given) !== undefined).length;
  expect(readable).toBeGreaterThan(100);
  expect(readable).toBeLessThan(900);
});

it('what others have written is there, in its order', () => {
  const member = fc.tuple(letters('abz', 5), letters('!<>~ab1', 6)).map(([key, value]) => `${key}=${value}`);
  assertProperty(
    fc.property(fc.array(member, { maxLength: 29 }), fc.nat(29), (others, place) => {
      const given = others.toSpliced(place, 0, 'ot=th:8;x:y');
      const state = parseTraceState(given.join(' , '))!;
      expect(formatTraceState(state, '', 'c')).toBe(['ot=th:c;x:y', ...others].join(','));
    }),
  );
});
