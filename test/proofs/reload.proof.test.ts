import { afterEach, describe, expect, it } from 'vitest';
import { isLong } from './support/chain.js';
import { killAll } from './support/processes.js';
import { changeUnderLoad, problemsOf, type Outcome, type Scenario } from './support/reloads.js';
import { printTable } from './support/table.js';

// Clients come at a steady rate, each with a connection of its own, while SIGHUP reloads the command `tributary`.

/** From the first reload to the last. The short form promises nothing: it runs beside other tests. */
const promisedPerSecond = isLong ? 1000 : 0;
const few = { everyMs: 500, connectionsPerSecond: 200 };
const many = isLong ? { everyMs: 500, connectionsPerSecond: 1100 } : { ...few, everyMs: 100 };

async function run(title: string, scenario: Scenario): Promise<Outcome> {
  const outcome = await changeUnderLoad(scenario);
  printTable(title, [
    {
      changes: scenario.changes,
      connections: outcome.connections,
      'a second': outcome.perSecond,
      'in the slowest': outcome.inSlowestSecond,
      acknowledged: outcome.acknowledged,
      refused: outcome.refusals.length,
      'taken elsewhere': outcome.movedOn,
      lost: outcome.lost,
      doubled: outcome.doubled,
      'accepted by metrics': outcome.accepted,
      'sent by metrics': outcome.sent,
    },
  ]);
  return outcome;
}

describe('SIGHUP under load', () => {
  afterEach(killAll);

  it(`refuses nobody and loses nothing in 20 reloads at ${many.connectionsPerSecond} connections a second`, async () => {
    const outcome = await run('Reloads', { ...many, changes: 20 });
    expect(problemsOf(outcome)).toEqual([]);
    expect(outcome.perSecond).toBeGreaterThanOrEqual(promisedPerSecond);
  });

  it('hands over to a listener at another address: whom the old one does not answer, the new one takes', async () => {
    const outcome = await run('Reloads that move the receiver', {
      ...few,
      changes: isLong ? 20 : 4,
      moves: true,
    });
    expect(problemsOf(outcome)).toEqual([]);
    // Or nobody was there when it moved.
    expect(outcome.movedOn).toBeGreaterThan(0);
  });

  it.each([
    ['Restarts', { restarts: true }],
    ['Restarts at another address', { restarts: true, moves: true }],
  ])('negative control: clients are refused: %s', async (title, wrong) => {
    const { refusals } = await run(title, { ...few, changes: 2, ...wrong });
    expect(refusals).toContainEqual(expect.stringContaining('ECONNREFUSED'));
  });

  it('negative control: a backend that lies, and one that hides that it took something, show', async () => {
    const answers = [
      { takes: false, says: 'ok', weight: 1 },
      { takes: true, says: { code: 14, message: 'not now' }, weight: 1 },
    ] as const;
    const outcome = await run('Reloads, with a backend that lies', {
      ...few,
      changes: 2,
      behaviour: { seed: 1, answers },
    });
    expect(problemsOf(outcome)).toEqual([
      expect.stringMatching(/items lost$/),
      expect.stringMatching(/items doubled$/),
    ]);
  });
});
