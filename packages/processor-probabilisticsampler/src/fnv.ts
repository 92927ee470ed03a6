const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a of 32 bits. `start` is what it gave for the bytes before. */
export function fnv1a32(bytes: Uint8Array, start: number = offsetBasis): number {
  let hash = start;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, prime);
  return hash >>> 0;
}
