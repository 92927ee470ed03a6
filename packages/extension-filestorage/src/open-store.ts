import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { StorageError, type Clock } from '@tributary/component';
import { lockDirectory, type Lock } from './lock.js';
import { fileHead } from './record.js';
import { scanSegment, type Scan } from './scan.js';
import { Segment, segmentNumber } from './segment.js';
import { Store, type FoundSegment, type StoreLimits, type StoreRuntime } from './store.js';

/** How to open a store. */
export interface OpenOptions extends StoreLimits {
  readonly lockTimeoutMs: number;
  /** Puts a store aside as a whole in which something is damaged, and begins an empty one. */
  readonly recreates: boolean;
}

const directoryMode = 0o700;

/**
 * Opens the store in a directory, or makes one. What is damaged in it is named, counted and kept aside, and what can
 * be read of the rest is there.
 *
 * @throws {StorageError} where somebody else has it open, or the directory cannot be read
 */
export async function openStore(
  directory: string,
  options: OpenOptions,
  runtime: StoreRuntime & { readonly clock: Clock },
): Promise<Store> {
  const { fs, clock } = runtime;
  let lock: Lock | undefined;
  try {
    await fs.mkdir(directory, { recursive: true, mode: directoryMode });
    lock = await lockDirectory(directory, { fs, clock, timeoutMs: options.lockTimeoutMs });
    const { found, isDamaged } = await readSegments(directory, runtime);
    if (!isDamaged || !options.recreates) return new Store(directory, options, runtime, lock, found);
    for (const { segment } of found) await segment.release();
    await putAside(directory, found, runtime);
    return new Store(directory, options, runtime, lock, []);
  } catch (error) {
    await lock?.release();
    if (StorageError.is(error)) throw error;
    throw new StorageError('failed', `${directory} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readSegments(
  directory: string,
  runtime: StoreRuntime,
): Promise<{ readonly found: readonly FoundSegment[]; readonly isDamaged: boolean }> {
  const { fs, logger, damaged } = runtime;
  const numbers = (await fs.readdir(directory))
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
  const found: FoundSegment[] = [];
  let isDamaged = false;
  for (const [i, number] of numbers.entries()) {
    const before = numbers[i - 1];
    if (before !== undefined && number !== before + 1) {
      isDamaged = true;
      damaged(directory, `the files between ${before} and ${number} are missing`);
    }
    const segment = new Segment(fs, directory, number, 0);
    const handle = await fs.open(segment.path, 'r+');
    try {
      const { records, damages, end, tornBytes } = await scanSegment(handle);
      segment.bytes = end;
      if (damages.length > 0) {
        isDamaged = true;
        for (const { problem } of damages) damaged(segment.path, problem);
        found.push({ segment, records: await keepIntact(segment, handle, records, runtime) });
        continue;
      }
      if (tornBytes > 0) {
        logger.warn('The last write was not finished, and nobody was told that it was', {
          file: segment.path,
          bytes: tornBytes,
        });
        await handle.truncate(end);
      }
      // Without even its head, nothing was in it.
      if (end === 0) await fs.unlink(segment.path);
      else found.push({ segment, records });
    } finally {
      await handle.close();
    }
  }
  return { found, isDamaged };
}

/**
 * Sets a damaged segment aside, and puts one in its place that has what can be read, so that the same is not found
 * again at each start.
 *
 * @returns where its records are now
 */
async function keepIntact(
  segment: Segment,
  from: FileHandle,
  records: Scan['records'],
  { fs, logger }: StoreRuntime,
): Promise<Scan['records']> {
  const draft = `${segment.path}.tmp`;
  try {
    const handle = await fs.open(draft, 'w', 0o600);
    const moved: Scan['records'][number][] = [];
    let end = fileHead.length;
    try {
      await handle.write(fileHead, 0, fileHead.length, 0);
      for (const record of records) {
        const bytes = Buffer.allocUnsafe(record.bytes);
        await from.read(bytes, 0, bytes.length, record.at);
        await handle.write(bytes, 0, bytes.length, end);
        moved.push({ ...record, at: end });
        end += bytes.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(segment.path, `${segment.path}.damaged`);
    await fs.rename(draft, segment.path);
    segment.bytes = end;
    return moved;
  } catch (error) {
    logger.error('A damaged file could not be set aside: it stays, and is read as far as it can be', {
      file: segment.path,
      error: (error as Error).message,
    });
    await fs.rm(draft, { force: true });
    return records;
  }
}

/** Puts the files of a store into a directory beside it, named by the time. */
async function putAside(
  directory: string,
  found: readonly FoundSegment[],
  { fs, clock, logger }: StoreRuntime & { readonly clock: Clock },
): Promise<void> {
  const backup = `${directory}.${new Date(clock.now()).toISOString()}.backup`;
  await fs.mkdir(backup, { mode: directoryMode });
  for (const { segment } of found) {
    await fs.rename(segment.path, path.join(backup, path.basename(segment.path)));
  }
  for (const file of await fs.readdir(directory)) {
    if (file.endsWith('.damaged')) await fs.rename(path.join(directory, file), path.join(backup, file));
  }
  logger.error('A store is damaged: it was put aside, and an empty one begun', { directory, backup });
}
