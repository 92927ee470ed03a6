import { ownBytes } from './own-bytes.js';

/** After so many small pieces they become one. */
const piecesPerMerge = 512;
const smallPiecesBytes = 512 << 10;

/**
 * Collects a body. A body that comes in single bytes would otherwise cost two
 * hundred times its size, a Buffer object for each.
 */
export class BodyBuffer {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** From here on pieces stand as they came. */
  #unmerged = 0;
  #unmergedBytes = 0;

  get byteLength(): number {
    return this.#bytes;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    this.#unmergedBytes += piece.byteLength;
    if (this.#pieces.length - this.#unmerged === piecesPerMerge) this.#merge();
  }

  #merge(): void {
    if (this.#unmergedBytes < smallPiecesBytes) {
      this.#pieces.push(Buffer.concat(this.#pieces.splice(this.#unmerged), this.#unmergedBytes));
    }
    this.#unmerged = this.#pieces.length;
    this.#unmergedBytes = 0;
  }

  /** All of it, in memory of its own. The collector is of no use afterwards. */
  take(): Buffer {
    const [only] = this.#pieces;
    const whole = ownBytes(this.#pieces.length === 1 ? only! : Buffer.concat(this.#pieces, this.#bytes));
    this.drop();
    return whole;
  }

  /** Lets go of what has come: whoever listens for the rest may hold the collector for long. */
  drop(): void {
    this.#pieces = [];
  }
}
