import type { Place, Source } from './tree.js';
import type { Fragment } from './yaml.js';

/** One `${…}` and those through which its text came: how a value knows its way, and a circle is found. */
export interface Trail {
  readonly uri: string;
  /** The location is made with text of an environment variable. */
  readonly isSecret: boolean;
  readonly parent: Trail | undefined;
  /** The places of the references, outermost first. */
  readonly via: readonly Place[];
}

/** A part of a text that is being put together, and where it came from. */
export interface Piece {
  readonly text: string;
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** Character by character as in the source from `start` on; not so where quotes, escapes or folding lie between. */
  readonly isExact: boolean;
  readonly trail: Trail | undefined;
  readonly isSecret: boolean;
}

/** The text of a scalar as one piece; `place` is that of the scalar, with its quotes. */
export function pieceOfScalar(
  text: string,
  place: Place,
  trail: Trail | undefined,
  isSecret: boolean,
): Piece {
  const { source, start, end } = place;
  const written = source.text.slice(start, end);
  if (written === text) return { text, source, start, end, isExact: true, trail, isSecret };
  if (written.slice(1, -1) === text)
    return { text, source, start: start + 1, end: end - 1, isExact: true, trail, isSecret };
  return { text, source, start, end, isExact: false, trail, isSecret };
}

/** A whole text as one piece. */
export function pieceOfFragment({ source, text, offset }: Fragment, trail: Trail | undefined): Piece {
  const isExact = source.text.startsWith(text, offset);
  const start = isExact ? offset : 0;
  const end = isExact ? offset + text.length : source.text.length;
  return { text, source, start, end, isExact, trail, isSecret: source.isSecret === true };
}

/** The pieces of a part of the text. */
export function slicePieces(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const parts: Piece[] = [];
  let position = 0;
  for (const piece of pieces) {
    cut(piece, from - position, to - position, parts);
    position += piece.text.length;
  }
  return parts;
}

/** The pieces with another one in place of each range, or nothing; the ranges are in order. One pass: texts may double. */
export function replacePieces(
  pieces: readonly Piece[],
  ranges: readonly { readonly start: number; readonly end: number }[],
  replacement: Piece | undefined,
): Piece[] {
  const parts: Piece[] = [];
  let next = 0;
  let position = 0;
  for (const piece of pieces) {
    const end = position + piece.text.length;
    let from = position;
    for (let range = ranges[next]; range !== undefined && range.start < end; range = ranges[next]) {
      if (range.start >= position) {
        cut(piece, from - position, range.start - position, parts);
        if (replacement !== undefined) parts.push(replacement);
      }
      from = range.end;
      if (range.end > end) break;
      next += 1;
    }
    cut(piece, from - position, end - position, parts);
    position = end;
  }
  return parts;
}

/** Adds the part of a piece that is between two positions in it, if there is one. */
function cut(piece: Piece, from: number, to: number, parts: Piece[]): void {
  const begin = Math.max(from, 0);
  const end = Math.min(to, piece.text.length);
  if (begin >= end) return;
  if (begin === 0 && end === piece.text.length) {
    parts.push(piece);
    return;
  }
  const part = { ...piece, text: piece.text.slice(begin, end) };
  parts.push(piece.isExact ? { ...part, start: piece.start + begin, end: piece.start + end } : part);
}

/** Where a piece stands; of one that is not exact, the first part of its source that reads the same, else all of it. */
export function placeOfPiece({ source, start, end, text, isExact }: Piece): Place {
  if (isExact) return { source, start, end };
  const found = source.text.slice(start, end).indexOf(text);
  return found === -1
    ? { source, start, end }
    : { source, start: start + found, end: start + found + text.length };
}
