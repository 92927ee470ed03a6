import type { Ledger, Settings } from '@tributary/component';
import { Logs } from '@tributary/pdata';
import { expect, it } from 'vitest';
import { createGroups } from './groups.js';
import type { Owner, Writer } from './writer.js';

it('empties no file that it cannot know to be its first time: beyond 10,000 all are written on', async () => {
  const emptied = new Map<string, boolean>();
  const writer = {
    write: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    unwritten: undefined,
  } as unknown as Writer;
  const fs = { mkdir: () => Promise.resolve() } as unknown as Settings<unknown>['fs'];
  const owner: Owner = { ledger: {} as Ledger, heldItems: 0, heldBytes: 0 };
  const groups = createGroups(
    '/data/*',
    { attribute: 'name', maxOpenFiles: 1 },
    (file, wasOpen) => {
      emptied.set(file, !wasOpen);
      return Promise.resolve(writer);
    },
    fs,
  );
  const logs = Logs.create();
  for (let n = 0; n < 10_002; n++) {
    logs
      .addResourceLogs({ resource: { attributes: { name: `${n}` } } })
      .addScope()
      .add({ body: 'x' });
  }
  await groups.write(logs, () => Buffer.from('x'), owner, new AbortController().signal);
  expect([...emptied].filter(([, isEmptied]) => !isEmptied).map(([file]) => file)).toEqual([
    '/data/10000',
    '/data/10001',
  ]);
});
