import { grown } from './grown.js';

const none = 0;
const firstStretches = 1024;
const stride = 6;

/** Fields of a stretch, in words. */
const slabField = 0;
const startField = 1;
const endField = 2;
const resourceField = 3;
const scopeField = 4;
const nextField = 5;

/**
 * Where the spans of traces lie: each stretch is frames of spans, one behind the other in a slab, under one scope. Those
 * of a trace are a chain. They are known by numbers from 1 on.
 */
export class Stretches {
  #words = new Uint32Array((firstStretches + 1) * stride);
  #count = 1;
  #free = none;

  get memory(): number {
    return this.#words.byteLength;
  }

  add(slab: number, start: number, end: number, resource: number, scope: number): number {
    const stretch = this.#take();
    const words = this.#words;
    const at = stretch * stride;
    words[at + slabField] = slab;
    words[at + startField] = start;
    words[at + endField] = end;
    words[at + resourceField] = resource;
    words[at + scopeField] = scope;
    words[at + nextField] = none;
    return stretch;
  }

  remove(stretch: number): void {
    this.#words[stretch * stride + nextField] = this.#free;
    this.#free = stretch;
  }

  slab(stretch: number): number {
    return this.#words[stretch * stride + slabField]!;
  }
  start(stretch: number): number {
    return this.#words[stretch * stride + startField]!;
  }
  end(stretch: number): number {
    return this.#words[stretch * stride + endField]!;
  }
  resource(stretch: number): number {
    return this.#words[stretch * stride + resourceField]!;
  }
  scope(stretch: number): number {
    return this.#words[stretch * stride + scopeField]!;
  }
  /** The one behind it; 0: none. */
  next(stretch: number): number {
    return this.#words[stretch * stride + nextField]!;
  }
  setNext(stretch: number, next: number): void {
    this.#words[stretch * stride + nextField] = next;
  }

  #take(): number {
    const free = this.#free;
    if (free !== none) {
      this.#free = this.#words[free * stride + nextField]!;
      return free;
    }
    if ((this.#count + 1) * stride > this.#words.length) {
      this.#words = grown(this.#words, new Uint32Array(this.#words.length * 2));
    }
    return this.#count++;
  }
}
