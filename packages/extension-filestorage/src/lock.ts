import { createConnection, createServer, type Server } from 'node:net';
import path from 'node:path';
import { StorageError, type Clock } from '@tributary/component';
import type { Files } from './segment.js';

/** What a lock needs of its surroundings. */
export interface LockRuntime {
  readonly fs: Files;
  readonly clock: Clock;
  /** In milliseconds: how long to wait for somebody else to let go. */
  readonly timeoutMs: number;
}

/** Somebody's alone, until it is let go or the process is gone, however that ends. */
export interface Lock {
  release(): Promise<void>;
}

const retryMs = 20;
const lockName = 'lock';
/** An address of a socket has room for 103 bytes on every system; `lock.<process>` takes up to 20 of them. */
const maxDirectoryBytes = 80;

/**
 * Locks a directory by a socket in it that nobody connects to but who wants to know whether it is alive: the system
 * closes it with its process, so that no lock outlives a kill, and it is seen from other containers on the machine,
 * as a number of a process is not. Node has no `flock`.
 *
 * @throws {StorageError} where another holds it for longer than `timeoutMs`
 */
export async function lockDirectory(directory: string, { fs, clock, timeoutMs }: LockRuntime): Promise<Lock> {
  const deadlineMs = clock.monotonic() + timeoutMs;
  const place = await shortName(directory, fs);
  const address = path.join(place.path, lockName);
  try {
    for (;;) {
      const server = await listen(address);
      if (server !== undefined) {
        return {
          async release() {
            await new Promise<void>((resolve) => server.close(() => resolve()));
            await place.close();
          },
        };
      }
      if (!(await isAlive(address))) {
        // Whoever made it is gone. Two who see that at once: the second takes away the socket of the first, which is
        // why it is looked at again under its new name.
        await takeAway(place.path, fs);
        continue;
      }
      if (clock.monotonic() >= deadlineMs) {
        throw new StorageError('failed', `${directory}: another process has this store open`);
      }
      await clock.sleep(retryMs);
    }
  } catch (error) {
    await place.close();
    throw error;
  }
}

async function takeAway(directory: string, fs: Files): Promise<void> {
  const lock = path.join(directory, lockName);
  const aside = path.join(directory, `${lockName}.${process.pid}`);
  try {
    await fs.rename(lock, aside);
    if (await isAlive(aside)) await fs.rename(aside, lock);
    else await fs.unlink(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The server, or `undefined` where there is a socket of this name. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
    server.unref();
  });
}

function isAlive(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(address);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      // A queue of connections that is full belongs to somebody.
      resolve(error.code === 'EAGAIN');
    });
  });
}

/** A name of the directory that leaves room for a socket's in an address: by way of its descriptor, where it is long. */
async function shortName(
  directory: string,
  fs: Files,
): Promise<{ readonly path: string; close(): Promise<void> }> {
  if (Buffer.byteLength(directory) <= maxDirectoryBytes) return { path: directory, close: async () => {} };
  const handle = await fs.open(directory, 'r');
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}
