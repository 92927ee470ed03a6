import type { SpanInit } from '@tributary/pdata';
import { why, type TailSamplingConfig } from '@tributary/processor-tailsampling';
import { expect, it } from 'vitest';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';
import { traceId, world, type World } from './support.js';

const trace = 0x0e0e4736;
const startNs = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
const policies = [
  { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
  { name: 'slow', type: 'latency', latency: { threshold_ms: 5000 } },
  { name: 'some', type: 'probabilistic', probabilistic: { sampling_percentage: 10 } },
] as const;

/** A span of the trace, from one millisecond to another after the start. */
function span(fromMs: number, toMs: number, more: Partial<SpanInit> = {}): SpanInit & { trace: number } {
  return {
    trace,
    name: 'GET /cart',
    parentSpanId: '00f067aa0ba902b7',
    startTimeUnixNano: startNs + BigInt(fromMs) * 1_000_000n,
    endTimeUnixNano: startNs + BigInt(toMs) * 1_000_000n,
    attributes: { 'http.route': '/cart', 'server.address': 'shop.example.org' },
    ...more,
  };
}

const root = { parentSpanId: '' } as const;
const failed = { status: { code: 'error', message: 'out of stock' } } as const;

/** What happens in the example of each trigger, until the trace is decided. */
const stories: readonly (readonly [
  trigger: string,
  config: Partial<TailSamplingConfig>,
  tell: (w: World) => Promise<void>,
])[] = [
  [
    'timer',
    { decision_wait: '10s' },
    async (w) => {
      await w.sendSpans(span(-200, 0, failed), span(-150, -10));
      await w.clock.advance('3s');
      await w.sendSpans(span(-200, 112, root));
      await w.clock.advance('8s');
      await w.sendSpans(span(-100, -10), span(-80, -20));
    },
  ],
  [
    'root',
    {
      decision_wait_after_root_received: '2s',
      shadow: {
        policies: [
          {
            name: 'cart',
            type: 'string_attribute',
            string_attribute: { key: 'http.route', values: ['/cart'] },
          },
        ],
      },
    },
    async (w) => {
      await w.sendSpans(span(-140, 0), span(-80, -10));
      await w.clock.advance('5s');
      await w.sendSpans(span(-200, 5030, root));
      await w.clock.advance('3s');
    },
  ],
  [
    'size',
    { maximum_trace_size_bytes: 4096 },
    async (w) => {
      await w.sendSpans(span(-140, 0));
      await w.clock.advance('4s');
      await w.sendSpans(span(-200, 0, { ...root, attributes: { 'db.statement': 'x'.repeat(5000) } }));
    },
  ],
  [
    'eviction',
    { num_traces: 2 },
    async (w) => {
      await w.sendSpans(span(-140, 0, failed));
      await w.clock.advance('4s');
      await w.sendSpans({ trace: 2 }, { trace: 3 });
      await w.sendSpans(span(-200, 40, root));
    },
  ],
  [
    'shutdown',
    {},
    async (w) => {
      await w.sendSpans(span(-140, 0), span(-200, 20, { ...root, ...failed }));
      await w.clock.advance('4s');
      // While it cannot hand on what it kept, it runs, and can be asked.
      w.sink.refuseNext('retryable', { times: 100 });
      void w.collector.shutdown({ graceMs: 5000 });
      await w.clock.advance(100);
    },
  ],
  [
    'ingest',
    { sampling_strategy: 'span-ingest' },
    async (w) => {
      await w.sendSpans(span(-140, 0));
      await w.clock.advance('4s');
      await w.sendSpans(span(-200, 20, { ...root, ...failed }));
      await w.sendSpans(span(-100, 10));
    },
  ],
];

/** What the docs show of each trigger. */
function exampleOf(trigger: string, text = 'docs/why.md'): string | undefined {
  return parseMarkdown(readText(text)).blocks.find(({ info }) => info === `text ${trigger}`)?.code;
}

it.each(stories)(
  'the example of %s in docs/why.md is what a collector says',
  async (trigger, config, tell) => {
    await using w = await world({ policies, ...config });
    await tell(w);
    const [answer] = await why(w.collector, traceId(trace));
    expect(answer!.decisions[0]!.trigger).toBe(trigger);
    expect([`$ tributary why ${traceId(trace)}`, ...answer!.text].join('\n')).toBe(exampleOf(trigger));
  },
);

it('the README of the command line has the same example as docs/why.md', () => {
  expect(exampleOf('timer', 'packages/cli/README.md')).toBe(exampleOf('timer'));
});
