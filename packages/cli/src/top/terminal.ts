import { thisProcess } from '../process.js';

/** What comes from the terminal of this process. */
export interface TerminalEvents {
  /** A key that was pressed, as the terminal sends it. */
  readonly onKey: (key: string) => void;
  readonly onResize: () => void;
  /** A signal wants the end, or nobody reads what is written. */
  readonly onEnd: () => void;
}

/** Listens, and keeps the process alive, until the returned function is called. */
export function listenToTerminal({ onKey, onResize, onEnd }: TerminalEvents): () => void {
  const { stdin, stdout } = process;
  const hear = (keys: Buffer): void => {
    for (const key of keys.toString()) onKey(key);
  };
  const undo = [
    thisProcess.keepAlive(),
    ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => thisProcess.onSignal(signal, onEnd)),
  ];
  stdout.on('resize', onResize).on('error', onEnd);
  // So that no key needs Enter behind it. Ctrl-C is then a key, too.
  if (stdin.isTTY) stdin.setRawMode(true).on('data', hear);
  return () => {
    if (stdin.isTTY) stdin.off('data', hear).setRawMode(false).pause();
    stdout.off('resize', onResize);
    for (const step of undo) step();
  };
}
