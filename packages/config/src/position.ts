import type { Origin } from '@tributary/component';
import type { Place } from './tree.js';

/** Where a place begins, as people count: line and column from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf({ source, start }: Place): Position {
  let line = 1;
  let lineStart = 0;
  for (
    let end = source.text.indexOf('\n');
    end >= 0 && end < start;
    end = source.text.indexOf('\n', end + 1)
  ) {
    line++;
    lineStart = end + 1;
  }
  return { line, column: start - lineStart + 1 };
}

/** A place as references carry it and engine errors print it. */
export function originAt(place: Place): Origin {
  return { file: place.source.name, ...positionOf(place) };
}
