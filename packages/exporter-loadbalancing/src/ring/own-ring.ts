import type { Ring } from './ring.js';
import type { Xxh64 } from './xxh64.js';

const idBytes = 16;

/**
 * Our own ring: the highest random weight (rendezvous hashing). A key belongs to the backend for which a hash of both
 * is the highest. So keys are spread as evenly as by dice, a backend that joins takes its share from all the others
 * and nothing moves between these, and one that leaves spreads its share over the others. A key costs a step for
 * each backend.
 */
export class OwnRing implements Ring {
  readonly backends: readonly string[];
  readonly #xxh64: Xxh64;
  /** XXH64 of the name of each, in two halves. */
  readonly #high: Int32Array;
  readonly #low: Int32Array;
  readonly #key = { high: 0, low: 0 };

  constructor(backends: readonly string[], xxh64: Xxh64) {
    this.backends = backends;
    this.#xxh64 = xxh64;
    const hashes = backends.map((name) => xxh64(Buffer.from(name)));
    this.#high = Int32Array.from(hashes, (hash) => Number(BigInt.asIntN(32, hash >> 32n)));
    this.#low = Int32Array.from(hashes, (hash) => Number(BigInt.asIntN(32, hash)));
  }

  owner(key: Uint8Array, start: number, end: number, isOut?: (backend: number) => boolean): number {
    this.#hash(key, start, end);
    const { high, low } = this.#key;
    let best = -1;
    let bestWeight = -1;
    for (let backend = 0; backend < this.#high.length; backend++) {
      let weight = Math.imul(high ^ this.#high[backend]!, 0x9e3779b1) ^ low ^ this.#low[backend]!;
      weight = Math.imul(weight ^ (weight >>> 16), 0x85ebca6b);
      weight = Math.imul(weight ^ (weight >>> 13), 0xc2b2ae35);
      weight = (weight ^ (weight >>> 16)) >>> 0;
      if (weight <= bestWeight || (isOut !== undefined && isOut(backend))) continue;
      best = backend;
      bestWeight = weight;
    }
    return best;
  }

  /** Of trace IDs, which are the most, by hand: a call into WebAssembly costs more than all the rest. */
  #hash(key: Uint8Array, start: number, end: number): void {
    if (end - start !== idBytes) {
      const hash = this.#xxh64(key.subarray(start, end));
      this.#key.high = Number(BigInt.asIntN(32, hash >> 32n));
      this.#key.low = Number(BigInt.asIntN(32, hash));
      return;
    }
    let high = 0x243f6a88;
    let low = 0x85a308d3 | 0;
    for (let at = start; at < end; at += 4) {
      const word = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);
      high = Math.imul(high ^ word, 0xcc9e2d51);
      high = (high << 15) | (high >>> 17);
      low = Math.imul(low ^ word ^ high, 0x1b873593);
      low = (low << 13) | (low >>> 19);
    }
    this.#key.high = high ^ (low >>> 11);
    this.#key.low = low ^ (high >>> 9);
  }
}
