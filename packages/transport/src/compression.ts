/**
 * Bodies of HTTP messages, packed and unpacked. Small ones at once, because a
 * trip to the thread pool costs more than the work; larger ones on the pool.
 */
import {
  constants,
  deflate,
  deflateSync,
  gunzip,
  gunzipSync,
  gzip,
  gzipSync,
  inflate,
  inflateSync,
} from 'node:zlib';
import type { HttpCompression } from './http.js';
import { decompressZstd } from './zstd.js';

/** Below, compressing costs more than it saves. */
const minCompressedBytes = 1 << 10;
/** From here up the thread pool works (design: measured on bodies of telemetry). */
const poolBytes = 16 << 10;
/** What a small body may become while everybody waits; if it wants more, the pool starts anew. */
const maxSyncOutput = 256 << 10;

/** Why a body could not be unpacked. */
export interface DecompressionProblem {
  /** 413 for one that exceeds the bound, else 400. */
  readonly status: 400 | 413;
  readonly message: string;
}

export type Decompressed = Uint8Array | DecompressionProblem;

/** Whether `decompress` knows it, for those who ask before they read a body. */
export function canDecompress(encoding: string): boolean {
  return known.has(encoding);
}

const known: ReadonlySet<string> = new Set(['', 'identity', 'gzip', 'x-gzip', 'deflate', 'zlib', 'zstd']);

export function unsupportedEncoding(encoding: string): DecompressionProblem {
  return { status: 400, message: `unsupported Content-Encoding: ${encoding}` };
}

export const tooLarge: DecompressionProblem = { status: 413, message: 'http: request body too large' };

/**
 * Unpacks a whole body. It stops at `maxBytes` of output, so that a bomb costs
 * no more than an honest body.
 */
export function decompress(
  body: Uint8Array,
  encoding: string,
  maxBytes: number,
): Decompressed | Promise<Decompressed> {
  switch (encoding) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return unpack('gzip', gunzip, gunzipSync, body, maxBytes);
    case 'deflate':
    case 'zlib':
      return unpack(encoding, inflate, inflateSync, body, maxBytes);
    case 'zstd':
      return decompressZstd(body, maxBytes);
    default:
      return unsupportedEncoding(encoding);
  }
}

function unpack(
  name: string,
  unpackOnPool: typeof gunzip,
  unpackSync: typeof gunzipSync,
  body: Uint8Array,
  maxBytes: number,
): Decompressed | Promise<Decompressed> {
  if (body.byteLength < poolBytes) {
    try {
      return unpackSync(body, { maxOutputLength: Math.min(maxBytes, maxSyncOutput) });
    } catch (error) {
      if (!isTooLarge(error) || maxBytes <= maxSyncOutput) return problemOf(name, error);
    }
  }
  return new Promise((resolve) => {
    unpackOnPool(body, { maxOutputLength: maxBytes, chunkSize: outputChunk }, (error, output) => {
      resolve(error === null ? output : problemOf(name, error));
    });
  });
}

/** Each chunk of output is a trip to the pool and back; zlib's 16 KiB would make thirty for a usual body. */
const outputChunk = 256 << 10;

function problemOf(name: string, error: unknown): DecompressionProblem {
  if (isTooLarge(error)) return tooLarge;
  const { code, message } = error as NodeJS.ErrnoException;
  const isHeader = code === 'Z_DATA_ERROR' && message === 'incorrect header check';
  return { status: 400, message: `${name}: ${isHeader ? 'invalid header' : message}` };
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

/** Packs a body; `undefined` where it is better sent as it is. */
export function compress(
  body: Uint8Array,
  compression: HttpCompression,
): Uint8Array | Promise<Uint8Array> | undefined {
  if (compression === 'none' || body.byteLength < minCompressedBytes) return undefined;
  const isGzip = compression === 'gzip';
  const options = { level: constants.Z_DEFAULT_COMPRESSION, chunkSize: outputChunk };
  if (body.byteLength < poolBytes) return isGzip ? gzipSync(body) : deflateSync(body);
  return new Promise((resolve, reject) => {
    const pack = isGzip ? gzip : deflate;
    pack(body, options, (error, output) => (error === null ? resolve(output) : reject(error)));
  });
}
