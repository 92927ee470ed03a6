/** 16 bytes as four numbers of 32 bits, which is how IDs are compared. */
export const idWords = 4;

/** A factor for each word that nobody outside knows, lest IDs be chosen that all come to one place. */
type Seed = readonly [number, number, number, number];

/** How an {@link IdIndex} is laid out. */
export interface IdIndexOptions {
  readonly stride?: number;
  readonly capacity?: number;
}

const emptySlot = 0;
const leastSlots = 1024;

/**
 * Finds the number of an entry by its trace ID: a table that is open, with the IDs in an array of the owner. All 16
 * bytes count.
 */
export class IdIndex {
  size = 0;
  readonly #seed: Seed;
  /** Number of an entry, and one; 0 where there is none. */
  #slots: Uint32Array;
  #mask: number;

  readonly #stride: number;

  /** The ID of entry n stands at n times `stride` words. It grows beyond `capacity` when it has to. */
  constructor(random: () => number, { stride = idWords, capacity = 0 }: IdIndexOptions = {}) {
    this.#stride = stride;
    this.#slots = new Uint32Array(Math.max(leastSlots, 2 ** Math.ceil(Math.log2(capacity * 2 || 1))));
    this.#mask = this.#slots.length - 1;
    const odd = (): number => (Math.floor(random() * 0x1_0000_0000) | 1) >>> 0;
    this.#seed = [odd(), odd(), odd(), odd()];
  }

  get byteLength(): number {
    return this.#slots.byteLength;
  }

  /** The number of the entry with the ID that stands at `from` in `words`; -1: none. */
  find(ids: Uint32Array, words: Uint32Array, from: number): number {
    const a = words[from]!;
    const b = words[from + 1]!;
    const c = words[from + 2]!;
    const d = words[from + 3]!;
    for (let slot = this.#hash(a, b, c, d) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]!;
      if (entry === emptySlot) return -1;
      const at = (entry - 1) * this.#stride;
      if (ids[at] === a && ids[at + 1] === b && ids[at + 2] === c && ids[at + 3] === d) return entry - 1;
    }
  }

  /** Adds an entry whose ID is in `ids`, and in no entry yet. */
  add(ids: Uint32Array, number: number): void {
    if (++this.size * 2 > this.#slots.length) this.#grow(ids);
    this.#put(ids, number);
  }

  /** Takes an entry away, by the ID that it has in `ids`. */
  remove(ids: Uint32Array, number: number): void {
    let hole = this.#home(ids, number);
    while (this.#slots[hole] !== number + 1) hole = (hole + 1) & this.#mask;
    this.size--;
    // Those behind it move up, unless they stand before where they belong.
    for (let slot = (hole + 1) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]!;
      if (entry === emptySlot) break;
      const home = this.#home(ids, entry - 1);
      if (((slot - home) & this.#mask) >= ((slot - hole) & this.#mask)) {
        this.#slots[hole] = entry;
        hole = slot;
      }
    }
    this.#slots[hole] = emptySlot;
  }

  #put(ids: Uint32Array, number: number): void {
    let slot = this.#home(ids, number);
    while (this.#slots[slot] !== emptySlot) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = number + 1;
  }

  #grow(ids: Uint32Array): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    this.#mask = this.#slots.length - 1;
    for (const entry of before) if (entry !== emptySlot) this.#put(ids, entry - 1);
  }

  #home(ids: Uint32Array, number: number): number {
    const at = number * this.#stride;
    return this.#hash(ids[at]!, ids[at + 1]!, ids[at + 2]!, ids[at + 3]!) & this.#mask;
  }

  #hash(a: number, b: number, c: number, d: number): number {
    const [p, q, r, s] = this.#seed;
    let hash = Math.imul(a ^ q, p);
    hash = Math.imul(hash ^ (hash >>> 15) ^ b, q);
    hash = Math.imul(hash ^ (hash >>> 13) ^ c, r);
    hash = Math.imul(hash ^ (hash >>> 15) ^ d, s);
    return hash ^ (hash >>> 16);
  }
}
