import type { Clock, Logger, Storage, StorageOperation } from '@tributary/component';
import type { EntryMap } from '@tributary/stanza';
import type { FileMemory, TrackedFile } from './tracked-file.js';

const version = 1;
const keyPattern = /^file\/(\d+)$/;
/** Between two lines that say that the storage cannot be written. */
const complaintMs = 10_000;

/** A checkpoint, as JSON: what a file's key in the storage has. */
interface Stored {
  readonly version: number;
  /** Base64. */
  readonly fingerprint: string;
  readonly offset: number;
  readonly records: number;
  readonly isCut?: boolean;
  readonly finishedBytes?: number;
  readonly header?: EntryMap;
  readonly isHeaderOver?: boolean;
  /** Where it was, for those who look into the storage. */
  readonly path: string;
}

/** A file that an earlier process has read. */
export interface Remembered {
  readonly id: number;
  readonly path: string;
  readonly memory: FileMemory;
}

/**
 * Keeps how far files were read in a storage: a key for each file, written when the file has moved, so that what a poll
 * writes goes by what has happened and not by how many files there are.
 */
export class Checkpoints {
  readonly #storage: Storage;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #forgotten = new Set<number>();
  #complainedMs = -Infinity;

  constructor(storage: Storage, logger: Logger, clock: Clock) {
    this.#storage = storage;
    this.#logger = logger;
    this.#clock = clock;
  }

  /** What an earlier process has left. What cannot be read of it is named, and taken away. @throws StorageError */
  async load(): Promise<Remembered[]> {
    const remembered: Remembered[] = [];
    const bad: string[] = [];
    for (const key of await this.#storage.keys()) {
      const id = Number(keyPattern.exec(key)?.[1] ?? Number.NaN);
      try {
        if (Number.isNaN(id)) throw new Error('it is not a key of this receiver');
        const value = await this.#storage.get(key);
        remembered.push({ id, ...decode(Buffer.from(value ?? []).toString('utf8')) });
      } catch (error) {
        bad.push(key);
        this.#logger.error('A checkpoint cannot be read: its file is read as if it were new', {
          key,
          error: (error as Error).message,
        });
      }
    }
    if (bad.length > 0) await this.#storage.batch(bad.map((key) => ({ type: 'delete', key })));
    return remembered;
  }

  /** It need not be remembered any longer. */
  forget(id: number): void {
    this.#forgotten.add(id);
  }

  /** Writes what has changed. Never rejects: what could not be written is tried again the next time. */
  async save(files: Iterable<TrackedFile>): Promise<void> {
    const dirty = [...files].filter((file) => file.isDirty);
    const forgotten = [...this.#forgotten];
    if (dirty.length + forgotten.length === 0) return;
    const operations: StorageOperation[] = [
      ...forgotten.map((id) => ({ type: 'delete', key: `file/${id}` }) as const),
      ...dirty.map((file) => ({ type: 'set', key: `file/${file.id}`, value: encode(file) }) as const),
    ];
    for (const file of dirty) file.isDirty = false;
    this.#forgotten.clear();
    try {
      await this.#storage.batch(operations);
    } catch (error) {
      for (const file of dirty) file.isDirty = true;
      for (const id of forgotten) this.#forgotten.add(id);
      this.#complain(error);
    }
  }

  async close(): Promise<void> {
    await this.#storage.close();
  }

  #complain(error: unknown): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#complainedMs < complaintMs) return;
    this.#complainedMs = nowMs;
    this.#logger.error('How far files were read could not be stored: a restart would read them again', {
      error: (error as Error).message,
    });
  }
}

function encode(file: TrackedFile): Buffer {
  const { fingerprint, position, finishedBytes, header, isHeaderOver } = file.memory();
  const { offset, records, isCut } = position;
  const stored: Stored = {
    version,
    fingerprint: fingerprint.toString('base64'),
    offset,
    records,
    ...(isCut && { isCut }),
    ...(finishedBytes > 0 && { finishedBytes }),
    ...(Object.keys(header).length > 0 && { header }),
    ...(isHeaderOver && { isHeaderOver }),
    path: file.path,
  };
  return Buffer.from(
    JSON.stringify(stored, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
  );
}

function decode(text: string): { readonly path: string; readonly memory: FileMemory } {
  const stored = JSON.parse(text) as Stored;
  const { fingerprint, offset, records, isCut = false, finishedBytes = 0, path } = stored;
  const { header = {}, isHeaderOver = false } = stored;
  if (stored.version !== version) throw new Error(`version ${stored.version} of its format is not known`);
  if (typeof fingerprint !== 'string' || ![offset, records, finishedBytes].every(Number.isSafeInteger)) {
    throw new Error('it is not a checkpoint');
  }
  return {
    path: String(path),
    memory: {
      fingerprint: Buffer.from(fingerprint, 'base64'),
      position: { offset, records, isCut },
      finishedBytes,
      header,
      isHeaderOver,
    },
  };
}
