import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import type { Answer, Backend } from './graph-backends.js';
import { faults, type Fault } from './graph-faults.js';
import {
  run,
  type Graph,
  type Pipeline,
  type Pipelines,
  type Processor,
  type Result,
  type Step,
} from './graph-world.js';

// Graphs of real components on virtual time, with others between them that misbehave, and reloads: what each is
// proved to do alone must add up in company.

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

const fault: fc.Arbitrary<Fault> = fc.constantFrom(...faults);

const backend: fc.Arbitrary<Backend> = fc.record({
  fault: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fault }),
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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('faulty' as const), fault }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('memory limiter' as const, 'filter' as const) }),
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

const pipelines: fc.Arbitrary<Pipelines> = fc.tuple(
  pipeline,
  pipeline,
  // The connector must not lead back to itself.
  pipeline.map((last) => ({ ...last, forwards: false })),
);

const graph: fc.Arbitrary<Graph> = fc.record({
  seed: fc.nat(),
  backends: fc.tuple(backend, backend, backend),
  shapes: fc
    .tuple(pipelines, fc.array(pipelines, { maxLength: 2 }))
    .map(([first, others]): Graph['shapes'] => [first, ...others]),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ send: fc.integer({ min: 1, max: 6 }), to: fc.nat(1), leavesMs: ms(5_000) }),
  },
  { weight: 3, arbitrary: fc.record({ waitMs: fc.constantFrom(0, 50, 100, 700, 3_000) }) },
  { weight: 1, arbitrary: fc.record({ pressure: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ reload: fc.nat(2), isBroken: fc.nat(5).map((number) => number === 0) }),
  },
  { weight: 1, arbitrary: fc.record({ shutdownMs: fc.constantFrom(0, 500, 5_000) }) },
);

/** By way that an item of a source takes, the backends at its end. */
function waysOf([first, second, third]: Pipelines, source: number): (readonly number[])[] {
  const own = source === 0 ? [first] : [first, second];
  return own.flatMap(({ exporters, forwards }) => [exporters, forwards ? third.exporters : []]);
}

/** Backends that an item of a source comes to whatever is reloaded while it is under way, and how many may miss it. */
function aimsOf({ shapes }: Graph, source: number): { readonly sure: Set<number>; readonly most: number } {
  const [ways, ...others] = shapes.map((shape) => waysOf(shape, source));
  const sure = ways!.flatMap((way, index) =>
    way.filter((aim) => others.every((other) => other[index]!.includes(aim))),
  );
  return { sure: new Set(sure), most: new Set(shapes.flatMap((shape) => waysOf(shape, source).flat())).size };
}

/** What is wrong with how a run ended. */
function problemsOf(given: Graph, result: Result): string[] {
  const { balance, unanswered, isShutDown, isReloaded, dropped, logged, acknowledged, taken, wrong } = result;
  const problems = [...wrong];
  if (!isShutDown) problems.push('the shutdown did not end');
  if (unanswered > 0) problems.push(`${unanswered} senders were never answered`);

  const drops = new Map<string, number>();
  let created = 0;
  for (const line of balance.components) {
    if (line.held !== 0) problems.push(`at rest: ${line.kind} "${line.component}" holds ${line.held}`);
    for (const [reason, items] of line.dropped) drops.set(reason, (drops.get(reason) ?? 0) + items);
    if (line.kind === 'receiver') created += line.created;
  }
  for (const { from, to, inFlight } of balance.edges) {
    if (inFlight !== 0) problems.push(`at rest: ${inFlight} items in flight from ${from} to ${to}`);
  }
  const filtered = dropped.get('filtered') ?? 0;
  const lost = [...dropped.values()].reduce((sum, items) => sum + items, -filtered);
  if (logged !== lost) problems.push(`${lost} items dropped, ${logged} of them in the log`);
  const told = acknowledged.reduce((sum, numbers) => sum + numbers.length, 0);
  if (created !== told)
    problems.push(`senders were told that ${told} items are taken, the books say ${created}`);
  // The books of what a reload took away are closed.
  if (!isReloaded) {
    for (const [reason, items] of dropped) {
      const booked = drops.get(reason) ?? 0;
      if (booked !== items) problems.push(`${items} items ${reason}, the books say ${booked}`);
    }
    for (const [index, numbers] of taken.entries()) {
      let truth = 0;
      for (const times of numbers.values()) truth += times;
      let booked = 0;
      for (const line of balance.components) if (line.component === `backend/${index}`) booked += line.passed;
      if (booked !== truth) problems.push(`backend/${index} took ${truth} items, the books say ${booked}`);
    }
  }

  let missing = 0;
  let most = 0;
  for (const [source, numbers] of acknowledged.entries()) {
    const aims = aimsOf(given, source);
    for (const number of numbers) {
      for (const index of aims.sure) if ((taken[index]!.get(number) ?? 0) === 0) missing++;
    }
    most = Math.max(most, aims.most);
  }
  // A drop before a fan-out is missing behind each of its branches.
  if (missing > (lost + filtered) * most) {
    problems.push(`${missing} items are missing at backends, ${lost + filtered} were dropped`);
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

  const good: Backend = { answers: [], maxItems: 1_000_000, tellsLimit: true, delivery: {} };
  const shapeOf = (...processors: readonly Processor[]): Pipelines => {
    const alone: Pipeline = { processors, exporters: [0], forwards: false };
    return [alone, alone, alone];
  };
  const of = (shape: Pipelines): Graph => ({ seed: 1, backends: [good, good, good], shapes: [shape] });

  it('negative control: a component that forgets is found', async () => {
    const given = of(shapeOf());
    const steps: Step[] = [{ send: 3, to: 0, leavesMs: 5_000 }];
    expect(problemsOf(given, await run(given, steps))).toEqual([]);
    const problems = problemsOf(given, await run(given, steps, true));
    expect(problems.join('\n')).toMatch(/3 items are lost/);
    expect(problems).toContain('the alarm rang');
    expect(problems.join('\n')).toMatch(/3 items are missing at backends, 0 were dropped/);
  });

  const sends = Array.from({ length: 20 }, (): Step => ({ send: 2, to: 0, leavesMs: 5_000 }));

  it.each(faults.filter((kind) => kind !== 'is slow'))(
    'negative control: a component that %s is met',
    async (kind) => {
      const { balance } = await run(of(shapeOf({ kind: 'faulty', fault: kind })), sends);
      const edge = balance.edges.find(({ to }) => to === 'faulty')!;
      expect(edge.refused).toBeGreaterThan(0);
      expect(edge.accepted).toBeGreaterThan(0);
    },
  );

  it('negative control: a component that is slow is met, and overtaken', async () => {
    const steps = [...sends, { waitMs: 3_000 }];
    const { acknowledged } = await run(of(shapeOf({ kind: 'faulty', fault: 'is slow' })), steps);
    expect(acknowledged[0]).toHaveLength(40);
    expect(acknowledged[0]).not.toEqual(acknowledged[0]!.toSorted((a, b) => a - b));
  });
});
