import type { Batch, Duration, Signal } from '@tributary/component';
import type { LogRecord, Metric, Profile, Span } from '@tributary/pdata';
import { toMs } from './to-ms.js';

/** What has arrived at a test sink or server, in the order of arrival. Each list is as it was when it was read. */
export interface Received {
  /** Views: read on with `attributes.get`, `resource`, `toObject()`. */
  readonly spans: readonly Span[];
  readonly metrics: readonly Metric[];
  readonly logRecords: readonly LogRecord[];
  readonly profiles: readonly Profile[];
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
   * @throws Error that tells what had arrived, after `timeout` (a Go duration, or milliseconds; default `'5s'`)
   */
  waitFor(
    isSo: (received: Received) => boolean,
    options?: { readonly timeout?: Duration | number },
  ): Promise<void>;
}

/** Keeps what arrives. */
export class Arrivals implements Received {
  #batches: Batch<Signal>[] = [];
  readonly #waiting = new Set<() => void>();
  items = 0;

  get batches(): readonly Batch<Signal>[] {
    return [...this.#batches];
  }
  get spans(): readonly Span[] {
    return this.#batches.flatMap((batch) => (batch.signal === 'traces' ? [...batch.spans()] : []));
  }
  get metrics(): readonly Metric[] {
    return this.#batches.flatMap((batch) => (batch.signal === 'metrics' ? [...batch.metrics()] : []));
  }
  get logRecords(): readonly LogRecord[] {
    return this.#batches.flatMap((batch) => (batch.signal === 'logs' ? [...batch.records()] : []));
  }
  get profiles(): readonly Profile[] {
    return this.#batches.flatMap((batch) => (batch.signal === 'profiles' ? [...batch.profiles()] : []));
  }

  add(batch: Batch<Signal>): void {
    batch.settle();
    this.#batches.push(batch);
    this.items += batch.itemCount;
    for (const look of this.#waiting) look();
  }

  clear(): void {
    this.#batches = [];
    this.items = 0;
  }

  waitFor(
    isSo: (received: Received) => boolean,
    { timeout = '5s' }: { readonly timeout?: Duration | number } = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = AbortSignal.timeout(toMs(timeout, 'waitFor'));
      const giveUp = (): void => {
        this.#waiting.delete(look);
        const within = typeof timeout === 'number' ? `${timeout} ms` : timeout;
        reject(new Error(`waitFor(${String(isSo)}) did not come true within ${within}; ${this.summary()}`));
      };
      const look = (): void => {
        try {
          if (!isSo(this)) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        this.#waiting.delete(look);
        deadline.removeEventListener('abort', giveUp);
      };
      deadline.addEventListener('abort', giveUp);
      this.#waiting.add(look);
      look();
    });
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
}

const units: Readonly<Record<Signal, string>> = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'log records',
  profiles: 'samples',
};
