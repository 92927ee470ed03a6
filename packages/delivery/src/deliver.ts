import type { Component, Consumer, Context, ExporterSettings } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Delivery } from './config.js';
import { closedError } from './errors.js';
import { Exporting, type Section } from './exporting.js';
import { createMemoryQueue } from './memory-queue.js';
import type { MetricAttributes } from './metrics.js';
import { createPersistentQueue } from './persistent-queue.js';
import type { SendingQueue } from './queue.js';
import { Queued, type TakeBack } from './queued.js';
import type { Send } from './retry.js';

/** What {@link deliver} may be told. */
export interface DeliverOptions {
  /** Added to the metrics of what is sent: where it goes (`server.address`). */
  readonly attributes?: MetricAttributes | undefined;
  /** Of an exporter with several queues, which of them it is: added to all of its metrics. */
  readonly lane?: MetricAttributes | undefined;
  /** The sections that users can set, for the log to recommend. Default both. */
  readonly sections?: readonly Section[] | undefined;
}

/** What {@link deliver} makes. */
export interface Deliverer<S extends Signal> extends Component, Consumer<S> {
  /**
   * Stops, and gives what has not been sent to `takeBack`: what waits at once, what is under
   * way if its attempt fails. For whoever can send it elsewhere. Takes nothing more; callers
   * who wait are refused, and what `takeBack` refuses is dropped. Resolves when nothing is left;
   * a `shutdown` ends attempts that take too long for that.
   */
  handBack(takeBack: TakeBack<S>): Promise<void>;
}

/**
 * Queue, retry and timeout around one attempt: the whole of an exporter but its
 * `send`. What becomes of a batch:
 *
 * - with the queue, it is accepted when there is room, and stored where the queue is in a
 *   storage; what cannot be delivered is dropped, with a reason and a line in the log;
 * - without, or with `wait_for_result`, the caller waits and hears of a failure.
 *
 * What a backend refuses as too large is cut and sent in pieces. A shutdown takes no
 * more and sends what is there for as long as grace lasts; a storage keeps what is not under way.
 */
export function deliver<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
  send: Send<S>,
  options: DeliverOptions = {},
): Deliverer<S> {
  const { config, ledger } = settings;
  const { sending_queue: queueSettings } = config;
  const exporting = new Exporting(settings, send, options);
  const queue = queueSettings.enabled ? createQueue(settings) : undefined;
  const queued = queue === undefined ? undefined : new Queued(queue, exporting, settings);
  if (queue === undefined) ledger.held(() => exporting.lostItems);
  const endObserving =
    queue === undefined ? undefined : exporting.metrics.observe(queue, queueSettings.sizer);

  async function sendAndWait(batch: Batch<S>, context: Context): Promise<void> {
    if (exporting.isClosed) throw closedError();
    const items = batch.itemCount;
    const origin = { context, caller: context.signal };
    const refusal = await exporting.export(batch, items, origin, (failures) =>
      failures.length > 0 ? exporting.refuse(failures, items) : undefined,
    );
    if (refusal !== undefined) throw refusal;
  }

  async function drain(): Promise<void> {
    if (queued === undefined) {
      exporting.drain();
      await exporting.whenIdle();
    } else await queued.drain();
    endObserving?.();
    exporting.close();
  }
  let drained: Promise<void> | undefined;

  return {
    async start(host) {
      exporting.start(host);
      await queued?.start(host);
    },
    ...(queued === undefined
      ? { consume: sendAndWait }
      : {
          consume: (batch, context) => queued.consume(batch, context),
          admit: (bytes) => queued.admit(bytes),
        }),
    async shutdown(grace) {
      const timeIsUp = (): void => exporting.end();
      if (grace.aborted) timeIsUp();
      else grace.addEventListener('abort', timeIsUp);
      await (drained ??= drain());
      grace.removeEventListener('abort', timeIsUp);
    },
    async handBack(takeBack) {
      if (queued !== undefined) return queued.handBack(takeBack);
      exporting.stop();
      await exporting.whenIdle();
    },
  };
}

function createQueue<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
): SendingQueue<S> {
  const { sending_queue } = settings.config;
  return sending_queue.storage === undefined
    ? createMemoryQueue(sending_queue, settings.clock)
    : createPersistentQueue(settings, sending_queue.storage);
}
