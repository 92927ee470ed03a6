import { grown } from './store/grown.js';
import { IdIndex, idWords } from '@tributary/pdata/bytes';

const none = -1;
const firstEntries = 256;

/** Traces of one kind, the one used last first. */
interface Uses {
  capacity: number;
  size: number;
  newest: number;
  oldest: number;
}

/** What is remembered about a decision. */
export interface Remembered {
  isKept: boolean;
  /** Number of the name of the policy that is credited, as it was given; -1: none. */
  policy: number;
  /** Seconds on the clock of the caller. */
  decidedAtS: number;
}

/**
 * What was decided about the last traces, by all 16 bytes of the ID: so many that were kept, and so many that were
 * not. When it is full, that one goes which was not asked for the longest. It grows with its use, up to about 40 bytes
 * a trace.
 */
export class DecisionCache {
  readonly #index: IdIndex;
  readonly #kept: Uses;
  readonly #others: Uses;
  readonly #found: Remembered = { isKept: false, policy: none, decidedAtS: 0 };
  #ids = new Uint32Array(firstEntries * idWords);
  #newer = new Int32Array(firstEntries);
  #older = new Int32Array(firstEntries);
  #decidedAtS = new Uint32Array(firstEntries);
  #policies = new Int16Array(firstEntries);
  #isKept = new Uint8Array(firstEntries);
  #count = 0;
  #free = none;

  /** Both sizes are at least 1. */
  constructor(keptSize: number, otherSize: number, random: () => number) {
    this.#index = new IdIndex(random);
    const uses = (capacity: number): Uses => ({ capacity, size: 0, newest: none, oldest: none });
    this.#kept = uses(keptSize);
    this.#others = uses(otherSize);
  }

  get byteLength(): number {
    return this.#index.byteLength + this.#newer.length * (4 * idWords + 15);
  }

  /** About the ID that stands at `from` in `words`. One object for all answers: it holds until the next question. */
  find(words: Uint32Array, from: number): Remembered | undefined {
    const entry = this.#index.find(this.#ids, words, from);
    if (entry === none) return undefined;
    const uses = this.#usesOf(entry);
    this.#unlink(entry, uses);
    this.#link(entry, uses);
    const found = this.#found;
    found.isKept = uses === this.#kept;
    found.policy = this.#policies[entry]!;
    found.decidedAtS = this.#decidedAtS[entry]!;
    return found;
  }

  /** Remembers a decision about the ID that stands at `from`, in the place of an earlier one. */
  add(words: Uint32Array, from: number, isKept: boolean, policy: number, decidedAtS: number): void {
    let entry = this.#index.find(this.#ids, words, from);
    if (entry !== none) this.#remove(entry);
    const uses = isKept ? this.#kept : this.#others;
    if (uses.size >= uses.capacity) this.#remove(uses.oldest);
    entry = this.#take();
    this.#ids.set(words.subarray(from, from + idWords), entry * idWords);
    this.#isKept[entry] = isKept ? 1 : 0;
    this.#policies[entry] = policy;
    this.#decidedAtS[entry] = decidedAtS;
    this.#index.add(this.#ids, entry);
    this.#link(entry, uses);
  }

  /** Both sizes are at least 1. What is too much goes. */
  resize(keptSize: number, otherSize: number): void {
    this.#kept.capacity = keptSize;
    this.#others.capacity = otherSize;
    for (const uses of [this.#kept, this.#others]) {
      while (uses.size > uses.capacity) this.#remove(uses.oldest);
    }
  }

  #usesOf(entry: number): Uses {
    return this.#isKept[entry] === 1 ? this.#kept : this.#others;
  }

  #take(): number {
    const free = this.#free;
    if (free !== none) {
      this.#free = this.#older[free]!;
      return free;
    }
    if (this.#count === this.#newer.length) this.#grow();
    return this.#count++;
  }

  #remove(entry: number): void {
    this.#unlink(entry, this.#usesOf(entry));
    this.#index.remove(this.#ids, entry);
    this.#older[entry] = this.#free;
    this.#free = entry;
  }

  #link(entry: number, uses: Uses): void {
    this.#newer[entry] = none;
    this.#older[entry] = uses.newest;
    if (uses.newest === none) uses.oldest = entry;
    else this.#newer[uses.newest] = entry;
    uses.newest = entry;
    uses.size++;
  }

  #unlink(entry: number, uses: Uses): void {
    const newer = this.#newer[entry]!;
    const older = this.#older[entry]!;
    if (newer === none) uses.newest = older;
    else this.#older[newer] = older;
    if (older === none) uses.oldest = newer;
    else this.#newer[older] = newer;
    uses.size--;
  }

  #grow(): void {
    const length = this.#count * 2;
    this.#ids = grown(this.#ids, new Uint32Array(length * idWords));
    this.#newer = grown(this.#newer, new Int32Array(length));
    this.#older = grown(this.#older, new Int32Array(length));
    this.#decidedAtS = grown(this.#decidedAtS, new Uint32Array(length));
    this.#policies = grown(this.#policies, new Int16Array(length));
    this.#isKept = grown(this.#isKept, new Uint8Array(length));
  }
}
