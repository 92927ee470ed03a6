import {
  ConsumeError,
  defineProcessor,
  type Batch,
  type Component,
  type Consumer,
  type Context,
  type ProcessorFactory,
  type ProcessorSettings,
  type Signal,
} from '@tributary/component';
import { createOutbox } from '@tributary/delivery';
import { schema, type BatchConfig, type CompletedBatchConfig } from './config.js';
import { add, take, type Shard, type Totals } from './pending.js';
import { answerLater, createResults } from './results.js';
import { createShards } from './shards.js';

/** What a caller is told to wait where there is no room. */
const fullRetryMs = 1000;

/**
 * Callers are told "accepted" on arrival, so from there on the data is ours: the outbox keeps what the next
 * one refuses and offers it again. With `wait_for_result` callers hear from the next one instead, and the
 * outbox has only what cannot be said to any of them.
 */
function createBatch<S extends Signal>(
  settings: ProcessorSettings<CompletedBatchConfig, S>,
  { isMerged }: { readonly isMerged: boolean },
): Component & Consumer<S> {
  const { config, clock, next, ledger } = settings;
  const { timeout, send_batch_max_size: maxItems, max_held_bytes: maxHeldBytes } = config;
  const waits = isMerged && timeout > 0 && config.send_batch_size > 0;
  const dueItems = config.send_batch_size;
  const dueBytes = config.send_batch_size_bytes > 0 ? config.send_batch_size_bytes : Infinity;
  const shards = createShards<S>(config.metadata_keys, config.metadata_cardinality_limit);
  const pending: Totals = { items: 0, bytes: 0 };
  let isClosed = false;

  // The bound is for what waits here and there together, so it is kept here: what is accepted
  // must not find the outbox closed when it is sent.
  let outboxBytes = (): number => 0;
  const outbox = createOutbox<S>(
    {
      ...settings,
      ledger: {
        ...ledger,
        held(items, bytes) {
          if (bytes !== undefined) outboxBytes = bytes;
          ledger.held(items, bytes);
        },
      },
    },
    { maxBytes: Infinity },
  );
  const results = config.wait_for_result
    ? createResults(next, keep, (items) => ledger.dropped(items, 'permanent'))
    : undefined;
  ledger.held(
    () => pending.items,
    () => pending.bytes,
  );

  const heldBytes = (): number => pending.bytes + outboxBytes() + (results?.bytes() ?? 0);
  const isDue = (items: number, bytes: number): boolean => !waits || items >= dueItems || bytes >= dueBytes;

  /** For what nobody else answers for. The outbox refuses it only once it is shut down. */
  function keep(batch: Batch<S>, context: Context): void | Promise<void> {
    const items = batch.itemCount;
    const lose = (): void => ledger.dropped(items, 'shutdown');
    try {
      return outbox.consume(batch, context)?.catch(lose);
    } catch {
      lose();
    }
  }

  /** Sends the first batch of what waits. */
  function send(shard: Shard<S>): void | Promise<void> {
    const batch = take(shard, pending, maxItems);
    return results === undefined ? keep(batch, shard.context) : results.send(batch, shard);
  }

  /** Sends while there is enough, and sets the clock for the rest. */
  function sendDue(shard: Shard<S>): void | Promise<void> {
    shard.timer?.stop();
    shard.timer = undefined;
    let outcome: void | Promise<void> = undefined;
    while (shard.batch !== undefined && isDue(shard.items, shard.bytes)) outcome = send(shard);
    settleTimer(shard);
    return outcome;
  }

  function settleTimer(shard: Shard<S>): void {
    if (shard.batch === undefined) shards.release(shard);
    else shard.timer ??= clock.after(timeout, () => tick(shard));
  }

  function tick(shard: Shard<S>): void {
    shard.timer = undefined;
    // Rejects for no reason: whoever sends answers for the outcome.
    void send(shard);
    settleTimer(shard);
  }

  return {
    consume(batch, context) {
      if (isClosed) throw new ConsumeError('refused', 'batch is shut down', { retryAfterMs: fullRetryMs });
      const items = batch.itemCount;
      const bytes = batch.byteLength;
      if (heldBytes() + bytes > maxHeldBytes) throw noRoom(bytes, maxHeldBytes);
      const shard = shards.of(context);
      const sends = isDue(shard.items + items, shard.bytes + bytes);
      // What goes on at once takes its edits along; what stays, or may stay in part, does not keep them.
      if (!sends || maxItems > 0) batch.settle();
      const answer = results === undefined ? undefined : answerLater(shard, items);
      add(shard, pending, batch, items, bytes);
      const outcome = sends ? sendDue(shard) : settleTimer(shard);
      return answer ?? outcome;
    },

    admit(bytes = 0) {
      if (isClosed || heldBytes() + bytes > maxHeldBytes) return { retryAfterMs: fullRetryMs };
      return results === undefined ? undefined : next.admit?.(bytes);
    },

    async shutdown(grace) {
      isClosed = true;
      for (const shard of shards) {
        shard.timer?.stop();
        shard.timer = undefined;
        while (shard.batch !== undefined) await send(shard);
        shards.release(shard);
      }
      await results?.shutdown(grace);
      await outbox.shutdown?.(grace);
    },
  };
}

/** What is larger than all that may be held would be refused for ever. */
function noRoom(bytes: number, maxHeldBytes: number): ConsumeError {
  if (bytes > maxHeldBytes) {
    return new ConsumeError('permanent', `${bytes} bytes are more than max_held_bytes, ${maxHeldBytes}`);
  }
  return new ConsumeError('refused', `full: max_held_bytes, ${maxHeldBytes}, is reached`, {
    retryAfterMs: fullRetryMs,
  });
}

/**
 * Groups spans, data points and log records into larger batches: by number, by bytes and by time.
 * Profiles, which cannot be merged, are sent on at once.
 *
 * @example
 * const processors = [memoryLimiter({ check_interval: '1s', limit_mib: 2048 }), batch({ timeout: '1s' })];
 */
export const batch: ProcessorFactory<BatchConfig, Signal> = defineProcessor({
  type: 'batch',
  stability: 'beta',
  config: schema,
  traces: (settings) => createBatch(settings, { isMerged: true }),
  metrics: (settings) => createBatch(settings, { isMerged: true }),
  logs: (settings) => createBatch(settings, { isMerged: true }),
  profiles: (settings) => createBatch(settings, { isMerged: false }),
});
