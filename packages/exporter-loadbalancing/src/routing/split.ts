import { at, headOf, Part, readVarint, skipValue, type Range } from '@tributary/pdata/bytes';
import type { Stretch } from './fields.js';

/** Where a unit goes: the number of its part. The path holds until it returns. */
export type PartOf = (bytes: Buffer, path: readonly Stretch[], unit: Stretch) => number;

/** A part of a request, which is still stretches of it. */
export interface Share {
  readonly root: Part;
  /** Units in it. */
  units: number;
  /** The groups that are open in it, from the root on, and by which group of the request each was made. */
  readonly open: Part[];
  readonly groups: number[];
  /** Of the request, those that there were when it was last entered. */
  groupCount: number;
}

interface Place extends Stretch {
  start: number;
  end: number;
}

/**
 * Splits a request into parts. A unit is what lies `depth` levels down; its parts have the heads of the groups that it
 * stands in, once for all their units in that group. What no unit lies in goes nowhere.
 */
export function splitRequest(
  bytes: Buffer,
  levels: readonly (readonly number[])[],
  depth: number,
  partOf: PartOf,
): Map<number, Share> {
  const shares = new Map<number, Share>();
  const path = Array.from({ length: depth + 1 }, (): Place => ({ start: 0, end: 0 }));
  const unit = path[depth]!;
  const tags: number[] = [];
  const heads: (readonly Range[] | undefined)[] = [];
  const groups: number[] = [];
  let groupCount = 0;
  let last: Share | undefined;
  let lastPart = NaN;

  function walk(start: number, end: number, level: number): void {
    const wanted = levels[level]!;
    const [first] = wanted;
    const place = path[level]!;
    for (let position = start; position < end;) {
      const from = position;
      const tag = readVarint(bytes, position);
      const value = at;
      position = skipValue(bytes, value, tag);
      if (tag !== first && !wanted.includes(tag)) continue;
      readVarint(bytes, value);
      place.start = at;
      place.end = position;
      if (level === depth) put(from, position);
      else {
        tags[level] = tag;
        heads[level] = undefined;
        groups[level] = groupCount++;
        walk(at, position, level + 1);
      }
    }
  }

  function put(from: number, to: number): void {
    const number = partOf(bytes, path, unit);
    if (number !== lastPart || last === undefined) {
      lastPart = number;
      last = shares.get(number);
      if (last === undefined) {
        const root = new Part(0);
        shares.set(number, (last = { root, units: 0, open: [root], groups: [], groupCount: -1 }));
      }
    }
    if (last.groupCount !== groupCount) {
      enter(last);
      last.groupCount = groupCount;
    }
    last.units++;
    last.open[depth]!.addRange(from, to);
  }

  /** Opens the groups of the path in a part. */
  function enter({ open, groups: entered }: Share): void {
    for (let level = 0; level < depth; level++) {
      if (entered[level] === groups[level]) continue;
      open.length = level + 1;
      entered.length = level;
      const { start, end } = path[level]!;
      heads[level] ??= headOf(bytes, start, end, levels[level + 1]!);
      const part = open[level]!.addPart(new Part(tags[level]!));
      part.addHead(heads[level]!);
      open.push(part);
      entered.push(groups[level]!);
    }
  }

  walk(0, bytes.length, 0);
  // Fields of the request that nobody knows belong to no unit: they go with the first.
  const [first] = shares.values();
  first?.root.addHead(headOf(bytes, 0, bytes.length, levels[0]!));
  return shares;
}
