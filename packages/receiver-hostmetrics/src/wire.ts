/** Writes messages of protobuf into one buffer that grows, and is used again. */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(16_384);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.truncate(0);
  }

  /** Forgets what stands behind so many bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** What was written, as bytes of its own. */
  toBytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  /** Begins a field with a message; returns what {@link end} wants. */
  begin(tag: number): number {
    this.#reserve(2);
    this.#buffer[this.#length++] = tag;
    return ++this.#length;
  }

  /** The length stands before the message: one of more than 127 bytes is moved to make room. */
  end(start: number): void {
    const size = this.#length - start;
    if (size < 128) {
      this.#buffer[start - 1] = size;
      return;
    }
    let extra = 0;
    for (let rest = size >>> 7; rest > 0; rest >>>= 7) extra++;
    this.#reserve(extra);
    this.#buffer.copyWithin(start + extra, start, this.#length);
    let rest = size;
    let at = start - 1;
    for (; rest > 127; rest >>>= 7) this.#buffer[at++] = (rest & 127) | 128;
    this.#buffer[at] = rest;
    this.#length += extra;
  }

  text(tag: number, value: string): void {
    if (value === '') return;
    const start = this.begin(tag);
    this.#reserve(value.length * 3);
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
    this.end(start);
  }

  /** Of values below 2^53, as a varint. */
  varint(tag: number, value: number): void {
    this.#reserve(12);
    this.#buffer[this.#length++] = tag;
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#buffer[this.#length++] = (rest % 128) | 128;
    this.#buffer[this.#length++] = rest;
  }

  double(tag: number, value: number): void {
    this.#reserve(9);
    this.#buffer[this.#length++] = tag;
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** A whole number as eight bytes: what is too large for them is the largest. */
  sfixed64(tag: number, value: number): void {
    this.#reserve(9);
    this.#buffer[this.#length++] = tag;
    if (Number.isSafeInteger(value) && value >= 0) {
      this.#length = this.#buffer.writeUInt32LE(value % 2 ** 32, this.#length);
      this.#length = this.#buffer.writeUInt32LE(Math.floor(value / 2 ** 32), this.#length);
    } else {
      const most = 2n ** 63n - 1n;
      const whole = BigInt(Math.trunc(value));
      const fitting = whole > most ? most : whole < -most ? -most : whole;
      this.#length = this.#buffer.writeBigInt64LE(fitting, this.#length);
    }
  }

  fixed64(tag: number, value: bigint): void {
    this.#reserve(9);
    this.#buffer[this.#length++] = tag;
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
