import { crc32 } from './crc32.js';
import type { Ring } from './ring.js';

/** One generation of the ring of the Go exporter. */
interface Generation {
  /** Positions of the ring. */
  readonly positions: number;
  readonly pointsPerBackend: number;
  /** How the number of a point is written behind the name of the backend: as a byte, or as 32 bits, little-endian. */
  readonly numberBytes: 1 | 4;
  /** Positions that are tried for a point whose own is taken; then there is no such point. */
  readonly tries: number;
  /** Points are placed by position, hash and backend; else backend by backend. */
  readonly isSorted: boolean;
}

/** The first, to the middle of 2025; the second (contrib #41271); the third (#49585), that of v0.160 and v0.161. */
export const generations: Readonly<Record<'g1' | 'g2' | 'g3', Generation>> = {
  g1: { positions: 36_000, pointsPerBackend: 100, numberBytes: 1, tries: 1, isSorted: false },
  g2: { positions: 36_000, pointsPerBackend: 100, numberBytes: 4, tries: 10, isSorted: false },
  g3: { positions: 131_071, pointsPerBackend: 200, numberBytes: 4, tries: 10, isSorted: true },
};

/** Of positions, as a power of two: a stretch of them has one entry in the table of a ring. */
const stretchBits = 3;

/** A ring of the Go exporter: a key belongs to the first point at or behind CRC-32 of the key modulo the positions. */
export class GoRing implements Ring {
  readonly backends: readonly string[];
  /** Positions of points, in order, and whose they are. */
  readonly points: Uint32Array;
  readonly owners: Uint32Array;
  readonly #positions: number;
  /** The first point at or behind the beginning of each stretch of positions. From there it is a step or two. */
  readonly #firstOf: Uint32Array;

  constructor(generation: 'g1' | 'g2' | 'g3', backends: readonly string[]) {
    const { positions, isSorted, pointsPerBackend, tries } = generations[generation];
    this.backends = backends;
    this.#positions = positions;
    const hashes = hashesOf(generations[generation], backends);
    const positionOf = hashes.map((hash) => hash % positions);
    const order = isSorted ? byPosition(hashes, positionOf, positions) : undefined;
    const ownerAt = new Int32Array(positions).fill(-1);
    let count = 0;
    for (let n = 0; n < hashes.length; n++) {
      const candidate = order === undefined ? n : order[n]!;
      let at = positionOf[candidate]!;
      for (let tried = 1; tried < tries && ownerAt[at]! >= 0; tried++) if (++at === positions) at = 0;
      if (ownerAt[at]! >= 0) continue;
      ownerAt[at] = Math.floor(candidate / pointsPerBackend);
      count++;
    }
    this.points = new Uint32Array(count);
    this.owners = new Uint32Array(count);
    this.#firstOf = new Uint32Array((positions >>> stretchBits) + 1);
    for (let position = 0, point = 0; position < positions; position++) {
      if (position % (1 << stretchBits) === 0) this.#firstOf[position >>> stretchBits] = point;
      if (ownerAt[position]! < 0) continue;
      this.points[point] = position;
      this.owners[point++] = ownerAt[position]!;
    }
  }

  owner(key: Uint8Array, start: number, end: number, isOut?: (backend: number) => boolean): number {
    const { points, owners } = this;
    const { length } = owners;
    if (length === 0) return -1;
    const position = crc32(key, start, end) % this.#positions;
    let first = this.#firstOf[position >>> stretchBits]!;
    while (first < length && points[first]! < position) first++;
    // Behind the last one stands the first.
    if (first === length) first = 0;
    const owner = owners[first]!;
    if (isOut === undefined || !isOut(owner)) return owner;
    for (let i = 1; i < length; i++) {
      const next = owners[(first + i) % length]!;
      if (!isOut(next)) return next;
    }
    return -1;
  }
}

/** Of the points that each backend would have, backend by backend. */
function hashesOf({ pointsPerBackend, numberBytes }: Generation, backends: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(backends.length * pointsPerBackend);
  const number = Buffer.alloc(numberBytes);
  let at = 0;
  for (const name of backends) {
    const text = Buffer.from(name);
    const before = crc32(text, 0, text.length);
    for (let point = 0; point < pointsPerBackend; point++) {
      number.writeUIntLE(point, 0, numberBytes);
      hashes[at++] = crc32(number, 0, numberBytes, before);
    }
  }
  return hashes;
}

/** The numbers of hashes by position, hash and backend: counted into their positions, where there are few each. */
function byPosition(hashes: Uint32Array, positionOf: Uint32Array, positions: number): Uint32Array {
  const { length } = hashes;
  const ends = new Uint32Array(positions);
  for (let n = 0; n < length; n++) ends[positionOf[n]!]!++;
  for (let position = 1; position < positions; position++) ends[position]! += ends[position - 1]!;
  const order = new Uint32Array(length);
  // From the last on, so that ends become beginnings and those of one position stay in the order of their backends.
  for (let n = length - 1; n >= 0; n--) order[--ends[positionOf[n]!]!] = n;
  for (let at = 1; at < length; at++) {
    const candidate = order[at]!;
    let to = at;
    for (; to > 0; to--) {
      const other = order[to - 1]!;
      if (positionOf[other] !== positionOf[candidate] || hashes[other]! <= hashes[candidate]!) break;
      order[to] = other;
    }
    order[to] = candidate;
  }
  return order;
}
