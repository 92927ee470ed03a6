/** Bytes that come in pieces, put together; the memory is used again. */
export class Body {
  #bytes = Buffer.allocUnsafeSlow(64 << 10);
  length = 0;
  /** When the first byte came. */
  beganAt = 0;

  begin(): void {
    this.length = 0;
    this.beganAt = performance.now();
  }

  append(chunk: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.length, start, end);
    this.length = length;
  }

  /** What has come, until the next `begin`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

/**
 * Takes a message, whose bytes last until it returns, and says when it is to be answered. `answer` returns whether
 * anybody still waits for that.
 */
export type TakeMessage = (message: Buffer, firstByteAt: number, answer: () => boolean) => void;
