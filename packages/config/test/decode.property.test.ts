import { declarationOf } from '@tributary/component';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { inspect, outConfig } from './support.js';

/** Values that a key may have by mistake, or not. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('5s', '1h30m', 'basic', 'detailed', 5, 0, '5', 'a, b', true, 'true', null),
  fc.dictionary(
    fc.constantFrom('a', 'ca_file', 'enabled', 'queue_size'),
    fc.constantFrom('x', 5, true, null),
  ),
);
const keys = Object.keys(outConfig.shape);
const config = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...keys), value) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('endpont', '__proto__')), value),
  },
  { weight: 1, arbitrary: value },
);

it('ends in a value or in errors at places, whatever a component is told', async () => {
  await assertProperty(
    fc.asyncProperty(config, async (written) => {
      // JSON is YAML.
      const text = `receivers: { in: }\nexporters: { out: ${JSON.stringify(written)} }\nservice: { pipelines: { traces: { receivers: [in], exporters: [out] } } }`;
      const { options, diagnostics } = await inspect(text);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(options === undefined).toBe(errors.length > 0);
      for (const { place } of diagnostics) {
        expect(place!.source.text).toBe(text);
        expect(place!.start).toBeLessThanOrEqual(place!.end);
        expect(place!.end).toBeLessThanOrEqual(text.length);
      }
    }),
    0.25,
  );
});

it('leaves alone what the schema takes as it stands', async () => {
  await assertProperty(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), value), async (more) => {
      const written = { endpoint: 'a', ...more };
      const direct = outConfig.safeParse(written);
      fc.pre(direct.success);
      const text = `receivers: { in: }\nexporters: { out: ${JSON.stringify(written)} }\nservice: { pipelines: { traces: { receivers: [in], exporters: [out] } } }`;
      const { options } = await inspect(text);
      expect(declarationOf(options!.pipelines.traces!.exporters[0]!).config).toEqual(direct.data);
    }),
    0.25,
  );
});
