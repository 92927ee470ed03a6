const polynomial = 0xedb88320;

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
  return remainder;
});

/**
 * CRC-32 (IEEE) of a range, behind what has the CRC-32 `before`. For sixteen bytes a call of the one in `node:zlib` costs
 * more than this does.
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before: number = 0): number {
  let remainder = ~before;
  for (let i = start; i < end; i++) remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[i]!) & 255]!;
  return ~remainder >>> 0;
}
