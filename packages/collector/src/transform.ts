import type { Batch, Clock, Component, Consumer, Context, Signal, Transform } from '@tributary/component';
import type { Account } from './books.js';
import { passedUp } from './edge.js';
import { filtered } from './ledger.js';
import { isPromise } from './promise.js';

/** Whether a processor is written in the short form. */
export function isTransform(part: Component): part is Transform<Signal> {
  return 'process' in part;
}

/** The same processor, whose `process` is measured, also where it throws; what stands behind it is not. */
export function timed(
  part: Transform<Signal>,
  clock: Clock,
  record: (seconds: number) => void,
): Transform<Signal> {
  return {
    start: (host) => part.start?.(host),
    shutdown: (grace) => part.shutdown?.(grace),
    process(batch, context) {
      const startMs = clock.monotonic();
      const end = (): void => record((clock.monotonic() - startMs) / 1000);
      let result: void | Batch<Signal> | Promise<void | Batch<Signal>>;
      try {
        result = part.process(batch, context);
      } catch (error) {
        end();
        throw error;
      }
      if (isPromise(result)) return result.finally(end);
      end();
      return result;
    },
  };
}

/**
 * Runs a processor's short form: calls `next` with the outcome of `process` and
 * books what became less or more.
 *
 * An empty result goes nowhere. What was removed counts as dropped once the rest
 * is accepted: after a refusal the caller still has all of it.
 */
export class TransformConsumer implements Consumer<Signal> {
  readonly #part: Transform<Signal>;
  readonly #next: Consumer<Signal>;
  readonly #account: Account;
  readonly #onDrop: (items: number, reason: string) => void;

  constructor(
    part: Transform<Signal>,
    next: Consumer<Signal>,
    account: Account,
    onDrop: (items: number, reason: string) => void,
  ) {
    this.#part = part;
    this.#next = next;
    this.#account = account;
    this.#onDrop = onDrop;
  }

  consume(batch: Batch<Signal>, context: Context): void | Promise<void> {
    const before = batch.itemCount;
    const result = this.#part.process(batch, context);
    if (isPromise(result)) {
      return result.then((other) => this.#pass(batchOr(batch, other), before, context));
    }
    return this.#pass(batchOr(batch, result), before, context);
  }

  #pass(batch: Batch<Signal>, before: number, context: Context): void | Promise<void> {
    const after = batch.itemCount;
    if (after === 0) return this.#drop(before);
    const added = Math.max(0, after - before);
    const removed = Math.max(0, before - after);
    this.#account.created += added;
    let outcome: void | Promise<void>;
    try {
      outcome = this.#next.consume(batch, context);
    } catch (error) {
      throw this.#undo(error, added);
    }
    if (added === 0 && removed === 0) return outcome;
    if (!isPromise(outcome)) return this.#drop(removed);
    return outcome.then(
      () => this.#drop(removed),
      (error: unknown) => {
        throw this.#undo(error, added);
      },
    );
  }

  /** The caller keeps its batch; what the next one took of ours all the same was created here. */
  #undo(error: unknown, added: number): unknown {
    const { kept, forCaller } = passedUp(error);
    this.#account.created -= added;
    this.#account.doubled(kept);
    return forCaller;
  }

  #drop(items: number): void {
    if (items === 0) return;
    this.#account.drop(items, filtered);
    this.#onDrop(items, filtered);
  }
}

/** Arrow functions return whatever their last expression was: only a batch counts. */
function batchOr(batch: Batch<Signal>, result: unknown): Batch<Signal> {
  return typeof result === 'object' && result !== null && 'itemCount' in result
    ? (result as Batch<Signal>)
    : batch;
}
