import path from 'node:path';
import { crc32 } from 'node:zlib';
import { StorageError, type Logger, type Storage, type StorageOperation } from '@tributary/component';
import type { Lock } from './lock.js';
import { encodeRecord, type EncodedRecord, type RecordEntry } from './record.js';
import type { ScannedRecord } from './scan.js';
import { Segment, type Files } from './segment.js';

/** What a store is told. */
export interface StoreLimits {
  /** Most bytes of all its files; 0 is no limit. */
  readonly maxBytes: number;
  /** Whether what has resolved is on the disk, and not only with the operating system. */
  readonly syncs: boolean;
  /** Most values that a compaction copies at a time; 0 is no limit. */
  readonly maxCopied: number;
}

/** What a store needs of its surroundings. */
export interface StoreRuntime {
  readonly fs: Files;
  readonly logger: Logger;
  /** A file was found in which something cannot be read: counted, and said. */
  readonly damaged: (file: string, problem: string) => void;
}

/** A segment that was there when the store was opened. */
export interface FoundSegment {
  readonly segment: Segment;
  readonly records: readonly ScannedRecord[];
}

/** Where a value is. */
interface Place {
  readonly segment: Segment;
  readonly at: number;
  readonly bytes: number;
  readonly crc: number;
}

/** What waits to be written. */
interface Write {
  readonly record: EncodedRecord;
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

const largestSegmentBytes = 8 * 2 ** 20;
const smallestSegmentBytes = 2 ** 12;
/** Of records that are written at a time, and of values that are copied. */
const groupBytes = 4 * 2 ** 20;
/** As many files as are let be, however little of them is still of use. */
const toleratedSegments = 4;
/** What the key of a value and its place in a table and in memory take, about. */
const entryBytes = 32;

/**
 * A store: segments, of which the newest is written to, and where in them the value of each key is. What is written
 * while a write is under way goes with the next. A segment is taken away as soon as it is the oldest and nothing in
 * it is of use any more: what deletes keys in it can be forgotten with it, since there is nothing older. Where more
 * than half of all bytes are of no use, the rest of the oldest segment is copied to the end, so that it can go.
 */
export class Store implements Storage {
  readonly #directory: string;
  readonly #limits: StoreLimits;
  readonly #runtime: StoreRuntime;
  readonly #lock: Lock;
  readonly #segmentBytes: number;
  readonly #index = new Map<string, Place>();
  /** The oldest first. */
  readonly #segments: Segment[];
  readonly #writes: Write[] = [];
  readonly #compactions: { resolve: () => void; reject: (error: StorageError) => void }[] = [];
  /** Deleted, but on a full disk there was no room to say so. */
  readonly #unsaid = new Set<string>();
  #liveBytes = 0;
  #bytes = 0;
  #nextNumber: number;
  /** Resolves when there is nothing to do. */
  #writing: Promise<void> | undefined;
  #lastRead: Segment | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  /** Not to be called but by {@link openStore}. */
  constructor(
    directory: string,
    limits: StoreLimits,
    runtime: StoreRuntime,
    lock: Lock,
    found: readonly FoundSegment[],
  ) {
    this.#directory = directory;
    this.#limits = limits;
    this.#runtime = runtime;
    this.#lock = lock;
    // Several, so that some can go; of a store without limit large enough that files are few.
    const share = limits.maxBytes > 0 ? Math.floor(limits.maxBytes / 16) : largestSegmentBytes;
    this.#segmentBytes = Math.max(smallestSegmentBytes, Math.min(share, largestSegmentBytes));
    this.#segments = found.map(({ segment }) => segment);
    for (const { segment, records } of found) {
      this.#bytes += segment.bytes;
      for (const { at, entries } of records) for (const entry of entries) this.#apply(segment, at, entry);
    }
    this.#nextNumber = (this.#segments.at(-1)?.number ?? 0) + 1;
  }

