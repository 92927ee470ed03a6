/**
 * Bytes in memory of their own. A small Buffer is often a slice of a pool, of a
 * socket's or of zlib's buffer, and would keep all of that alive for as long as
 * somebody holds it; such a one is copied.
 */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength - bytes.byteLength <= 64 + bytes.byteLength / 8) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.byteLength);
  bytes.copy(own);
  return own;
}
