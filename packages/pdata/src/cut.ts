import { countRecords } from './count.js';
import type { Levels } from './edit.js';
import { at, copy, frameSize, readVarint, skipValue, writeVarint } from './wire.js';

/** A stretch of source bytes, copied as it stands. */
export interface Range {
  readonly start: number;
  end: number;
}

/** A message that is put together from stretches of another one. */
export class Part {
  readonly tag: number;
  private readonly entries: (Range | Part)[] = [];
  private size = 0;

  constructor(tag: number) {
    this.tag = tag;
  }

  /** Adds a stretch; one that continues the last makes it longer. */
  addRange(start: number, end: number): void {
    const last = this.entries.at(-1);
    if (last !== undefined && !(last instanceof Part) && last.end === start) last.end = end;
    else this.entries.push({ start, end });
  }

  /** Adds what {@link headOf} has found. */
  addHead(head: readonly Range[]): void {
    for (const { start, end } of head) this.addRange(start, end);
  }

  addPart(part: Part): Part {
    this.entries.push(part);
    return part;
  }

  /** The body, written out of `source`. */
  toBytes(source: Buffer): Buffer {
    const out = Buffer.allocUnsafeSlow(this.measure());
    this.write(source, out, 0);
    return out;
  }

  /** Size of the body; to be asked for before `write`. */
  measure(): number {
    let size = 0;
    for (const entry of this.entries) {
      size += entry instanceof Part ? frameSize(entry.tag, entry.measure()) : entry.end - entry.start;
    }
    return (this.size = size);
  }

  /** Writes the body out of `source`, and returns the position behind it. */
  write(source: Buffer, out: Buffer, position: number): number {
    for (const entry of this.entries) {
      if (entry instanceof Part) {
        position = writeVarint(out, writeVarint(out, position, entry.tag), entry.size);
        position = entry.write(source, out, position);
      } else position = copy(source, entry.start, entry.end, out, position);
    }
    return position;
  }
}

/**
 * All that a group holds beside its records and groups of them: resource, name,
 * schema URL. Found once for all the parts that a group is cut into, since the
 * search walks over every record.
 */
export function headOf(bytes: Buffer, start: number, end: number, tags: readonly number[]): readonly Range[] {
  const head: Range[] = [];
  for (let position = start; position < end;) {
    const from = position;
    const tag = readVarint(bytes, position);
    position = skipValue(bytes, at, tag);
    if (!tags.includes(tag)) head.push({ start: from, end: position });
  }
  return head;
}

/** A group that records are cut out of. */
interface Group {
  readonly tag: number;
  readonly head: readonly Range[];
}

/**
 * Cuts an export request into requests of `first` records, then of `rest`, of
 * twice as many, and so on. Every piece has the heads of the groups that its
 * records stood in.
 *
 * All pieces are made in one pass, and they grow: so neither does taking one after
 * the other copy what remains each time, nor does a single small one leave the
 * remainder in crumbs that all repeat their heads.
 */
export function cut(bytes: Buffer, levels: Levels, first: number, rest: number): Buffer[] {
  const pieces: Part[] = [];
  const open: Group[] = [];
  let room = first;
  let parts: Part[] = [];

  function openPiece(): void {
    const root = new Part(0);
    pieces.push(root);
    parts = [root];
    for (const group of open) openPart(group);
  }

  function openPart(group: Group): void {
    const part = parts.at(-1)!.addPart(new Part(group.tag));
    parts.push(part);
    part.addHead(group.head);
  }

  function walk(start: number, end: number, level: number): void {
    const tags = levels[level]!;
    for (let position = start; position < end;) {
      const from = position;
      const tag = readVarint(bytes, position);
      const length = at;
      position = skipValue(bytes, at, tag);
      if (!tags.includes(tag)) {
        // Of a group, the head is there already; of the request, unknown fields go once, with the first piece.
        if (level === 0) parts[0]!.addRange(from, position);
        continue;
      }
      readVarint(bytes, length);
      const body = at;
      const count = level === levels.length - 1 ? 1 : countRecords(bytes, body, position, levels, level + 1);
      if (room === 0 && count > 0) {
        room = rest;
        rest *= 2;
        openPiece();
      }
      if (count <= room) {
        parts.at(-1)!.addRange(from, position);
        room -= count;
        continue;
      }
      const group = { tag, head: headOf(bytes, body, position, levels[level + 1]!) };
      openPart(group);
      open.push(group);
      walk(body, position, level + 1);
      open.pop();
      parts.pop();
    }
  }

  openPiece();
  walk(0, bytes.length, 0);
  return pieces.map((piece) => piece.toBytes(bytes));
}
