import type { Receipt } from '@tributary/stanza';
import type { Position } from './position.js';

/** Records that were read together. */
class Read implements Receipt {
  /** Where it ends; known before it is over. */
  end: Position;
  readonly #ended: () => void;
  #holds = 1;

  constructor(end: Position, ended: () => void) {
    this.end = end;
    this.#ended = ended;
  }

  get isOver(): boolean {
    return this.#holds === 0;
  }

  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    if (this.#holds === 0) this.#ended();
  }
}

/** How far the pipeline has taken what was read of a file: up to the first record that is still on its way. */
export class Progress {
  position: Position;
  readonly #reads: Read[] = [];
  readonly #moved: () => void;

  constructor(position: Position, moved: () => void) {
    this.position = position;
    this.#moved = moved;
  }

  /** Records are made of what was read. The receipt is held once; `end` is to be set before it is released. */
  begin(): Receipt & { end: Position } {
    const read = new Read(this.position, () => this.#advance());
    this.#reads.push(read);
    return read;
  }

  /** Begins anew: what is on its way says nothing any more. */
  reset(position: Position): void {
    this.#reads.length = 0;
    this.position = position;
    this.#moved();
  }

  #advance(): void {
    let isMoved = false;
    while (this.#reads[0]?.isOver === true) {
      this.position = this.#reads.shift()!.end;
      isMoved = true;
    }
    if (isMoved) this.#moved();
  }
}
