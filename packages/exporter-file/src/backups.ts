import path from 'node:path';
import type { Settings } from '@tributary/component';
import type { Rotation } from './config.js';

type Fs = Settings<unknown>['fs'];

const timePattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)\.(\d{3})$/;
const dayMs = 24 * 3_600_000;

/** The parts of a file's name between which the time of a backup stands. */
function partsOf(file: string): { readonly prefix: string; readonly extension: string } {
  const name = path.basename(file);
  // A name that begins with its only dot is all extension, as in Go.
  const dot = name.lastIndexOf('.');
  const end = dot < 0 ? name.length : dot;
  return { prefix: `${name.slice(0, end)}-`, extension: name.slice(end) };
}

/** `data-2022-09-14T05-02-14.173.json` for `data.json`. */
export function backupName(file: string, ms: number, isLocal: boolean): string {
  const { prefix, extension } = partsOf(file);
  // The local time as if it were UTC, for its digits.
  const shown = new Date(isLocal ? ms - new Date(ms).getTimezoneOffset() * 60_000 : ms);
  const time = shown.toISOString().slice(0, -1).replaceAll(':', '-');
  return path.join(path.dirname(file), `${prefix}${time}${extension}`);
}

/** The time in the name of a backup of `file`; `undefined` where it is none. */
export function backupTime(file: string, name: string, isLocal: boolean): number | undefined {
  const { prefix, extension } = partsOf(file);
  if (!name.startsWith(prefix) || !name.endsWith(extension)) return undefined;
  const found = timePattern.exec(name.slice(prefix.length, name.length - extension.length));
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = found.slice(1).map(Number);
  return isLocal
    ? new Date(year, month - 1, day, hour, minute, second, ms).getTime()
    : Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

/** Renames a full file to its backup's name. Where that is taken, it is that of a later millisecond. */
export async function moveToBackup(file: string, ms: number, isLocal: boolean, fs: Fs): Promise<void> {
  let target = backupName(file, ms, isLocal);
  while (await exists(target, fs)) target = backupName(file, ++ms, isLocal);
  await fs.rename(file, target);
}

async function exists(file: string, fs: Fs): Promise<boolean> {
  return fs.stat(file).then(
    () => true,
    () => false,
  );
}

/** Removes backups of `file` that are too many or too old. */
export async function removeBackups(
  file: string,
  nowMs: number,
  { maxBackups, maxDays, isLocal }: Rotation,
  fs: Fs,
): Promise<void> {
  if (maxBackups === 0 && maxDays === 0) return;
  const folder = path.dirname(file);
  const backups = (await fs.readdir(folder))
    .flatMap((name) => {
      const ms = backupTime(file, name, isLocal);
      return ms === undefined ? [] : [{ name, ms }];
    })
    .sort((a, b) => b.ms - a.ms);
  const isTooOld = (ms: number): boolean => maxDays > 0 && ms < nowMs - maxDays * dayMs;
  const isTooMany = (index: number): boolean => maxBackups > 0 && index >= maxBackups;
  for (const [index, { name, ms }] of backups.entries()) {
    if (isTooMany(index) || isTooOld(ms)) await fs.unlink(path.join(folder, name));
  }
}
