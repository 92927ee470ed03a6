import type { Batch, Signal } from '@tributary/pdata';

/** Room below it is not worth another piece to fill it. */
const fullEnough = 7 / 8;
/** Pieces of which one request is put together at most, each with the heads of its groups. */
const maxParts = 16;

/** False for one item, and for profiles. */
export function isCuttable(batch: Batch<Signal>): boolean {
  return batch.signal !== 'profiles' && batch.itemCount > 1;
}

/** The first items of a batch that is larger than `maxBytes`: at most so many bytes of them, but at least one. */
export function takeBytes<S extends Signal>(
  batch: Batch<S>,
  maxBytes: number,
): { readonly piece: Batch<S>; readonly rest: Batch<S> } {
  const first = takeSome(batch, maxBytes);
  const { piece } = first;
  let { rest } = first;
  // Items are of different sizes: the first guess, by their mean, may leave room.
  for (let parts = 1; parts < maxParts && piece.byteLength < maxBytes * fullEnough; parts++) {
    const room = maxBytes - piece.byteLength;
    if (rest.itemCount === 0 || meanCount(rest, room) < 1) break;
    const more = takeSome(rest, room);
    rest = more.rest;
    if (more.piece.byteLength > room) {
      more.piece.append(rest);
      rest = more.piece;
      break;
    }
    piece.append(more.piece);
  }
  return { piece, rest };
}

/** As many items as would fill `room`, were they all alike. */
function meanCount(batch: Batch<Signal>, room: number): number {
  return Math.floor((batch.itemCount * room) / batch.byteLength);
}

/** The first items, fewer and fewer until they fit; one in any case. */
function takeSome<S extends Signal>(batch: Batch<S>, room: number): { piece: Batch<S>; rest: Batch<S> } {
  let count = Math.max(1, meanCount(batch, room));
  let rest = batch;
  for (let misses = 0; ; misses++) {
    const piece = rest.take(count);
    const bytes = piece.byteLength;
    if (bytes <= room || count === 1) return { piece, rest };
    piece.append(rest);
    rest = piece;
    // Near to it where they are alike; else by halves, so that it ends soon whatever they are.
    const fewer = misses === 0 ? Math.floor((count * room) / bytes) - 1 : Math.floor(count / 2);
    count = Math.max(1, Math.min(fewer, count - 1));
  }
}
