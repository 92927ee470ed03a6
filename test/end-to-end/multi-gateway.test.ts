import { describe, expect, it } from 'vitest';
import { outcomeOf, TracesInPieces, type PiecesOutcome } from '../support/traces-in-pieces.js';
import { GatewayFleet } from './gateway-fleet.js';

// The third configuration of the seed: agents that balance by trace ID over gateways behind a DNS name. Linux
// alone has all of 127.0.0.0/8.

const lifeMs = 600;

async function run(
  fleet: GatewayFleet,
  during: (load: TracesInPieces) => Promise<void>,
): Promise<PiecesOutcome> {
  const load = new TracesInPieces({
    tracesPerSecond: 300,
    agents: fleet.agents.length,
    lifeMs,
    calls: 'nested',
    send: (agent, traces) => fleet.agents[agent]!.source.send(traces),
  });
  // Some traces are complete, and as many as there can be are in flight.
  await load.more(600);
  await during(load);
  await load.end();
  await fleet.end();
  return outcomeOf(
    load.sent,
    fleet.gateways.map(({ sink }) => sink.spans),
  );
}

const scaling =
  (fleet: GatewayFleet) =>
  async (load: TracesInPieces): Promise<void> => {
    await fleet.scaleTo(4);
    await load.more(600);
    await fleet.scaleTo(2);
  };

describe.skipIf(process.platform !== 'linux')('agents before several gateways', () => {
  it.each(['g3', 'tributary'] as const)(
    'send every trace whole to one gateway, and use all, with ring %s',
    async (ring) => {
      const fleet = await GatewayFleet.start(3, { ring });
      const outcome = await run(fleet, () => Promise.resolve());
      expect(outcome).toMatchObject({ split: 0, missing: [], duplicates: 0 });
      const fair = outcome.traces / 3;
      for (const traces of outcome.tracesOf) {
        expect(traces).toBeGreaterThan(fair / 2);
        expect(traces).toBeLessThan(fair * 2);
      }
    },
  );

  it('lose nothing and split few traces when three gateways become four and then two', async () => {
    const fleet = await GatewayFleet.start(4, { ring: 'tributary', sticky: '30s' });
    const outcome = await run(fleet, scaling(fleet));
    expect(outcome).toMatchObject({ missing: [], duplicates: 0 });
    expect(outcome.tracesOf[3], 'traces of the fourth').toBeGreaterThan(0);
    // Some 180 traces are in flight at each change, of which a quarter and a half would move.
    expect(outcome.split).toBeLessThanOrEqual(10);
    expect(fleet.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('split what moves where nothing is sticky, and lose nothing all the same', async () => {
    const fleet = await GatewayFleet.start(4, { ring: 'g3', sticky: '0s' });
    const outcome = await run(fleet, scaling(fleet));
    expect(outcome).toMatchObject({ missing: [], duplicates: 0 });
    expect(outcome.split).toBeGreaterThan(20);
  });
});
