import {
  ConsumeError,
  type Consumer,
  type Context,
  type ExporterSettings,
  type Host,
} from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { Batching, type Partition } from './batching.js';
import type { Delivery } from './config.js';
import { asConsumeError } from './errors.js';
import type { Exporting } from './exporting.js';
import type { QueuedRequest, SendingQueue, Taken } from './queue.js';
import type { Failure } from './retry.js';
import { attribute, flushOf, type Flush, type Share } from './share.js';
import { Workers, type Worker } from './workers.js';

/** Takes what is handed back, as a consumer does: what it refuses is lost. */
export type TakeBack<S extends Signal> = Consumer<S>['consume'];

/** A queue, who reads it, and the workers who send what is read. */
export class Queued<S extends Signal> {
  readonly #queue: SendingQueue<S>;
  readonly #exporting: Exporting<S>;
  readonly #workers: Workers;
  readonly #batching: Batching<S> | undefined;
  readonly #waits: boolean;
  /** Read from the queue, and neither delivered nor given up. */
  #takenItems = 0;
  #takenBytes = 0;
  #reading: Promise<void> | undefined;
  #takeBack: TakeBack<S> | undefined;

  constructor(
    queue: SendingQueue<S>,
    exporting: Exporting<S>,
    { config, clock, ledger }: ExporterSettings<Delivery, S, unknown, unknown>,
  ) {
    const { num_consumers, batch, wait_for_result } = config.sending_queue;
    this.#queue = queue;
    this.#exporting = exporting;
    this.#workers = new Workers(num_consumers);
    this.#waits = wait_for_result;
    if (batch !== undefined) {
      this.#batching = new Batching(batch, clock, (partition) => this.#flush(partition));
    }
    // What callers wait for is theirs until they hear of it.
    ledger.held(
      () => (this.#waits ? 0 : queue.waiting.items + this.#takenItems) + exporting.lostItems,
      () => (this.#waits ? 0 : queue.waiting.bytes + this.#takenBytes),
    );
    if (queue.start === undefined) this.#reading = this.#read();
  }

  async start(host: Host): Promise<void> {
    if (this.#queue.start === undefined) return;
    await this.#queue.start(host);
    this.#reading = this.#read();
  }

  consume(batch: Batch<S>, context: Context): void | Promise<void> {
    // Held longer than a tick; measured when its edits are written.
    batch.settle();
    const request = { batch, context, items: batch.itemCount, bytes: batch.byteLength };
    if (this.#queue.sizeOf(request) === 0) return;
    if (this.#waits) return this.#offerAndWait(request);
    return this.#offer({ ...request, context: context.detached() }, () => context.signal);
  }

  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined {
    return this.#queue.admit(bytes);
  }

  /** Resolves when all is delivered, given up or kept. */
  async drain(): Promise<void> {
    this.#queue.close();
    if (this.#queue.isPersistent) this.#stop();
    else this.#exporting.drain();
    await this.#reading;
    await this.#exporting.whenIdle();
    await this.#queue.shutdown?.();
  }

  /** Resolves when nothing is left. */
  async handBack(takeBack: TakeBack<S>): Promise<void> {
    this.#takeBack = takeBack;
    this.#queue.close();
    this.#stop();
    await this.#reading;
    await this.#exporting.whenIdle();
  }

  #stop(): void {
    this.#exporting.stop();
    this.#workers.unbind();
  }

  #offer(request: QueuedRequest<S>, caller: () => AbortSignal): void | Promise<void> {
    const { metrics } = this.#exporting;
    const { items, bytes } = request;
    const refused = (error: unknown): never => {
      metrics.enqueueFailed(items);
      throw error;
    };
    let entering: void | Promise<void>;
    try {
      entering = this.#queue.offer(request, caller);
    } catch (error) {
      return refused(error);
    }
    if (entering === undefined) metrics.enqueued(items, bytes);
    else return entering.then(() => metrics.enqueued(items, bytes), refused);
  }

  #offerAndWait(request: QueuedRequest<S>): Promise<void> {
    const { signal } = request.context;
    return new Promise((resolve, reject) => {
      const conclude = (failures: readonly Failure<S>[]): void => {
        if (failures.length === 0) resolve();
        else reject(this.#exporting.refuse(failures, request.items));
      };
      const entering = this.#offer({ ...request, caller: { signal, conclude } }, () => signal);
      entering?.catch(reject);
    });
  }

  async #read(): Promise<void> {
    // One reader: what has to wait for a worker, or for room in a batch, waits in the queue.
    for (;;) {
      const worker = this.#batching === undefined ? await this.#workers.acquire() : undefined;
      const taken = await this.#queue.take();
      if (taken === undefined) {
        worker?.letGo();
        break;
      }
      this.#takenItems += taken.items;
      this.#takenBytes += taken.bytes;
      if (worker !== undefined) void this.#send(flushOf(taken), worker);
      else if (!this.#isForgotten(taken)) await this.#batching!.add(taken);
    }
    await this.#batching?.flushAll();
  }

  /** Nobody waits any more for what only those who wait have. */
  #isForgotten(taken: Taken<S>): boolean {
    if (taken.caller?.signal.aborted !== true) return false;
    const error = new ConsumeError<S>('refused', 'the caller waits no longer');
    const { share } = flushOf(taken).parts[0]!;
    share.failures.push({ reason: 'cancelled', error, rest: taken.batch, from: 0 });
    this.#takenItems -= taken.items;
    this.#conclude(share);
    return true;
  }

  async #flush(partition: Partition<S>): Promise<void> {
    const worker = await this.#workers.acquire();
    const flush = this.#batching!.take(partition);
    if (flush === undefined) return worker.letGo();
    this.#exporting.metrics.flushed(flush.items, flush.batch.byteLength);
    void this.#send(flush, worker);
  }

  #send(flush: Flush<S>, worker: Worker): Promise<void> {
    const { batch, context, items, caller } = flush;
    let left = items;
    const delivered = (count: number): void => {
      left -= count;
      this.#takenItems -= count;
    };
    return this.#exporting.export(batch, items, { context, caller, worker, delivered }, (failures) => {
      worker.letGo();
      this.#takenItems -= left;
      this.#settle(flush, failures);
    });
  }

  /** Each request hears what became of it, when the last of it is known. */
  #settle(flush: Flush<S>, failures: readonly Failure<S>[]): void {
    const isOwned = this.#waits || this.#queue.isPersistent;
    this.#giveUp(isOwned ? attribute(flush, failures) : failures, flush.context);
    for (const { share } of flush.parts) {
      share.flushes--;
      if (share.flushes === 0 && !share.isWaiting) this.#conclude(share);
    }
  }

  #conclude({ taken, failures }: Share<S>): void {
    this.#takenBytes -= taken.bytes;
    if (taken.caller !== undefined) {
      taken.caller.conclude(failures);
      return taken.done([]);
    }
    // Whatever is the reason, what is not lost with the process is not lost with the shutdown.
    const isKept = ({ reason }: Failure<S>): boolean => reason === 'stopped' || reason === 'shutdown';
    const kept = this.#takeBack === undefined ? failures.filter(isKept) : [];
    this.#giveUp(
      failures.filter((failure) => !kept.includes(failure)),
      taken.context,
    );
    taken.done(kept.map(({ rest }) => rest));
  }

  /** For what is nobody's. */
  #giveUp(failures: readonly Failure<S>[], context: Context): void {
    if (failures.length === 0) return;
    const takeBack = this.#takeBack;
    if (takeBack === undefined || this.#waits) return this.#exporting.drop(failures);
    for (const failure of failures) {
      if (failure.reason === 'stopped')
        void this.#exporting.track(this.#giveBack(failure, context, takeBack));
      else this.#exporting.drop([failure]);
    }
  }

  async #giveBack(failure: Failure<S>, context: Context, takeBack: TakeBack<S>): Promise<void> {
    const { rest } = failure;
    const items = rest.itemCount;
    this.#takenItems += items;
    try {
      const taking = takeBack(rest.clone(), context);
      if (taking !== undefined) await taking;
    } catch (thrown) {
      const error = asConsumeError<S>(thrown, 'retryable');
      this.#exporting.drop([{ ...failure, reason: 'shutdown', error, rest: error.rejected ?? rest }]);
    }
    this.#takenItems -= items;
  }
}
