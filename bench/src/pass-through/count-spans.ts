/** Spans in a request, told by walking its frames; 64-bit lengths and group tags do not occur here. */
export function countSpans(bytes: Uint8Array): number {
  return countFrames(bytes, 0, bytes.length, 0);
}

const tags = [10, 18, 18] as const;

function countFrames(bytes: Uint8Array, start: number, end: number, level: number): number {
  let count = 0;
  for (let position = start; position < end;) {
    const tag = bytes[position++]!;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (tag === tags[level]) {
      count += level === 2 ? 1 : countFrames(bytes, position, position + length, level + 1);
    }
    position += length;
  }
  return count;
}
