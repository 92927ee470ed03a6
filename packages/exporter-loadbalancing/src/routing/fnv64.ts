const half = 4_294_967_296;
/** Of the prime, which is 2^40 + 0x1b3. */
const primeLow = 0x1b3;

/** FNV-1a of 64 bits, over any number of pieces. */
export class Fnv64 {
  #high = 0xcbf29ce4;
  #low = 0x84222325;

  add(bytes: Uint8Array): this {
    let high = this.#high;
    let low = this.#low;
    for (const byte of bytes) {
      low = (low ^ byte) >>> 0;
      const product = low * primeLow;
      high = (high * primeLow + Math.floor(product / half) + ((low << 8) >>> 0)) >>> 0;
      low = product >>> 0;
    }
    this.#high = high;
    this.#low = low;
    return this;
  }

  /** Without leading zeros. */
  toHex(): string {
    return ((BigInt(this.#high) << 32n) | BigInt(this.#low)).toString(16);
  }
}
