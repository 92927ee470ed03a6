import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { printTable } from '../proofs/support/table.js';
import { seedsFromEnvironment } from '../support/property.js';
import { planOf, type Plan } from './plan.js';
import { calmPlan } from './plans.js';
import { boastful, clumsy, forgetful, hasty, restless, stuttering } from './saboteurs.js';
import { simulate, type Result, type Sabotage } from './world.js';

// Collectors made of the components that users run, many in one process on virtual time, on a network that
// fails, with processes that are killed and backends that refuse.

const isLong = process.env['TRIBUTARY_PROVE'] === '1';

/** What is wrong, how to see it again, and where all that happened stands; nothing, where nothing is wrong. */
function failureOf(plan: Plan, { problems, lines }: Result): string {
  if (problems.length === 0) return '';
  const { seed } = plan;
  const file = join(tmpdir(), `simulation-${seed}.log`);
  writeFileSync(file, [inspect(plan, { depth: null }), ...lines].join('\n'));
  const form = isLong ? 'TRIBUTARY_PROVE=1 ' : '';
  const again = `${form}TRIBUTARY_SEED=${seed} TRIBUTARY_RUNS=1 npx vitest run test/simulation/simulation.property.test.ts`;
  return [
    `seed ${seed}:`,
    ...problems.map((problem) => `  ${problem}`),
    `  Again: ${again}`,
    `  What happened: ${file}`,
    '',
  ].join('\n');
}

async function problemsOf(plan: Plan, sabotage?: Sabotage): Promise<string> {
  const { problems } = await simulate(plan, sabotage);
  return problems.join('\n');
}

describe('agents, gateways and backends on a network that fails', () => {
  it('lose nothing that was acknowledged, and account for every item after everything that happens', async () => {
    const seeds = seedsFromEnvironment(0.02);
    const failures: string[] = [];
    const rows = new Map<boolean, Record<string, number>>();
    const startMs = performance.now();
    for (const seed of seeds) {
      const plan = planOf(seed);
      const result = await simulate(plan);
      failures.push(failureOf(plan, result));
      const { calls, failedCalls, virtualMs, figures } = result;
      const row = rows.get(plan.waits) ?? {};
      rows.set(plan.waits, row);
      const counts = {
        seeds: 1,
        hours: virtualMs / 3_600_000,
        calls,
        'that failed': failedCalls,
        ...figures,
      };
      for (const [name, count] of Object.entries(counts)) row[name] = (row[name] ?? 0) + count;
    }
    const seedsPerSecond = (seeds.length / (performance.now() - startMs)) * 1_000;
    printTable(
      `${seeds.length} worlds from seed ${seeds[0]}, ${seedsPerSecond.toFixed(1)} a second`,
      [...rows].map(([waits, row]) => ({ callers: waits ? 'wait for the backend' : 'do not wait', ...row })),
    );
    expect(failures.join('')).toBe('');
  });

  it('do so in a fleet, too', async () => {
    const agents = isLong ? 1_000 : 10;
    const size = { applications: agents, agents, gateways: Math.max(3, agents / 50), backends: 3 };
    const [seed] = seedsFromEnvironment(0);
    const before = process.cpuUsage();
    const plan = planOf(seed!, size);
    const result = await simulate(plan);
    const { user, system } = process.cpuUsage(before);
    const { calls, failedCalls, virtualMs, figures } = result;
    printTable('A fleet', [
      {
        agents,
        gateways: size.gateways,
        'CPU seconds': (user + system) / 1e6,
        'virtual seconds': virtualMs / 1_000,
        'RSS in MiB': process.memoryUsage.rss() / 2 ** 20,
        calls,
        'that failed': failedCalls,
        ...figures,
      },
    ]);
    expect(failureOf(plan, result)).toBe('');
  });

  it('live through the same seed in the same way, and through another in another', async () => {
    const [seed] = seedsFromEnvironment(0);
    const first = await simulate(planOf(seed!));
    const again = await simulate(planOf(seed!));
    const other = await simulate(planOf(seed! + 1));
    expect(again.digest).toBe(first.digest);
    expect(other.digest).not.toBe(first.digest);
  });
});

describe('the checks of a simulation', () => {
  const stall = calmPlan({
    waits: true,
    moods: new Map([['backend-1', [{ kind: 'stalls', afterMs: 1_000, forMs: 10_000 }]]]),
    troubles: new Map([['gateway-1', [{ kind: 'kill', death: 'process', afterMs: 5_000, forMs: 1_000 }]]]),
  });

  it.each<[string, RegExp, () => Sabotage, Plan]>([
    [
      'a gateway that says yes and forgets, though its books are right',
      /gateway-1 \(shut down\) has lost \d+ items/,
      () => ({ processor: forgetful() }),
      calmPlan(),
    ],
    [
      'books that lie, though nothing is lost',
      /^gateway-1: processor "boastful" .* \d+ items? (is|are) lost$/m,
      () => ({ processor: boastful() }),
      calmPlan(),
    ],
    [
      'a gateway that sends everything twice',
      /backend-1 took item 1 2 times, though no answer was lost/,
      () => ({ processor: stuttering() }),
      calmPlan(),
    ],
    [
      'a gateway that says yes before a backend has, and is killed',
      /gateway-1 \(killed\) has lost \d+ items/,
      () => ({ processor: hasty() }),
      stall,
    ],
    [
      'a timer that is left behind',
      /gateway-1: left 1 timers behind its shutdown/,
      () => ({ processor: restless() }),
      calmPlan(),
    ],
    [
      'an exception that only the log tells of',
      /gateway-1: logged "internal error" Error: a bug/,
      () => ({ processor: clumsy() }),
      calmPlan(),
    ],
  ])('negative control: find %s', async (_, problem, sabotage, plan) => {
    expect(await problemsOf(plan)).toBe('');
    expect(await problemsOf(plan, sabotage())).toMatch(problem);
  });

  it('negative control: see that chance from elsewhere makes another run of the same plan', async () => {
    const refusals = calmPlan({
      moods: new Map([
        ['backend-1', [{ kind: 'refuses', afterMs: 100, forMs: 5_000, retryAfterMs: undefined }]],
      ]),
    });
    let calls = 0;
    const elsewhere = (): number => (++calls % 100) / 100;
    const first = await simulate(refusals);
    expect((await simulate(refusals)).digest).toBe(first.digest);
    expect((await simulate(refusals, { random: elsewhere })).digest).not.toBe(first.digest);
  });
});
