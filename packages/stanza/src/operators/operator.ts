import type { Clock, Ledger, Logger } from '@tributary/component';
import type { Entry } from '../entry.js';
import type { Environment } from '../expressions.js';

/** What every operator may be told. */
export interface CommonConfig {
  /** By which others name it in `output`. Default: its type, and a number where there are several. */
  readonly id?: string | undefined;
  /** An expression: where it is false, a record passes untouched. Default none. */
  readonly if?: string | undefined;
  /**
   * What becomes of a record with which something goes wrong: it passes as it is, or is dropped; quietly is without a
   * line in the log. Default `'send'`.
   */
  readonly on_error?: 'send' | 'drop' | 'send_quiet' | 'drop_quiet' | undefined;
  /** Where records go on. Default: to the next operator. */
  readonly output?: string | readonly string[] | undefined;
}

/** {@link CommonConfig} completed. */
export interface CommonSettings {
  readonly id?: string | undefined;
  readonly if?: string | undefined;
  readonly on_error: 'send' | 'drop' | 'send_quiet' | 'drop_quiet';
  readonly output?: readonly string[] | undefined;
}

/** What operators need of their surroundings. */
export interface OperatorsRuntime {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told what is filtered, dropped and joined. */
  readonly ledger: Ledger;
  /** What `env("X")` reads. */
  readonly env: Environment;
}

/** Gives an entry on. */
export type Pass = (entry: Entry) => void;

/** What an operator does, once it is made. */
export interface Operator {
  /** Changes an entry and gives it on, later perhaps, or ends it. What it throws is a failure with this entry. */
  process(entry: Entry, pass: Pass): void;
  /** Gives on what it holds. */
  flush?(): void;
  /** Ends what runs by itself. */
  close?(): void;
  /** Entries that it holds, and their bytes, roughly. */
  readonly held?: { readonly entries: number; readonly bytes: number };
}

/** An operator that changes each entry by itself. */
export function transform(change: (entry: Entry) => void): Operator {
  return {
    process(entry, pass) {
      change(entry);
      pass(entry);
    },
  };
}
