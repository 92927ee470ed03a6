/** Bodies and messages, packed. */
import * as zlib from 'node:zlib';
import { packSnappyBlock } from './snappy-block.js';
import { packSnappyFrames } from './snappy-frames.js';

/**
 * What we can pack. `deflate` is the zlib format, as everywhere in HTTP; `zlib` is
 * the Collector's other name for it. `snappy` is one block, `x-snappy-framed` a stream.
 */
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'snappy' | 'x-snappy-framed' | 'zstd';

/** Below, compressing costs more than it saves: what the protocol lets go as it is, goes so. */
export const minCompressedBytes: number = 1 << 10;
/** From here up the thread pool works; a trip there costs more than the work on a smaller body. */
export const poolBytes: number = 16 << 10;
/** Each chunk of output is a trip to the pool and back; zlib's 16 KiB would make thirty for a usual body. */
export const outputChunkBytes: number = 256 << 10;

/** The parts of zlib that only Node 22.15 and later have. */
interface Zstd {
  zstdCompress(
    bytes: Uint8Array,
    options: { chunkSize: number; params: Record<number, number> },
    done: (error: Error | null, output: Buffer) => void,
  ): void;
  zstdCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Buffer;
}

/** `ZSTD_c_compressionLevel`, whose name older types do not know. */
const zstdLevelParameter = 100;

/** Why this process cannot pack so; `undefined` where it can. To be asked at start. */
export function compressionProblem(algorithm: Compression): string | undefined {
  if (algorithm !== 'zstd' || zstdOf(zlib) !== undefined) return undefined;
  return `compression "zstd" needs Node 22.15 or newer to send, this is ${process.versions.node}`;
}

function zstdOf(module: object): Zstd | undefined {
  return 'zstdCompress' in module ? (module as Zstd) : undefined;
}

/**
 * Packs bytes, small ones at once. `level` is that of the algorithm; `undefined` is its
 * default, and snappy has none. @throws Error where {@link compressionProblem} has one
 */
export function compress(
  algorithm: Compression,
  bytes: Uint8Array,
  level?: number,
): Uint8Array | Promise<Uint8Array> {
  switch (algorithm) {
    case 'gzip':
      return deflateWith(zlib.gzip, zlib.gzipSync, bytes, level);
    case 'zlib':
    case 'deflate':
      return deflateWith(zlib.deflate, zlib.deflateSync, bytes, level);
    case 'snappy':
      return packSnappyBlock(bytes);
    case 'x-snappy-framed':
      return packSnappyFrames(bytes);
    case 'zstd':
      return packZstd(bytes, level);
  }
}

/** Go's level below all of zlib's: no search for repetitions. zlib has a strategy for it. */
const huffmanOnly = -2;
const huffman = { strategy: zlib.constants.Z_HUFFMAN_ONLY };

function deflateWith(
  onPool: typeof zlib.gzip,
  atOnce: typeof zlib.gzipSync,
  bytes: Uint8Array,
  level: number | undefined,
): Uint8Array | Promise<Uint8Array> {
  const options = level === undefined ? {} : level === huffmanOnly ? huffman : { level };
  if (bytes.byteLength < poolBytes) return atOnce(bytes, options);
  return new Promise((resolve, reject) => {
    onPool(bytes, { ...options, chunkSize: outputChunkBytes }, (error, output) =>
      error === null ? resolve(output) : reject(error),
    );
  });
}

function packZstd(bytes: Uint8Array, level: number | undefined): Uint8Array | Promise<Uint8Array> {
  const zstd = zstdOf(zlib);
  if (zstd === undefined) throw new Error(compressionProblem('zstd'));
  const params = level === undefined ? {} : { [zstdLevelParameter]: level };
  if (bytes.byteLength < poolBytes) return zstd.zstdCompressSync(bytes, { params });
  return new Promise((resolve, reject) => {
    zstd.zstdCompress(bytes, { params, chunkSize: outputChunkBytes }, (error, output) =>
      error === null ? resolve(output) : reject(error),
    );
  });
}
