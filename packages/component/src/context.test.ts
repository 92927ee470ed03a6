import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { background, createContext } from './context.js';

const client = { address: '127.0.0.1:9', metadata: new Map([['tenant', ['a']]]) };

it('asks for its signal on the first read, once', () => {
  let asked = 0;
  const abort = new AbortController();
  const context = createContext({
    client,
    signal: () => {
      asked++;
      return abort.signal;
    },
  });
  expect(asked).toBe(0);
  expect([context.signal, context.signal]).toEqual([abort.signal, abort.signal]);
  expect(asked).toBe(1);
});

it('without a caller has a signal that does not abort, and no metadata', () => {
  expect(background.signal.aborted).toBe(false);
  expect(background.signal).toBe(background.signal);
  expect([background.client.address, background.client.metadata.size]).toEqual([undefined, 0]);
  expect(background.detached()).toBe(background);
});

it('has a signal to which any number may listen without a warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const own = createContext({ signal: () => new AbortController().signal });
  for (const { signal } of [background, own]) {
    for (let n = 0; n < 20; n++) signal.addEventListener('abort', () => {});
  }
  await nextTurn();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

it('detached keeps the client and drops the signal', () => {
  const context = createContext({ client, signal: () => AbortSignal.abort() });
  expect(context.signal.aborted).toBe(true);
  expect(context.detached().signal.aborted).toBe(false);
  expect(context.detached().client).toBe(client);
});

it('with another client keeps the signal, and asks for it no earlier', () => {
  let asked = 0;
  const abort = new AbortController();
  const context = createContext({ signal: () => (asked++, abort.signal) });
  const other = context.with({ client });
  expect([asked, other.client]).toEqual([0, client]);
  expect(other.signal).toBe(abort.signal);
  expect(context.signal).toBe(other.signal);
  expect([asked, context.client.address]).toEqual([1, undefined]);
  expect(other.with({}).client).toBe(client);
});

it('of a context with another client detaches too', () => {
  const context = createContext({ signal: () => AbortSignal.abort() }).with({ client });
  expect([context.signal.aborted, context.detached().signal.aborted]).toEqual([true, false]);
});

it('passes on what a peer rejected, also with another client, and to nobody when it is detached', () => {
  const heard: object[] = [];
  const context = createContext({ onRejected: (rejected) => heard.push(rejected) });
  const rejected = { signal: 'logs', items: 2, message: 'too old' } as const;
  context.tellRejected(rejected);
  context.with({ client }).tellRejected(rejected);
  context.detached().tellRejected(rejected);
  context.with({ client }).detached().tellRejected(rejected);
  background.tellRejected(rejected);
  expect(heard).toEqual([rejected, rejected]);
});
