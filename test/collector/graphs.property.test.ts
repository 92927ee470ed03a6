import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import {
  run,
  type Answer,
  type Backend,
  type Graph,
  type Pipeline,
  type Processor,
  type Result,
  type Step,
} from './graph-world.js';

// Graphs of real components on virtual time: what each is proved to do alone must add up in company.

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

const answer: fc.Arbitrary<Answer> = fc.record({
  kind: fc.constantFrom<Answer['kind']>(
    'accepted',
    'rejected in part',
    'refused',
    'retryable',
    'permanent',
    'thrown',
    'silence',
  ),
  taken: fc.integer({ min: 0, max: 2 }),
  afterMs: fc.oneof(fc.constant(0), ms(1_500)),
  retryAfterMs: fc.option(ms(2_000), { nil: undefined }),
});

const backend: fc.Arbitrary<Backend> = fc.record({
  answers: fc.array(answer, { maxLength: 12 }),
  maxItems: fc.constantFrom(0, 1, 3, 1_000_000),
  tellsLimit: fc.boolean(),
  delivery: fc.record({
    timeout: fc.constant('1s' as const),
    sending_queue: fc.record({
      enabled: fc.boolean(),
      queue_size: fc.integer({ min: 1, max: 6 }),
      num_consumers: fc.integer({ min: 1, max: 3 }),
      block_on_overflow: fc.boolean(),
      wait_for_result: fc.boolean(),
    }),
    retry_on_failure: fc.record({
      enabled: fc.boolean(),
      initial_interval: fc.constant('300ms' as const),
      max_interval: fc.constant('1s' as const),
      max_elapsed_time: fc.constantFrom('0s' as const, '2s' as const),
    }),
  }),
});

const processor: fc.Arbitrary<Processor> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      config: fc
        .record({ size: fc.nat(8), more: fc.option(fc.nat(4)), waits: fc.boolean(), timeout: fc.boolean() })
        .map(({ size, more, waits, timeout }) => ({
          timeout: timeout ? ('100ms' as const) : ('0s' as const),
          send_batch_size: size,
          send_batch_max_size: more === null ? 0 : size + more,
          wait_for_result: waits,
          max_held_bytes: 400,
        })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('memory limiter' as const, 'filter' as const, 'gate' as const, 'bug' as const),
    }),
  },
);

const pipeline: fc.Arbitrary<Pipeline> = fc.record({
  // The limiter is one object, which a pipeline may name once.
  processors: fc.uniqueArray(processor, {
    maxLength: 3,
    comparator: (a, b) => a.kind === 'memory limiter' && b.kind === 'memory limiter',
  }),
  exporters: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  forwards: fc.boolean(),
});

const graph: fc.Arbitrary<Graph> = fc.record({
  seed: fc.nat(),
  backends: fc.tuple(backend, backend, backend),
  // The connector must not lead back to itself.
  pipelines: fc.tuple(
    pipeline,
    pipeline,
    pipeline.map((last) => ({ ...last, forwards: false })),
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ send: fc.integer({ min: 1, max: 6 }), to: fc.nat(1), leavesMs: ms(5_000) }),
  },
  { weight: 3, arbitrary: fc.record({ waitMs: fc.constantFrom(0, 50, 100, 700, 3_000) }) },
  { weight: 1, arbitrary: fc.record({ pressure: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ shutdownMs: fc.constantFrom(0, 500, 5_000) }) },
);

/** Backends that an item of a source is meant for. */
function aimsOf({ pipelines: [first, second, third] }: Graph, source: number): number[][] {
  const own = source === 0 ? [first] : [first, second];
  const ways = own.flatMap((each) => [each, ...(each.forwards ? [third] : [])]);
  return ways.map(({ exporters }) => [...exporters]);
}

/** What is wrong with how a run ended. */
function problemsOf(
  given: Graph,
  { balance, unanswered, isShutDown, logged, acknowledged, taken, wrong }: Result,
): string[] {
  const problems = [...wrong];
  if (!isShutDown) problems.push('the shutdown did not end');
  if (unanswered > 0) problems.push(`${unanswered} senders were never answered`);

  let drops = 0;
  let filtered = 0;
  let created = 0;
  for (const line of balance.components) {
    if (line.held !== 0) problems.push(`at rest: ${line.kind} "${line.component}" holds ${line.held}`);
    for (const [reason, items] of line.dropped) {
      if (reason === 'filtered') filtered += items;
      else drops += items;
    }
    if (line.kind === 'receiver') created += line.created;
  }
  for (const { from, to, inFlight } of balance.edges) {
    if (inFlight !== 0) problems.push(`at rest: ${inFlight} items in flight from ${from} to ${to}`);
  }
  if (logged !== drops) problems.push(`${drops} items dropped, ${logged} of them in the log`);
  const told = acknowledged.reduce((sum, numbers) => sum + numbers.length, 0);
  if (created !== told)
    problems.push(`senders were told that ${told} items are taken, the books say ${created}`);
  for (const [index, numbers] of taken.entries()) {
    let truth = 0;
    for (const times of numbers.values()) truth += times;
    let booked = 0;
    for (const line of balance.components) if (line.component === `backend/${index}`) booked += line.passed;
    if (booked !== truth) problems.push(`backend/${index} took ${truth} items, the books say ${booked}`);
  }

  let missing = 0;
  let most = 0;
  for (const [source, numbers] of acknowledged.entries()) {
    const aims = aimsOf(given, source);
    for (const number of numbers) {
      for (const index of new Set(aims.flat())) if ((taken[index]!.get(number) ?? 0) === 0) missing++;
    }
    most = Math.max(most, new Set(aims.flat()).size);
  }
  // A drop before a fan-out is missing behind each of its branches.
  if (missing > (drops + filtered) * most) {
    problems.push(`${missing} items are missing at backends, ${drops + filtered} were dropped`);
  }
  return problems;
}

describe('graphs of receivers, processors, connectors and exporters', () => {
  it('account for every item, at every moment and at the end', async () => {
    await assertProperty(
      fc.asyncProperty(graph, fc.array(step, { minLength: 1, maxLength: 14 }), async (given, steps) => {
        expect(problemsOf(given, await run(given, steps))).toEqual([]);
      }),
      0.2,
    );
  });

  it('negative control: a component that forgets is found', async () => {
    const good: Backend = {
      answers: [],
      maxItems: 1_000_000,
      tellsLimit: true,
      delivery: {},
    };
    const alone: Pipeline = { processors: [], exporters: [0], forwards: false };
    const given: Graph = { seed: 1, backends: [good, good, good], pipelines: [alone, alone, alone] };
    const steps: Step[] = [{ send: 3, to: 0, leavesMs: 5_000 }];
    expect(problemsOf(given, await run(given, steps))).toEqual([]);
    const problems = problemsOf(given, await run(given, steps, true));
    expect(problems.join('\n')).toMatch(/3 items are lost/);
    expect(problems.join('\n')).toMatch(/3 items are missing at backends, 0 were dropped/);
  });
});
