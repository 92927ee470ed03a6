import { frameSize, writeVarint, copy } from '@tributary/pdata/bytes';
import { markScope } from './mark.js';
import type { Marks } from './marks.js';
import type { Heads } from './store/heads.js';

/** Fields of the request, of ResourceSpans, as tags. */
const resourceSpansTag = 0x0a;
const scopeSpansTag = 0x12;

/** Spans under one scope of one resource, as stretches of frames of them. */
interface ScopeGroup {
  readonly head: Buffer;
  readonly sources: Buffer[];
  /** Start and end in the source, in turn. */
  readonly places: number[];
  size: number;
}

interface ResourceGroup {
  readonly head: Buffer;
  readonly scopes: Map<number, ScopeGroup>;
  size: number;
}

/** Marks and heads in one key. */
const maxMarks = 2 ** 16;

/**
 * Puts spans together to a request, in which each resource and each scope stands once. It refers to heads and to the
 * bytes of spans until it is written.
 */
export class Assembly {
  spanCount = 0;
  /** Of the spans alone. */
  byteLength = 0;
  readonly #heads: Heads;
  readonly #marks: Marks;
  readonly #resources = new Map<number, ResourceGroup>();
  readonly #referred: number[] = [];

  constructor(heads: Heads, marks: Marks) {
    this.#heads = heads;
    this.#marks = marks;
  }

  /** Adds frames of spans, from `start` to `end` in `source`. `mark` is the number of a mark; -1: none. */
  add(resource: number, scope: number, mark: number, source: Buffer, start: number, end: number): void {
    let group = this.#resources.get(resource);
    if (group === undefined) {
      group = { head: this.#refer(resource), scopes: new Map(), size: 0 };
      this.#resources.set(resource, group);
    }
    const key = scope * maxMarks + mark + 1;
    let spans = group.scopes.get(key);
    if (spans === undefined) {
      const head = this.#refer(scope);
      spans = {
        head: mark < 0 ? head : markScope(head, this.#marks.get(mark)),
        sources: [],
        places: [],
        size: 0,
      };
      group.scopes.set(key, spans);
    }
    spans.sources.push(source);
    spans.places.push(start, end);
    spans.size += end - start;
    this.byteLength += end - start;
  }

  /** The request, after which nothing is left here. */
  write(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.#measure());
    let position = 0;
    for (const { head, scopes, size } of this.#resources.values()) {
      position = writeVarint(out, writeVarint(out, position, resourceSpansTag), size);
      position = copy(head, 0, head.length, out, position);
      for (const group of scopes.values()) {
        position = writeVarint(out, writeVarint(out, position, scopeSpansTag), group.size);
        position = copy(group.head, 0, group.head.length, out, position);
        const { sources, places } = group;
        for (let i = 0; i < sources.length; i++) {
          position = copy(sources[i]!, places[2 * i]!, places[2 * i + 1]!, out, position);
        }
      }
    }
    this.#resources.clear();
    for (const number of this.#referred.splice(0)) this.#heads.release(number);
    this.spanCount = this.byteLength = 0;
    return out;
  }

  #measure(): number {
    let total = 0;
    for (const group of this.#resources.values()) {
      group.size = group.head.length;
      for (const scope of group.scopes.values()) {
        scope.size += scope.head.length;
        group.size += frameSize(scopeSpansTag, scope.size);
      }
      total += frameSize(resourceSpansTag, group.size);
    }
    return total;
  }

  #refer(number: number): Buffer {
    this.#heads.refer(number);
    this.#referred.push(number);
    return this.#heads.get(number).bytes;
  }
}
