/** Damage to the bytes of a message, for tests of what reads them. */
import fc from 'fast-check';

/** A number that picks one of a list whose length is not known yet. */
export const anyPick: fc.Arbitrary<number> = fc.nat({ max: 2 ** 30 });

/** Turns bytes into others that are mostly none of OTLP. */
export type Damage = (bytes: Buffer) => Buffer;

/** Bytes that mean something here or there: tags, lengths, long varints. */
const anyByte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 10, 18, 127, 128, 255));

/** Bits that are turned, bytes that are replaced, put in, left out, cut off, copied, and lengths that are too long. */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  anyPick.map(
    (where): Damage =>
      (bytes) =>
        bytes.length === 0 ? bytes : replaced(bytes, where >> 3, 1, [turned(bytes, where)]),
  ),
  fc.tuple(anyPick, anyByte).map(
    ([where, byte]): Damage =>
      (bytes) =>
        replaced(bytes, where, 1, [byte]),
  ),
  fc.tuple(anyPick, anyByte).map(
    ([where, byte]): Damage =>
      (bytes) =>
        replaced(bytes, where, 0, [byte]),
  ),
  fc.tuple(anyPick, fc.nat({ max: 9 })).map(
    ([where, size]): Damage =>
      (bytes) =>
        replaced(bytes, where, size, []),
  ),
  anyPick.map(
    (where): Damage =>
      (bytes) =>
        bytes.subarray(0, where % (bytes.length + 1)),
  ),
  fc.tuple(anyPick, anyPick, fc.nat({ max: 40 })).map(([from, to, size]): Damage => (bytes) => {
    const start = from % (bytes.length + 1);
    return replaced(bytes, to, 0, bytes.subarray(start, start + size));
  }),
  // Lengths of 2^32 - 1, 2^53 and 2^64 - 1.
  fc.tuple(anyPick, fc.constantFrom(32n, 53n, 64n)).map(
    ([where, width]): Damage =>
      (bytes) =>
        replaced(bytes, where, 1, longVarint((1n << width) - 1n)),
  ),
);

function replaced(bytes: Buffer, where: number, size: number, by: Uint8Array | readonly number[]): Buffer {
  const start = where % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), Uint8Array.from(by), bytes.subarray(start + size)]);
}

/** The byte in which a bit is turned. */
function turned(bytes: Buffer, where: number): number {
  return bytes[(where >> 3) % (bytes.length + 1)]! ^ (1 << (where & 7));
}

function longVarint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return [...bytes, Number(value)];
}
