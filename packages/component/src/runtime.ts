import type { MeterProvider } from '@opentelemetry/api';

/** Time, only from here. `every` and `after` never keep the process alive. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  after(ms: number, run: () => void): Timer;
  /** The next run is set when the last has ended: ticks do not pile up. */
  every(ms: number, run: () => void | Promise<void>): Timer;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
export interface Timer {
  stop(): void;
}

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The outside world. Each has a real default; a test, a replay or a simulation replaces what it needs. */
export interface Runtime {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly dns: Pick<typeof import('node:dns/promises'), 'lookup' | 'Resolver'>;
  readonly fs: typeof import('node:fs/promises');
  readonly logger: Logger;
  readonly meterProvider: MeterProvider;
}
