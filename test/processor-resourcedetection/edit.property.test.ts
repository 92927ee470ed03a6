import { createCollector } from '@tributary/collector';
import { Traces } from '@tributary/pdata';
import { createResourceDetection } from '@tributary/processor-resourcedetection';
import { memoryExporter, testReceiver } from '@tributary/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const value = fc.string({ unit: fc.constantFrom('x', 'y', '1'), maxLength: 3 });
const attributes = fc.dictionary(key, value, { noNullPrototype: true });

it('each resource has what it had and what was found, as override says', async () => {
  await assertProperty(
    fc.asyncProperty(
      attributes,
      fc.array(fc.record({ attributes, spans: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.boolean(),
      async (detected, groups, override) => {
        const text = Object.entries(detected).map(([name, found]) => `${name}=${found}`);
        const make = createResourceDetection({ env: { OTEL_RESOURCE_ATTRIBUTES: text.join(',') } });
        const source = testReceiver();
        const sink = memoryExporter();
        await using collector = createCollector({
          runtime: { logger: silent },
          pipelines: { traces: { receivers: [source], processors: [make({ override })], exporters: [sink] } },
        });
        await collector.start();
        const traces = Traces.create();
        for (const group of groups) {
          const scope = traces.addResourceSpans({ resource: { attributes: group.attributes } }).addScope();
          for (let i = 0; i < group.spans; i++) scope.add({ name: 'work' });
        }
        await source.send(traces);
        const received = [...Traces.from(sink.batches[0]!.toBytes()).resourceSpans()];
        const expected = groups.map((group) =>
          override ? { ...group.attributes, ...detected } : { ...detected, ...group.attributes },
        );
        expect(received.map(({ resource }) => Object.fromEntries(resource.attributes))).toEqual(expected);
        expect(sink.spans).toHaveLength(groups.reduce((sum, { spans }) => sum + spans, 0));
      },
    ),
    0.05,
  );
});
