import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const pieceBytes = 2 ** 16;

/** Reads the first bytes of a file, of what it holds where it is compressed. Fewer where there are no more. */
export async function readFingerprint(
  handle: FileHandle,
  length: number,
  isCompressed: boolean,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  if (!isCompressed) {
    const { bytesRead } = await handle.read(bytes, 0, length, 0);
    return bytes.subarray(0, bytesRead);
  }
  let read = 0;
  for await (const chunk of unpacked(handle)) {
    read += chunk.copy(bytes, read);
    if (read === length) break;
  }
  return bytes.subarray(0, read);
}

/**
 * What a compressed file holds, from its beginning, in pieces. A file that is still being written ends where it can be
 * unpacked no further. @throws Error for what is not compressed
 */
export async function* unpacked(handle: FileHandle): AsyncGenerator<Buffer> {
  // A stream of the handle's own would close it.
  const packed = Readable.from(pieces(handle));
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  packed.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

async function* pieces(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Whether `later` may be the beginning of the same file as `earlier`, when that has grown. */
export function continues(earlier: Buffer, later: Buffer): boolean {
  return (
    earlier.length > 0 && later.length >= earlier.length && later.subarray(0, earlier.length).equals(earlier)
  );
}
