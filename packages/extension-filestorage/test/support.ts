import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '@tributary/component';
import { virtualClock } from '@tributary/testkit';
import { openStore, type OpenOptions } from '../src/open-store.js';
import type { Files } from '../src/segment.js';
import type { Store } from '../src/store.js';

/** A folder that is gone with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await fs.mkdtemp(path.join(tmpdir(), 'file-storage-'));
  return {
    path: folder,
    [Symbol.asyncDispose]: () => fs.rm(folder, { recursive: true, force: true }),
  };
}

/** A store, and what it has said. */
export interface Opened {
  readonly store: Store;
  /** Files of which it has said that they are damaged. */
  readonly damages: string[];
  readonly warnings: string[];
}

export async function open(
  directory: string,
  options: Partial<OpenOptions> & { readonly fs?: Files; readonly clock?: Clock } = {},
): Promise<Opened> {
  const { fs: files = fs, clock = virtualClock(), ...rest } = options;
  const damages: string[] = [];
  const warnings: string[] = [];
  const note = (message: string): void => void warnings.push(message);
  const store = await openStore(
    directory,
    { maxBytes: 0, syncs: false, maxCopied: 0, lockTimeoutMs: 0, recreates: false, ...rest },
    {
      fs: files,
      clock,
      logger: { debug() {}, info() {}, warn: note, error: note },
      damaged: (file, problem) => damages.push(`${path.basename(file)}: ${problem}`),
    },
  );
  return { store, damages, warnings };
}

/** All that is in a store, as text. */
export async function contents(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of [...(await store.keys())].sort()) {
    found[key] = Buffer.from((await store.get(key))!).toString('latin1');
  }
  return found;
}

/** The segments in a directory, in their order. */
export async function segmentsIn(directory: string): Promise<string[]> {
  return (await fs.readdir(directory)).filter((file) => file.endsWith('.seg')).sort();
}

/** Bytes of all files in a directory. */
export async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const file of await fs.readdir(directory)) {
    // One may be taken away meanwhile.
    bytes += (await fs.stat(path.join(directory, file)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

/** A file system with a disk of so many bytes for segments; `room` may change. */
export function smallDisk(room: number): Files & { room: number } {
  const disk = {
    ...fs,
    room,
    async open(...args: Parameters<typeof fs.open>) {
      const handle = await fs.open(...args);
      const file = String(args[0]);
      if (!file.endsWith('.seg')) return handle;
      const full = (): Error =>
        Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const write = handle.write.bind(handle);
      handle.writev = async (parts, position) => {
        const bytes = Buffer.concat(parts as unknown as readonly Uint8Array[]);
        const { size } = await handle.stat();
        const left = disk.room - (await bytesIn(path.dirname(file))) + (size - (position ?? size));
        if (left <= 0) throw full();
        // As a system does: what fits is written.
        const { bytesWritten } = await write(bytes, 0, Math.min(left, bytes.length), position);
        return { bytesWritten, buffers: parts };
      };
      handle.write = () => Promise.reject(full());
      return handle;
    },
  };
  return disk;
}
