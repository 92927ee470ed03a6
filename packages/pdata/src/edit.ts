import { asBuffer, at, copy, frameSize, readVarint, skipValue, writeVarint } from './wire.js';

/**
 * A stretch of OTLP bytes that never change, and what was edited in them.
 *
 * The chunks of a batch are whole export requests. A field that was added or
 * replaced and then looked into is a chunk too, with the edit it belongs to as
 * its `host`.
 */
export class Chunk {
  readonly bytes: Buffer;
  readonly host: Edit | undefined;
  /** Edits of messages by the offset where their body starts. */
  edits: Map<number, Edit> | undefined = undefined;
  /** The edit of the whole, under which all others hang. */
  root: Edit | undefined = undefined;
  /** Handed on: a write through a view that was made before throws. */
  moved = false;
  /** Remembered until the next edit; -1 is not known. */
  itemCount = -1;
  /** What `settledBytes` wrote; remembered until the next edit. */
  settled: Buffer | undefined = undefined;

  constructor(bytes: Uint8Array, host?: Edit) {
    this.bytes = asBuffer(bytes);
    this.host = host;
  }

  /** The edit of the message whose body starts at `start`, made if there is none. */
  table(): Map<number, Edit> {
    if (this.edits === undefined) {
      this.root = new Edit(0, 0, 0, this.bytes.length);
      this.edits = new Map([[0, this.root]]);
    }
    return this.edits;
  }
}

/**
 * What happened to one field: removed, replaced, or (a message) changed within.
 * One class for all, so that the loops that serialise see one shape.
 */
export class Edit {
  readonly tag: number;
  /** Where the field starts in the bytes of its chunk; `added` ones stand nowhere. */
  readonly from: number;
  /** Where its body starts. */
  readonly start: number;
  readonly end: number;
  removed = false;
  /** What stands there instead, tag and length included. */
  frame: Buffer | undefined = undefined;
  /** `frame` as a chunk, once a view has looked into it. */
  chunk: Chunk | undefined = undefined;
  /** Edits of fields that stand in the bytes, in their order. */
  kids: Edit[] | undefined = undefined;
  /** Fields that were added; they stand behind all others. */
  added: Edit[] | undefined = undefined;
  /** Size of the body, or -1 where the group vanishes: set by `measure` for `emit`. */
  size = 0;

  constructor(tag: number, from: number, start: number, end: number) {
    this.tag = tag;
    this.from = from;
    this.start = start;
    this.end = end;
  }

  /** Hangs `kid` in, in the order of the bytes: nearly always at the end. */
  addKid(kid: Edit): void {
    const kids = this.kids;
    if (kids === undefined) {
      this.kids = [kid];
      return;
    }
    let index = kids.length;
    while (index > 0 && kids[index - 1]!.from > kid.from) index = lowerBound(kids, kid.from, index);
    if (index === kids.length) kids.push(kid);
    else kids.splice(index, 0, kid);
  }

  /** The edit of the field that starts at `from`. */
  kidAt(from: number): Edit | undefined {
    const kids = this.kids;
    if (kids === undefined) return undefined;
    const index = lowerBound(kids, from, kids.length);
    const kid = kids[index];
    return kid !== undefined && kid.from === from ? kid : undefined;
  }

  /** Puts `frame` in the place of the field; what was edited within is gone. */
  replace(bytes: Buffer): void {
    this.removed = false;
    this.frame = bytes;
    this.chunk = undefined;
    this.kids = undefined;
    this.added = undefined;
  }
}

