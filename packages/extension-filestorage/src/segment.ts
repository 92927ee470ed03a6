import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '@tributary/component';
import { fileHead, type EncodedRecord } from './record.js';

export type Files = Settings<unknown>['fs'];

const namePattern = /^(\d{10,})\.seg$/;
/** So that a store cannot be read by others: telemetry may hold secrets. */
const fileMode = 0o600;

/** The number of a segment, by the name of its file; `undefined` where that is none. */
export function segmentNumber(file: string): number | undefined {
  const match = namePattern.exec(file);
  return match === null ? undefined : Number(match[1]);
}

/** One file of a store. The newest is appended to, the others are only read. */
export class Segment {
  readonly number: number;
  readonly path: string;
  /** How long the file is, as far as it is in order. */
  bytes: number;
  /** Of these, what its values take that nothing has replaced. */
  liveBytes = 0;
  liveCount = 0;
  readonly #fs: Files;
  #handle: Promise<FileHandle> | undefined;
  #uses = 0;
  #isRetired = false;

  constructor(fs: Files, directory: string, number: number, bytes: number) {
    this.#fs = fs;
    this.number = number;
    this.path = path.join(directory, `${String(number).padStart(10, '0')}.seg`);
    this.bytes = bytes;
  }

  /** Makes the file. Where that fails there is none. */
  async create(): Promise<void> {
    // Not `wx`: what an earlier failure left is nobody's.
    const handle = await this.#fs.open(this.path, 'w+', fileMode);
    try {
      await writeAll(handle, [fileHead], 0);
    } catch (error) {
      await handle.close();
      await this.#fs.unlink(this.path);
      throw error;
    }
    this.#handle = Promise.resolve(handle);
    this.bytes = fileHead.length;
  }

  /** Writes records at the end. Where that fails, the end is where it was. */
  async append(records: readonly EncodedRecord[]): Promise<void> {
    await this.#use(async (handle) => {
      try {
        await writeAll(
          handle,
          records.flatMap(({ parts }) => parts),
          this.bytes,
        );
      } catch (error) {
        await handle.truncate(this.bytes);
        throw error;
      }
    });
    for (const { bytes } of records) this.bytes += bytes;
  }

  /** Has what was written outlive the machine. */
  async sync(): Promise<void> {
    await this.#use((handle) => handle.datasync());
  }

  /** Fewer bytes than asked for where the file is shorter. */
  read(at: number, length: number): Promise<Buffer> {
    return this.#use(async (handle) => {
      const bytes = Buffer.allocUnsafeSlow(length);
      let read = 0;
      while (read < length) {
        const { bytesRead } = await handle.read(bytes, read, length - read, at + read);
        if (bytesRead === 0) break;
        read += bytesRead;
      }
      return bytes.subarray(0, read);
    });
  }

  /** Lets go of the file as soon as nobody reads; it is opened again where somebody does. */
  async release(): Promise<void> {
    if (this.#uses > 0 || this.#handle === undefined) return;
    const opened = this.#handle;
    this.#handle = undefined;
    await (await opened).close();
  }

  /** Takes the file away. Those who read from it still can. */
  async remove(): Promise<void> {
    this.#isRetired = true;
    await this.#fs.unlink(this.path);
    await this.release();
  }

  async #use<T>(use: (handle: FileHandle) => Promise<T>): Promise<T> {
    this.#uses++;
    try {
      this.#handle ??= this.#fs.open(this.path, 'r+');
      return await use(await this.#handle);
    } catch (error) {
      // A handle that could not be had is asked for again next time.
      await this.#handle?.catch(() => (this.#handle = undefined));
      throw error;
    } finally {
      this.#uses--;
      if (this.#isRetired) await this.release();
    }
  }
}

/** All of it, also where the system takes less at a time. */
async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  const { bytesWritten } = await handle.writev([...parts], position);
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  if (bytesWritten >= bytes) return;
  // A disk that is nearly full takes what fits, and says only at the next attempt that it is.
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  await handle.write(rest, 0, rest.length, position + bytesWritten);
}
