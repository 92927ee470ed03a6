import { IdIndex, idWords } from '@tributary/pdata/bytes';

/** Traces of one generation; those above it are not remembered. */
const maxTraces = 2 ** 20;
const firstTraces = 1024;

/** Traces that were seen in one stretch of time, and where their spans went. */
class Generation {
  readonly index: IdIndex;
  ids: Uint32Array = new Uint32Array(firstTraces * idWords);
  owners: Int32Array = new Int32Array(firstTraces);

  constructor(random: () => number) {
    this.index = new IdIndex(random);
  }

  get byteLength(): number {
    return this.index.byteLength + this.ids.byteLength + this.owners.byteLength;
  }

  find(id: Uint32Array): number {
    const at = this.index.find(this.ids, id, 0);
    return at < 0 ? -1 : this.owners[at]!;
  }

  set(id: Uint32Array, owner: number): void {
    let at = this.index.find(this.ids, id, 0);
    if (at < 0) {
      at = this.index.size;
      if (at === maxTraces) return;
      if (at === this.owners.length) this.#grow();
      this.ids.set(id, at * idWords);
      this.index.add(this.ids, at);
    }
    this.owners[at] = owner;
  }

  #grow(): void {
    const { ids, owners } = this;
    this.ids = new Uint32Array(ids.length * 2);
    this.ids.set(ids);
    this.owners = new Int32Array(owners.length * 2);
    this.owners.set(owners);
  }
}

/**
 * Where the spans of the last traces went. A trace is known for at least `windowMs` after its spans were last sent to the
 * owner that it would have anyway; and for as long after {@link hold}.
 */
export class Owners {
  readonly #windowMs: number;
  readonly #random: () => number;
  readonly #idBytes = new Uint8Array(16);
  readonly #id = new Uint32Array(this.#idBytes.buffer);
  #current: Generation;
  #before: Generation;
  #turnMs: number;

  constructor(windowMs: number, nowMs: number, random: () => number) {
    this.#windowMs = windowMs;
    this.#random = random;
    this.#current = new Generation(random);
    this.#before = new Generation(random);
    this.#turnMs = nowMs + windowMs;
  }

  get byteLength(): number {
    return this.#current.byteLength + this.#before.byteLength;
  }

  /** The owner of a trace; -1: not known. `id` has 16 bytes. */
  find(id: Uint8Array, nowMs: number): number {
    if (nowMs >= this.#turnMs) this.#turn(nowMs);
    this.#idBytes.set(id);
    const owner = this.#current.find(this.#id);
    return owner >= 0 ? owner : this.#before.find(this.#id);
  }

  /** Remembers the owner of the trace that was asked for last. */
  set(owner: number): void {
    this.#current.set(this.#id, owner);
  }

  /** Forgets nothing for a time. */
  hold(nowMs: number): void {
    this.#turnMs = nowMs + this.#windowMs;
  }

  #turn(nowMs: number): void {
    this.#before = this.#current;
    this.#current = new Generation(this.#random);
    this.#turnMs = nowMs + this.#windowMs;
  }
}
