import { asBuffer, at, copy, frameSize, readVarint, skipValue, writeVarint } from './wire.js';

/**
 * A stretch of OTLP bytes that never change, and the table of what was edited in
 * them. A batch is a list of chunks that are whole export requests; a field that
 * was replaced or added and then looked into is a chunk too.
 */
export class Chunk {
  readonly bytes: Buffer;
  /** Edits of messages, by the offset where their body starts. */
  edits: Map<number, Edit> | undefined = undefined;

  // The rest is known of whole requests only.
  /** The edit of the request, under which all others hang. */
  root: Edit | undefined = undefined;
  /** Handed on: a write through a view that was made before throws. */
  moved = false;
  /** Remembered until the next edit; -1 is not known. */
  itemCount = -1;
  /** Size with the edits written out; remembered until the next edit, -1 is not known. */
  size = -1;
  /** The bytes with the edits written out; remembered until the next edit. */
  settled: Buffer | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = asBuffer(bytes);
  }
}

/**
 * Counts what was put and removed, in all batches. A loop notes it when it begins,
 * and so tells what came later.
 */
export let clock = 0;

/**
 * What happened to one field: removed, replaced, or (a message) changed within.
 * It hangs under the edit of the message around it. One class for all, so that
 * the loops that serialise see one shape.
 */
export class Edit {
  readonly tag: number;
  /** Where the field starts in the bytes of the message around it; -1 if it was added. */
  readonly from: number;
  /** Where its body starts. */
  readonly start: number;
  readonly end: number;
  /** When it was removed; 0 if it was not. */
  removedAt = 0;
  /** When `frame` was put there; 0 if it was not. */
  putAt = 0;
  /** What stands there instead, tag and length included. */
  frame: Buffer | undefined = undefined;
  /** `frame` as a chunk, once a view has looked into it. */
  chunk: Chunk | undefined = undefined;
  /** Edits of fields that stand in the bytes, in their order. */
  kids: Edit[] | undefined = undefined;
  /** Fields that were added; they stand behind all others. */
  added: Edit[] | undefined = undefined;
  /** Those of `added` that are singular: a search for one must not walk the records of a group. */
  singles: Edit[] | undefined = undefined;
  /** Size of the body if it is written anew; -1 if nothing is written. Set by `measure` for `emit`. */
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
    if (kids === undefined) this.kids = [kid];
    else if (kids[kids.length - 1]!.from < kid.from) kids.push(kid);
    else kids.splice(lowerBound(kids, kid.from), 0, kid);
  }

  /** The edit of the field that starts at `from`. */
  kidAt(from: number): Edit | undefined {
    const kids = this.kids;
    if (kids === undefined) return undefined;
    const kid = kids[lowerBound(kids, from)];
    return kid !== undefined && kid.from === from ? kid : undefined;
  }

  remove(): void {
    this.removedAt = ++clock;
  }

  /** Puts `frame` in the place of the field. What was edited within is gone, and views of it are of removed nodes. */
  replace(frame: Buffer): void {
    const now = ++clock;
    for (const field of this.kids ?? []) field.removedAt = now;
    for (const field of this.added ?? []) field.removedAt = now;
    this.removedAt = 0;
    this.putAt = now;
    this.frame = frame;
    this.chunk = undefined;
    this.kids = undefined;
    this.added = undefined;
    this.singles = undefined;
  }

  /** Adds a field behind all others. */
  add(tag: number, frame: Buffer): Edit {
    const field = new Edit(tag, -1, -1, -1);
    field.putAt = ++clock;
    field.frame = frame;
    // Mostly one: a list that starts empty would make room for seventeen.
    if (this.added === undefined) this.added = [field];
    else this.added.push(field);
    return field;
  }

  /** The same for a singular field. */
  addSingle(tag: number, frame: Buffer): void {
    const field = this.add(tag, frame);
    if (this.singles === undefined) this.singles = [field];
    else this.singles.push(field);
  }

  /** Whether something was edited within. */
  get isChanged(): boolean {
    return this.kids !== undefined || this.added !== undefined;
  }
}

