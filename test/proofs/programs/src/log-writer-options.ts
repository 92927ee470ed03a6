/** What the process that writes a log file is told, as JSON in `WRITER_OPTIONS`. */
export interface LogWriterOptions {
  readonly file: string;
  readonly firstId: number;
  readonly bytesPerSecond: number;
  /** How the file is rotated: it gets another name, or is copied and cut. */
  readonly rotation: 'none' | 'rename' | 'copy';
  /** How often, and after how long each time. */
  readonly rotations: number;
  readonly everyMs: number;
  /** Rotated files that are kept. */
  readonly kept: number;
  /** How long to write, where there are no rotations. */
  readonly ms: number;
  /** A line that is left out, and one that is written twice: for negative controls. */
  readonly leftOut?: number;
  readonly doubled?: number;
}

/** To the parent, at the end. */
export interface LogWriterReport {
  readonly kind: 'written';
  /** IDs are below it. */
  readonly nextId: number;
  readonly bytes: number;
  readonly ms: number;
}
