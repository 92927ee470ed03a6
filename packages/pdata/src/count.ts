import { bodyStart, type Chunk, type Edit, type Levels } from './edit.js';
import { at, readVarint, skipValue } from './wire.js';

/** Items of a request, edits included. */
export function countItems(chunk: Chunk, levels: Levels): number {
  if (chunk.itemCount < 0) {
    const { bytes, root } = chunk;
    chunk.itemCount =
      root === undefined
        ? countRecords(bytes, 0, bytes.length, levels, 0)
        : countEdited(bytes, root, 0, bytes.length, levels, 0);
  }
  return chunk.itemCount;
}

/** Records in a range of bytes that nobody edited. */
export function countRecords(
  bytes: Buffer,
  start: number,
  end: number,
  levels: Levels,
  level: number,
): number {
  const tags = levels[level]!;
  const isLast = level === levels.length - 1;
  const only = tags.length === 1 ? tags[0]! : -1;
  let count = 0;
  for (let position = start; position < end;) {
    let tag = bytes[position++]!;
    if (tag > 127) {
      tag = readVarint(bytes, position - 1);
      position = at;
    }
    if (tag !== only && (only !== -1 || !tags.includes(tag))) {
      position = skipValue(bytes, position, tag);
      continue;
    }
    const length = readVarint(bytes, position);
    position = at + length;
    count += isLast ? 1 : countRecords(bytes, position - length, position, levels, level + 1);
  }
  return count;
}

/** Records in an edited group whose body stands from `start` to `end`. */
function countEdited(
  bytes: Buffer,
  edit: Edit,
  start: number,
  end: number,
  levels: Levels,
  level: number,
): number {
  const tags = levels[level]!;
  const isLast = level === levels.length - 1;
  const kids = edit.kids ?? [];
  let next = 0;
  let count = 0;
  for (let position = start; position < end;) {
    const from = position;
    const tag = readVarint(bytes, position);
    position = skipValue(bytes, at, tag);
    if (!tags.includes(tag)) continue;
    while (next < kids.length && kids[next]!.from < from) next++;
    const kid = kids[next];
    if (kid?.from === from) count += countField(bytes, kid, levels, level);
    else if (isLast) count++;
    else count += countRecords(bytes, from, position, levels, level);
  }
  for (const field of edit.added ?? []) {
    if (tags.includes(field.tag)) count += countField(bytes, field, levels, level);
  }
  return count;
}

/** Records in an edited field; one where it is a record itself. */
function countField(bytes: Buffer, field: Edit, levels: Levels, level: number): number {
  if (field.removedAt > 0) return 0;
  if (level === levels.length - 1) return 1;
  const { frame } = field;
  if (frame === undefined) return countEdited(bytes, field, field.start, field.end, levels, level + 1);
  return countEdited(frame, field, bodyStart(frame), frame.length, levels, level + 1);
}
