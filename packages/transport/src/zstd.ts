import * as zlib from 'node:zlib';
import { Decompress, decompress } from 'fzstd';
import { outputChunkBytes, poolBytes } from './compression.js';
import { messageOf } from './errors.js';
import type { HttpProblem } from './http.js';
import { ownBytes } from './own-bytes.js';
import { tooLarge, type Decompressed } from './problems.js';

/** What the format asks of every decoder, and what its command line needs at its highest usual level. */
const maxWindowBytes = 8 << 20;
/** Each is an object or two, and may be empty. */
const maxFrames = 4096;

/**
 * Unpacks a zstd body, one frame after the other: in JavaScript, and by Node where it
 * can (22.15 and later), a third of the work and, from 16 KiB up, on the thread pool.
 */
export function decompressZstd(body: Uint8Array, maxBytes: number): Decompressed | Promise<Decompressed> {
  const frames = readFrames(body, maxBytes);
  if (!Array.isArray(frames)) return frames;
  if (nativeZstd !== undefined && body.byteLength >= poolBytes) {
    return unpackOnPool(frames, maxBytes, nativeZstd);
  }
  const parts: Uint8Array[] = [];
  let room = maxBytes;
  for (const frame of frames) {
    const part = nativeZstd === undefined ? unpackFrame(frame, room) : unpackAtOnce(frame, room, nativeZstd);
    if (!(part instanceof Uint8Array)) return part;
    parts.push(part);
    room -= part.byteLength;
  }
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function problem(message: string): HttpProblem {
  return { status: 400, message: `zstd: ${message}` };
}

/** A frame that has content, and its bytes. */
interface PackedFrame extends Frame {
  readonly packed: Uint8Array;
}

/** The frames of a body that have content, where it is sound and their sizes, as far as they say them, fit. */
function readFrames(body: Uint8Array, maxBytes: number): PackedFrame[] | HttpProblem {
  const frames: PackedFrame[] = [];
  let bytes = 0;
  for (let offset = 0; offset < body.byteLength || offset === 0;) {
    const frame = readFrame(body, offset);
    if (typeof frame === 'string') return problem(frame);
    const packed = body.subarray(offset, frame.end);
    offset = frame.end;
    if (frame.isSkippable) continue;
    if (frames.length === maxFrames) return problem('too many frames');
    bytes += frame.contentBytes ?? 0;
    if (bytes > maxBytes) return tooLarge;
    if (frame.contentBytes === undefined) {
      if (frame.windowBytes > maxWindowBytes) return problem('window size exceeded');
      // fzstd moves its whole window after every block. Frames of tiny blocks would
      // stop everybody for minutes; honest ones stay far below this.
      if (frame.blocks * frame.windowBytes > (packed.byteLength << 12) + (64 << 20)) {
        return problem('too many blocks for its window');
      }
    }
    frames.push({ ...frame, packed });
  }
  return frames;
}

/** The part of zlib that only Node 22.15 and later have. */
export interface NativeZstd {
  zstdDecompress(
    bytes: Uint8Array,
    options: zlib.ZlibOptions,
    done: (error: Error | null, output: Buffer) => void,
  ): void;
  zstdDecompressSync(bytes: Uint8Array, options: zlib.ZlibOptions): Buffer;
}

const nativeZstd: NativeZstd | undefined =
  'zstdDecompress' in zlib ? (zlib as unknown as NativeZstd) : undefined;

function unpackAtOnce({ packed }: PackedFrame, room: number, native: NativeZstd): Decompressed {
  try {
    return fitting(native.zstdDecompressSync(packed, { maxOutputLength: Math.max(1, room) }), room);
  } catch (error) {
    return problemOf(error);
  }
}

async function unpackOnPool(
  frames: readonly PackedFrame[],
  maxBytes: number,
  native: NativeZstd,
): Promise<Decompressed> {
  const parts: Uint8Array[] = [];
  let room = maxBytes;
  for (const { packed } of frames) {
    const options = { maxOutputLength: Math.max(1, room), chunkSize: outputChunkBytes };
    const part = await new Promise<Decompressed>((resolve) => {
      native.zstdDecompress(packed, options, (error, output) =>
        resolve(error === null ? fitting(output, room) : problemOf(error)),
      );
    });
    if (!(part instanceof Uint8Array)) return part;
    parts.push(part);
    room -= part.byteLength;
  }
  return joined(parts);
}

/** Zlib takes no limit of 0. */
function fitting(output: Buffer, room: number): Decompressed {
  return output.byteLength > room ? tooLarge : ownBytes(output);
}

function problemOf(error: unknown): HttpProblem {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge : problem(messageOf(error));
}

function unpackFrame({ packed, contentBytes }: PackedFrame, maxBytes: number): Decompressed {
  try {
    // With the size known it is written where it stays.
    return contentBytes === undefined ? unpackStream(packed, maxBytes) : decompress(packed);
  } catch (error) {
    return problem(messageOf(error));
  }
}

function unpackStream(packed: Uint8Array, maxBytes: number): Decompressed {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const overflow = new Error();
  const stream = new Decompress((part) => {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw overflow;
    parts.push(part);
  });
  try {
    stream.push(packed, true);
  } catch (error) {
    if (error === overflow) return tooLarge;
    throw error;
  }
  return Buffer.concat(parts, bytes);
}

interface Frame {
  /** Where the next one begins. */
  readonly end: number;
  readonly isSkippable: boolean;
  readonly windowBytes: number;
  /** Absent where the sender did not know. */
  readonly contentBytes?: number | undefined;
  readonly blocks: number;
}

const cutShort = 'unexpected end of file';

/** Walks the frame at `offset` without unpacking it (RFC 8878, section 3.1); a string is what is wrong with it. */
function readFrame(bytes: Uint8Array, offset: number): Frame | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 8 > bytes.byteLength) return cutShort;
  const magic = view.getUint32(offset, true);
  if (magic >>> 4 === 0x184d2a5) {
    const end = offset + 8 + view.getUint32(offset + 4, true);
    return end > bytes.byteLength ? cutShort : { end, isSkippable: true, windowBytes: 0, blocks: 0 };
  }
  if (magic !== 0xfd2fb528) return 'invalid header';

  const descriptor = bytes[offset + 4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const sizeAt = offset + 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  let position = sizeAt + sizeBytes;
  if (position + 3 > bytes.byteLength) return cutShort;

  const contentBytes = sizeBytes === 0 ? undefined : readSize(view, sizeAt, sizeBytes);
  const windowBytes = isSingleSegment ? contentBytes! : windowOf(bytes[offset + 5]!);
  let blocks = 0;
  for (let isLast = false; !isLast; blocks++) {
    if (position + 3 > bytes.byteLength) return cutShort;
    const header = view.getUint16(position, true) | (bytes[position + 2]! << 16);
    isLast = (header & 1) !== 0;
    const isRepeatedByte = ((header >> 1) & 3) === 1;
    position += 3 + (isRepeatedByte ? 1 : header >> 3);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  const end = position + (hasChecksum ? 4 : 0);
  return end > bytes.byteLength ? cutShort : { end, isSkippable: false, windowBytes, contentBytes, blocks };
}

function readSize(view: DataView, at: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
