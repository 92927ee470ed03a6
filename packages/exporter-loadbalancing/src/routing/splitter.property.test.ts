import { Traces, type SpanInit } from '@tributary/pdata';
import fc from 'fast-check';
import { it } from 'vitest';
import { expect } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { loadXxh64 } from '../ring/xxh64.js';
import { createSplitter } from './splitter.js';

const xxh64 = await loadXxh64();

/** Groups of scopes of numbers of traces. */
const shapes = fc.array(fc.array(fc.array(fc.nat(5), { maxLength: 8 }), { maxLength: 3 }), { maxLength: 4 });

it('the parts together are the batch, each span under its groups and with its trace', () => {
  const splitter = createSplitter('traces', 'traceID', { attributes: [], xxh64, random: Math.random });
  assertProperty(
    fc.property(
      fc.array(shapes, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 4 }),
      (requests, count) => {
        const batch = Traces.create();
        let spans = 0;
        for (const [r, groups] of requests.entries()) {
          const request = Traces.create();
          for (const [g, scopes] of groups.entries()) {
            const group = request.addResourceSpans({
              resource: { attributes: { place: `${r}.${g}` } },
              schemaUrl: `r${g}`,
            });
            for (const [s, traces] of scopes.entries()) {
              const scope = group.addScope({ scope: { name: `${s}` }, schemaUrl: `s${s}` });
              for (const trace of traces) {
                const init: SpanInit = { name: `${r}.${g} ${s} ${trace} ${spans++}` };
                scope.add(trace === 0 ? init : { ...init, traceId: String(trace).repeat(32) });
              }
            }
          }
          batch.append(Traces.from(request.toBytes()));
        }
        const expected = [...batch.spans()].map(({ name }) => name);
        const parts = splitter.split(batch, (key) => key[0]! % count);
        const found: string[] = [];
        for (const [number, part] of parts) {
          const checked = Traces.from(part.toBytes());
          expect(part.itemCount).toBe(checked.itemCount);
          for (const span of checked.spans()) {
            const [place, scope, trace] = span.name.split(' ');
            expect([span.resource.attributes.get('place'), span.scope.name]).toEqual([place, scope]);
            expect(Number.parseInt(`${trace}${trace}`, 16) % count).toBe(number);
            found.push(span.name);
          }
        }
        expect(found.toSorted()).toEqual(expected.toSorted());
      },
    ),
  );
});
