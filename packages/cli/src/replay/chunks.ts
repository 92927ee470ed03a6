/** Bytes that come in chunks, read in portions of another size. What is buffered is one portion and one chunk. */
export class Chunks {
  /** Of the first byte that was not taken yet. */
  offset = 0;
  readonly #source: AsyncIterator<Buffer>;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, without taking them: fewer where the source ends. */
  async peek(length: number): Promise<Buffer> {
    while (this.#length < length && (await this.#readOn()));
    // Once a portion, since a portion of many small chunks would be copied for each of them.
    if (this.#pieces.length > 1 && this.#pieces[0]!.length < length)
      this.#pieces = [Buffer.concat(this.#pieces)];
    return (this.#pieces[0] ?? Buffer.alloc(0)).subarray(0, length);
  }

  /** As `peek`, and takes them. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    if (bytes.length === 0) return bytes;
    const rest = this.#pieces[0]!.subarray(bytes.length);
    if (rest.length > 0) this.#pieces[0] = rest;
    else this.#pieces.shift();
    this.#length -= bytes.length;
    this.offset += bytes.length;
    return bytes;
  }

  /** Up to a byte, which is taken and left out; the rest where it does not come. Undefined where it is too far. */
  async takeUntil(byte: number, most: number): Promise<Buffer | undefined> {
    let searched = 0;
    for (let piece = 0; ; piece++) {
      if (piece === this.#pieces.length && !(await this.#readOn())) return this.take(searched);
      const at = this.#pieces[piece]!.indexOf(byte);
      if (searched + Math.max(0, at) > most) return undefined;
      if (at >= 0) {
        const bytes = await this.take(searched + at);
        await this.take(1);
        return bytes;
      }
      searched += this.#pieces[piece]!.length;
      if (searched > most) return undefined;
    }
  }

  async #readOn(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#source.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.#pieces.push(value);
      this.#length += value.length;
      return true;
    }
  }
}
