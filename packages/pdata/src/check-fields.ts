/**
 * What the generated check is made of. Nothing here throws: a position behind
 * everything says that a message needs a closer look.
 */
import { isUtf8 } from 'node:buffer';

/**
 * Levels of messages below the request. It is what protobuf's decoders in C++,
 * Java and Python and protobufjs read by default: what we let in deeper than that,
 * the next hop would refuse together with all that it was merged with.
 */
export const maxDepth = 100;

/** A position that lies in no request: those are shorter. A small integer, so that positions stay such. */
export const beyond = 0x7fff_ffff;

/** Where the body starts whose length `longEnd` has read. */
export let at = 0;

let checksText = true;
const nothing: DataView = new DataView(new ArrayBuffer(0));
let view = nothing;

/** To be called before a check. `bytes` is what will be checked. */
export function begin(bytes: Buffer, text: boolean): void {
  checksText = text;
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Lets go of the bytes that were checked. */
export function finish(): void {
  view = nothing;
}

/**
 * Where the body ends whose length of two bytes or more starts at `position`.
 * A length that could be written shorter is legal; it needs a closer look all the
 * same, so that behind the door there is one way to write each tag and length.
 */
export function longEnd(bytes: Buffer, position: number, end: number): number {
  let length = 0;
  let scale = 1;
  // Four bytes hold any length below 2^28; longer ones are rare enough for the slow path.
  for (let i = 0; i < 4; i++) {
    if (position >= end) return beyond;
    const byte = bytes[position++]!;
    length += (byte & 127) * scale;
    if (byte < 128) {
      at = position;
      return byte === 0 ? beyond : position + length;
    }
    scale *= 128;
  }
  return beyond;
}

/** The position behind a varint of which one byte was read. Ten bytes hold 64 bits, of the last one bit. */
export function longVarint(bytes: Buffer, position: number, end: number): number {
  for (let i = 2; i < 10; i++) {
    if (position >= end) return beyond;
    if (bytes[position++]! < 128) return position;
  }
  return position < end && bytes[position]! < 2 ? position + 1 : beyond;
}

/** Whether the range holds whole varints. */
export function isPackedVarints(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
  return position === end;
}

/** The position behind a field that the message does not know. `known` has a bit for each number that it knows. */
export function unknownField(bytes: Buffer, position: number, end: number, known: number): number {
  let tag = 0;
  let byte: number;
  let shift = 0;
  do {
    // A tag of five bytes is rare enough for the slow path.
    if (position >= end || shift === 28) return beyond;
    byte = bytes[position++]!;
    tag |= (byte & 127) << shift;
    shift += 7;
  } while (byte > 127);
  const number = tag >>> 3;
  // A known field is here because of its wire type, or because its tag could be written shorter.
  if (number === 0 || (byte === 0 && shift > 7) || (number < 32 && ((known >>> number) & 1) !== 0))
    return beyond;
  switch (tag & 7) {
    case 0:
      if (position >= end) return beyond;
      return bytes[position]! < 128 ? position + 1 : longVarint(bytes, position + 1, end);
    case 1:
      return position + 8;
    case 2: {
      if (position >= end) return beyond;
      const length = bytes[position]!;
      return length < 128 ? position + 1 + length : longEnd(bytes, position, end);
    }
    case 5:
      return position + 4;
    default:
      return beyond;
  }
}

/**
 * Whether the range is UTF-8, or nobody wants to know. Nearly all text is ASCII:
 * that is found out eight bytes at a time, the last eight overlapping those before
 * them, so that no bytes are left to be looked at one by one (`npm run bench:micro`).
 */
export function isText(bytes: Buffer, position: number, end: number): boolean {
  if (!checksText) return true;
  const start = position;
  const last = end - 8;
  let bits = 0;
  if (last >= position) {
    bits = view.getInt32(last, true) | view.getInt32(last + 4, true);
    for (; position < last; position += 8)
      bits |= view.getInt32(position, true) | view.getInt32(position + 4, true);
  } else if (end - position >= 4) bits = view.getInt32(position, true) | view.getInt32(end - 4, true);
  else for (; position < end; position++) bits |= bytes[position]!;
  if ((bits & 0x8080_8080) === 0) return true;
  // The native function costs 130 ns before it has looked at the first byte.
  return end - start > 100 ? isUtf8(bytes.subarray(start, end)) : isShortUtf8(bytes, start, end);
}

function isShortUtf8(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    const first = bytes[position++]!;
    if (first < 0x80) continue;
    if (first < 0xc2 || first > 0xf4) return false;
    const next = position + (first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3);
    if (next > end) return false;
    // The second byte says whether it is a surrogate, too large, or longer than need be.
    const second = bytes[position++]!;
    const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return false;
    while (position < next) if ((bytes[position++]! & 0xc0) !== 0x80) return false;
  }
  return true;
}
