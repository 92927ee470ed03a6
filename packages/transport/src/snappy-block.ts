/**
 * The block format of snappy (google/snappy, format_description.txt): the length
 * of the content, then literals and copies of what came before.
 */

/** A copy looks back no further than this when we write it: the format's encoders work in pieces of 64 KiB. */
const fragmentBytes = 64 << 10;
const hashBits = 14;
/** Shorter matches are not looked for: their copy would be as long as they are. */
const minMatch = 4;
/** The last bytes of a piece are a literal, so that reading four bytes never leaves it. */
const tailBytes = 15;
/** A copy of three bytes stands for at most 64; nothing of the format says more with less. */
const maxExpansion = 22;

/** So many bytes at most for `bytes` of content. */
function maxPackedBytes(bytes: number): number {
  return 32 + bytes + Math.floor(bytes / 6);
}

/** Packs bytes into one block. */
export function packSnappyBlock(bytes: Uint8Array): Buffer {
  const output = Buffer.allocUnsafeSlow(maxPackedBytes(bytes.length));
  let end = writeVarint(output, 0, bytes.length);
  const table = new Uint16Array(1 << hashBits);
  for (let start = 0; start < bytes.length; start += fragmentBytes) {
    if (start > 0) table.fill(0);
    end = packFragment(bytes, start, Math.min(start + fragmentBytes, bytes.length), table, output, end);
  }
  return output.subarray(0, end);
}

/**
 * Writes one piece. `table` holds, by the hash of four bytes, where in the piece
 * they stood last. Where nothing matches for long, it steps faster.
 */
function packFragment(
  input: Uint8Array,
  start: number,
  end: number,
  table: Uint16Array,
  output: Buffer,
  at: number,
): number {
  let literal = start;
  const last = end - tailBytes;
  let position = start + 1;
  let misses = 32;
  while (position < last) {
    const four = read4(input, position);
    const slot = Math.imul(four, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = start + table[slot]!;
    table[slot] = position - start;
    if (candidate >= position || read4(input, candidate) !== four) {
      position += misses++ >>> 5;
      continue;
    }
    misses = 32;
    let matched = minMatch;
    while (position + matched < end && input[candidate + matched] === input[position + matched]) matched++;
    at = writeLiteral(input, literal, position, output, at);
    at = writeCopy(position - candidate, matched, output, at);
    position += matched;
    literal = position;
  }
  return writeLiteral(input, literal, end, output, at);
}

function read4(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function writeVarint(output: Buffer, at: number, value: number): number {
  let rest = value;
  for (; rest > 127; rest >>>= 7) output[at++] = (rest & 127) | 128;
  output[at++] = rest;
  return at;
}

function writeLiteral(input: Uint8Array, start: number, end: number, output: Buffer, at: number): number {
  if (start === end) return at;
  const last = end - start - 1;
  if (last < 60) {
    output[at++] = last << 2;
  } else if (last < 256) {
    output[at++] = 60 << 2;
    output[at++] = last;
  } else {
    output[at++] = 61 << 2;
    output[at++] = last & 255;
    output[at++] = last >> 8;
  }
  output.set(input.subarray(start, end), at);
  return at + end - start;
}

function writeCopy(offset: number, length: number, output: Buffer, at: number): number {
  let rest = length;
  // At least four bytes stay, so that the last copy can be of the short kind.
  for (; rest >= 68; rest -= 64) at = writeLongCopy(offset, 64, output, at);
  if (rest > 64) {
    at = writeLongCopy(offset, 60, output, at);
    rest -= 60;
  }
  if (rest > 11 || offset > 2047) return writeLongCopy(offset, rest, output, at);
  output[at++] = 1 | ((rest - 4) << 2) | ((offset >> 8) << 5);
  output[at++] = offset & 255;
  return at;
}

function writeLongCopy(offset: number, length: number, output: Buffer, at: number): number {
  output[at] = 2 | ((length - 1) << 2);
  output[at + 1] = offset & 255;
  output[at + 2] = offset >> 8;
  return at + 3;
}

/** What a block says of itself. */
export interface SnappyBlockHeader {
  /** Length of the content. */
  readonly contentBytes: number;
  /** Where the first element begins. */
  readonly headerBytes: number;
}

/**
 * Reads the length that a block declares. `undefined` where there is none, or where
 * so few bytes cannot stand for so much: nothing is allocated on the word of a
 * block that cannot keep it.
 */
export function readSnappyBlockHeader(block: Uint8Array): SnappyBlockHeader | undefined {
  let contentBytes = 0;
  for (let n = 0; n < 5; n++) {
    const byte = block[n];
    if (byte === undefined) return undefined;
    contentBytes += (byte & 127) * 2 ** (7 * n);
    if (byte > 127) continue;
    const isPossible = contentBytes <= (block.length - n - 1) * maxExpansion;
    return isPossible ? { contentBytes, headerBytes: n + 1 } : undefined;
  }
  return undefined;
}

/**
 * Unpacks a block into `output`, which has just the room of its content. False
 * where the block is broken: an element that is cut short, that copies from
 * before the beginning, or that leaves the room too large or too small.
 */
export function unpackSnappyBlock(block: Uint8Array, headerBytes: number, output: Uint8Array): boolean {
  let position = headerBytes;
  let at = 0;
  while (position < block.length) {
    const tag = block[position++]!;
    let length: number;
    let offset: number;
    if ((tag & 3) === 0) {
      length = (tag >> 2) + 1;
      if (length > 60) {
        const sizeBytes = length - 60;
        if (position + sizeBytes > block.length) return false;
        length = 1;
        for (let n = 0; n < sizeBytes; n++) length += block[position + n]! * 2 ** (8 * n);
        position += sizeBytes;
      }
      const end = position + length;
      if (end > block.length || at + length > output.length) return false;
      output.set(block.subarray(position, end), at);
      position = end;
      at += length;
      continue;
    }
    if ((tag & 3) === 1) {
      if (position + 1 > block.length) return false;
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | block[position]!;
      position += 1;
    } else if ((tag & 3) === 2) {
      if (position + 2 > block.length) return false;
      length = (tag >> 2) + 1;
      offset = block[position]! | (block[position + 1]! << 8);
      position += 2;
    } else {
      if (position + 4 > block.length) return false;
      length = (tag >> 2) + 1;
      offset = read4(block, position) >>> 0;
      position += 4;
    }
    if (offset === 0 || offset > at || at + length > output.length) return false;
    // By bytes: a copy may read what it has just written, which repeats it.
    for (const end = at + length; at < end; at++) output[at] = output[at - offset]!;
  }
  return at === output.length;
}
