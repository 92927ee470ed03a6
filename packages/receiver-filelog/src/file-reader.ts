import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '@tributary/component';
import type { Logs } from '@tributary/pdata';
import type { Receipt } from '@tributary/stanza';
import { continues, readFingerprint, unpacked } from './fingerprint.js';
import type { Position } from './position.js';
import type { RecordMaker } from './record-maker.js';
import type { TrackedFile } from './tracked-file.js';

export interface FileReaderSettings {
  readonly maker: RecordMaker;
  /** In bytes. */
  readonly initialBufferSize: number;
  readonly clock: Clock;
  readonly isCompressed: (path: string) => boolean;
  /** Resolves with whether nothing of it is on its way any more. */
  readonly send: (logs: Logs) => Promise<boolean>;
  /** Has sent what operators have let through so far. */
  readonly sendEntries: () => Promise<void>;
  readonly isStopped: () => boolean;
}

/** Of one read; as much as a request has. */
const largestChunkBytes = 2 ** 18;

/** Reads files on, record by record, no faster than the pipeline takes them. */
export class FileReader {
  readonly #settings: FileReaderSettings;

  constructor(settings: FileReaderSettings) {
    this.#settings = settings;
  }

  /**
   * Reads a file up to its end; with `isEnd` what has no end yet is a record, too.
   *
   * @returns false where it turned out to be another file by now
   */
  async read(file: TrackedFile, handle: FileHandle, isEnd: boolean): Promise<boolean> {
    return this.#settings.isCompressed(file.path)
      ? this.#readCompressed(file, handle)
      : this.#readPlain(file, handle, isEnd);
  }

  async #readPlain(file: TrackedFile, handle: FileHandle, isEnd: boolean): Promise<boolean> {
    const { initialBufferSize, isStopped, clock } = this.#settings;
    let size = Math.min(initialBufferSize, largestChunkBytes);
    while (!isStopped()) {
      const from = file.next;
      const chunk = Buffer.allocUnsafe(size);
      const { bytesRead } = await handle.read(chunk, 0, size, from.offset);
      if (bytesRead === 0) break;
      // What was read is of this file only if it begins as before: in between it may have been cut and written anew.
      const beginning = await readFingerprint(handle, file.fingerprint.length, false);
      if (!continues(file.fingerprint, beginning)) return false;
      const isLast = bytesRead < size;
      if (!(await this.#hand(file, chunk.subarray(0, bytesRead), from, isLast && isEnd))) return true;
      if (isLast) break;
      // There is much to be read, or a record that is longer than what was read.
      size =
        file.next.offset > from.offset ? Math.max(size, Math.min(2 * size, largestChunkBytes)) : 2 * size;
    }
    const { bytes } = file.state;
    file.tailSinceMs = file.next.offset < bytes ? (file.tailSinceMs ?? clock.monotonic()) : undefined;
    return true;
  }

  /** From the beginning: what was read before is unpacked once more, and left out. */
  async #readCompressed(file: TrackedFile, handle: FileHandle): Promise<boolean> {
    const { isStopped } = this.#settings;
    const { bytes: size } = file.state;
    let at = 0;
    let waiting: Buffer = Buffer.alloc(0);
    for await (const piece of unpacked(handle)) {
      const start = at;
      at += piece.length;
      if (at <= file.next.offset + waiting.length) continue;
      const fresh = piece.subarray(Math.max(0, file.next.offset + waiting.length - start));
      waiting = waiting.length === 0 ? fresh : Buffer.concat([waiting, fresh]);
      if (waiting.length < largestChunkBytes) continue;
      const from = file.next;
      if (!(await this.#hand(file, waiting, from, false))) return true;
      waiting = waiting.subarray(file.next.offset - from.offset);
      if (isStopped()) return true;
    }
    if (waiting.length > 0 && !(await this.#hand(file, waiting, file.next, true))) return true;
    file.finishedBytes = size;
    file.isDirty = true;
    return true;
  }

  /** Makes records and gives them on. @returns whether there is to be more */
  async #hand(file: TrackedFile, bytes: Buffer, from: Position, isEnd: boolean): Promise<boolean> {
    const { maker, send, sendEntries, isStopped } = this.#settings;
    // Made when the first record is: where the read ends is known afterwards.
    const read = file.progress.begin();
    const receipt = (): Receipt => {
      read.hold();
      return read;
    };
    const { next, logs } = maker.make(file, bytes, from, isEnd, receipt);
    read.end = next;
    file.next = next;
    const isDone = logs === undefined ? true : await send(logs);
    if (isDone) read.release();
    await sendEntries();
    return isDone && !isStopped();
  }
}
