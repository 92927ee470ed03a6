import { expect, it } from 'vitest';
import { storeName } from '../src/names.js';

it.each([
  [{ kind: 'exporter', id: 'otlp', name: 'traces' }, 'exporter_otlp__traces'],
  [{ kind: 'exporter', id: 'otlp/backup', name: 'logs' }, 'exporter_otlp_backup_logs'],
  [{ kind: 'receiver', id: 'filelog' }, 'receiver_filelog_'],
  [{ kind: 'receiver', id: 'filelog/a b~c/d' }, 'receiver_filelog_a~0020b~007Ec~002Fd'],
  [{ kind: 'receiver', id: 'filelog/é' }, 'receiver_filelog_~00E9'],
] as const)('the store of %j is called as the Collector calls it', (owner, name) => {
  expect(storeName(owner)).toBe(name);
});

it('two names that are too long for a file stay apart', () => {
  const names = ['a', 'b'].map((end) => storeName({ kind: 'exporter', id: `otlp/${'x'.repeat(400)}${end}` }));
  expect(names.map((name) => name.length)).toEqual([200, 200]);
  expect(names[0]).not.toBe(names[1]);
});
