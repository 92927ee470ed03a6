import {
  type ConsumeError,
  type Component,
  type Consumer,
  type Context,
  type ExporterSettings,
} from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Delivery } from './config.js';
import { closedError } from './errors.js';
import { FailureLog } from './failure-log.js';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.js';
import { outcomeFor } from './outcome.js';
import { sendWithRetry, type Failure, type Origin, type Send } from './retry.js';
import { SizeLimit } from './size-limit.js';

/**
 * Queue, retry and timeout around one attempt: the whole of an exporter but its
 * `send`. What becomes of a batch:
 *
 * - with the queue, it is accepted when there is room; what cannot be delivered is
 *   dropped, with a reason and a line in the log;
 * - without, or with `wait_for_result`, the caller waits and hears of a failure.
 *
 * A shutdown takes no more and sends what is there for as long as grace lasts.
 */
export function deliver<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
  send: Send<S>,
): Component & Consumer<S> {
  const { config, clock, ledger } = settings;
  const queue = config.sending_queue.enabled ? createMemoryQueue(config.sending_queue, clock) : undefined;
  const waits = config.sending_queue.wait_for_result;

  const draining = new AbortController();
  const over = new AbortController();
  const ending = { draining: draining.signal, stopped: over.signal, over: over.signal };
  const underWay = new Set<Promise<unknown>>();

  const hint = hintOf(config);
  const refusals = new FailureLog(settings, `Exporting failed. Rejecting data.${hint}`, 'rejected_items');
  let lostItems = 0;
  let heldItems = 0;
  let heldBytes = 0;
  ledger.held(
    () => heldItems,
    () => heldBytes,
  );

  const limit = new SizeLimit(clock);
  const retrySettings = {
    config,
    clock,
    random: settings.random,
    limit,
    attempted() {},
    retrying(error: ConsumeError, pauseMs: number): void {
      const interval = `${Math.round(pauseMs) / 1000}s`;
      settings.logger.info('Exporting failed. Will retry the request after interval.', {
        error: error.message,
        interval,
      });
    },
  };

  function run(batch: Batch<S>, origin: Origin): Promise<readonly Failure<S>[]> {
    return sendWithRetry(send, batch, origin, ending, retrySettings);
  }

  /** What nobody can be told. */
  function drop(failures: readonly Failure<S>[]): void {
    for (const { reason, error, rest } of failures) {
      const items = rest.itemCount;
      if (reason === 'shutdown') lostItems += items;
      else {
        const message = `Exporting failed. Dropping data.${hint}`;
        ledger.dropped(items, reason, { message, error: error.message });
      }
    }
  }

  /** For a caller who waits. */
  function refuse(failures: readonly Failure<S>[], items: number): never {
    const { refusal, refusedItems, dropped } = outcomeFor(failures, items);
    refusals.add(refusal.message, refusedItems);
    drop(dropped);
    throw refusal;
  }

  function enqueue(queue: MemoryQueue, batch: Batch<S>, context: Context): void | Promise<void> {
    const size = queue.sizeOf(batch);
    if (size === 0) return;
    batch.settle();
    const items = batch.itemCount;
    const bytes = batch.byteLength;
    return queue.add(size, {
      caller: () => context.signal,
      entered() {
        heldItems += items;
        heldBytes += bytes;
      },
      async run(worker) {
        const failures = await run(batch, { context: context.detached(), worker });
        heldItems -= items;
        heldBytes -= bytes;
        drop(failures);
      },
    });
  }

  async function enqueueAndWait(queue: MemoryQueue, batch: Batch<S>, context: Context): Promise<void> {
    const size = queue.sizeOf(batch);
    if (size === 0) return;
    batch.settle();
    const { signal: caller } = context;
    const items = batch.itemCount;
    const failures = await new Promise<readonly Failure<S>[]>((resolve, reject) => {
      const entry = queue.add(size, {
        caller: () => caller,
        async run(worker) {
          resolve(await run(batch, { context, caller, worker }));
        },
      });
      entry?.catch(reject);
    });
    if (failures.length > 0) refuse(failures, items);
  }

  async function sendAndWait(batch: Batch<S>, context: Context): Promise<void> {
    if (draining.signal.aborted) throw closedError();
    const items = batch.itemCount;
    const running = run(batch, { context, caller: context.signal });
    underWay.add(running);
    const failures = await running;
    underWay.delete(running);
    if (failures.length > 0) refuse(failures, items);
  }

  async function drain(): Promise<void> {
    queue?.close();
    draining.abort();
    await Promise.all([queue?.whenEmpty(), ...underWay]);
    refusals.flush();
    const message = 'Shut down before everything was sent. Dropping data.';
    if (lostItems > 0) ledger.dropped(lostItems, 'shutdown', { message });
  }
  let drained: Promise<void> | undefined;

  return {
    ...(queue === undefined
      ? { consume: sendAndWait }
      : {
          consume: (batch, context) => (waits ? enqueueAndWait : enqueue)(queue, batch, context),
          admit: (bytes) => queue.admit(bytes),
        }),
    async shutdown(grace) {
      const timeIsUp = (): void => over.abort();
      if (grace.aborted) timeIsUp();
      else grace.addEventListener('abort', timeIsUp);
      await (drained ??= drain());
      grace.removeEventListener('abort', timeIsUp);
    },
  };
}

/** What would have helped, in the Collector's words. */
function hintOf({ sending_queue, retry_on_failure }: Delivery): string {
  if (!retry_on_failure.enabled) {
    return ' Try enabling retry_on_failure config option to retry on retryable errors.';
  }
  return sending_queue.enabled ? '' : ' Try enabling sending_queue to survive temporary failures.';
}
