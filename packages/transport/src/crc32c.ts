/** CRC-32C (Castagnoli), which the framing of snappy carries; zlib has only the other one. */

/** The polynomial 0x1EDC6F41 with its bits reversed. */
const polynomial = 0x82f63b78;

/** The checksum of every single byte. */
const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
  return sum;
});

/** As an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  let sum = -1;
  for (let n = 0; n < bytes.length; n++) sum = table[(sum ^ bytes[n]!) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
