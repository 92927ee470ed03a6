import { createCollector } from '@tributary/collector';
import { Traces } from '@tributary/pdata';
import { tailSampling, type TailSamplingConfig, type WhyListing } from '@tributary/processor-tailsampling';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { cli, fileForTest } from './support.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const startMs = Date.UTC(2026, 0, 1);

interface Span {
  readonly trace: number;
  /** How long before the end of the request it ended, and how long it was. */
  readonly agoMs: number;
  readonly lengthMs: number;
  readonly isRoot: boolean;
  readonly isFailed: boolean;
  readonly padding: number;
}

interface Load {
  readonly requests: readonly { readonly gapMs: number; readonly spans: readonly Span[] }[];
  readonly config: TailSamplingConfig;
}

const span = fc.record<Span>({
  trace: fc.nat(6),
  agoMs: fc.nat(2_000),
  lengthMs: fc.nat(3_000),
  isRoot: fc.boolean(),
  isFailed: fc.boolean(),
  padding: fc.nat(200),
});
const requests = fc.array(
  fc.record({
    gapMs: fc.oneof({ weight: 6, arbitrary: fc.nat(2_500) }, { weight: 1, arbitrary: fc.nat(300_000) }),
    // The first says when the request has come.
    spans: fc
      .array(span, { minLength: 1, maxLength: 5 })
      .map(([first, ...more]) => [{ ...first!, agoMs: 0 }, ...more]),
  }),
  { minLength: 1, maxLength: 25 },
);
const errors = { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } } as const;
const slow = { name: 'slow', type: 'latency', latency: { threshold_ms: 2_000 } } as const;
const few = { name: 'few', type: 'rate_limiting', rate_limiting: { spans_per_second: 2 } } as const;
const some = { name: 'some', type: 'probabilistic', probabilistic: { sampling_percentage: 30 } } as const;
const shared = {
  name: 'shared',
  type: 'composite',
  composite: {
    max_total_spans_per_second: 4,
    policy_order: ['bad', 'all'],
    composite_sub_policy: [
      { name: 'bad', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
      { name: 'all', type: 'always_sample' },
    ],
  },
} as const;
const complete = fc.record({
  policies: fc.constantFrom([errors, few], [few, slow], [shared], [some, few]),
  block_on_overflow: fc.boolean(),
  maximum_trace_size_bytes: fc.constantFrom(0, 0, 400),
  decision_wait_after_root_received: fc.constantFrom('0s', '500ms', '1s'),
  shadow: fc.constantFrom({}, { policies: [slow] }),
});
const ingest = fc.record({
  policies: fc.constantFrom([errors], [errors, some]),
  sampling_strategy: fc.constant('span-ingest'),
});
const config = fc
  .tuple(
    fc.record({
      decision_wait: fc.constantFrom('1s', '2s', '4s'),
      num_traces: fc.integer({ min: 1, max: 7 }),
      decision_cache: fc.record({ sampled_cache_size: fc.integer({ min: 1, max: 4 }) }),
    }),
    fc.oneof({ weight: 4, arbitrary: complete }, { weight: 1, arbitrary: ingest }),
  )
  .map(([one, other]) => ({ ...one, ...other }));

/** The requests with the time at which each has ended. */
function requestsOf(load: Load): { readonly endMs: number; readonly traces: Traces }[] {
  let endMs = startMs;
  return load.requests.map(({ gapMs, spans }, index) => {
    if (index > 0) endMs += gapMs;
    const traces = Traces.create();
    const scope = traces.addResourceSpans().addScope();
    for (const { trace, agoMs, lengthMs, isRoot, isFailed, padding } of spans) {
      const toMs = endMs - agoMs;
      scope.add({
        name: 'op',
        traceId: `4bf92f3577b34da6a3ce929d0000000${trace}`,
        parentSpanId: isRoot ? '' : '00f067aa0ba902b7',
        startTimeUnixNano: BigInt(toMs - lengthMs) * 1_000_000n,
        endTimeUnixNano: BigInt(toMs) * 1_000_000n,
        attributes: { padding: 'x'.repeat(padding) },
        ...(isFailed && { status: { code: 'error' as const } }),
      });
    }
    return { endMs, traces };
  });
}

interface Outcome {
  readonly decisions: readonly object[];
  readonly passedSpans: number;
}

/** What a collector does that gets each request when it has ended. */
async function collected(load: Load): Promise<Outcome> {
  const clock = virtualClock({ startMs, maxRuns: Infinity });
  const source = testReceiver();
  const sink = memoryExporter();
  const collector = createCollector({
    runtime: { clock, logger: silent },
    pipelines: {
      traces: { receivers: [source], processors: [tailSampling(load.config)], exporters: [sink] },
    },
  });
  await collector.start();
  for (const { endMs, traces } of requestsOf(load)) {
    await clock.advance(Math.max(0, endMs - clock.now()));
    let isTaken = false;
    const sent = source.send(traces).finally(() => (isTaken = true));
    await clock.advance(0);
    while (!isTaken) await clock.advance('1s');
    await sent;
  }
  const held = (): number => collector.balance().components.reduce((sum, line) => sum + line.held, 0);
  while (held() > 0) await clock.advance('1s');
  const [{ answer } = {}] = await collector.ask('why', { after: '0' });
  await collector.shutdown({ graceMs: 0 });
  const { decisions } = answer as WhyListing;
  return { decisions: decisions.map(withoutLate), passedSpans: sink.spans.length };
}

/** What a replay says that its recording would have come to. */
async function replayed(load: Load, config: TailSamplingConfig): Promise<Outcome> {
  const recording = fileForTest(
    requestsOf(load)
      .map(({ traces }) => `${traces.toJson()}\n`)
      .join(''),
    'recorded.json',
  );
  const policies = fileForTest(JSON.stringify(config), 'policies.json');
  const argv = ['replay', recording, '--policies', policies, '--traces', '--json'];
  const { code, stdout, stderr } = await cli(argv);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const { kept, late } = lines.pop() as {
    readonly kept: { readonly spans: number };
    readonly late: { readonly kept: number };
  };
  return {
    decisions: lines.map(({ root: _, ...decision }) => withoutLate(decision)),
    passedSpans: kept.spans + late.kept,
  };
}

/** Those that a decision tells of are those until it is asked. */
function withoutLate(decision: object): object {
  return { ...decision, lateSpans: 0 };
}

it('a replay decides as the collector that gets each request when its last span has ended', async () => {
  await assertProperty(
    fc.asyncProperty(fc.record({ requests, config }), async (load) => {
      expect(await replayed(load, load.config)).toEqual(await collected(load));
    }),
    0.01,
  );
});

it('negative control: a replay that waits another second decides otherwise', async () => {
  const failed = { trace: 1, agoMs: 0, lengthMs: 1, isRoot: true, isFailed: true, padding: 0 };
  const load: Load = {
    requests: [{ gapMs: 0, spans: [failed] }],
    config: { policies: [errors], decision_wait: '2s' },
  };
  const expected = await collected(load);
  expect(await replayed(load, load.config)).toEqual(expected);
  expect(await replayed(load, { ...load.config, decision_wait: '3s' })).not.toEqual(expected);
});
