import type { Logger } from '@tributary/component';

/** How serious a line is. */
export type EntryLevel = 'debug' | 'info' | 'warn' | 'error';

/** A line of the log, before it is text. */
export interface Entry {
  readonly level: EntryLevel;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that makes entries of what it is told. */
export function entryLogger(now: () => number, write: (entry: Entry) => void): Logger {
  const at =
    (level: EntryLevel): Logger['info'] =>
    (message, fields = {}) =>
      write({ level, timeMs: now(), message, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
