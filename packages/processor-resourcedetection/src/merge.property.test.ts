import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { merged } from './merge.js';

const attributes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
  fc.oneof(fc.nat(), fc.string(), fc.constant(undefined)),
);
const found = fc.record({ attributes, schemaUrl: fc.constantFrom('', 'u1', 'u2') });

it('has of each attribute what the first detector of the list has found', () => {
  assertProperty(
    fc.property(fc.array(found, { maxLength: 5 }), (all) => {
      const { attributes: got } = merged(all);
      const keys = new Set(
        all.flatMap(({ attributes: some }) => Object.keys(some).filter((key) => some[key] !== undefined)),
      );
      expect(new Set(got.map(([key]) => key))).toEqual(keys);
      expect(got.length).toBe(keys.size);
      for (const [key, value] of got) {
        const first = all.find(({ attributes: some }) => Object.hasOwn(some, key) && some[key] !== undefined);
        expect(value).toEqual(first!.attributes[key]);
      }
    }),
  );
});

it('has the first schema that a detector knows', () => {
  assertProperty(
    fc.property(fc.array(found, { maxLength: 5 }), (all) => {
      const known = all.map(({ schemaUrl }) => schemaUrl).filter((url) => url !== '');
      expect(merged(all).schemaUrl).toBe(known[0] ?? '');
    }),
  );
});

it('one detector more at the end changes nothing that was there', () => {
  assertProperty(
    fc.property(fc.array(found, { maxLength: 4 }), found, (all, last) => {
      const before = merged(all).attributes;
      expect(merged([...all, last]).attributes.slice(0, before.length)).toEqual(before);
    }),
  );
});
