import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { reloadUnderLoad } from '../collector/reload-load.js';
import { isLong } from './support/chain.js';
import { printTable } from './support/table.js';

// Clients come at a steady rate, each with a connection of its own, while everything but the receiver changes.

const connectionsPerSecond = isLong ? 1000 : 200;
const reloads = 20;
const reloadEveryMs = isLong ? 500 : 100;

it(`up to ${connectionsPerSecond} connections a second during ${reloads} reloads: none refused, nothing lost`, async () => {
  const startMs = performance.now();
  let due = 0;
  async function* between(): AsyncGenerator<number> {
    due++;
    let sent = Math.round(((due - 1) * reloadEveryMs * connectionsPerSecond) / 1000);
    const last = Math.round((due * reloadEveryMs * connectionsPerSecond) / 1000);
    while (sent < last) {
      const now = Math.floor(((performance.now() - startMs) * connectionsPerSecond) / 1000);
      const clients = Math.min(Math.max(0, now - sent), last - sent);
      yield clients;
      sent += clients;
      await sleep(2);
    }
  }
  const outcome = await reloadUnderLoad(reloads, between);
  const seconds = (performance.now() - startMs) / 1000;
  printTable('Reloads under load', [
    {
      connections: outcome.connections,
      'connections/s': Math.round(outcome.connections / seconds),
      reloads: outcome.reloads,
      refused: outcome.refusals.length,
      lost: outcome.lost.length,
      doubled: outcome.doubled.length,
    },
  ]);
  expect(outcome).toEqual({
    connections: (reloads * reloadEveryMs * connectionsPerSecond) / 1000,
    reloads,
    refusals: [],
    lost: [],
    doubled: [],
    imbalances: [],
  });
}, 120_000);
