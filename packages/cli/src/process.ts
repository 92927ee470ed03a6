// The one place where the command line touches its process: everything else is given this.
// oxlint-disable no-restricted-globals, no-restricted-properties
import { constants } from 'node:os';

/** What a running collector needs of the process that it is the job of. */
export interface ServiceProcess {
  readonly pid: number;
  /** Until the returned function is called, `listener` hears of the signal, and the process goes on. */
  onSignal(signal: ServiceSignal, listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Until the returned function is called, the process goes on, whether or not it has anything to wait for. */
  keepAlive(): () => void;
  /** Resolves when what is under way at this moment has been answered. */
  nextTurn(): Promise<void>;
}

/** SIGTERM and SIGINT ask for the end, SIGHUP for a reload. */
export type ServiceSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** What a shell reports of a process that a signal has ended. */
export function exitCodeOf(signal: ServiceSignal): number {
  return 128 + constants.signals[signal];
}

/** Ends the process, as SIGPIPE would, when nobody reads any more what it prints. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
    throw error;
  });
}

export const thisProcess: ServiceProcess = {
  pid: process.pid,
  onSignal(signal, listener) {
    process.on(signal, listener);
    return () => process.off(signal, listener);
  },
  exit: (code) => process.exit(code),
  keepAlive() {
    const timer = setInterval(() => {}, 2 ** 31 - 1);
    return () => clearInterval(timer);
  },
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
};
