import { grown } from './grown.js';
import { IdIndex, idWords } from '@tributary/pdata/bytes';

const none = -1;
const firstTraces = 1024;
/** 64 bytes: what is known of a trace lies in one line of the processor's cache. */
const stride = 16;

/** Fields of a trace, in words, behind its ID. */
const firstField = 4;
const lastField = 5;
const spansField = 6;
const bytesField = 7;
const arrivedField = 8;
const groupField = 9;
const scopeField = 10;
const dueField = 11;
const nextField = 12;
const previousField = 13;
const advancedField = 14;

const mostBytes = 0xffff_ffff;

/** Traces that are due at the same tick, in the order in which they came. */
interface Due {
  first: number;
  last: number;
}

/** The traces that wait for a decision, by number. */
export class TraceTable {
  /** IDs are at multiples of {@link idStride}. */
  words: Uint32Array = new Uint32Array(firstTraces * stride);
  readonly idStride: number = stride;
  readonly #index: IdIndex;
  readonly #dues = new Map<number, Due>();
  #count = 0;
  #free = none;
  /** Nothing is due before it. */
  #earliest = Infinity;

  constructor(random: () => number) {
    this.#index = new IdIndex(random, { stride });
  }

  get size(): number {
    return this.#index.size;
  }

  get memory(): number {
    return this.#index.byteLength + this.words.byteLength;
  }

  /** The number of the trace whose ID stands at `from`; -1: none. */
  find(words: Uint32Array, from: number): number {
    return this.#index.find(this.words, words, from);
  }

  /** A new trace without spans, due at that tick. `nowMs` is a whole number. */
  add(words: Uint32Array, from: number, nowMs: number, dueTick: number): number {
    const trace = this.#take();
    const at = trace * stride;
    for (let i = 0; i < idWords; i++) this.words[at + i] = words[from + i]!;
    this.words.fill(0, at + firstField, at + stride);
    this.words[at + arrivedField] = nowMs;
    this.#index.add(this.words, trace);
    this.#setDue(trace, dueTick);
    return trace;
  }

  /** Forgets a trace, whose number is used again. */
  remove(trace: number): void {
    this.#unlink(trace);
    this.#index.remove(this.words, trace);
    this.words[trace * stride + nextField] = this.#free;
    this.#free = trace;
  }

  /** First of its stretches; 0: none. */
  first(trace: number): number {
    return this.words[trace * stride + firstField]!;
  }
  last(trace: number): number {
    return this.words[trace * stride + lastField]!;
  }
  spanCount(trace: number): number {
    return this.words[trace * stride + spansField]!;
  }
  /** As the policies count: the groups that the spans came in, as protobuf. */
  byteLength(trace: number): number {
    return this.words[trace * stride + bytesField]!;
  }
  dueTick(trace: number): number {
    return this.words[trace * stride + dueField]!;
  }
  /** Whether it is due earlier than it was at first. */
  isAdvanced(trace: number): boolean {
    return this.words[trace * stride + advancedField] === 1;
  }
  /** Milliseconds since it was added. */
  ageMs(trace: number, nowMs: number): number {
    return (Math.floor(nowMs) - this.words[trace * stride + arrivedField]!) >>> 0;
  }

  setFirst(trace: number, stretch: number): void {
    this.words[trace * stride + firstField] = stretch;
  }
  setLast(trace: number, stretch: number): void {
    this.words[trace * stride + lastField] = stretch;
  }
  count(trace: number, spans: number, bytes: number): void {
    const at = trace * stride;
    this.words[at + spansField]! += spans;
    this.words[at + bytesField] = Math.min(mostBytes, this.words[at + bytesField]! + bytes);
  }

  /** Whether its last spans came from another group than that; from now on they come from that one. */
  entersGroup(trace: number, group: number): boolean {
    return this.#enters(trace * stride + groupField, group);
  }
  entersScope(trace: number, scope: number): boolean {
    return this.#enters(trace * stride + scopeField, scope);
  }

  /** Has a trace be due earlier than it is. */
  advance(trace: number, tick: number): void {
    if (tick >= this.dueTick(trace)) return;
    this.#unlink(trace);
    this.#setDue(trace, tick);
    this.words[trace * stride + advancedField] = 1;
  }

  /** The trace that is due first, of those that are due up to a tick; -1: none. */
  firstDue(tick: number = Infinity): number {
    if (this.size === 0 || this.#earliest > tick) return none;
    if (!this.#dues.has(this.#earliest)) this.#findEarliest();
    return this.#earliest > tick ? none : this.#dues.get(this.#earliest)!.first;
  }

  #enters(at: number, number: number): boolean {
    if (this.words[at] === number) return false;
    this.words[at] = number;
    return true;
  }

  #findEarliest(): void {
    this.#earliest = Infinity;
    for (const tick of this.#dues.keys()) if (tick < this.#earliest) this.#earliest = tick;
  }

  #setDue(trace: number, tick: number): void {
    const { words } = this;
    words[trace * stride + dueField] = tick;
    let due = this.#dues.get(tick);
    if (due === undefined) this.#dues.set(tick, (due = { first: none, last: none }));
    words[trace * stride + previousField] = due.last;
    words[trace * stride + nextField] = none;
    if (due.last === none) due.first = trace;
    else words[due.last * stride + nextField] = trace;
    due.last = trace;
    if (tick < this.#earliest) this.#earliest = tick;
  }

  #unlink(trace: number): void {
    const { words } = this;
    const tick = this.dueTick(trace);
    const due = this.#dues.get(tick)!;
    // Words have no sign.
    const next = words[trace * stride + nextField]! | 0;
    const previous = words[trace * stride + previousField]! | 0;
    if (previous === none) due.first = next;
    else words[previous * stride + nextField] = next;
    if (next === none) due.last = previous;
    else words[next * stride + previousField] = previous;
    if (due.first === none) this.#dues.delete(tick);
  }

  #take(): number {
    const free = this.#free;
    if (free !== none) {
      this.#free = this.words[free * stride + nextField]! | 0;
      return free;
    }
    if ((this.#count + 1) * stride > this.words.length) {
      this.words = grown(this.words, new Uint32Array(this.words.length * 2));
    }
    return this.#count++;
  }
}
