import fc from 'fast-check';
import { it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { packSnappyBlock, readSnappyBlockHeader, unpackSnappyBlock } from '../src/snappy-block.js';
import { packSnappyFrames, unpackSnappyFrames } from '../src/snappy-frames.js';

/** Content that has something to find: pieces that come again. */
const content = fc
  .tuple(
    fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 }),
    fc.array(fc.nat(), { maxLength: 60 }),
  )
  .map(([pieces, order]) => Buffer.concat(order.map((n) => pieces[n % pieces.length]!)));

interface Change {
  readonly at: number;
  readonly value: number;
}

const changes = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { minLength: 1, maxLength: 6 });

function changed(bytes: Buffer, list: readonly Change[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, value } of list) if (copy.length > 0) copy[at % copy.length] = value;
  return copy;
}

const limit = 1 << 20;
const guardBytes = 64;

/** Unpacks between two guards, which no block may touch. True where it could be read. */
function unpackGuarded(block: Uint8Array): Buffer | undefined {
  const header = readSnappyBlockHeader(block);
  if (header === undefined || header.contentBytes > limit) return undefined;
  const memory = Buffer.alloc(header.contentBytes + 2 * guardBytes, 0xa5);
  const room = memory.subarray(guardBytes, guardBytes + header.contentBytes);
  const isWhole = unpackSnappyBlock(block, header.headerBytes, room);
  const guards = [memory.subarray(0, guardBytes), memory.subarray(-guardBytes)];
  if (guards.some((guard) => guard.some((byte) => byte !== 0xa5))) throw new Error('wrote outside its room');
  return isWhole ? room : undefined;
}

it('snappy blocks come back whole', () => {
  assertProperty(
    fc.property(content, (bytes) => unpackGuarded(packSnappyBlock(bytes))?.equals(bytes) === true),
  );
});

it('snappy streams come back whole', () => {
  assertProperty(
    fc.property(content, (bytes) => {
      const outcome = unpackSnappyFrames(packSnappyFrames(bytes), bytes.length);
      return typeof outcome !== 'string' && outcome.equals(bytes);
    }),
  );
});

it('any bytes end in content or in a refusal, as a block and as a stream', () => {
  const start = packSnappyFrames(Buffer.alloc(0));
  assertProperty(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      unpackGuarded(bytes);
      const outcome = unpackSnappyFrames(Buffer.concat([start, bytes]), limit);
      return typeof outcome === 'string' || outcome.length <= limit;
    }),
  );
});

it('a changed block ends in content of the declared size or in a refusal', () => {
  assertProperty(
    fc.property(content, changes, (bytes, list) => {
      const block = changed(packSnappyBlock(bytes), list);
      const outcome = unpackGuarded(block);
      return outcome === undefined || outcome.length === readSnappyBlockHeader(block)?.contentBytes;
    }),
  );
});

it('a changed stream is never read as something else', () => {
  assertProperty(
    fc.property(content, changes, (bytes, list) => {
      const packed = packSnappyFrames(bytes);
      const stream = changed(packed, list);
      const outcome = unpackSnappyFrames(stream, limit);
      // A chunk whose type was changed into one that may be skipped is skipped.
      return typeof outcome === 'string' || outcome.equals(bytes) || outcome.length < bytes.length;
    }),
  );
});
