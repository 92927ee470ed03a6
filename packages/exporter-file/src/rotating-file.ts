import path from 'node:path';
import type { Clock } from '@tributary/component';
import { moveToBackup, removeBackups } from './backups.js';
import type { Rotation } from './config.js';
import { openRecordFile, type OpenOptions, type RecordFile } from './record-file.js';

/** Of new files; later ones have the mode of the one before them. */
const newMode = 0o600;

/**
 * A file that is moved aside before it would grow above its limit, and begun anew. One that exists is
 * continued. The backups that are too many or too old are removed at the start and whenever one is made.
 */
export async function openRotatingFile(
  file: string,
  rotation: Rotation,
  { clock, ...options }: Omit<OpenOptions, 'existing' | 'mode'> & { readonly clock: Clock },
): Promise<RecordFile> {
  const { fs, logger } = options;
  /** Absent after a rotation that failed halfway. */
  let current: RecordFile | undefined;

  async function open(): Promise<RecordFile> {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
    const mode = await modeOf(file);
    current = await openRecordFile(file, {
      ...options,
      existing: mode === undefined ? 'empty' : 'continue',
      mode: mode ?? newMode,
    });
    await clean();
    return current;
  }

  async function rotate(full: RecordFile): Promise<RecordFile> {
    const mode = await modeOf(file);
    current = undefined;
    await full.close();
    // Somebody else may have moved it aside.
    if (mode !== undefined) await moveToBackup(file, clock.now(), rotation.isLocal, fs);
    current = await openRecordFile(file, { ...options, existing: 'empty', mode: mode ?? newMode });
    await clean();
    return current;
  }

  async function modeOf(name: string): Promise<number | undefined> {
    try {
      return (await fs.stat(name)).mode & 0o777;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** That an old file cannot be removed is no reason to refuse a new record. */
  async function clean(): Promise<void> {
    try {
      await removeBackups(file, clock.now(), rotation, fs);
    } catch (error) {
      logger.warn('Old files could not be removed.', { path: file, error });
    }
  }

  await open();
  return {
    get size() {
      return current?.size ?? 0;
    },
    async append(bytes) {
      let target = current ?? (await open());
      if (target.size > 0 && target.size + bytes.length > rotation.maxBytes) target = await rotate(target);
      await target.append(bytes);
    },
    async close() {
      await current?.close();
      current = undefined;
    },
  };
}
