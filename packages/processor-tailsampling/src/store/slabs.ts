/** Bytes of a slab, where the bound of the store lets it be so large. */
const mostSlabBytes = 4 * 1024 * 1024;
const leastSlabBytes = 64 * 1024;
/** A bound is at least so many slabs: what is freed is freed in steps of one. */
const slabsInBound = 16;
/** Empty slabs that are kept for those to come. */
const maxSpare = 4;

/** A stretch of memory that is written from its start to its end, and freed as a whole. */
export interface Slab {
  readonly bytes: Buffer;
  used: number;
  /** How many refer to it. */
  live: number;
}

/** How large slabs are under a bound. */
export function slabBytesFor(maxBytes: number): number {
  const share = 2 ** Math.floor(Math.log2(Math.max(1, maxBytes / slabsInBound)));
  return Math.min(mostSlabBytes, Math.max(leastSlabBytes, share));
}

/** Append-only memory in slabs. Places in it are a slab's number and an offset. */
export class Slabs {
  /** Where in its slab lies what was copied last. */
  copiedAt = 0;
  /** Of all slabs that hold something. */
  byteLength = 0;
  /** Of those that hold nothing and are kept. */
  spareBytes = 0;
  /** Of one that is not made for a larger stretch. */
  readonly slabBytes: number;
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #spare: Slab[] = [];
  /** Number of the one that is written; -1: none yet. */
  #open = -1;

  constructor(slabBytes: number) {
    this.slabBytes = slabBytes;
  }

  get(number: number): Slab {
    return this.#slabs[number]!;
  }

  /** What a stretch of that size would add to `byteLength`. */
  growthFor(size: number): number {
    const open = this.#open < 0 ? undefined : this.#slabs[this.#open]!;
    if (open !== undefined && open.used + size <= open.bytes.length) return 0;
    return Math.max(size, this.slabBytes);
  }

  /**
   * Copies bytes in, and returns the number of their slab; {@link copiedAt} is where they begin in it. They last as
   * long as somebody refers to the slab; the caller does from now on.
   */
  copy(source: Buffer, start: number, end: number): number {
    const size = end - start;
    let number = this.#open;
    let slab = number < 0 ? undefined : this.#slabs[number]!;
    if (slab === undefined || slab.used + size > slab.bytes.length) {
      number = size > this.slabBytes ? this.#add(size) : this.#openNext();
      slab = this.#slabs[number]!;
    }
    this.copiedAt = slab.used;
    source.copy(slab.bytes, slab.used, start, end);
    slab.used += size;
    slab.live++;
    return number;
  }

  refer(number: number): void {
    this.#slabs[number]!.live++;
  }

  release(number: number): void {
    const slab = this.#slabs[number]!;
    if (--slab.live > 0) return;
    if (number === this.#open) {
      // Nothing of it is in use: it is written from its start again.
      slab.used = 0;
      return;
    }
    this.#free(number, slab);
  }

  #openNext(): number {
    const before = this.#open;
    const slab = before < 0 ? undefined : this.#slabs[before]!;
    this.#open = this.#add(this.slabBytes);
    if (slab !== undefined && slab.live === 0) this.#free(before, slab);
    return this.#open;
  }

  #add(size: number): number {
    const number = this.#freeNumbers.pop() ?? this.#slabs.length;
    const spare = size === this.slabBytes ? this.#spare.pop() : undefined;
    if (spare !== undefined) this.spareBytes -= size;
    const slab = spare ?? newSlab(size);
    this.#slabs[number] = slab;
    this.byteLength += slab.bytes.length;
    return number;
  }

  #free(number: number, slab: Slab): void {
    const size = slab.bytes.length;
    this.byteLength -= size;
    this.#slabs[number] = undefined;
    this.#freeNumbers.push(number);
    if (size !== this.slabBytes || this.#spare.length >= maxSpare) return;
    slab.used = 0;
    this.#spare.push(slab);
    this.spareBytes += size;
  }
}

function newSlab(size: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, live: 0 };
}
