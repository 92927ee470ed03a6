import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DemoMessage } from './messages.js';

/** A program of the demo, in a process of its own. */
export interface DemoProcess {
  /** Resolves when it has ended by itself with code 0; rejects if it ended otherwise. */
  readonly ended: Promise<void>;
  /** Asks it to end (SIGTERM) and waits for that. */
  stop(): Promise<void>;
}

export interface DemoProcessOptions {
  readonly name: string;
  /** Path of the built program. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onMessage?: (message: DemoMessage) => void;
  /** What it writes, line by line. */
  readonly onLine: (line: string) => void;
}

export function startProcess(options: DemoProcessOptions): DemoProcess {
  const { name } = options;
  const child = fork(options.program, [...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.on('message', (message) => options.onMessage?.(message as DemoMessage));
  // Whatever ends the demo ends it, too.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface(stream).on('line', (line) => options.onLine(`${name} | ${line}`));
  }
  // Not 'exit': the last messages and lines may come after it.
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    process.off('exit', kill);
    if (code !== 0) throw new Error(`${name} ended with ${signal ?? `code ${code}`}`);
  });
  ended.catch(() => {}); // Kept for whoever waits for it.
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
