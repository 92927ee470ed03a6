/** The items of a request, found where they stand, each with a number that says which one it is. */

export type SignalName = 'traces' | 'metrics' | 'logs';

/** Where a signal has its items, and their numbers. */
interface Layout {
  /** The tags that lead from the request to the groups of items, from outside to inside. */
  readonly path: readonly (readonly number[])[];
  readonly itemTag: number;
  /** The first byte of an item. */
  readonly firstTag: number;
  /** The field whose first, low 32 bits are the number, or which stands before them: its offset and tag. */
  readonly fieldAt: number;
  readonly fieldTag: number;
  readonly numberAt: number;
}

const layouts: Readonly<Record<SignalName, Layout>> = {
  // The second half of the span ID, which follows the trace ID.
  traces: {
    path: [[0x0a], [0x12]],
    itemTag: 0x12,
    firstTag: 0x0a,
    fieldAt: 18,
    fieldTag: 0x12,
    numberAt: 24,
  },
  // The low half of the time.
  logs: { path: [[0x0a], [0x12]], itemTag: 0x12, firstTag: 0x09, fieldAt: 0, fieldTag: 0x09, numberAt: 1 },
  // The low half of the start time; points of gauges and of sums.
  metrics: {
    path: [[0x0a], [0x12], [0x12], [0x2a, 0x3a]],
    itemTag: 0x0a,
    firstTag: 0x11,
    fieldAt: 0,
    fieldTag: 0x11,
    numberAt: 1,
  },
};

/**
 * Calls back with the offset of each item's number. @throws RangeError where an item does not begin as those of
 * the load do
 */
export function eachNumber(signal: SignalName, request: Uint8Array, visit: (at: number) => void): void {
  walk(layouts[signal], request, 0, request.length, 0, visit);
}

function walk(
  layout: Layout,
  bytes: Uint8Array,
  start: number,
  end: number,
  level: number,
  visit: (at: number) => void,
): void {
  const { itemTag, firstTag, fieldAt, fieldTag, numberAt } = layout;
  const tags = layout.path[level];
  for (let at = start; at < end;) {
    const tag = bytes[at++]!;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    // A number, which has been read instead of a length.
    if ((tag & 7) === 0) continue;
    if (tags !== undefined) {
      if (tags.includes(tag)) walk(layout, bytes, at, at + length, level + 1, visit);
    } else if (tag === itemTag) {
      if (bytes[at] !== firstTag || bytes[at + fieldAt] !== fieldTag)
        throw new RangeError('an item that does not begin as those of the load do');
      visit(at + numberAt);
    }
    at += length;
  }
}

export function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
