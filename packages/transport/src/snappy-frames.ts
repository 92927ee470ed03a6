/** The framing format of snappy (google/snappy, framing_format.txt): chunks of blocks, with checksums. */
import { crc32c } from './crc32c.js';
import { packSnappyBlock, readSnappyBlockHeader, unpackSnappyBlock } from './snappy-block.js';

const packed = 0x00;
const plain = 0x01;
/** From here to the last but one, padding included, are chunks that a reader may skip; below, it must not. */
const firstSkippable = 0x80;
const identifier = 0xff;
/** Every stream begins with this chunk; it may come again where streams were glued together. */
const streamStart: Buffer = Buffer.from('ff060000734e61507059', 'hex');
const headerBytes = 4;
const checksumBytes = 4;
/** The content of one chunk. */
const maxChunkContent = 64 << 10;

/** Whether bytes are frames and no bare block. A block may begin so too, but none that an encoder writes. */
export function isSnappyFramed(bytes: Uint8Array): boolean {
  return streamStart.equals(bytes.subarray(0, streamStart.length));
}

/** Packs bytes into a stream of chunks. What does not become smaller by an eighth goes in as it is. */
export function packSnappyFrames(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [streamStart];
  for (let start = 0; start < bytes.length; start += maxChunkContent) {
    const content = bytes.subarray(start, start + maxChunkContent);
    const block = packSnappyBlock(content);
    const isWorthIt = block.length <= content.length - content.length / 8;
    const data = isWorthIt ? block : content;
    const header = Buffer.allocUnsafe(headerBytes + checksumBytes);
    header[0] = isWorthIt ? packed : plain;
    header.writeUIntLE(checksumBytes + data.length, 1, 3);
    header.writeUInt32LE(maskedChecksum(content), headerBytes);
    parts.push(header, data);
  }
  return Buffer.concat(parts);
}

/** Why bytes could not be unpacked. */
export type SnappyProblem = 'corrupt input' | 'unsupported chunk' | 'checksum mismatch' | 'too large';

/** One chunk of content. */
interface Chunk {
  readonly isPacked: boolean;
  /** Of the content. */
  readonly checksum: number;
  /** The block, or the content itself. */
  readonly data: Uint8Array;
  readonly contentBytes: number;
  /** Of the block. */
  readonly blockHeaderBytes: number;
  readonly end: number;
}

/**
 * Unpacks a stream of chunks. Their sizes are added up before anything is
 * allocated, so that a stream that lies is refused for nothing.
 */
export function unpackSnappyFrames(bytes: Buffer, maxBytes: number): Buffer | SnappyProblem {
  if (!isSnappyFramed(bytes)) return 'corrupt input';
  let total = 0;
  for (let position = 0; ;) {
    const chunk = nextChunk(bytes, position);
    if (chunk === undefined) break;
    if (typeof chunk === 'string') return chunk;
    total += chunk.contentBytes;
    if (total > maxBytes) return 'too large';
    position = chunk.end;
  }
  const output = Buffer.allocUnsafeSlow(total);
  for (let position = 0, at = 0; ;) {
    const chunk = nextChunk(bytes, position);
    if (chunk === undefined) return output;
    if (typeof chunk === 'string') return chunk;
    const content = output.subarray(at, at + chunk.contentBytes);
    if (!chunk.isPacked) content.set(chunk.data);
    else if (!unpackSnappyBlock(chunk.data, chunk.blockHeaderBytes, content)) return 'corrupt input';
    if (maskedChecksum(content) !== chunk.checksum) return 'checksum mismatch';
    at += chunk.contentBytes;
    position = chunk.end;
  }
}

/** The next chunk that has content; `undefined` at the end of the stream. */
function nextChunk(bytes: Buffer, position: number): Chunk | SnappyProblem | undefined {
  while (position < bytes.length) {
    const start = position + headerBytes;
    if (start > bytes.length) return 'corrupt input';
    const type = bytes[position]!;
    const end = start + bytes.readUIntLE(position + 1, 3);
    if (end > bytes.length) return 'corrupt input';
    if (type === packed || type === plain) return readChunk(bytes.subarray(start, end), type === packed, end);
    if (type === identifier) {
      if (!streamStart.equals(bytes.subarray(position, end))) return 'corrupt input';
    } else if (type < firstSkippable) {
      return 'unsupported chunk';
    }
    position = end;
  }
  return undefined;
}

function readChunk(body: Buffer, isPacked: boolean, end: number): Chunk | SnappyProblem {
  if (body.length < checksumBytes) return 'corrupt input';
  const data = body.subarray(checksumBytes);
  const header = isPacked ? readSnappyBlockHeader(data) : { contentBytes: data.length, headerBytes: 0 };
  if (header === undefined || header.contentBytes > maxChunkContent) return 'corrupt input';
  const { contentBytes, headerBytes: blockHeaderBytes } = header;
  return { isPacked, checksum: body.readUInt32LE(0), data, contentBytes, blockHeaderBytes, end };
}

/** Rotated and shifted, because a checksum of bytes that hold their own checksum is weak. */
function maskedChecksum(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
