import { ConsumeError, type Ledger, type Settings, type Timer } from '@tributary/component';
import type { RecordFile } from './record-file.js';

/** Accepted bytes of a file that may wait in memory; also what is written in one piece. */
export const bufferBytes: number = 64 * 1024;

const noCaller = 'the caller waits no longer';

/** How much all files of an exporter hold that is not written yet. */
export interface Budget {
  bytes: number;
}

/** Whose items are written: one for each signal. */
export interface Owner {
  readonly ledger: Ledger;
  /** Accepted, and not written yet. */
  heldItems: number;
  heldBytes: number;
}

/** What is written for one batch. */
export interface FileRecord {
  readonly bytes: Buffer;
  readonly items: number;
  readonly owner: Owner;
}

/** A record that waits to be written. `answer` is there while its caller waits for that. */
interface Entry extends FileRecord {
  answer: { readonly resolve: () => void; readonly reject: (error: ConsumeError) => void } | undefined;
}

/** What a writer is made with. */
export interface WriterOptions extends Pick<Settings<unknown>, 'clock' | 'logger'> {
  readonly budget: Budget;
  /** How long what was accepted may wait; `undefined` where nothing is accepted before it is written. */
  readonly flushIntervalMs: number | undefined;
  /** Longest record that the file takes. */
  readonly maxRecordBytes: number;
}

/**
 * Puts records into a file, one after the other, and answers for those that it has accepted.
 *
 * A small record is accepted at once, up to {@link bufferBytes} of them, and written with others after
 * `flushIntervalMs` at the latest. One that finds no room there is accepted when it is written, and those
 * before it with it. A write that fails leaves nothing behind: those who wait for it get the error, what was
 * accepted is tried again, and until it is written nothing more is accepted at once.
 */
export class Writer {
  readonly path: string;
  readonly #file: RecordFile;
  readonly #options: WriterOptions;
  readonly #queue: Entry[] = [];
  /** Of accepted entries in the queue. */
  #acceptedBytes = 0;
  /** How many entries at the head of the queue are in the file system's hands. */
  #inHand = 0;
  #failure: Error | undefined;
  #flushing: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(path: string, file: RecordFile, options: WriterOptions) {
    this.path = path;
    this.#file = file;
    this.#options = options;
  }

  /** @throws {ConsumeError} `permanent` for what the file will never take; `retryable` where it cannot be written */
  async write(record: FileRecord, signal: AbortSignal): Promise<void> {
    const { flushIntervalMs, maxRecordBytes, budget } = this.#options;
    const { length } = record.bytes;
    if (signal.aborted) throw this.#refusal(new Error(noCaller));
    if (length > maxRecordBytes) {
      const message = `write length ${length} exceeds maximum file size ${maxRecordBytes}`;
      // In the bytes of the format, not in those of OTLP: no limit that a sender could learn.
      throw new ConsumeError('permanent', message, { tooLarge: { maxBytes: undefined } });
    }
    const entry: Entry = { ...record, answer: undefined };
    budget.bytes += length;
    const isAtOnce =
      flushIntervalMs !== undefined &&
      this.#failure === undefined &&
      this.#acceptedBytes + length <= bufferBytes;
    this.#queue.push(entry);
    if (isAtOnce) {
      this.#acceptedBytes += length;
      record.owner.heldItems += record.items;
      record.owner.heldBytes += length;
      this.#flushLater();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => this.#withdraw(entry, reject);
      signal.addEventListener('abort', giveUp);
      const done = (): void => signal.removeEventListener('abort', giveUp);
      entry.answer = {
        resolve: () => {
          done();
          resolve();
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      void this.flush(); // Never rejects: those who wait are told.
    });
  }

  /** Writes what is in the queue. Resolves also where that fails; `unwritten` says so. */
  flush(): Promise<void> {
    this.#timer?.stop();
    this.#timer = undefined;
    return (this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = undefined;
      // Some may have come after a write had failed, and before this.
      if (this.#queue.some(({ answer }) => answer !== undefined)) void this.flush();
      else if (this.#queue.length > 0) this.#flushLater();
    }));
  }

  /** Why something that was accepted is not written yet, after a `flush`. */
  get unwritten(): Error | undefined {
    return this.#queue.length > 0 ? this.#failure : undefined;
  }

  /** Gives up what is not written. */
  abandon(reason: string): void {
    this.#timer?.stop();
    for (const entry of this.#queue.splice(0)) {
      this.#release(entry);
      if (entry.answer === undefined) {
        entry.owner.ledger.dropped(entry.items, reason, {
          message: `Cannot write to ${this.path}.`,
          error: this.#failure?.message,
        });
      } else {
        entry.answer.reject(this.#refusal(this.#failure ?? new Error('shut down')));
      }
    }
  }

  /** Lets go of the file. What was not written must have been abandoned before. */
  async close(): Promise<void> {
    this.#timer?.stop();
    await this.#file.close();
  }

  #flushLater(): void {
    const { clock, flushIntervalMs } = this.#options;
    if (flushIntervalMs === undefined || this.#flushing !== undefined) return;
    this.#timer ??= clock.after(flushIntervalMs, () => void this.flush());
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const chunk = this.#nextChunk();
      this.#inHand = chunk.length;
      try {
        await this.#file.append(join(chunk));
      } catch (error) {
        this.#inHand = 0;
        this.#fail(asError(error));
        return;
      }
      this.#inHand = 0;
      this.#failure = undefined;
      // Abandoned in the meantime, they are accounted for.
      if (this.#queue[0] !== chunk[0]) return;
      this.#queue.splice(0, chunk.length);
      for (const entry of chunk) {
        this.#release(entry);
        entry.answer?.resolve();
      }
    }
  }

  /** The first record, and small ones behind it. */
  #nextChunk(): Entry[] {
    let bytes = 0;
    const end = this.#queue.findIndex((entry, index) => {
      bytes += entry.bytes.length;
      return index > 0 && bytes > bufferBytes;
    });
    return this.#queue.slice(0, end < 0 ? undefined : end);
  }

  /** Those who wait are told, and keep their data; what was accepted stays. */
  #fail(error: Error): void {
    const waiting = this.#queue.filter(({ answer }) => answer !== undefined);
    if (this.#failure === undefined && waiting.length < this.#queue.length) {
      this.#options.logger.error('Cannot write what was accepted. Will try again.', {
        path: this.path,
        error: error.message,
      });
    }
    this.#failure = error;
    for (const entry of waiting) {
      this.#queue.splice(this.#queue.indexOf(entry), 1);
      this.#release(entry);
      entry.answer?.reject(this.#refusal(error));
    }
  }

  /** For a caller that waits no longer. What is in hand will be written. */
  #withdraw(entry: Entry, reject: (error: ConsumeError) => void): void {
    const index = this.#queue.indexOf(entry);
    if (index < this.#inHand) return;
    this.#queue.splice(index, 1);
    this.#release(entry);
    reject(this.#refusal(new Error(noCaller)));
  }

  /** No longer in the queue. */
  #release({ bytes, items, owner, answer }: Entry): void {
    this.#options.budget.bytes -= bytes.length;
    if (answer !== undefined) return;
    this.#acceptedBytes -= bytes.length;
    owner.heldItems -= items;
    owner.heldBytes -= bytes.length;
  }

  #refusal(error: Error): ConsumeError {
    return new ConsumeError('retryable', `cannot write to ${this.path}: ${error.message}`, { cause: error });
  }
}

function join(chunk: readonly Entry[]): Buffer {
  return chunk.length === 1 ? chunk[0]!.bytes : Buffer.concat(chunk.map(({ bytes }) => bytes));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
