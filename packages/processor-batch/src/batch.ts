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
import { schema, type BatchConfig, type Completed } from './config.js';
import { createBatchMetrics, measure, type BatchMetrics, type Trigger } from './metrics.js';
import { add, putBack, take, type Shard, type Totals } from './pending.js';
import { answerLater, createResults } from './results.js';
import { createShards } from './shards.js';

/** What the log says of what the end of a shutdown finds here. */
const notPassedOn = 'Shut down before everything was passed on. Dropping data.';
/** How long to leave those alone who have no room, where `timeout` is zero. */
const fullRetryMs = 1000;

/**
 * Callers are told "accepted" on arrival, so from there on the data is ours: the outbox keeps what the next
 * one refuses and offers it again. With `wait_for_result` callers hear from the next one instead, and the
 * outbox has only what cannot be said to any of them.
 *
 * `max_held_bytes` is for what waits here and there together. The outbox has no room for an accepted batch
 * in one case alone, where its pieces are larger than the whole was: then it waits on here.
 */
function createBatch<S extends Signal>(
  settings: ProcessorSettings<Completed, S, BatchMetrics>,
  { isMerged }: { readonly isMerged: boolean },
): Component & Consumer<S> {
  const { config, clock, ledger, shared: metrics } = settings;
  const { next, contextFor } = measure(settings.next, metrics);
  const { timeout, send_batch_max_size: maxItems, max_held_bytes: maxHeldBytes } = config;
  const dueItems = isMerged && timeout > 0 ? config.send_batch_size : 0;
  const dueBytes = config.send_batch_size_bytes > 0 ? config.send_batch_size_bytes : Infinity;
  const retryMs = timeout > 0 ? timeout : fullRetryMs;
  const shards = createShards<S>(config.metadata_keys, config.metadata_cardinality_limit);
  const outbox = createOutbox<S>({ ...settings, next }, { maxBytes: maxHeldBytes });
  const results = config.wait_for_result ? createResults(next, settings) : undefined;
  const pending: Totals = { items: 0, bytes: 0 };
  /** open -> closing: takes nothing, sends what waits */
  let state: 'open' | 'closing' = 'open';
  metrics.combinations(() => shards.count);
  ledger.held(
    () => pending.items,
    () => pending.bytes,
  );

  const isDue = (items: number, bytes: number): boolean => items >= dueItems || bytes >= dueBytes;

  /** What to tell a caller for whose bytes there is no room. */
  function noRoom(bytes: number): { readonly retryAfterMs: number } | undefined {
    if (state !== 'open') return { retryAfterMs: fullRetryMs };
    const total = pending.bytes + (results?.bytesUnderWay ?? 0) + bytes;
    // The outbox takes whatever comes while it is empty, however large.
    return total > maxHeldBytes ? { retryAfterMs: retryMs } : outbox.admit?.(total);
  }

  /** False where the outbox has no room. */
  function entrust(batch: Batch<S>, context: Context): boolean {
    try {
      // It has accepted when it returns; what it throws then, it has not touched.
      void outbox.consume(batch, context);
      return true;
    } catch {
      return false;
    }
  }

  /** Sends the first batch of what waits. False where it has to wait on. */
  function send(shard: Shard<S>, trigger: Trigger): boolean {
    const taken = take(shard, pending, maxItems);
    if (results !== undefined) {
      results.send(taken, shard, (signal) => contextFor(shard.context, trigger, signal));
      return true;
    }
    if (entrust(taken.batch, contextFor(shard.context, trigger))) return true;
    putBack(shard, pending, taken);
    return false;
  }

  /** Sends while there is enough, and sets the clock for the rest. */
  function sendDue(shard: Shard<S>): void {
    shard.timer?.stop();
    shard.timer = undefined;
    while (shard.batch !== undefined && isDue(shard.items, shard.bytes) && send(shard, 'size'));
    awaitMore(shard);
  }

  function awaitMore(shard: Shard<S>): void {
    if (shard.batch === undefined) shards.release(shard);
    else shard.timer ??= clock.after(retryMs, () => tick(shard));
  }

  function tick(shard: Shard<S>): void {
    if (send(shard, 'timeout')) sendDue(shard);
    else {
      shard.timer = undefined;
      awaitMore(shard);
    }
  }

  return {
    consume(batch, context) {
      const items = batch.itemCount;
      const bytes = batch.byteLength;
      if (bytes > maxHeldBytes) {
        throw new ConsumeError('permanent', `${bytes} bytes are more than max_held_bytes, ${maxHeldBytes}`);
      }
      const refusal = noRoom(bytes);
      if (refusal !== undefined) {
        const reason = state === 'open' ? `max_held_bytes, ${maxHeldBytes}, is reached` : 'is shut down';
        throw new ConsumeError('refused', `${settings.id}: ${reason}`, refusal);
      }
      const shard = shards.of(context);
      const isEnough = isDue(shard.items + items, shard.bytes + bytes);
      // What goes on at once takes its edits along; what stays, or may stay in part, does not keep them.
      if (!isEnough || maxItems > 0) batch.settle();
      const answer = results === undefined ? undefined : answerLater(shard, items, context);
      add(shard, pending, { batch, items, bytes });
      if (isEnough) sendDue(shard);
      else awaitMore(shard);
      return answer;
    },

    admit(bytes) {
      return noRoom(bytes ?? 1) ?? (results === undefined ? undefined : next.admit?.(bytes));
    },

    async shutdown(grace) {
      if (state === 'open') state = 'closing';
      for (const shard of shards) {
        shard.timer?.stop();
        shard.timer = undefined;
        while (shard.batch !== undefined) {
          if (send(shard, 'timeout')) continue;
          if (grace.aborted)
            ledger.dropped(take(shard, pending, 0).items, 'shutdown', { message: notPassedOn });
          else await clock.sleep(retryMs, grace).catch(() => {}); // aborted: seen above
        }
      }
      await results?.settle(grace);
      await outbox.shutdown?.(grace);
    },
  };
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
  shared: createBatchMetrics,
  traces: (settings) => createBatch(settings, { isMerged: true }),
  metrics: (settings) => createBatch(settings, { isMerged: true }),
  logs: (settings) => createBatch(settings, { isMerged: true }),
  profiles: (settings) => createBatch(settings, { isMerged: false }),
});
