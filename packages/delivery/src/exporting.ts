import { setMaxListeners } from 'node:events';
import type { ConsumeError, ExporterSettings, Host } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { AttemptWindow } from './attempt-window.js';
import { Condition } from './condition.js';
import type { Delivery } from './config.js';
import { LimitedLog } from './limited-log.js';
import type { DeliverOptions } from './deliver.js';
import { createMetrics, type DeliveryMetrics } from './metrics.js';
import { outcomeFor } from './outcome.js';
import { sendWithRetry, type Failure, type Origin, type RetrySettings, type Send } from './retry.js';
import { SizeLimit } from './size-limit.js';

/** A part of the config that can be off. */
export type Section = 'retry_on_failure' | 'sending_queue';

/** What comes after the queue, or stands alone: sends, and says what became of it. */
export class Exporting<S extends Signal> {
  readonly metrics: DeliveryMetrics;
  /** Given up when time was up, and told when the last of them is. */
  lostItems = 0;
  readonly #settings: ExporterSettings<Delivery, S, unknown, unknown>;
  readonly #send: Send<S>;
  readonly #retry: RetrySettings;
  readonly #condition = new Condition();
  readonly #draining = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();
  readonly #retries: LimitedLog;
  readonly #refusals: LimitedLog;
  readonly #dropping: string;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(
    settings: ExporterSettings<Delivery, S, unknown, unknown>,
    send: Send<S>,
    { attributes = {}, lane = {}, sections = ['retry_on_failure', 'sending_queue'] }: DeliverOptions,
  ) {
    const { config, clock, random, meter, signal } = settings;
    const { enabled, num_consumers } = config.sending_queue;
    this.#settings = settings;
    this.#send = send;
    // Everything under way listens, and stops when it ends: many are no leak.
    setMaxListeners(0, this.#draining.signal, this.#stopped.signal, this.#over.signal);
    this.metrics = createMetrics(meter, signal, { ...attributes, ...lane }, lane);
    const hint = hintOf(config, sections);
    this.#dropping = `Exporting failed. Dropping data.${hint}`;
    this.#refusals = new LimitedLog(
      settings,
      'error',
      `Exporting failed. Rejecting data.${hint}`,
      'rejected_items',
    );
    const retrying = 'Exporting failed. Will retry the request after interval.';
    this.#retries = new LimitedLog(settings, 'info', retrying, 'retries');
    this.#retry = {
      config,
      clock,
      random,
      limit: new SizeLimit(clock),
      // Without a queue, callers decide how many there are.
      window: new AttemptWindow(enabled ? num_consumers : Infinity, config.timeout, clock),
      attempted: this.#condition.attempted,
      retrying: ({ message }, pauseMs) => {
        this.#retries.add(1, { error: message, interval: `${Math.round(pauseMs) / 1000}s` });
      },
    };
  }

  /** No more is taken. */
  get isClosed(): boolean {
    return this.#draining.signal.aborted;
  }

  start(host: Host): void {
    this.#condition.start(host);
  }

  /**
   * Sends, and hands what was not delivered to `settle`, which must not throw.
   *
   * @returns what `settle` returns
   */
  export<T>(
    batch: Batch<S>,
    items: number,
    origin: Origin,
    settle: (failures: readonly Failure<S>[]) => T,
  ): Promise<T> {
    return this.track(this.#run(batch, items, origin).then(settle));
  }

  /** Has `whenIdle` wait for it; it must not reject. */
  async track<T>(running: Promise<T>): Promise<T> {
    this.#underWay.add(running);
    const settled = await running;
    this.#underWay.delete(running);
    return settled;
  }

  async #run(batch: Batch<S>, items: number, origin: Origin): Promise<readonly Failure<S>[]> {
    const ending = {
      draining: this.#draining.signal,
      stopped: this.#stopped.signal,
      over: this.#over.signal,
    };
    this.metrics.began();
    const failures = await sendWithRetry(this.#send, batch, origin, ending, this.#retry);
    this.metrics.ended(items, failures);
    return failures;
  }

  /** For what nobody can be told. */
  drop(failures: readonly Failure<S>[]): void {
    for (const { reason, error, rest } of failures) {
      const items = rest.itemCount;
      switch (reason) {
        case 'shutdown':
        case 'stopped':
        case 'cancelled':
          this.lostItems += items;
          break;
        default:
          this.#condition.dropped(error);
          this.#settings.ledger.dropped(items, reason, { message: this.#dropping, error: error.message });
      }
    }
  }

  /** For a caller who waits. `items` are those that he handed over. */
  refuse(failures: readonly Failure<S>[], items: number): ConsumeError<S> {
    const { refusal, refusedItems, dropped } = outcomeFor(failures, items);
    this.#refusals.add(refusedItems, { error: refusal.message });
    this.drop(dropped);
    return refusal;
  }

  /** Takes no more; pauses end, and are short from now on. */
  drain(): void {
    // How it does is of no interest any more, and would be the last that is heard of it.
    this.#condition.end();
    this.#draining.abort();
  }

  /** Makes no further attempt. */
  stop(): void {
    this.drain();
    this.#stopped.abort();
    this.#retry.window.unbind();
  }

  /** Time is up. */
  end(): void {
    this.#over.abort();
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Says the last. */
  close(): void {
    this.#retries.flush();
    this.#refusals.flush();
    const message = 'Shut down before everything was sent. Dropping data.';
    const items = this.lostItems;
    this.lostItems = 0;
    if (items > 0) this.#settings.ledger.dropped(items, 'shutdown', { message });
  }
}

/** What would have helped, in the Collector's words. Off and out of reach is no hint. */
function hintOf(config: Delivery, sections: readonly Section[]): string {
  const isOffered = (section: Section): boolean => !config[section].enabled && sections.includes(section);
  if (isOffered('retry_on_failure')) {
    return ' Try enabling retry_on_failure config option to retry on retryable errors.';
  }
  return isOffered('sending_queue') ? ' Try enabling sending_queue to survive temporary failures.' : '';
}
