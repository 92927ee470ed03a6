import { describe, expect, it } from 'vitest';
import { bench, ids, spans, type Bench } from './support.js';

/** Spans of as many traces, with IDs that look random and are the same every time. */
const traceIds = Array.from({ length: 4000 }, (_, n) => {
  const id = Buffer.alloc(16);
  for (let i = 0; i < 4; i++) id.writeUInt32LE(mixed(n * 4 + i + 1), i * 4);
  return id.toString('hex');
});

/** The last step of MurmurHash3. */
function mixed(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

async function kept(world: Bench): Promise<readonly string[]> {
  await world.source.send(spans(...traceIds.map((traceId) => ({ traceId }))));
  return world.sink.spans.map(({ traceId }) => traceId);
}

/** Ten standard deviations around the share that is expected. */
function expectShare(count: number, share: number): void {
  const expected = traceIds.length * share;
  expect(Math.abs(count - expected)).toBeLessThan(10 * Math.sqrt(expected * (1 - share)));
}

describe('a second tier of hash_seed', () => {
  const first = { sampling_percentage: 25, hash_seed: 0 };

  it('drops all that the first has kept, and one line of the log says what to do', async () => {
    await using world = await bench(first, { sampling_percentage: 50, hash_seed: 22 });
    expect(await kept(world)).toEqual([]);
    await kept(world);
    const warnings = world.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toContain('set already_sampled');
  });

  it('keeps all that the first has kept, unchanged, with fail_closed: false', async () => {
    await using once = await bench(first);
    await using twice = await bench(first, { sampling_percentage: 50, hash_seed: 22, fail_closed: false });
    expect(await kept(twice)).toEqual(await kept(once));
    const states = (world: Bench): string[] => world.sink.spans.map(({ traceState }) => traceState);
    expect(states(twice)).toEqual(states(once));
  });

  it('proportional keeps a share of a share, and says so', async () => {
    const second = { sampling_percentage: 50, hash_seed: 22, already_sampled: 'proportional' } as const;
    await using once = await bench(first);
    await using twice = await bench(first, second);
    const passed = await kept(twice);
    expectShare(passed.length, 0.125);
    const before = new Set(await kept(once));
    expect(passed.filter((id) => !before.has(id))).toEqual([]);
    for (const span of twice.sink.spans) expect(span.traceState).toMatch(/^ot=rv:[\da-f]{14};th:e$/);
    expect(twice.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('equalizing brings all to the percentage', async () => {
    const second = (sampling_percentage: number) =>
      ({ sampling_percentage, hash_seed: 22, already_sampled: 'equalizing' }) as const;
    await using once = await bench(first);
    await using larger = await bench(first, second(50));
    expect(await kept(larger)).toEqual(await kept(once));
    await using smaller = await bench(first, second(12.5));
    await using alone = await bench({ ...first, sampling_percentage: 12.5 });
    // As if the first tier had kept so few.
    expect(await kept(smaller)).toEqual(await kept(alone));
  });

  it('hashes what nobody has sampled before', async () => {
    const config = { sampling_percentage: 25, already_sampled: 'proportional' } as const;
    await using plain = await bench({ sampling_percentage: 25 });
    await using world = await bench(config);
    expect(await kept(world)).toEqual(await kept(plain));
  });

  it('goes by the trace ID where an SDK has sampled, and by priority before all', async () => {
    await using world = await bench({ sampling_percentage: 50, already_sampled: 'proportional' });
    await world.source.send(
      spans(
        { traceId: ids.T2, traceState: 'ot=th:8' },
        { traceId: ids.T8, traceState: 'ot=th:8' },
        { traceId: ids.T8, traceState: 'ot=th:8', attributes: { 'sampling.priority': 1 } },
      ),
    );
    expect(world.sink.spans.map(({ traceState }) => traceState)).toEqual(['ot=th:c', 'ot=th:8']);
    expect(await world.counts()).toEqual({
      'trace_id_w3c true': 1,
      'trace_id_w3c false': 1,
      'sampling_priority true': 1,
    });
  });
});

it('a tier of 10 % keeps a part of what one of 25 % keeps, in every mode', async () => {
  for (const mode of ['hash_seed', 'equalizing', 'proportional'] as const) {
    await using few = await bench({ mode, sampling_percentage: 10 });
    await using more = await bench({ mode, sampling_percentage: 25 });
    const all = new Set(await kept(more));
    const some = await kept(few);
    expectShare(some.length, 0.1);
    expectShare(all.size, 0.25);
    expect(some.filter((id) => !all.has(id))).toEqual([]);
  }
});

it('other seeds keep others', async () => {
  await using one = await bench({ sampling_percentage: 50, hash_seed: 1 });
  await using two = await bench({ sampling_percentage: 50, hash_seed: 2 });
  const first = new Set(await kept(one));
  const both = (await kept(two)).filter((id) => first.has(id));
  expectShare(both.length, 0.25);
});

it('two tiers that are proportional are as one of their product', async () => {
  const mode = 'proportional';
  await using two = await bench({ mode, sampling_percentage: 50 }, { mode, sampling_percentage: 25 });
  await using one = await bench({ mode, sampling_percentage: 12.5 });
  expect(await kept(two)).toEqual(await kept(one));
  expect(two.sink.spans.every(({ traceState }) => traceState === 'ot=th:e')).toBe(true);
});
