import { fileURLToPath } from 'node:url';
import type { Runtime } from '@tributary/component';
import { pino } from 'pino';

/** Where lines end. */
export interface LogOutput {
  /** Never throws; what goes wrong is told elsewhere. */
  write(line: string): void;
  /** @throws Error that names the file */
  open(): Promise<void>;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Text that waits for its file; beyond, lines are lost, and counted. */
const maxWaiting = 4 << 20;

type Files = Pick<Runtime['fs'], 'open'>;

/** An output for a path of the config: `stderr`, `stdout`, a path, a `file:` URL. */
export function createOutput(
  path: string,
  files: () => Files,
  onError: (message: string) => void,
): LogOutput {
  if (path === 'stderr' || path === 'stdout') return streamOutput(path === 'stderr' ? 2 : 1, onError);
  return fileOutput(/^file:/i.test(path) ? fileURLToPath(path) : path, files, onError);
}

/** Written at once, so that the last line before a crash is there. */
export function streamOutput(fd: 1 | 2, onError: (message: string) => void): LogOutput {
  let stream: ReturnType<typeof pino.destination> | undefined;
  return {
    write(line) {
      // Made at the first line: a library that says nothing opens nothing.
      stream ??= pino.destination({ fd, sync: true }).on('error', (error: Error) => onError(error.message));
      stream.write(line);
    },
    async open() {},
    async close() {},
  };
}

/** Written in the background, in order; before it is open, lines wait. */
function fileOutput(path: string, files: () => Files, onError: (message: string) => void): LogOutput {
  let handle: Awaited<ReturnType<Files['open']>> | undefined;
  let waiting = '';
  let lost = 0;
  let isScheduled = false;
  let written: Promise<void> = Promise.resolve();

  /** What comes while a write is under way goes together into the next one. */
  function schedule(): void {
    if (isScheduled || handle === undefined || waiting === '') return;
    isScheduled = true;
    const open = handle;
    written = written.then(() => flush(open));
  }

  async function flush(open: NonNullable<typeof handle>): Promise<void> {
    isScheduled = false;
    const text = waiting;
    waiting = '';
    try {
      await open.appendFile(text);
    } catch (error) {
      onError(`${path}: ${(error as Error).message}`);
    }
    if (lost > 0) onError(`${path}: ${lost} lines came faster than they could be written`);
    lost = 0;
  }

  return {
    write(line) {
      if (waiting.length + line.length > maxWaiting) {
        lost++;
        return;
      }
      waiting += line;
      schedule();
    },
    async open() {
      handle = await files().open(path, 'a');
      schedule();
    },
    async close() {
      const open = handle;
      handle = undefined;
      await written;
      await open?.close();
    },
  };
}