  /** Of all files. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of these, what is of use. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  async keys(): Promise<readonly string[]> {
    this.#assertOpen();
    return [...this.#index.keys()];
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    for (;;) {
      const place = this.#index.get(key);
      if (place === undefined) return undefined;
      try {
        return await this.#read(key, place);
      } catch (error) {
        // Copied to another place meanwhile, and its file taken away.
        if (this.#index.get(key) === place) throw error;
      }
    }
  }

  set(key: string, value: Uint8Array): Promise<void> {
    return this.batch([{ type: 'set', key, value }]);
  }

  delete(key: string): Promise<void> {
    return this.batch([{ type: 'delete', key }]);
  }

  async batch(operations: readonly StorageOperation[]): Promise<void> {
    this.#assertOpen();
    if (operations.length === 0) return;
    let record: EncodedRecord;
    try {
      record = encodeRecord(operations);
    } catch (error) {
      throw this.#error('failed', `cannot be stored: ${(error as Error).message}`, error);
    }
    return new Promise<void>((resolve, reject) => {
      this.#writes.push({ record, resolve, reject });
      this.#begin();
    });
  }

  /** Copies all that is of use together, and takes the files away in which it was. */
  async compact(): Promise<void> {
    this.#assertOpen();
    return new Promise((resolve, reject) => {
      this.#compactions.push({ resolve, reject });
      this.#begin();
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#writing;
    // Said now or never. Where that fails, the next process finds what was deleted.
    if (this.#unsaid.size > 0) await this.#append([]).catch(() => {});
    for (const segment of this.#segments) await segment.release();
    await this.#lock.release();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw this.#error('failed', 'is closed');
  }

  async #read(key: string, { segment, at, bytes, crc }: Place): Promise<Uint8Array> {
    let value: Buffer;
    try {
      value = await segment.read(at, bytes);
    } catch (error) {
      throw this.#error('failed', `cannot be read: ${(error as Error).message}`, error);
    }
    if (this.#lastRead !== segment) {
      const before = this.#lastRead;
      this.#lastRead = segment;
      // One that may be read again soon, and the newest.
      if (before !== undefined && before !== this.#segments.at(-1)) await before.release();
    }
    if (value.length === bytes && crc32(value) === crc) return value;
    const problem = `the value of ${JSON.stringify(key)}, ${bytes} bytes at ${at}, cannot be read`;
    await this.#setAside(segment);
    this.#runtime.damaged(segment.path, problem);
    throw new StorageError('damaged', `${segment.path}: ${problem}`);
  }

  /** Keeps the file for whoever wants to look at it, while the store goes on and takes its own away one day. */
  async #setAside({ path: file }: Segment): Promise<void> {
    try {
      await this.#runtime.fs.link(file, `${file}.damaged`);
    } catch {
      // There already, or a file system without links: the store goes on without.
    }
  }

  /** Writes and compacts until there is nothing to do: one thing at a time. */
  #begin(): void {
    this.#writing ??= this.#work().finally(() => (this.#writing = undefined));
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    for (;;) {
      const compaction = this.#compactions.shift();
      if (compaction !== undefined) await this.#compact().then(compaction.resolve, compaction.reject);
      const group = this.#takeGroup();
      if (group.length === 0 && this.#compactions.length === 0) break;
      // One that is too much must not take the others with it.
      if (!(await this.#attempt(group))) for (const write of group) await this.#attemptAlone(write);
      await this.#clean();
    }
  }

  async #compact(): Promise<void> {
    const last = this.#segments.at(-1);
    if (last === undefined || this.#liveBytes === this.#bytes) return;
    try {
      await this.#segmentFor(Infinity);
      while (this.#segments[0]!.number <= last.number && this.#canCopy(this.#segments[0]!)) {
        await this.#empty(this.#segments[0]!);
      }
    } catch (error) {
      throw this.#asError(error);
    }
  }

  #takeGroup(): Write[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#writes) {
      if (count > 0 && bytes + record.bytes > groupBytes) break;
      bytes += record.bytes;
      count++;
    }
    return this.#writes.splice(0, count);
  }

  /** @returns whether it is written */
  async #attempt(group: readonly Write[]): Promise<boolean> {
    if (group.length < 2) return false;
    try {
      await this.#append(group.map(({ record }) => record));
    } catch {
      return false;
    }
    for (const { resolve } of group) resolve();
    return true;
  }

  async #attemptAlone({ record, resolve, reject }: Write): Promise<void> {
    try {
      await this.#append([record]);
      resolve();
    } catch (error) {
      const failure = this.#asError(error);
      if (failure.code !== 'full' || record.entries.some(({ valueAt }) => valueAt !== undefined)) {
        return reject(failure);
      }
      // What is to make room must not fail for want of it: it holds at once, and is written when there is some.
      for (const { key } of record.entries) {
        if (!this.#index.has(key)) continue;
        this.#forget(key);
        this.#unsaid.add(key);
      }
      resolve();
    }
  }

  /** Writes records, with what could not be said before, and applies them. */
  async #append(records: readonly EncodedRecord[]): Promise<void> {
    const all = [...this.#unsaidRecord(), ...records];
    let bytes = 0;
    for (const record of all) bytes += record.bytes;
    const sets = all.some(({ entries }) => entries.some(({ valueAt }) => valueAt !== undefined));
    if (sets) await this.#makeRoom(bytes);
    const segment = await this.#segmentFor(bytes);
    let at = segment.bytes;
    await segment.append(all);
    if (this.#limits.syncs) await segment.sync();
    this.#bytes += bytes;
    this.#unsaid.clear();
    for (const record of all) {
      for (const entry of record.entries) this.#apply(segment, at, entry);
      at += record.bytes;
    }
  }

  #unsaidRecord(): EncodedRecord[] {
    if (this.#unsaid.size === 0) return [];
    return [encodeRecord([...this.#unsaid].map((key) => ({ type: 'delete', key })))];
  }

  /** @throws {StorageError} where `max_size` leaves none */
  async #makeRoom(bytes: number): Promise<void> {
    const { maxBytes } = this.#limits;
    if (maxBytes === 0) return;
    // Room for what deletes, and for one segment to be copied, so that it never is what is left that is full.
    const most = maxBytes - this.#segmentBytes;
    if (this.#bytes + bytes <= most) return;
    while (this.#segments.length > 1 && this.#bytes + bytes > most) {
      const oldest = this.#segments[0]!;
      if (this.#bytes - this.#liveBytes < this.#segmentBytes || !this.#canCopy(oldest)) break;
      await this.#empty(oldest);
    }
    if (this.#bytes + bytes <= most) return;
    throw this.#error(
      'full',
      `is full: ${this.#bytes} bytes of a max_size of ${maxBytes}, and ${bytes} more to store`,
    );
  }

  /** The newest, or a new one where that is large enough. */
  async #segmentFor(bytes: number): Promise<Segment> {
    const newest = this.#segments.at(-1);
    if (newest !== undefined && newest.bytes + bytes <= this.#segmentBytes) return newest;
    const { fs } = this.#runtime;
    const segment = new Segment(fs, this.#directory, this.#nextNumber, 0);
    await segment.create();
    if (this.#limits.syncs) await syncDirectory(fs, this.#directory);
    if (newest !== undefined && newest !== this.#lastRead) await newest.release();
    this.#nextNumber++;
    this.#segments.push(segment);
    this.#bytes += segment.bytes;
    return segment;
  }

  #apply(segment: Segment, recordAt: number, { key, valueAt, valueBytes, valueCrc }: RecordEntry): void {
    this.#forget(key);
    if (valueAt === undefined) return;
    this.#index.set(key, { segment, at: recordAt + valueAt, bytes: valueBytes, crc: valueCrc });
    segment.liveCount++;
    segment.liveBytes += entryBytes + valueBytes;
    this.#liveBytes += entryBytes + valueBytes;
  }

  #forget(key: string): void {
    const place = this.#index.get(key);
    if (place === undefined) return;
    this.#index.delete(key);
    place.segment.liveCount--;
    place.segment.liveBytes -= entryBytes + place.bytes;
    this.#liveBytes -= entryBytes + place.bytes;
  }

  /** Takes away what is of no use. What goes wrong then is tried again after the next write. */
  async #clean(): Promise<void> {
    try {
      while (this.#segments.length > 0 && this.#segments[0]!.liveCount === 0) {
        const [oldest] = this.#segments;
        // The only one goes when there is something to be had by it.
        if (this.#segments.length === 1 && oldest!.bytes < this.#segmentBytes / 8) break;
        await this.#removeOldest();
      }
      const isSparse = this.#segments.length > toleratedSegments && this.#liveBytes < this.#bytes / 2;
      if (isSparse && this.#canCopy(this.#segments[0]!)) await this.#empty(this.#segments[0]!);
    } catch (error) {
      this.#runtime.logger.debug('A segment could not be taken away', { error: (error as Error).message });
    }
  }

  /** Whether `max_size` has room for what is of use of it a second time. */
  #canCopy({ liveBytes }: Segment): boolean {
    const { maxBytes } = this.#limits;
    return maxBytes === 0 || this.#bytes + liveBytes <= maxBytes;
  }

  /** Copies what is of use of the oldest segment to the end, and takes the segment away. */
  async #empty(oldest: Segment): Promise<void> {
    const moved = [...this.#index].filter(([, { segment }]) => segment === oldest);
    const { maxCopied } = this.#limits;
    for (let next = 0; next < moved.length;) {
      const operations: StorageOperation[] = [];
      for (let bytes = 0; next < moved.length && bytes < groupBytes;) {
        if (maxCopied > 0 && operations.length === maxCopied) break;
        const [key, place] = moved[next++]!;
        const value = await this.#salvage(key, place);
        if (value === undefined) continue;
        operations.push({ type: 'set', key, value });
        bytes += entryBytes + value.length;
      }
      if (operations.length === 0) continue;
      const record = encodeRecord(operations);
      const segment = await this.#segmentFor(record.bytes);
      const { bytes: at } = segment;
      await segment.append([record]);
      if (this.#limits.syncs) await segment.sync();
      this.#bytes += record.bytes;
      for (const entry of record.entries) this.#apply(segment, at, entry);
    }
    await this.#removeOldest();
  }

  /** The value, or `undefined` where it cannot be read: that was said, and the key is forgotten. */
  async #salvage(key: string, place: Place): Promise<Uint8Array | undefined> {
    try {
      return await this.#read(key, place);
    } catch (error) {
      if (!StorageError.is(error) || error.code !== 'damaged') throw error;
      this.#forget(key);
      return undefined;
    }
  }

  async #removeOldest(): Promise<void> {
    const oldest = this.#segments[0]!;
    await oldest.remove();
    this.#segments.shift();
    this.#bytes -= oldest.bytes;
    if (this.#lastRead === oldest) this.#lastRead = undefined;
  }

  #asError(error: unknown): StorageError {
    if (StorageError.is(error)) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    return isFull
      ? this.#error('full', `there is no room on its disk: ${message}`, error)
      : this.#error('failed', `cannot be written: ${message}`, error);
  }

  #error(code: StorageError['code'], problem: string, cause?: unknown): StorageError {
    return new StorageError(code, `${this.#directory} ${problem}`, { cause });
  }
}

/** Has the names in a directory outlive the machine. */
export async function syncDirectory(fs: Files, directory: string): Promise<void> {
  const handle = await fs.open(path.resolve(directory), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
