import { Logs, type Batch } from '@tributary/pdata';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { isCuttable, takeBytes } from './cut.js';

/** Groups of records, each with a filler of so many bytes. */
function logsOf(groups: readonly (readonly number[])[]): Logs {
  const logs = Logs.create();
  let number = 0;
  for (const fillers of groups) {
    const scope = logs.addResourceLogs({ resource: { attributes: { host: 'a' } } }).addScope();
    for (const filler of fillers) {
      scope.add({ body: number++, attributes: { filler: 'x'.repeat(filler) } });
    }
  }
  // One request, as it comes from a network.
  return Logs.from(logs.toBytes());
}

const numbersIn = (batch: Batch<'logs'>): number[] => [...batch.records()].map(({ body }) => Number(body));

function piecesOf(logs: Logs, maxBytes: number): Batch<'logs'>[] {
  const pieces: Batch<'logs'>[] = [];
  let rest: Batch<'logs'> = logs;
  while (rest.byteLength > maxBytes && isCuttable(rest)) {
    const cut = takeBytes<'logs'>(rest, maxBytes);
    pieces.push(cut.piece);
    rest = cut.rest;
  }
  return [...pieces, rest];
}

it('pieces hold all items in their order, and are too large only where they hold one', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1_000 })), {
    minLength: 1,
    maxLength: 30,
  });
  assertProperty(
    fc.property(
      fc.array(sizes, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3_000 }),
      (groups, maxBytes) => {
        const logs = logsOf(groups);
        const items = logs.itemCount;
        const pieces = piecesOf(logs, maxBytes);
        expect(pieces.flatMap(numbersIn)).toEqual(Array.from({ length: items }, (_, i) => i));
        const larger = pieces.filter((piece) => piece.byteLength > maxBytes);
        expect(larger.filter((piece) => piece.itemCount > 1)).toEqual([]);
      },
    ),
    0.5,
  );
});

it('there are few of them where items are alike, and larger than what they share', () => {
  assertProperty(
    fc.property(
      fc.integer({ min: 50, max: 200 }),
      fc.integer({ min: 50, max: 200 }),
      fc.integer({ min: 2, max: 6 }),
      (count, filler, share) => {
        const logs = logsOf([Array.from({ length: count }, () => filler)]);
        const maxBytes = Math.ceil(logs.byteLength / share);
        // One more, for what each has to repeat, and what does not fit at its end.
        expect(piecesOf(logs, maxBytes).length).toBeLessThanOrEqual(share + 1);
      },
    ),
    0.2,
  );
});
