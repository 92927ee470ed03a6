import { Decompress } from 'fzstd';
import type { Decompressed } from './compression.js';
import { messageOf } from './errors.js';

export function decompressZstd(body: Uint8Array, maxBytes: number): Decompressed {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const overflow = new Error('too large');
  const stream = new Decompress((part) => {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw overflow;
    parts.push(part);
  });
  try {
    stream.push(body, true);
  } catch (error) {
    return error === overflow
      ? { status: 413, message: 'http: request body too large' }
      : { status: 400, message: `zstd: ${messageOf(error)}` };
  }
  return Buffer.concat(parts, bytes);
}
