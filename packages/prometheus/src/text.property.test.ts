import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf, parsePrometheusText } from '../../../test/support/prometheus-text.js';
import { assertProperty } from '../../../test/support/property.js';
import { labelsOf, metricName } from './names.js';
import { writeText, type MetricFamily } from './text.js';

const attributes = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), {
  maxKeys: 4,
});
const number = fc.oneof(fc.double(), fc.maxSafeInteger());

const family: fc.Arbitrary<MetricFamily> = fc
  .record({
    name: fc.string({ minLength: 1 }),
    help: fc.string(),
    type: fc.constantFrom('counter' as const, 'gauge' as const),
  })
  .chain(({ name, help, type }) =>
    fc
      .array(fc.record({ labels: attributes.map(labelsOf), value: number }), { minLength: 1 })
      .map((samples) => ({
        name: metricName(name, { type, unit: 's' }),
        help,
        type,
        samples,
      })),
  );

it('whatever attributes and numbers there are, a strict reader finds every series once, with its value', () => {
  assertProperty(
    fc.property(fc.array(family, { maxLength: 4 }), (families) => {
      const parsed = parsePrometheusText(writeText(families));
      expect(new Set(parsed.keys())).toEqual(new Set(families.map(({ name }) => name)));
      const first = new Map<string, number>();
      const types = new Map<string, string>();
      for (const { name, type, samples } of families) {
        if (type === 'histogram' || (types.get(name) ?? type) !== type) continue;
        types.set(name, type);
        for (const { labels, value } of samples) {
          const key = name + keyOf(labels);
          if (!first.has(key)) first.set(key, value);
        }
      }
      const found = [...parsed.values()].flatMap(({ samples }) =>
        samples.map(({ name, labels, value }) => [name + keyOf(labels), value] as const),
      );
      expect(new Map(found)).toEqual(first);
    }),
  );
});