/** First index at which `from` is not below the given one. */
function lowerBound(kids: readonly Edit[], from: number): number {
  let high = kids.length;
  // Programs go through a batch in order: mostly the last edit is asked for, or one behind it.
  if (high > 0 && kids[high - 1]!.from < from) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (kids[middle]!.from < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * `levels[n]` are the tags of the records within a group n levels down. A group
 * that has lost all of them by removal vanishes, and so may the one around it.
 */
export type Levels = readonly (readonly number[])[];

/** Nothing vanishes: for what stands below the records. */
export const noLevels: Levels = [];

/** The bytes of a request with all edits written out. The chunk keeps its table. */
export function settledBytes(chunk: Chunk, levels: Levels): Buffer {
  const { root } = chunk;
  if (root === undefined) return chunk.bytes;
  if (chunk.settled === undefined) {
    // Kept longer than a tick: never a slice of the shared pool, which it would pin.
    const out = Buffer.allocUnsafeSlow(settledSize(chunk, levels));
    settleInto(chunk, out);
  }
  return chunk.settled!;
}

/** Size of what `settledBytes` would return. */
export function settledSize(chunk: Chunk, levels: Levels): number {
  const { bytes, root } = chunk;
  if (root === undefined) return bytes.length;
  if (chunk.size < 0) chunk.size = sizeOf(measure(bytes, root, 0, bytes.length, levels, 0));
  return chunk.size;
}

/** Writes an edited request to `out`, which has the size that `settledSize` has told. */
export function settleInto(chunk: Chunk, out: Buffer): void {
  emit(chunk.bytes, chunk.root!, 0, chunk.bytes.length, out, 0);
  chunk.settled = out;
}

/** The body of one message with its edits written out; `bytes` are those of the message around it. */
export function writeBody(bytes: Buffer, edit: Edit, levels: Levels): Buffer {
  const source = edit.frame ?? bytes;
  const start = edit.frame === undefined ? edit.start : bodyStart(source);
  const end = edit.frame === undefined ? edit.end : source.length;
  if (!edit.isChanged) return source.subarray(start, end);
  const out = Buffer.allocUnsafe(sizeOf(measure(source, edit, start, end, levels, 0)));
  emit(source, edit, start, end, out, 0);
  return out;
}

/**
 * Size of a changed body that stands from `start` to `end`; its complement
 * (`~size`, below zero) if it is that of a group that vanishes. Visits edits only:
 * what nobody touched is known by the length of its range.
 */
function measure(
  bytes: Buffer,
  edit: Edit,
  start: number,
  end: number,
  levels: Levels,
  level: number,
): number {
  const recordTags = levels[level];
  let size = end - start;
  let lost = false;
  let gained = false;
  const { kids, added } = edit;
  if (kids !== undefined) {
    for (let i = 0; i < kids.length; i++) {
      const kid = kids[i]!;
      size += measureField(bytes, kid, levels, level) - (kid.end - kid.from);
      if (kid.size < 0 && isRecord(recordTags, kid)) lost = true;
    }
  }
  if (added !== undefined) {
    for (let i = 0; i < added.length; i++) {
      const field = added[i]!;
      size += measureField(bytes, field, levels, level);
      if (!isRecord(recordTags, field)) continue;
      if (field.size < 0) lost = true;
      else gained = true;
    }
  }
  return lost && !gained && !hasRecords(bytes, edit, start, end, recordTags!) ? ~size : size;
}

/** What a field takes with its edits written out; nothing if it was removed or vanishes. */
function measureField(bytes: Buffer, field: Edit, levels: Levels, level: number): number {
  field.size = -1;
  if (field.removedAt > 0) return 0;
  const { frame } = field;
  if (frame !== undefined && !field.isChanged) return (field.size = frame.length);
  const inner = isRecord(levels[level], field) ? levels : noLevels;
  field.size =
    frame === undefined
      ? measure(bytes, field, field.start, field.end, inner, level + 1)
      : measure(frame, field, bodyStart(frame), frame.length, inner, level + 1);
  return field.size < 0 ? 0 : frameSize(field.tag, field.size);
}

function isRecord(recordTags: readonly number[] | undefined, field: Edit): boolean {
  return recordTags !== undefined && recordTags.includes(field.tag);
}

/** Whether a record is left among those that stand in the bytes. */
function hasRecords(
  bytes: Buffer,
  edit: Edit,
  start: number,
  end: number,
  recordTags: readonly number[],
): boolean {
  for (let position = start; position < end;) {
    const from = position;
    const tag = readVarint(bytes, position);
    position = skipValue(bytes, at, tag);
    if (!recordTags.includes(tag)) continue;
    const kid = edit.kidAt(from);
    if (kid === undefined || kid.size >= 0) return true;
  }
  return false;
}

/** Size of a body, whether it vanishes or not. */
function sizeOf(measured: number): number {
  return measured < 0 ? ~measured : measured;
}

/** Writes the body; the ranges between two edits are copied whole. */
function emit(bytes: Buffer, edit: Edit, start: number, end: number, out: Buffer, position: number): number {
  let copied = start;
  const { kids, added } = edit;
  if (kids !== undefined) {
    for (let i = 0; i < kids.length; i++) {
      const kid = kids[i]!;
      if (kid.from > copied) position = copy(bytes, copied, kid.from, out, position);
      copied = kid.end;
      position = emitField(bytes, kid, out, position);
    }
  }
  if (copied < end) position = copy(bytes, copied, end, out, position);
  if (added !== undefined) {
    for (let i = 0; i < added.length; i++) position = emitField(bytes, added[i]!, out, position);
  }
  return position;
}

function emitField(bytes: Buffer, field: Edit, out: Buffer, position: number): number {
  const { frame, size } = field;
  if (size < 0) return position;
  if (frame !== undefined && !field.isChanged) return copy(frame, 0, frame.length, out, position);
  position = writeVarint(out, writeVarint(out, position, field.tag), size);
  return frame === undefined
    ? emit(bytes, field, field.start, field.end, out, position)
    : emit(frame, field, bodyStart(frame), frame.length, out, position);
}

/** Where the body of a length-delimited field starts in its frame. */
export function bodyStart(frame: Buffer): number {
  readVarint(frame, 0);
  readVarint(frame, at);
  return at;
}
