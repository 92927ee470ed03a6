import fs from 'node:fs/promises';
import path from 'node:path';
import type { StorageOperation } from '@tributary/component';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { contents, open, segmentsIn, temporaryFolder } from './support.js';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
/** Some are large enough that a store of little space has many files. */
const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer({ min: 1, max: 3 }).map((n) => 'x'.repeat(n * 1_500)),
);
const operation: fc.Arbitrary<StorageOperation> = fc.oneof(
  fc.record({
    type: fc.constant('set' as const),
    key,
    value: value.map((text) => Buffer.from(text, 'latin1')),
  }),
  fc.record({ type: fc.constant('delete' as const), key }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(operation, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom('reopen' as const, 'compact' as const) },
);

function apply(model: Map<string, string>, operations: readonly StorageOperation[]): void {
  for (const each of operations) {
    if (each.type === 'set') model.set(each.key, Buffer.from(each.value).toString('latin1'));
    else model.delete(each.key);
  }
}

const asRecord = (model: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1)));

it('a store is a map, whatever is done with it, and however often it is opened', async () => {
  await assertProperty(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await using folder = await temporaryFolder();
      // Segments of 4 KiB.
      const options = { maxBytes: 65_536 };
      const model = new Map<string, string>();
      const damages: string[] = [];
      let { store } = await open(folder.path, options);
      for (const each of steps) {
        if (each === 'reopen') {
          await store.close();
          const opened = await open(folder.path, options);
          damages.push(...opened.damages);
          store = opened.store;
        } else if (each === 'compact') await store.compact();
        else {
          await store.batch(each);
          apply(model, each);
        }
        expect(await contents(store)).toEqual(asRecord(model));
      }
      expect(damages).toEqual([]);
      await store.close();
    }),
    0.2,
  );
});

it('a process that is killed at any byte leaves all that was stored, and nothing by half', async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (batches, where) => {
        await using folder = await temporaryFolder();
        const { store } = await open(folder.path);
        const model = new Map<string, string>();
        const states = [{ end: 0, state: asRecord(model) }];
        for (const batch of batches) {
          await store.batch(batch);
          apply(model, batch);
          states.push({ end: store.bytes, state: asRecord(model) });
        }
        await store.close();
        const [segment] = await segmentsIn(folder.path);
        const file = path.join(folder.path, segment!);
        const end = Math.floor(where * states.at(-1)!.end);
        await fs.truncate(file, end);
        const again = await open(folder.path);
        expect(again.damages).toEqual([]);
        const expected = states.findLast((each) => each.end <= end)!;
        expect(await contents(again.store)).toEqual(expected.state);
        await again.store.close();
      },
    ),
    0.2,
  );
});

it('a byte that changes anywhere is noticed, or nothing that is read is another than it was', async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 1, max: 255 }),
      async (batches, where, change) => {
        await using folder = await temporaryFolder();
        const { store } = await open(folder.path);
        const model = new Map<string, string>();
        for (const batch of batches) {
          await store.batch(batch);
          apply(model, batch);
        }
        await store.close();
        const [segment] = await segmentsIn(folder.path);
        const file = path.join(folder.path, segment!);
        const bytes = await fs.readFile(file);
        bytes[Math.floor(where * bytes.length)]! ^= change;
        await fs.writeFile(file, bytes);

        const again = await open(folder.path);
        const found = new Map<string, string>();
        for (const each of await again.store.keys()) {
          // What cannot be read throws, and is counted.
          const read = await again.store.get(each).catch(() => undefined);
          if (read !== undefined) found.set(each, Buffer.from(read).toString('latin1'));
        }
        const isAsItWas = JSON.stringify(asRecord(found)) === JSON.stringify(asRecord(model));
        expect(isAsItWas || again.damages.length > 0).toBe(true);
        await again.store.close();
      },
    ),
    0.3,
  );
});
