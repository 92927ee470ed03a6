import { setTimeout as sleep } from 'node:timers/promises';
import { toMs, type Batch, type Duration, type Signal } from '@tributary/component';
import type { LogRecord, Span } from '@tributary/pdata';
import { recordsIn } from './match/records.js';
import { explainMiss, isWanted, recordNames, showWanted } from './match/find.js';
import type { RecordOf, Wanted } from './match/pattern.js';

/** What has arrived at a test sink or server, in the order of arrival. Each list is as it was when it was read. */
export interface Received {
  /** Views: read on with `attributes.get`, `resource`, `toObject()`. */
  readonly traces: Arrived<'traces'>;
  readonly metrics: Arrived<'metrics'>;
  readonly logs: Arrived<'logs'>;
  readonly profiles: Arrived<'profiles'>;
  /** What `traces` has, by the name of its records. */
  readonly spans: readonly Span[];
  /** What `logs` has, by the name of its records. */
  readonly logRecords: readonly LogRecord[];
  /** What arrived together; a batch of each arrival, of any signal. */
  readonly batches: readonly Batch<Signal>[];
  /** Spans, data points, log records and samples. */
  readonly items: number;
  /** Forgets what has arrived. */
  clear(): void;
  /**
   * Resolves as soon as `isSo` is true: asked at once, and after each arrival.
   * Time is that of the machine.
   *
   * @throws Error that tells what had arrived, after `timeout`
   */
  waitFor(isSo: (received: Received) => boolean, options?: WaitOptions): Promise<void>;
}

/** The records of one signal that have arrived, as a list that can be waited for. */
export interface Arrived<S extends Signal> extends ReadonlyArray<RecordOf<S>> {
  /**
   * Resolves with the first record that is as wanted: one that has arrived already, or the next that does.
   * Time is that of the machine.
   *
   * @throws Error that tells what had arrived and how the nearest differs, after `timeout`
   *
   * @example
   * await server.traces.waitFor((span) => span.name === 'GET /');
   * await server.logs.waitFor({ severityText: 'ERROR', resource: { attributes: { 'service.name': 'cart' } } });
   */
  waitFor(wanted: Wanted<S>, options?: WaitOptions): Promise<RecordOf<S>>;
}

/** How long something is waited for. */
export interface WaitOptions {
  /** A Go duration, or milliseconds. Default `'5s'`. */
  readonly timeout?: Duration | number;
}

/** Keeps what arrives. */
export class Arrivals implements Received {
  #batches: Batch<Signal>[] = [];
  readonly #waiting = new Set<(arrived: Batch<Signal>) => void>();
  items = 0;

  get batches(): readonly Batch<Signal>[] {
    return [...this.#batches];
  }
  get traces(): Arrived<'traces'> {
    return this.#arrived('traces');
  }
  get metrics(): Arrived<'metrics'> {
    return this.#arrived('metrics');
  }
  get logs(): Arrived<'logs'> {
    return this.#arrived('logs');
  }
  get profiles(): Arrived<'profiles'> {
    return this.#arrived('profiles');
  }
  get spans(): readonly Span[] {
    return this.#recordsOf('traces');
  }
  get logRecords(): readonly LogRecord[] {
    return this.#recordsOf('logs');
  }

  add(batch: Batch<Signal>): void {
    batch.settle();
    this.#batches.push(batch);
    this.items += batch.itemCount;
    for (const look of this.#waiting) look(batch);
  }

  clear(): void {
    this.#batches = [];
    this.items = 0;
  }

  async waitFor(isSo: (received: Received) => boolean, options?: WaitOptions): Promise<void> {
    await this.#until(
      () => isSo(this) || undefined,
      (within) => `waitFor(${String(isSo)}) did not come true within ${within}; ${this.summary()}`,
      options,
    );
  }

  /** What has arrived, for messages. */
  summary(): string {
    const counts = new Map<Signal, number>();
    for (const { signal, itemCount } of this.#batches) {
      counts.set(signal, (counts.get(signal) ?? 0) + itemCount);
    }
    const parts = [...counts].map(([signal, count]) => `${count} ${units[signal]}`);
    if (parts.length === 0) return 'nothing had arrived';
    return `${parts.join(', ')} had arrived in ${this.#batches.length} batches`;
  }

  #recordsOf<S extends Signal>(signal: S): RecordOf<S>[] {
    return this.#batches.flatMap((batch) => recordsIn(batch, signal));
  }

  #arrived<S extends Signal>(signal: S): Arrived<S> {
    const waitFor: Arrived<S>['waitFor'] = (wanted, options) =>
      this.#until(
        // What was looked at before is not looked at again.
        (arrived) =>
          (arrived === undefined ? this.#recordsOf(signal) : recordsIn(arrived, signal)).find((record) =>
            isWanted(record, wanted),
          ),
        (within) =>
          `no ${recordNames[signal]} ${showWanted(wanted)} arrived within ${within}; ${this.summary()}\n` +
          explainMiss(signal, this.#recordsOf(signal), wanted),
        options,
      );
    // Not enumerable: to whoever compares it, it is a list like any other.
    return Object.defineProperty(this.#recordsOf(signal), 'waitFor', { value: waitFor }) as never;
  }

  /** Resolves with what `look` finds: at once, or in what arrives. */
  #until<T>(
    look: (arrived?: Batch<Signal>) => T | undefined,
    complain: (within: string) => string,
    { timeout = '5s' }: WaitOptions = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      const next = (arrived?: Batch<Signal>): void => {
        try {
          const found = look(arrived);
          if (found === undefined) return;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        this.#waiting.delete(next);
        done.abort();
      };
      const giveUp = (): void => {
        this.#waiting.delete(next);
        reject(new Error(complain(typeof timeout === 'number' ? `${timeout} ms` : timeout)));
      };
      // It keeps the process alive, which would end without a word where nothing else does.
      sleep(toMs(timeout, 'waitFor'), undefined, { signal: done.signal }).then(giveUp, () => {});
      this.#waiting.add(next);
      next();
    });
  }
}

const units: Readonly<Record<Signal, string>> = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'log records',
  profiles: 'samples',
};
