import type { Traces } from '@tributary/pdata';
import { at, levelsOf, readVarint, requestsOf, skipValue } from '@tributary/pdata/bytes';
import { spanTraceId } from './routing/key-functions.js';

/** Of Span, as a tag. */
export const startTimeTag = 0x39;
const half = 4_294_967_296;
const nanosPerMs = 1e6;

/** When the first span of each trace of a batch began, as {@link startMsOf} says, by {@link textOf} its ID. */
export function startsIn(batch: Traces): ReadonlyMap<string, number> {
  const levels = levelsOf('traces');
  const starts = new Map<string, number>();

  function walk(bytes: Buffer, start: number, end: number, level: number): void {
    if (level === levels.length) {
      const id = textOf(spanTraceId(bytes, { start, end }));
      starts.set(id, Math.min(starts.get(id) ?? Infinity, startMsOf(bytes, start, end)));
      return;
    }
    for (let position = start; position < end;) {
      const tag = readVarint(bytes, position);
      const value = at;
      position = skipValue(bytes, value, tag);
      if (!levels[level]!.includes(tag)) continue;
      readVarint(bytes, value);
      walk(bytes, at, position, level + 1);
    }
  }

  for (const request of requestsOf(batch)) walk(request, 0, request.length, 0);
  return starts;
}

/** A key of a map for a trace ID. */
export function textOf(traceId: Uint8Array): string {
  return Buffer.from(traceId.buffer, traceId.byteOffset, traceId.length).toString('latin1');
}

/** When a span began, in milliseconds since the epoch; without a time, now or later. */
export function startMsOf(bytes: Buffer, start: number, end: number): number {
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    if (tag !== startTimeTag) continue;
    const nanos = bytes.readUInt32LE(value + 4) * half + bytes.readUInt32LE(value);
    return nanos === 0 ? Infinity : nanos / nanosPerMs;
  }
  return Infinity;
}
