// The one place where the files of this machine enter this package; everything else is given them.
// oxlint-disable no-restricted-imports
import * as fs from 'node:fs';

/** What a file is at one moment. */
export interface FileState {
  /** Tells a file from all others as long as it exists. */
  readonly identity: string;
  readonly bytes: number;
  /** Of the last write, in milliseconds since the epoch. */
  readonly writtenMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One thing in a folder. */
export interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * What a poll asks of the file system, at once: an asynchronous `stat` costs five times as much, and there is one for
 * each file five times a second.
 */
export interface LogFiles {
  /** What is in a folder; nothing where there is none. @throws Error where it may not be read */
  list(folder: string): readonly Listed[];
  /** `undefined` where there is no such file, or it is no ordinary one: a pipe would never end. @throws Error */
  state(file: string): FileState | undefined;
  /** Behind all links. */
  resolve(file: string): string;
  /** The text of a small file, such as the list of users; empty where there is none. */
  text(file: string): string;
}

export const realFiles: LogFiles = {
  list(folder) {
    try {
      return fs
        .readdirSync(folder, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw error;
    }
  },

  state(file) {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return undefined;
    const { dev, ino, size, mtimeMs, mode, uid, gid } = stat;
    return { identity: `${dev}:${ino}`, bytes: size, writtenMs: mtimeMs, mode, uid, gid };
  },

  resolve(file) {
    try {
      return fs.realpathSync(file);
    } catch {
      return file;
    }
  },

  text(file) {
    try {
      return fs.readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  },
};