/** First index at or behind which `from` is not below the given one. */
function lowerBound(kids: readonly Edit[], from: number, end: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (kids[middle]!.from < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A field that was added. */
export function addedField(tag: number, bytes: Buffer): Edit {
  const edit = new Edit(tag, -1, -1, -1);
  edit.frame = bytes;
  return edit;
}

/**
 * `levels[n]` are the tags of the records within a group n levels down. A group
 * that has lost all of them by removal vanishes, and so may the one around it.
 */
export type Levels = readonly (readonly number[])[];

/** Nothing vanishes: for what stands below the records. */
export const noLevels: Levels = [];

/** The bytes with all edits written out. The chunk keeps its table. */
export function settledBytes(chunk: Chunk, levels: Levels): Buffer {
  const root = chunk.root;
  if (root === undefined) return chunk.bytes;
  return (chunk.settled ??= writeBody(chunk, root, levels, 0));
}

/** Size of what `settledBytes` would return. */
export function settledSize(chunk: Chunk, levels: Levels): number {
  if (chunk.root === undefined) return chunk.bytes.length;
  if (chunk.settled !== undefined) return chunk.settled.length;
  return Math.max(0, measure(chunk, chunk.root, levels, 0));
}

/** The body of one edited message, written out. */
export function writeBody(chunk: Chunk, edit: Edit, levels: Levels, level: number): Buffer {
  const size = Math.max(0, measure(chunk, edit, levels, level));
  // Kept longer than a tick: never a slice of the shared pool, which it would pin.
  const out = Buffer.allocUnsafeSlow(size);
  if (size > 0) emit(chunk, edit, out, 0);
  return out;
}

/** The field as it stands now: `frame` with what was edited in it since; empty if it is a group that vanished. */
export function currentFrame(edit: Edit, levels: Levels, level: number): Buffer {
  const chunk = edit.chunk;
  if (chunk?.root === undefined) return edit.frame!;
  return (chunk.settled ??= writeBody(chunk, chunk.root, levels, level));
}

/**
 * Size of the body of a changed message, or -1 if it is a group that vanishes.
 * Visits edits only; what nobody touched is known by the length of its range.
 */
function measure(chunk: Chunk, edit: Edit, levels: Levels, level: number): number {
  const recordTags = levels[level];
  let size = edit.end - edit.start;
  let lost = 0;
  const kids = edit.kids;
  if (kids !== undefined) {
    for (let i = 0; i < kids.length; i++) {
      const kid = kids[i]!;
      size -= kid.end - kid.from;
      if (kid.removed) kid.size = -1;
      else if (kid.frame !== undefined) size += currentFrame(kid, noLevels, 0).length;
      else {
        const isRecord = recordTags !== undefined && recordTags.includes(kid.tag);
        kid.size = measure(chunk, kid, isRecord ? levels : noLevels, level + 1);
        if (kid.size >= 0) size += frameSize(kid.tag, kid.size);
      }
      if (kid.size < 0 && recordTags !== undefined && recordTags.includes(kid.tag)) lost++;
    }
  }
  let gained = false;
  const added = edit.added;
  if (added !== undefined) {
    for (let i = 0; i < added.length; i++) {
      const field = added[i]!;
      if (field.removed) {
        if (recordTags !== undefined && recordTags.includes(field.tag)) lost++;
        continue;
      }
      const isRecord = recordTags !== undefined && recordTags.includes(field.tag);
      const bytes = currentFrame(field, isRecord ? levels : noLevels, level);
      size += bytes.length;
      if (bytes.length === 0) lost++;
      else if (isRecord) gained = true;
    }
  }
  if (lost > 0 && !gained && level > 0 && !hasRecords(chunk.bytes, edit, recordTags!)) size = -1;
  return (edit.size = size);
}

/** Whether a record is left among those that stand in the bytes. */
function hasRecords(bytes: Buffer, edit: Edit, recordTags: readonly number[]): boolean {
  const kids = edit.kids ?? [];
  let next = 0;
  for (let position = edit.start; position < edit.end;) {
    const from = position;
    const tag = readVarint(bytes, position);
    position = skipValue(bytes, at, tag);
    while (next < kids.length && kids[next]!.from < from) next++;
    if (!recordTags.includes(tag)) continue;
    const kid = next < kids.length && kids[next]!.from === from ? kids[next] : undefined;
    if (kid === undefined || kid.size >= 0) return true;
  }
  return false;
}

/** Writes the body; the ranges between two edits are copied whole. */
function emit(chunk: Chunk, edit: Edit, out: Buffer, position: number): number {
  const bytes = chunk.bytes;
  let copied = edit.start;
  const kids = edit.kids;
  if (kids !== undefined) {
    for (let i = 0; i < kids.length; i++) {
      const kid = kids[i]!;
      if (kid.from > copied) position = copy(bytes, copied, kid.from, out, position);
      copied = kid.end;
      if (kid.removed) continue;
      if (kid.frame !== undefined) {
        const current = currentFrame(kid, noLevels, 0);
        position = copy(current, 0, current.length, out, position);
      } else if (kid.size >= 0) {
        position = writeVarint(out, position, kid.tag);
        position = writeVarint(out, position, kid.size);
        position = emit(chunk, kid, out, position);
      }
    }
  }
  if (copied < edit.end) position = copy(bytes, copied, edit.end, out, position);
  const added = edit.added;
  if (added !== undefined) {
    for (let i = 0; i < added.length; i++) {
      const field = added[i]!;
      if (field.removed) continue;
      // Settled by `measure`, at the level where it stands.
      const current = field.chunk?.settled ?? field.frame!;
      position = copy(current, 0, current.length, out, position);
    }
  }
  return position;
}

/** Where the body of a length-delimited field starts in its frame. */
export function bodyStart(bytes: Buffer): number {
  readVarint(bytes, 0);
  readVarint(bytes, at);
  return at;
}
