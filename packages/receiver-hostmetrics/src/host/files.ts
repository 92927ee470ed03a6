import type { HostFiles } from './system.js';

/** Longest file that is read: the table of a hundred thousand connections has 15 MB. */
const maxBytes = 64 * 1024 * 1024;

/** Reads one file again and again. */
export interface KeptFile {
  /**
   * All of it. The bytes are those of a buffer that the next read, of any file of the same reader, writes over.
   *
   * @throws as `node:fs` does
   */
  read(): Buffer;
  close(): void;
}

/** Reads files into one buffer. */
export interface FileReader {
  /** Opens it at the first read and leaves it open: files of /proc are made anew at position 0. */
  keep(path: string): KeptFile;
  /** Reads it once. The bytes hold until the next read. */
  read(path: string): Buffer;
  /** The same, or `undefined` where it is not there, or is gone while it is read. */
  readIfThere(path: string): Buffer | undefined;
  readonly files: HostFiles;
  close(): void;
}

export function createFileReader(files: HostFiles): FileReader {
  let buffer = Buffer.allocUnsafe(65_536);
  const kept = new Set<KeptFile>();

  function readAll(descriptor: number): Buffer {
    let length = 0;
    for (;;) {
      if (length === buffer.length) {
        if (length >= maxBytes) throw new Error(`file is larger than ${maxBytes} bytes`);
        const larger = Buffer.allocUnsafe(buffer.length * 2);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      const read = files.read(descriptor, buffer, length, length);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
    }
  }

  function read(path: string): Buffer {
    const descriptor = files.open(path);
    try {
      return readAll(descriptor);
    } finally {
      files.close(descriptor);
    }
  }

  return {
    files,
    keep(path) {
      let descriptor: number | undefined;
      const file: KeptFile = {
        read() {
          if (descriptor !== undefined) {
            try {
              return readAll(descriptor);
            } catch {
              // What it stood for may be gone, such as a module that was loaded anew: the path is asked again.
              file.close();
            }
          }
          descriptor = files.open(path);
          kept.add(file);
          return readAll(descriptor);
        },
        close() {
          if (descriptor === undefined) return;
          kept.delete(file);
          const open = descriptor;
          descriptor = undefined;
          files.close(open);
        },
      };
      return file;
    },
    read,
    readIfThere(path) {
      try {
        return read(path);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    close() {
      for (const file of kept) file.close();
    },
  };
}

/** Whether a file is not there: of /proc/<pid> that is no fault, since processes end. */
export function isGone(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}
