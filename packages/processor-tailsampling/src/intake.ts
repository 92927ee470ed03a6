import { at, idWords, readVarint, skipValue } from '@tributary/pdata/bytes';
import type { Heads } from './store/heads.js';

/** Fields of the request, of ResourceSpans, of ScopeSpans and of Span, as tags. */
const resourceSpansTag = 0x0a;
const childTag = 0x12;
const traceIdTag = 0x0a;
const parentTag = 0x22;
const idBytes = 16;

/** Spans of one trace that stand one behind the other under one scope. One object for all runs. */
export interface Run {
  readonly request: Buffer;
  /** Of their frames in the request. */
  readonly start: number;
  readonly end: number;
  readonly spanCount: number;
  readonly hasRoot: boolean;
  /** Numbers of heads. */
  readonly resource: number;
  readonly scope: number;
  /** The group and the scope that they stand in: others have other numbers. */
  readonly group: number;
  readonly scopeGroup: number;
  /** Of the body of that scope in the request. */
  readonly scopeStart: number;
  readonly scopeEnd: number;
  /** Trace ID. */
  readonly id: Uint32Array;
}

export interface Receiver {
  addRun(run: Run): void;
  /** The last of a `ResourceSpans` was added. */
  endGroup(): void;
}

/** Walks through requests and finds the runs in them. */
export class Intake {
  readonly #heads: Heads;
  readonly #receiver: Receiver;
  /** Whether anybody asks for root spans: to find one, the fields of every span must be read. */
  seeksRoots = false;
  readonly #nextBytes = new Uint8Array(idBytes);
  readonly #next = new Uint32Array(this.#nextBytes.buffer);
  #groups = 0;
  readonly #run: { -readonly [Key in keyof Run]: Run[Key] } = {
    request: Buffer.alloc(0),
    start: 0,
    end: 0,
    spanCount: 0,
    hasRoot: false,
    resource: 0,
    scope: 0,
    group: 0,
    scopeGroup: 0,
    scopeStart: 0,
    scopeEnd: 0,
    id: new Uint32Array(idWords),
  };

  constructor(heads: Heads, receiver: Receiver) {
    this.#heads = heads;
    this.#receiver = receiver;
  }

  walk(request: Buffer): void {
    this.#run.request = request;
    for (let position = 0; position < request.length;) {
      const tag = readVarint(request, position);
      const length = at;
      position = skipValue(request, at, tag);
      if (tag !== resourceSpansTag) continue;
      readVarint(request, length);
      this.#group(request, at, position);
    }
  }

  #group(request: Buffer, start: number, end: number): void {
    const run = this.#run;
    run.resource = this.#heads.intern(request, start, end, childTag);
    run.group = this.#nextGroup();
    for (let position = start; position < end;) {
      const tag = readVarint(request, position);
      const length = at;
      position = skipValue(request, at, tag);
      if (tag !== childTag) continue;
      readVarint(request, length);
      this.#scope(request, at, position);
    }
    this.#receiver.endGroup();
    this.#heads.release(run.resource);
  }

  #scope(request: Buffer, start: number, end: number): void {
    const run = this.#run;
    run.scope = this.#heads.intern(request, start, end, childTag);
    run.scopeGroup = this.#nextGroup();
    run.scopeStart = start;
    run.scopeEnd = end;
    run.spanCount = 0;
    for (let position = start; position < end;) {
      const from = position;
      const tag = readVarint(request, position);
      const length = at;
      position = skipValue(request, at, tag);
      if (tag !== childTag) continue;
      readVarint(request, length);
      const isRoot = this.#read(request, at, position);
      if (run.spanCount === 0 || run.end !== from || !this.#isSameTrace()) this.#begin(from);
      run.end = position;
      run.spanCount++;
      if (isRoot) run.hasRoot = true;
    }
    this.#end();
    this.#heads.release(run.scope);
  }

  #begin(start: number): void {
    this.#end();
    const run = this.#run;
    run.start = start;
    run.spanCount = 0;
    run.hasRoot = false;
    for (let i = 0; i < idWords; i++) run.id[i] = this.#next[i]!;
  }

  #end(): void {
    if (this.#run.spanCount > 0) this.#receiver.addRun(this.#run);
  }

  #isSameTrace(): boolean {
    const { id } = this.#run;
    const next = this.#next;
    return id[0] === next[0] && id[1] === next[1] && id[2] === next[2] && id[3] === next[3];
  }

  /** Reads the trace ID of a span, zeros where it has none, and whether it has no parent. */
  #read(bytes: Buffer, start: number, end: number): boolean {
    // Nearly always the ID is the first field.
    if (!this.seeksRoots && bytes[start] === traceIdTag && bytes[start + 1] === idBytes) {
      this.#readId(bytes, start + 2);
      return false;
    }
    this.#nextBytes.fill(0);
    let hasParent = false;
    for (let position = start; position < end;) {
      const tag = readVarint(bytes, position);
      const from = at;
      position = skipValue(bytes, at, tag);
      if (tag === traceIdTag) {
        if (readVarint(bytes, from) === idBytes) this.#readId(bytes, at);
      } else if (tag === parentTag) {
        readVarint(bytes, from);
        for (let i = at; i < position; i++) if (bytes[i] !== 0) hasParent = true;
      }
    }
    return !hasParent;
  }

  #readId(bytes: Buffer, start: number): void {
    for (let i = 0; i < idBytes; i++) this.#nextBytes[i] = bytes[start + i]!;
  }

  /** From 1 on, and round and round. */
  #nextGroup(): number {
    this.#groups = (this.#groups % 0xffff_ffff) + 1;
    return this.#groups;
  }
}
