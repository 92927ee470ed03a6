/** Bodies that are packed before a run and unpacked after it, so that neither costs anything while it lasts. */
import * as zlib from 'node:zlib';

export type Compression = 'none' | 'gzip' | 'zstd';

/** The parts of zlib that Node has since 22.15. */
interface Zstd {
  zstdCompressSync(bytes: Uint8Array): Buffer;
  zstdDecompressSync(bytes: Uint8Array): Buffer;
}

const hasZstd = (module: object): module is Zstd => 'zstdCompressSync' in module;

/** Why a case cannot run on this Node; `undefined` where it can. */
export function packingProblem(compression: Compression): string | undefined {
  if (compression !== 'zstd' || hasZstd(zlib)) return undefined;
  return `zstd needs Node 22.15 or newer, this is ${process.versions.node}: give one by --node`;
}

export function pack(compression: Compression, bytes: Uint8Array): Uint8Array {
  if (compression === 'none') return bytes;
  return compression === 'gzip' ? zlib.gzipSync(bytes) : zstd().zstdCompressSync(bytes);
}

export function unpack(compression: Compression, bytes: Uint8Array): Uint8Array {
  if (compression === 'none') return bytes;
  return compression === 'gzip' ? zlib.gunzipSync(bytes) : zstd().zstdDecompressSync(bytes);
}

function zstd(): Zstd {
  const module: object = zlib;
  if (!hasZstd(module)) throw new Error(packingProblem('zstd'));
  return module;
}
