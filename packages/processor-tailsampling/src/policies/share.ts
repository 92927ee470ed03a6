/** 2^64 and FNV-1a of 64 bits, whose prime is 2^40 + 0x1b3. */
const half = 4_294_967_296;
const basisHigh = 0xcbf29ce4;
const basisLow = 0x84222325;
const primeLow = 0x1b3;
const most = 2n ** 64n - 1n;
/** As the Collector has it. */
const defaultSalt = 'default-hash-seed';

/** Which traces are in a share, by FNV-1a of salt and trace ID, in 64 bits. */
export class Share {
  /** Of the ID that was asked for last, in two halves. */
  hashHigh = 0;
  hashLow = 0;
  readonly #seedHigh: number;
  readonly #seedLow: number;
  readonly #limitHigh: number;
  readonly #limitLow: number;
  readonly #isNone: boolean;

  constructor(percentage: number, salt: string) {
    this.hashHigh = basisHigh;
    this.hashLow = basisLow;
    this.#add(Buffer.from(salt === '' ? defaultSalt : salt));
    this.#seedHigh = this.hashHigh;
    this.#seedLow = this.hashLow;
    const limit = limitOf(percentage);
    this.#isNone = limit < 0n;
    this.#limitHigh = Number(limit >> 32n);
    this.#limitLow = Number(BigInt.asUintN(32, limit));
  }

  /** `id` has 16 bytes. */
  has(id: Uint8Array): boolean {
    this.hashHigh = this.#seedHigh;
    this.hashLow = this.#seedLow;
    this.#add(id);
    if (this.#isNone) return false;
    if (this.hashHigh !== this.#limitHigh) return this.hashHigh < this.#limitHigh;
    return this.hashLow <= this.#limitLow;
  }

  /** Where in the whole, in per cent, the ID lies that was asked for last. */
  get point(): number {
    return ((this.hashHigh * half + this.hashLow) / (half * half)) * 100;
  }

  #add(bytes: Uint8Array): void {
    let high = this.hashHigh;
    let low = this.hashLow;
    for (let i = 0; i < bytes.length; i++) {
      low = (low ^ bytes[i]!) >>> 0;
      const product = low * primeLow;
      high = (high * primeLow + Math.floor(product / half) + ((low << 8) >>> 0)) >>> 0;
      low = product >>> 0;
    }
    this.hashHigh = high;
    this.hashLow = low;
  }
}

/**
 * The highest hash that is kept: (2^64 - 1) times the share, the product rounded to 64 bits (half to even), then
 * down; below 0 where nothing is.
 */
export function limitOf(percentage: number): bigint {
  const share = percentage / 100;
  if (!(share >= 0)) return -1n;
  if (share >= 1) return most;
  const [mantissa, exponent] = parts(share);
  let product = most * mantissa;
  // product * 2^exponent is the limit, with the exponent below 0.
  const excess = BigInt(product.toString(2).length - 64);
  let shift = BigInt(-exponent);
  if (excess > 0n) {
    const rest = BigInt.asUintN(Number(excess), product);
    const middle = 1n << (excess - 1n);
    product >>= excess;
    if (rest > middle || (rest === middle && (product & 1n) === 1n)) product++;
    shift -= excess;
  }
  const limit = shift > 0n ? product >> shift : product << -shift;
  return limit > most ? most : limit;
}

/** A double from 0 to below 1 as a whole number times a power of two, the exponent below 0. */
function parts(value: number): readonly [bigint, number] {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075];
}
