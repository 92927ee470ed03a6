import {
  ConsumeError,
  createContext,
  type Batch,
  type ReceiverMetrics,
  type ReceiverSettings,
} from '@tributary/component';
import type { Logs } from '@tributary/pdata';
import type { FileLogSettings } from './config.js';

type Settings = Pick<ReceiverSettings<FileLogSettings, 'logs'>, 'clock' | 'config' | 'next' | 'ledger'>;

/** After so long a pause grows no more, where the configuration says nothing of pauses. */
const longestPauseMs = 5_000;

/** At a shutdown, for an answer to what is on its way and will be read again otherwise. */
const answerMs = 2_000;

/** Gives records to the pipeline, and knows what to do when that does not take them. */
export class Sender {
  readonly #settings: Settings;
  readonly #received: ReceiverMetrics;
  /** Whether what is not taken will be read again by the next process. */
  readonly #isKept: boolean;
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();
  /** Aborts when what is on its way is waited for no longer. */
  readonly #context = createContext({ signal: () => this.#over.signal });
  #held = 0;

  constructor(settings: Settings, received: ReceiverMetrics, isKept: boolean) {
    this.#settings = settings;
    this.#received = received;
    this.#isKept = isKept;
  }

  /** Records on their way. */
  get held(): number {
    return this.#held;
  }

  /**
   * Resolves with true when nothing of it is on its way any more: taken, or dropped and counted. With false when the
   * receiver ends before: then it will be read again.
   */
  async send(logs: Logs): Promise<boolean> {
    const { clock, next, ledger, config } = this.#settings;
    const retry = config.retry_on_failure;
    const startMs = clock.monotonic();
    let rest: Batch<'logs'> = logs;
    let items = rest.itemCount;
    let pauseMs = retry.enabled ? retry.initial_interval : config.poll_interval;
    this.#held += items;
    for (;;) {
      let error: ConsumeError<'logs'>;
      try {
        await next.consume(rest.clone(), this.#context);
        this.#ended(items, 0);
        return true;
      } catch (thrown) {
        error = ConsumeError.is(thrown)
          ? (thrown as ConsumeError<'logs'>)
          : new ConsumeError('retryable', thrown instanceof Error ? thrown.message : String(thrown));
      }
      if (error.rejected !== undefined) {
        this.#ended(items - error.rejected.itemCount, 0);
        rest = error.rejected;
        items = rest.itemCount;
        if (items === 0) return true;
      }
      const delayMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
      const isLate =
        retry.enabled &&
        retry.max_elapsed_time > 0 &&
        clock.monotonic() - startMs + delayMs > retry.max_elapsed_time;
      if (error.kind === 'permanent' || isLate) {
        this.#ended(0, items);
        const reason = error.kind === 'permanent' ? 'permanent' : 'retries_exhausted';
        ledger.dropped(items, reason, { message: refused, error: error.message });
        return true;
      }
      await pause(clock, delayMs, this.#isKept ? this.#stopped.signal : this.#over.signal);
      pauseMs = Math.min(pauseMs * 1.5, retry.enabled ? retry.max_interval : longestPauseMs);
      if (this.#isKept ? !this.#stopped.signal.aborted : !this.#over.signal.aborted) continue;
      this.#ended(0, items);
      // They stay where they are: in the file.
      if (this.#isKept) ledger.absorbed(items);
      else ledger.dropped(items, 'shutdown', { message: refused, error: error.message });
      return !this.#isKept;
    }
  }

  /**
   * No further attempts for what will be read again: what is on its way has a little time for its answer, since it
   * would come twice if it was cut off. The rest has until `end`.
   */
  stop(): void {
    this.#stopped.abort();
    if (this.#isKept) this.#settings.clock.after(answerMs, () => this.#over.abort());
  }

  end(): void {
    this.#over.abort();
  }

  #ended(accepted: number, refusedItems: number): void {
    this.#held -= accepted + refusedItems;
    this.#received.ended(accepted, refusedItems);
  }
}

const refused = 'The pipeline has refused log records.';

async function pause(clock: Settings['clock'], ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // Rejects where the signal aborts: the caller looks.
  await clock.sleep(ms, signal).catch(() => {});
}
