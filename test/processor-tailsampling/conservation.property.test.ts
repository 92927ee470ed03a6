import { Traces, type ScopeSpans, type Span } from '@tributary/pdata';
import { why, type TailSamplingConfig } from '@tributary/processor-tailsampling';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { errors, traceId, world } from './support.js';

/** What is done to the processor, one after the other. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      spans: fc.array(
        fc.record({
          trace: fc.nat(6),
          resource: fc.nat(1),
          scope: fc.constant(0),
          failed: fc.boolean(),
          root: fc.boolean(),
          size: fc.nat(3),
        }),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(1500) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refuse' as const), times: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
);

const configs = fc.record({
  num_traces: fc.integer({ min: 1, max: 10 }),
  max_bytes: fc.constantFrom(0, 100_000),
  block_on_overflow: fc.boolean(),
  maximum_trace_size_bytes: fc.constantFrom(0, 5000),
  decision_wait_after_root_received: fc.constantFrom('0s', '1s'),
  sampling_strategy: fc.constantFrom('trace-complete', 'span-ingest'),
  drop_pending_traces_on_shutdown: fc.boolean(),
  record_policy: fc.boolean(),
  decision_cache: fc.constantFrom({ sampled_cache_size: 2, non_sampled_cache_size: 2 }, {}),
} satisfies { [Key in keyof TailSamplingConfig]?: unknown });

it('whatever comes, each span goes on once, or is dropped for a reason that is known, or was refused', () =>
  assertProperty(
    fc.asyncProperty(configs, fc.array(step, { maxLength: 25 }), async (config, steps) => {
      const complete: TailSamplingConfig = { ...config, policies: errors, decision_wait: '2s' } as never;
      const w = await world(complete);
      const accepted = new Map<string, number>();
      const sending: Promise<void>[] = [];
      let count = 0;
      try {
        for (const each of steps) {
          if (each.kind === 'wait') await w.clock.advance(each.ms);
          else if (each.kind === 'refuse') w.sink.refuseNext('refused', { times: each.times });
          else if (each.kind === 'reload') await w.reload({ ...complete, num_traces: 5 });
          else {
            const traces = Traces.create();
            const names: string[] = [];
            let last: { resource: number; scope: number; group: ScopeSpans } | undefined;
            for (const { trace, resource, scope, failed, root, size } of each.spans) {
              const name = `${trace} ${resource} ${scope} ${count++}`;
              names.push(name);
              accepted.set(name, trace);
              // Neighbours with equal groups stand in one, as clients send them.
              if (last?.resource !== resource || last.scope !== scope) {
                const group = traces
                  .addResourceSpans({ resource: { attributes: { resource } }, schemaUrl: `r${resource}` })
                  .addScope({ scope: { name: `${scope}` }, schemaUrl: `s${scope}` });
                last = { resource, scope, group };
              }
              last.group.add({
                name,
                traceId: traceId(trace),
                attributes: { text: 'x'.repeat(size * 700) },
                ...(failed && { status: { code: 'error' } }),
                ...(!root && { parentSpanId: '0102030405060708' }),
              });
            }
            sending.push(
              w.source.send(traces).catch((error: unknown) => {
                const { rejected } = error as { readonly rejected?: Traces };
                const refused =
                  rejected === undefined ? names : [...rejected.spans()].map(({ name }) => name);
                for (const name of refused) accepted.delete(name);
              }),
            );
            await w.clock.advance(0);
          }
        }
      } finally {
        // All that is decided, and offered again until it is taken.
        await w.clock.advance('10m');
        await w[Symbol.asyncDispose]();
      }
      await Promise.all(sending);
      const arrived = w.sink.spans.map((span: Span) => span.name);
      expect(new Set(arrived).size).toBe(arrived.length);
      for (const span of w.sink.spans) {
        const [trace, resource, scope] = span.name.split(' ');
        expect(span.traceId).toBe(traceId(Number(trace)));
        expect([span.resource.attributes.get('resource'), span.scope.name]).toEqual([
          Number(resource),
          scope,
        ]);
      }
      const dropped = Object.values(w.dropped()).reduce((sum, items) => sum + items, 0);
      expect(arrived.filter((name) => !accepted.has(name))).toEqual([]);
      expect(arrived.length + dropped).toBe(accepted.size);
      expect(w.held()).toBe(0);
    }),
    0.05,
  ));

it('the reasons tell of every trace that had a decision, and what they say is what happened', () =>
  assertProperty(
    fc.asyncProperty(
      fc.array(fc.record({ trace: fc.nat(8), failed: fc.boolean() }), { minLength: 1, maxLength: 30 }),
      async (spans) => {
        await using w = await world({ policies: errors, decision_wait: '1s', num_traces: 4 });
        for (const { trace, failed } of spans) {
          await w.sendSpans({ trace, ...(failed && { status: { code: 'error' } }) });
        }
        await w.clock.advance('2s');
        const arrived = new Set(w.kept());
        for (const trace of new Set(spans.map((span) => span.trace))) {
          const [answer] = await why(w.collector, traceId(trace));
          expect(answer).toMatchObject({ state: 'decided', decisions: [{ policy: 'errors' }] });
          expect(answer!.decisions[0]!.verdict === 'sampled').toBe(arrived.has(trace));
          const { lateSpans, spans: decided } = answer!.decisions[0]!;
          expect(lateSpans + decided).toBe(spans.filter((span) => span.trace === trace).length);
        }
      },
    ),
    0.05,
  ));
