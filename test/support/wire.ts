/** Protobuf by hand, for requests that no encoder would write. */

/** A field with a body: text, bytes or a message. */
export function field(number: number, ...bodies: Uint8Array[]): Buffer {
  const body = Buffer.concat(bodies);
  return Buffer.concat([varint(number * 8 + 2), varint(body.byteLength), body]);
}

/** A number in its bytes; in more of them than it needs, where that is asked for. */
export function varint(value: number, leastBytes: number = 1): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127 || bytes.length + 1 < leastBytes; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** A request of traces with nine million empty spans, two bytes each: 18 MB that pack into 18 KB. */
export function millionsOfSpans(): Buffer {
  return field(1, field(2, Buffer.alloc(9_000_000 * 2, field(2))));
}
