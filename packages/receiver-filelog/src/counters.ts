import type { Settings } from '@tributary/component';

/** Counts what is wrong with files and their records, and is read all the same. */
export interface Counters {
  /** A record has bytes that are no UTF-8. */
  invalid(): void;
  /** A record is longer than `max_log_size`. */
  tooLong(): void;
  /** A file is not there any more. */
  vanished(): void;
  /** A file or a folder could not be read. */
  unreadable(): void;
  /** So many files more, or fewer, are open. */
  opened(change: number): void;
  /** So many are being read. */
  reading(change: number): void;
}

export function createCounters(meter: Settings<unknown>['meter']): Counters {
  const counter = (name: string, description: string, unit: string): (() => void) => {
    const made = meter.createCounter(`otelcol_filelog_${name}`, { description, unit });
    return () => made.add(1);
  };
  const upDown = (name: string, description: string): ((change: number) => void) => {
    const made = meter.createUpDownCounter(`otelcol_fileconsumer_${name}`, { description, unit: '1' });
    return (change) => made.add(change);
  };
  return {
    invalid: counter('invalid_records', 'Records with bytes that are no UTF-8.', '{record}'),
    tooLong: counter('long_records', 'Records longer than max_log_size.', '{record}'),
    vanished: counter('vanished_files', 'Files that are not there any more.', '{file}'),
    unreadable: counter('file_errors', 'Times that a file or a folder could not be read.', '{error}'),
    opened: upDown('open_files', 'Number of open files'),
    reading: upDown('reading_files', 'Number of open files that are being read'),
  };
}
