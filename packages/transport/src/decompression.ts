/**
 * Bodies of HTTP requests, unpacked. Small ones at once, because a trip to the
 * thread pool costs more than the work; larger ones on the pool.
 */
import { gunzip, gunzipSync, inflate, inflateSync } from 'node:zlib';
import { outputChunkBytes, poolBytes } from './compression.js';
import type { HttpEncoding, HttpProblem } from './http.js';
import { ownBytes } from './own-bytes.js';
import { tooLarge, type Decompressed } from './problems.js';
import { readSnappyBlockHeader, unpackSnappyBlock } from './snappy-block.js';
import { isSnappyFramed, unpackSnappyFrames } from './snappy-frames.js';
import { decompressZstd } from './zstd.js';

/** What a small body may become while everybody waits; if it wants more, the pool starts anew. */
const maxSyncOutput = 256 << 10;

export const allEncodings: readonly HttpEncoding[] = [
  '',
  'gzip',
  'zstd',
  'zlib',
  'snappy',
  'deflate',
  'x-snappy-framed',
];

/**
 * Unpacks a whole body. It stops at `maxBytes` of output, so that a bomb costs
 * no more than an honest body.
 */
export function decompress(
  body: Buffer,
  encoding: HttpEncoding,
  maxBytes: number,
): Decompressed | Promise<Decompressed> {
  switch (encoding) {
    case '':
      return body;
    case 'gzip':
      return unpack('gzip', gunzip, gunzipSync, body, maxBytes);
    case 'deflate':
    case 'zlib':
      return unpack(encoding, inflate, inflateSync, body, maxBytes);
    case 'snappy':
      // Senders mean either of the formats by this name.
      return isSnappyFramed(body) ? unpackSnappyStream(body, maxBytes) : unpackSnappy(body, maxBytes);
    case 'x-snappy-framed':
      return unpackSnappyStream(body, maxBytes);
    case 'zstd':
      return decompressZstd(body, maxBytes);
  }
}

function unpackSnappy(body: Buffer, maxBytes: number): Decompressed {
  const header = readSnappyBlockHeader(body);
  if (header === undefined) return corruptSnappy;
  if (header.contentBytes > maxBytes) return tooLarge;
  const output = Buffer.allocUnsafeSlow(header.contentBytes);
  return unpackSnappyBlock(body, header.headerBytes, output) ? output : corruptSnappy;
}

const corruptSnappy: HttpProblem = { status: 400, message: 'snappy: corrupt input' };

function unpackSnappyStream(body: Buffer, maxBytes: number): Decompressed {
  const outcome = unpackSnappyFrames(body, maxBytes);
  if (typeof outcome !== 'string') return outcome;
  return outcome === 'too large' ? tooLarge : { status: 400, message: `snappy: ${outcome}` };
}

function unpack(
  name: string,
  unpackOnPool: typeof gunzip,
  unpackSync: typeof gunzipSync,
  body: Buffer,
  maxBytes: number,
): Decompressed | Promise<Decompressed> {
  if (body.byteLength < poolBytes) {
    try {
      return ownBytes(unpackSync(body, { maxOutputLength: Math.min(maxBytes, maxSyncOutput) }));
    } catch (error) {
      if (!isTooLarge(error) || maxBytes <= maxSyncOutput) return problemOf(name, error);
    }
  }
  return new Promise((resolve) => {
    unpackOnPool(body, { maxOutputLength: maxBytes, chunkSize: outputChunkBytes }, (error, output) => {
      resolve(error === null ? ownBytes(output) : problemOf(name, error));
    });
  });
}

function problemOf(name: string, error: unknown): HttpProblem {
  if (isTooLarge(error)) return tooLarge;
  const { code, message } = error as NodeJS.ErrnoException;
  const isHeader = code === 'Z_DATA_ERROR' && message === 'incorrect header check';
  return { status: 400, message: `${name}: ${isHeader ? 'invalid header' : message}` };
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}
