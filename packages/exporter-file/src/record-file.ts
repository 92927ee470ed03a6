import type { FileHandle } from 'node:fs/promises';
import type { Logger, Settings } from '@tributary/component';
import { endOfRecords } from './end-of-records.js';

/** A file that records are put at the end of. */
export interface RecordFile {
  /** Bytes that are in it. */
  readonly size: number;
  /**
   * Writes all of the bytes, or nothing: what a failed write has left behind is cut off again, at the latest
   * before the next one. @throws what the file system says
   */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** How a file is opened. */
export interface OpenOptions {
  readonly fs: Settings<unknown>['fs'];
  readonly logger: Logger;
  /** `empty` takes out what is there; `continue` writes behind it; `share` too, and others may write to it. */
  readonly existing: 'empty' | 'continue' | 'share';
  readonly mode: number;
  readonly isLines: boolean;
}

/**
 * Opens a file, or makes it. One that is written on ends with a whole record first: what a killed process
 * has left of its last one would spoil the next.
 */
export async function openRecordFile(path: string, options: OpenOptions): Promise<RecordFile> {
  const { fs, existing, mode } = options;
  const { O_RDWR, O_CREAT } = fs.constants;
  const flags = { empty: 'w', continue: O_RDWR | O_CREAT, share: 'a+' };
  const handle = await fs.open(path, flags[existing], mode);
  try {
    const stat = await handle.stat();
    // A pipe or a terminal has no place to write to, and takes nothing back.
    if (!stat.isFile()) return new Stream(handle);
    const size = await mend(path, handle, stat.size, options);
    return new File(handle, size, existing === 'share');
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @returns the size afterwards */
async function mend(
  path: string,
  handle: FileHandle,
  size: number,
  { isLines, logger }: OpenOptions,
): Promise<number> {
  const end = await endOfRecords(handle, size, isLines);
  if (end === undefined) {
    throw new Error(`${path} is no file of records with their length before them; choose another path`);
  }
  if (end < size) {
    logger.warn('The file did not end with a whole record; removed what there was of the last one.', {
      path,
      bytes: size - end,
    });
    await handle.truncate(end);
  } else if (end > size) {
    await handle.write('\n', size);
  }
  return end;
}

class File implements RecordFile {
  readonly #handle: FileHandle;
  readonly #isShared: boolean;
  #isTorn = false;
  size: number;

  constructor(handle: FileHandle, size: number, isShared: boolean) {
    this.#handle = handle;
    this.size = size;
    this.#isShared = isShared;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#mend();
    if (this.#isShared) this.size = (await this.#handle.stat()).size;
    try {
      await writeAll(this.#handle, bytes, this.size);
    } catch (error) {
      this.#isTorn = true;
      // Fails too where the disk is gone: then it is the first thing to do when it is back.
      await this.#mend().catch(() => {});
      throw error;
    }
    this.size += bytes.length;
  }

  async #mend(): Promise<void> {
    if (!this.#isTorn) return;
    await this.#handle.truncate(this.size);
    this.#isTorn = false;
  }

  async close(): Promise<void> {
    try {
      await this.#mend();
    } finally {
      await this.#handle.close();
    }
  }
}

class Stream implements RecordFile {
  readonly size = 0;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  append(bytes: Uint8Array): Promise<void> {
    return writeAll(this.#handle, bytes, undefined);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A disk that gets full takes a part first, and says so without an error. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, start: number | undefined): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const position = start === undefined ? null : start + done;
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position);
    if (bytesWritten === 0) throw new Error('the file takes no more bytes');
    done += bytesWritten;
  }
}
