import {
  ConsumeError,
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
import { sendWithRetry, type Failure, type Origin, type Send } from './retry.js';

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
  const ending = { draining: draining.signal, over: over.signal };
  const underWay = new Set<Promise<unknown>>();

  const hint = hintOf(config);
  const drops = new FailureLog(settings, `Exporting failed. Dropping data.${hint}`, 'dropped_items');
  const refusals = new FailureLog(settings, `Exporting failed. Rejecting data.${hint}`, 'rejected_items');
  let lostItems = 0;
  let heldItems = 0;
  let heldBytes = 0;
  ledger.held(
    () => heldItems,
    () => heldBytes,
  );

  function run(batch: Batch<S>, origin: Origin): Promise<Failure<S> | undefined> {
    return sendWithRetry(send, batch, origin, ending, settings);
  }

  /** What nobody can be told. */
  function drop({ reason, error, rest }: Failure<S>): void {
    const items = rest.itemCount;
    ledger.dropped(items, reason);
    if (reason === 'shutdown') lostItems += items;
    else drops.add(error.message, items);
  }

  /** For a caller who waits. */
  function refusal(failure: Failure<S>): ConsumeError<S> {
    refusals.add(failure.error.message, failure.rest.itemCount);
    return forCaller(failure);
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
        const failure = await run(batch, { context: context.detached(), worker });
        heldItems -= items;
        heldBytes -= bytes;
        if (failure !== undefined) drop(failure);
      },
    });
  }

  async function enqueueAndWait(queue: MemoryQueue, batch: Batch<S>, context: Context): Promise<void> {
    const size = queue.sizeOf(batch);
    if (size === 0) return;
    batch.settle();
    const { signal: caller } = context;
    const failure = await new Promise<Failure<S> | undefined>((resolve, reject) => {
      const entry = queue.add(size, {
        caller: () => caller,
        async run(worker) {
          resolve(await run(batch, { context, caller, worker }));
        },
      });
      entry?.catch(reject);
    });
    if (failure !== undefined) throw refusal(failure);
  }

  async function sendAndWait(batch: Batch<S>, context: Context): Promise<void> {
    if (draining.signal.aborted) throw closedError();
    const running = run(batch, { context, caller: context.signal });
    underWay.add(running);
    const failure = await running;
    underWay.delete(running);
    if (failure !== undefined) throw refusal(failure);
  }

  async function drain(): Promise<void> {
    queue?.close();
    draining.abort();
    await Promise.all([queue?.whenEmpty(), ...underWay]);
    drops.flush();
    refusals.flush();
    if (lostItems > 0) {
      settings.logger.error('Shut down before everything was sent. Dropping data.', {
        dropped_items: lostItems,
      });
    }
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

/** The error as the direct caller may see it: `rejected` is a part of what he handed over, or nothing. */
function forCaller<S extends Signal>({ error, rest, isWhole }: Failure<S>): ConsumeError<S> {
  if (isWhole ? error.rejected === undefined : error.rejected === rest) return error;
  const { kind, message, retryAfterMs, status } = error;
  const rejected = isWhole ? undefined : rest;
  return new ConsumeError(kind, message, { cause: error, retryAfterMs, status, rejected });
}

/** What would have helped, in the Collector's words. */
function hintOf({ sending_queue, retry_on_failure }: Delivery): string {
  if (!retry_on_failure.enabled) {
    return ' Try enabling retry_on_failure config option to retry on retryable errors.';
  }
  return sending_queue.enabled ? '' : ' Try enabling sending_queue to survive temporary failures.';
}
