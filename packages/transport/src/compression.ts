/** Bodies of HTTP requests, packed. */
import { deflate, deflateSync, gzip, gzipSync } from 'node:zlib';
import type { HttpCompression } from './http.js';

/** Below, compressing costs more than it saves. */
const minCompressedBytes = 1 << 10;
/** From here up the thread pool works; a trip there costs more than the work on a smaller body. */
export const poolBytes: number = 16 << 10;
/** Each chunk of output is a trip to the pool and back; zlib's 16 KiB would make thirty for a usual body. */
export const outputChunkBytes: number = 256 << 10;

/** Packs a body; `undefined` where it is better sent as it is. */
export function compress(
  body: Uint8Array,
  compression: HttpCompression,
  level: number,
): Uint8Array | Promise<Uint8Array> | undefined {
  if (compression === 'none' || body.byteLength < minCompressedBytes) return undefined;
  const isGzip = compression === 'gzip';
  if (body.byteLength < poolBytes) return isGzip ? gzipSync(body, { level }) : deflateSync(body, { level });
  return new Promise((resolve, reject) => {
    const pack = isGzip ? gzip : deflate;
    pack(body, { level, chunkSize: outputChunkBytes }, (error, output) =>
      error === null ? resolve(output) : reject(error),
    );
  });
}
