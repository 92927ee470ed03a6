import { describe, expect, it } from 'vitest';
import type { Balancing } from '../../bench/src/resharding/agents.js';
import { run, type Outcome, type Plan } from '../../bench/src/resharding/run.js';
import { isLong } from './support/chain.js';
import { printTable } from './support/table.js';

// The simulation of `npm run bench:resharding`, whose tables docs/balancing.md has: agents on virtual time that decide as
// the exporter does, and traces that go through three to five of them.

const agents = isLong ? 1000 : 60;
const sizes = isLong ? [3, 10, 30, 100] : [3];
const inFlight = isLong ? 3000 : 1000;
/** 30 of 3,000. */
const most = inFlight / 100;

const sticky: Balancing = { ring: 'tributary', sticky: '30s', asks: 'together' };
const loose: Balancing = { ...sticky, sticky: '0s' };

function outcomeOf(plan: Partial<Plan>): Promise<Outcome> {
  const usual: Plan = {
    agents,
    gateways: 3,
    change: 'one joins',
    balancing: sticky,
    shapes: ['at once'],
    inFlight,
    moment: 'between',
    seed: 1,
  };
  return run({ ...usual, ...plan });
}

describe.each(sizes)(`${agents} agents before gateways: %i of them`, (gateways) => {
  it.each(['one joins', 'one leaves'] as const)(
    'split few traces when %s and both owners live; where nothing is sticky, those that move',
    async (change) => {
      const kept = await outcomeOf({ gateways, change });
      const moved = await outcomeOf({ gateways, change, balancing: loose });
      const row = (agent: string, outcome: Outcome): Record<string, string | number> => ({
        agent,
        'in flight': outcome.inFlight,
        split: outcome.split,
      });
      printTable(`${change}, ${gateways} gateways, ${agents} agents`, [
        row('sticky 30s', kept),
        row('sticky 0s', moved),
      ]);
      expect(kept.inFlight).toBeGreaterThan(inFlight * 0.9);
      expect(kept.split).toBeLessThanOrEqual(most);
      // The negative control: the count sees traces that are split. They are those that move, one of so many.
      expect(moved.split).toBeGreaterThan(inFlight / (gateways + 1) / 4);
      expect(moved.split).toBeGreaterThan(4 * kept.split);
    },
  );
});

it('decides the same in every run of one seed', async () => {
  const plan = { agents: 20, inFlight: 300, shapes: ['nested', 'in turn'] } as const;
  expect(await outcomeOf(plan)).toEqual(await outcomeOf(plan));
});
