import { countItems } from './count.js';
import { cut } from './cut.js';
import { Chunk, clock, settledBytes, settledSize, settleInto, type Levels } from './edit.js';
import { encodeInit } from './encode.js';
import { writeJson } from './json-write.js';
import { signalPaths, type MessageName } from './messages.js';
import { openBytes, openJson } from './open.js';
import type { Batch, BatchFactory, Signal, Telemetry } from './telemetry.js';
import { Children, View, type ViewClass } from './view.js';
import { asBuffer, copy, frameSize, noBytes, writeVarint } from './wire.js';

/** A whole export request, as the place that its groups stand in. */
export class Request extends View {
  readonly #signal: Signal;

  constructor(chunk: Chunk, signal: Signal) {
    super(chunk, 0, 0, chunk.bytes.length, 0, undefined);
    this.#signal = signal;
  }

  override get messageName(): MessageName {
    return signalPaths[this.#signal].request;
  }

  override get levels(): Levels {
    return signalPaths[this.#signal].levels;
  }

  groups<V extends View>(Class: ViewClass<V>, began?: number): Children<V> {
    return new Children(this, this.levels[0]![0]!, Class, began);
  }
}

/** What the batches of all signals do alike. */
export abstract class BatchBase<S extends Signal> implements Telemetry<S> {
  abstract readonly signal: S;
  /** @internal */
  chunks: Chunk[];
  /** What `toBytes` wrote last, if there was more than one chunk. */
  #glued: Glued | undefined;

  /** @internal */
  constructor(chunks: Chunk[]) {
    this.chunks = chunks;
  }

  /** @internal */
  protected abstract make(chunks: Chunk[]): Batch<S>;

  /** @internal */
  protected get levels(): Levels {
    return signalPaths[this.signal].levels;
  }

  get itemCount(): number {
    let count = 0;
    for (const chunk of this.chunks) count += countItems(chunk, this.levels);
    return count;
  }

  get byteLength(): number {
    let size = 0;
    for (const chunk of this.chunks) size += settledSize(chunk, this.levels);
    return size;
  }

  toBytes(): Uint8Array {
    const { chunks, levels } = this;
    if (chunks.length === 0) return noBytes;
    if (chunks.length === 1) return settledBytes(chunks[0]!, levels);
    if (this.#glued?.isOf(chunks) !== true) this.#glued = new Glued(chunks, levels);
    return this.#glued.bytes;
  }

  toJson(): string {
    return writeJson(signalPaths[this.signal].request, asBuffer(this.toBytes()));
  }

  clone(): Batch<S> {
    return this.make(this.chunks.map((chunk) => copyOf(chunk, this.levels)));
  }

  canAppend(other: Batch<S>): boolean {
    return other.signal === this.signal && (other as unknown) !== this;
  }

  append(other: Batch<S>): void {
    if (!this.canAppend(other)) throw new TypeError(`these ${this.signal} cannot be appended to each other`);
    const source = other as unknown as BatchBase<S>;
    for (const chunk of source.chunks) this.chunks.push(chunk);
    source.chunks = [];
  }

  take(maxItems: number): Batch<S> {
    if (!(maxItems >= 1)) throw new RangeError(`maxItems must be at least 1, got ${maxItems}`);
    const { levels } = this;
    const taken: Chunk[] = [];
    const wanted = Math.floor(maxItems);
    let room = wanted;
    let used = 0;
    for (; used < this.chunks.length && room > 0; used++) {
      const count = countItems(this.chunks[used]!, levels);
      if (count > room) {
        const pieces = this.split(this.chunks[used]!, room, wanted);
        this.chunks.splice(used, 1, ...pieces);
        room = 0;
      } else room -= count;
      taken.push(this.chunks[used]!);
    }
    this.chunks.splice(0, used);
    return this.make(taken);
  }

  settle(): void {
    const { levels } = this;
    for (let i = 0; i < this.chunks.length; i++) {
      const chunk = this.chunks[i]!;
      if (chunk.root === undefined) continue;
      this.chunks[i] = copyOf(chunk, levels);
      chunk.moved = true;
    }
    this.#glued = undefined;
  }

  compact(): void {
    if (this.chunks.length < 2) return this.settle();
    const whole = new Chunk(asBuffer(this.toBytes()));
    whole.itemCount = this.itemCount;
    for (const chunk of this.chunks) chunk.moved = true;
    this.chunks = [whole];
    this.#glued = undefined;
  }

  transfer(): Batch<S> {
    const chunks = this.chunks.map((chunk) => {
      const handed = new Chunk(chunk.bytes);
      handed.edits = chunk.edits;
      handed.root = chunk.root;
      handed.itemCount = chunk.itemCount;
      handed.size = chunk.size;
      handed.settled = chunk.settled;
      chunk.moved = true;
      return handed;
    });
    this.chunks = [];
    return this.make(chunks);
  }

  /** Keeps the records for which `keep` is true. */
  protected keepOnly<V extends View>(records: Iterable<V>, keep: (record: V) => boolean): void {
    for (const record of records) if (!keep(record)) record.remove();
  }

  /** A request of its own behind all others: how a group is added. */
  protected addGroup<V extends View>(Class: ViewClass<V>, name: MessageName, init: object): V {
    const tag = this.levels[0]![0]!;
    const body = encodeInit(name, init);
    // Kept longer than a tick: never a slice of the shared pool, which it would pin.
    const bytes = Buffer.allocUnsafeSlow(frameSize(tag, body.length));
    body.copy(bytes, writeVarint(bytes, writeVarint(bytes, 0, tag), body.length));
    const chunk = new Chunk(bytes);
    this.chunks.push(chunk);
    const { value } = new Request(chunk, this.signal).groups(Class).next() as { value: V };
    return value;
  }

  private split(chunk: Chunk, first: number, rest: number): Chunk[] {
    const pieces = cut(settledBytes(chunk, this.levels), this.levels, first, rest);
    chunk.moved = true;
    return pieces.map((bytes) => new Chunk(bytes));
  }
}

/** What a signal exports under its name: three ways to get a batch of it. */
export function createFactory<S extends Signal>(
  signal: S,
  make: (chunks: Chunk[]) => Batch<S>,
): BatchFactory<S> {
  return {
    from: (bytes, options) => make(openBytes(signal, bytes, options)),
    fromJson: (json, options) => make(openJson(signal, json, options)),
    create: () => make([]),
  };
}

/** A chunk of its own with the edits written out. */
function copyOf(chunk: Chunk, levels: Levels): Chunk {
  const copy = new Chunk(settledBytes(chunk, levels));
  copy.itemCount = chunk.itemCount;
  return copy;
}

/** Requests written one behind the other: that is one request. */
class Glued {
  readonly bytes: Buffer;
  readonly #parts: readonly Buffer[];

  constructor(chunks: readonly Chunk[], levels: Levels) {
    let size = 0;
    for (const chunk of chunks) size += settledSize(chunk, levels);
    this.bytes = Buffer.allocUnsafeSlow(size);
    let position = 0;
    this.#parts = chunks.map((chunk) => {
      const start = position;
      position += settledSize(chunk, levels);
      // Edits are written to where the bytes go, not to a buffer of their own first.
      if (chunk.root !== undefined && chunk.settled === undefined) {
        settleInto(chunk, this.bytes.subarray(start, position));
      }
      const part = settledBytes(chunk, levels);
      if (part.buffer !== this.bytes.buffer) copy(part, 0, part.length, this.bytes, start);
      return part;
    });
  }

  /** Whether these are the chunks, unchanged since. */
  isOf(chunks: readonly Chunk[]): boolean {
    return (
      chunks.length === this.#parts.length &&
      chunks.every((chunk, i) => (chunk.root === undefined ? chunk.bytes : chunk.settled) === this.#parts[i])
    );
  }
}

/** Walks the records of a batch: through its requests, their groups and scopes. */
export class Records<V extends View> implements IterableIterator<V> {
  private readonly signal: Signal;
  private readonly levels: Levels;
  private readonly chunks: readonly Chunk[];
  private readonly classes: readonly [ViewClass<View>, ViewClass<View>, ViewClass<V>];
  private readonly began: number = clock;
  private nextChunk = 0;
  private groups: Children<View> | undefined = undefined;
  private scopes: Children<View> | undefined = undefined;
  private records: Children<V> | undefined = undefined;

  constructor(
    signal: Signal,
    chunks: readonly Chunk[],
    classes: readonly [ViewClass<View>, ViewClass<View>, ViewClass<V>],
  ) {
    this.signal = signal;
    this.levels = signalPaths[signal].levels;
    this.chunks = chunks.slice();
    this.classes = classes;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<V> {
    const { levels, classes, began } = this;
    for (;;) {
      if (this.records !== undefined) {
        const record = this.records.next();
        if (record.done !== true) return record;
        this.records = undefined;
      }
      if (this.scopes !== undefined) {
        const scope = this.scopes.next();
        if (scope.done !== true) {
          this.records = new Children(scope.value, levels[2]![0]!, classes[2], began);
          continue;
        }
        this.scopes = undefined;
      }
      if (this.groups !== undefined) {
        const group = this.groups.next();
        if (group.done !== true) {
          this.scopes = new Children(group.value, levels[1]![0]!, classes[1], began);
          continue;
        }
        this.groups = undefined;
      }
      const chunk = this.chunks[this.nextChunk++];
      if (chunk === undefined) return { done: true, value: undefined };
      this.groups = new Request(chunk, this.signal).groups(classes[0], began);
    }
  }
}
