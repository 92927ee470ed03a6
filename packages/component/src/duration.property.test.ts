import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { parseDuration } from './duration.js';

const units = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 } as const;
const part = fc.tuple(fc.nat(9_999), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));

it('a duration is the sum of its parts, in any order', () => {
  assertProperty(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const ms = parseDuration(parts.map(([count, unit]) => `${count}${unit}`).join(''));
      const sum = parts.reduce((total, [count, unit]) => total + count * units[unit], 0);
      expect(Math.abs(ms! - sum)).toBeLessThanOrEqual(sum * 1e-12);
    }),
  );
});

it('any text is a duration or none, and a minus turns it round', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^(\d*\.?\d*(ns|us|µs|ms|s|m|h|d)?){0,4}$/));
  assertProperty(
    fc.property(
      text.filter((value) => !/^[-+]/.test(value)),
      (value) => {
        const ms = parseDuration(value);
        expect(ms === undefined || Number.isFinite(ms)).toBe(true);
        expect(parseDuration(`-${value}`)).toBe(ms === undefined ? undefined : 0 - ms);
      },
    ),
  );
});
