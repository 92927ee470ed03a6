import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualClock } from '@tributary/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { parseReport } from '../top/report.js';
import { askCollector } from './ask.js';

/** A server that takes requests and never answers, and a question to it. */
async function asking(stopped: AbortSignal = new AbortController().signal) {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const name = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = virtualClock();
  const answer = askCollector(
    { name, url: `${name}/balance` },
    { clock, stopped },
    parseReport,
    'the books of a collector',
  );
  answer.catch(() => {});
  await once(server, 'request');
  return { name, clock, answer };
}

it('who does not answer within five seconds is given up', async () => {
  const { name, clock, answer } = await asking();
  await clock.advance('5s');
  await expect(answer).rejects.toThrow(`cannot reach ${name}: no answer within 5s`);
  expect(clock.pending).toBe(0);
});

it('who is no longer wanted is not waited for', async () => {
  const stop = new AbortController();
  const { clock, answer } = await asking(stop.signal);
  stop.abort();
  await expect(answer).rejects.toThrow('cannot reach');
  expect(clock.pending).toBe(0);
});
