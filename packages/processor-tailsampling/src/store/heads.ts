import { at, readVarint, skipValue } from '@tributary/pdata/bytes';

/** What one head costs beside its bytes, about. */
const overheadBytes = 200;

/** All that a group of spans holds beside its spans: a `ResourceSpans` without its scopes, a `ScopeSpans` without its spans. */
export interface Head {
  readonly bytes: Buffer;
  /** Of the body of its field 1, the `Resource` or the `InstrumentationScope`; empty where there is none. */
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  /** Next one whose hash is the same. */
  next: number;
  references: number;
}

const bodyTag = 0x0a;

/** Each head once, whatever the number of spans below it, by a number that is used again when nothing refers to it. */
export class Heads {
  /** What all of them take. */
  byteLength = 0;
  readonly #heads: (Head | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #byHash = new Map<number, number>();

  get(number: number): Head {
    return this.#heads[number]!;
  }

  /**
   * The number of the head of a group, whose fields other than `childTag` it is made of. It lives while it is
   * referred to; the caller does from now on.
   */
  intern(group: Buffer, start: number, end: number, childTag: number): number {
    // Mostly all children are one behind the other, and what is left are two stretches.
    let hash = 0;
    let size = 0;
    for (let position = start; position < end;) {
      const from = position;
      const tag = readVarint(group, position);
      position = skipValue(group, at, tag);
      if (tag === childTag) continue;
      hash = hashOf(group, from, position, hash);
      size += position - from;
    }
    const first = this.#byHash.get(hash) ?? -1;
    for (let number = first; number >= 0; number = this.#heads[number]!.next) {
      const head = this.#heads[number]!;
      if (!this.#isSame(head.bytes, size, group, start, end, childTag)) continue;
      head.references++;
      return number;
    }
    return this.#add(copyHead(group, start, end, childTag, size), hash, first);
  }

  refer(number: number): void {
    this.#heads[number]!.references++;
  }

  release(number: number): void {
    if (--this.#heads[number]!.references === 0) this.#forget(number);
  }

  #forget(number: number): void {
    const head = this.#heads[number]!;
    const first = this.#byHash.get(head.hash)!;
    if (first === number) {
      if (head.next < 0) this.#byHash.delete(head.hash);
      else this.#byHash.set(head.hash, head.next);
    } else {
      let before = this.#heads[first]!;
      while (before.next !== number) before = this.#heads[before.next]!;
      before.next = head.next;
    }
    this.byteLength -= head.bytes.length + overheadBytes;
    this.#heads[number] = undefined;
    this.#free.push(number);
  }

  #add(bytes: Buffer, hash: number, next: number): number {
    const number = this.#free.pop() ?? this.#heads.length;
    const [start, end] = bodyOf(bytes);
    this.#heads[number] = { bytes, start, end, hash, next, references: 1 };
    this.#byHash.set(hash, number);
    this.byteLength += bytes.length + overheadBytes;
    return number;
  }

  #isSame(head: Buffer, size: number, group: Buffer, start: number, end: number, childTag: number): boolean {
    if (head.length !== size) return false;
    let compared = 0;
    for (let position = start; position < end;) {
      const from = position;
      const tag = readVarint(group, position);
      position = skipValue(group, at, tag);
      if (tag === childTag) continue;
      const length = position - from;
      if (head.compare(group, from, position, compared, compared + length) !== 0) return false;
      compared += length;
    }
    return true;
  }
}

function copyHead(group: Buffer, start: number, end: number, childTag: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let written = 0;
  for (let position = start; position < end;) {
    const from = position;
    const tag = readVarint(group, position);
    position = skipValue(group, at, tag);
    if (tag !== childTag) written += group.copy(bytes, written, from, position);
  }
  return bytes;
}

function bodyOf(bytes: Buffer): readonly [start: number, end: number] {
  for (let position = 0; position < bytes.length;) {
    const tag = readVarint(bytes, position);
    const length = at;
    position = skipValue(bytes, at, tag);
    if (tag !== bodyTag) continue;
    readVarint(bytes, length);
    return [at, position];
  }
  return [0, 0];
}

function hashOf(bytes: Buffer, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
