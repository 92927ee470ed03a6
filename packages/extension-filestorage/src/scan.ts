import type { FileHandle } from 'node:fs/promises';
import {
  decodeHead,
  decodeTable,
  fileHead,
  findMarker,
  headBytes,
  mayBeginHead,
  type RecordEntry,
} from './record.js';

/** A record in a segment. */
export interface ScannedRecord {
  readonly at: number;
  readonly bytes: number;
  readonly entries: readonly RecordEntry[];
}

/** Bytes of a segment in which no record could be read. */
export interface Damage {
  readonly at: number;
  readonly bytes: number;
  readonly problem: string;
}

/** What a segment holds. */
export interface Scan {
  readonly records: readonly ScannedRecord[];
  readonly damages: readonly Damage[];
  /** Where the last record ends that is there as a whole. */
  readonly end: number;
  /** Behind `end`, of a record whose end is missing: what a process was writing when it was killed. */
  readonly tornBytes: number;
}

const chunkBytes = 2 ** 16;

/** Reads what a segment holds, but not its values. Resolves whatever is in it. @throws what reading throws */
export async function scanSegment(handle: FileHandle): Promise<Scan> {
  const { size } = await handle.stat();
  const reader = new Window(handle, size);
  const records: ScannedRecord[] = [];
  const damages: Damage[] = [];
  const start = await reader.read(0, Math.min(size, fileHead.length));
  if (!start.equals(fileHead.subarray(0, start.length))) {
    const problem = start.subarray(0, -1).equals(fileHead.subarray(0, -1))
      ? `version ${start.at(-1)} of the format is not known`
      : 'it is not a segment of this store';
    return { records, damages: [{ at: 0, bytes: size, problem }], end: 0, tornBytes: 0 };
  }
  if (size < fileHead.length) return { records, damages, end: 0, tornBytes: size };

  let at = fileHead.length;
  for (;;) {
    const record = await readRecord(reader, at);
    if (typeof record === 'object') {
      records.push(record);
      at += record.bytes;
      if (at === size) break;
      continue;
    }
    const next = await findRecord(reader, at + 1);
    if (record === 'torn' && next === undefined) break;
    const bytes = (next ?? size) - at;
    if (bytes > 0) damages.push({ at, bytes, problem: `${bytes} bytes at ${at} cannot be read` });
    at = next ?? size;
    if (next === undefined) break;
  }
  return { records, damages, end: at, tornBytes: size - at };
}

/** The record that begins at `at`. `torn`: it goes on behind the end of the file, as one does that was not finished. */
async function readRecord(reader: Window, at: number): Promise<ScannedRecord | 'torn' | 'none'> {
  const left = reader.size - at;
  const first = await reader.read(at, Math.min(left, headBytes));
  if (left < headBytes) return mayBeginHead(first) ? 'torn' : 'none';
  const head = decodeHead(first);
  if (head === undefined) return 'none';
  const bytes = headBytes + head.tableBytes + head.valuesBytes;
  if (bytes > left) return 'torn';
  const entries = decodeTable(head, await reader.read(at + headBytes, head.tableBytes));
  return entries === undefined ? 'none' : { at, bytes, entries };
}

/** Where the next whole record begins, from `from` on. */
async function findRecord(reader: Window, from: number): Promise<number | undefined> {
  for (let at = from; at < reader.size;) {
    const chunk = await reader.read(at, Math.min(chunkBytes, reader.size - at));
    const found = findMarker(chunk, 0);
    if (found < 0) {
      // A marker may lie across the end of the chunk.
      at += Math.max(1, chunk.length - 3);
      continue;
    }
    at += found;
    if (typeof (await readRecord(reader, at)) === 'object') return at;
    at++;
  }
  return undefined;
}

/** Reads pieces of a file, mostly one after another, a chunk at a time. */
class Window {
  readonly size: number;
  readonly #handle: FileHandle;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** Good until the next call. */
  async read(at: number, bytes: number): Promise<Buffer> {
    if (at < this.#at || at + bytes > this.#at + this.#chunk.length) {
      const chunk = Buffer.allocUnsafe(Math.min(Math.max(bytes, chunkBytes), this.size - at));
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, at);
      if (bytesRead < bytes) throw new Error(`the file ends at ${at + bytesRead}, and was ${this.size} long`);
      this.#chunk = chunk.subarray(0, bytesRead);
      this.#at = at;
    }
    return this.#chunk.subarray(at - this.#at, at - this.#at + bytes);
  }
}
