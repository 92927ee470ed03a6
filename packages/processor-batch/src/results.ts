import {
  ConsumeError,
  type Batch,
  type Consumer,
  type Context,
  type Ledger,
  type Signal,
} from '@tributary/component';
import type { Caller, Shard, Taken } from './pending.js';

/** Sends batches and tells the callers whose items are in them what became of these. */
export interface Results<S extends Signal> {
  /** Sends what was taken from the front of `shard`. */
  send(taken: Taken<S>, shard: Shard<S>): void;
  readonly bytesUnderWay: number;
  /** Resolves when nothing is under way, or when `grace` aborts. */
  settled(grace: AbortSignal): Promise<void>;
}

/** Settled with the outcome of the batches that carry the next `items` of the shard. */
export function answerLater<S extends Signal>(shard: Shard<S>, items: number): Promise<void> {
  return new Promise((accept, refuse) => {
    shard.callers.push({ items, sends: 0, isCut: false, accept, refuse });
  });
}

/**
 * A refusal goes back to the callers where it is true of all that each of them handed over. Where a
 * caller's items went into several batches, or only a part of a merged batch was refused, no answer would
 * be true. What is left is then given to `keep`, or dropped where it has failed for good, and the callers
 * are told "accepted", as a fan-out tells them beside a failing branch.
 */
export function createResults<S extends Signal>(
  next: Consumer<S>,
  keep: (rest: Batch<S>, context: Context) => Promise<void>,
  ledger: Ledger,
): Results<S> {
  const underWay = new Set<Promise<void>>();
  let bytesUnderWay = 0;

  async function deliver(batch: Batch<S>, callers: readonly Caller[], context: Context): Promise<void> {
    // Free where nothing is edited, and needed only where the rest may have to be kept here.
    const copy = callers.some(({ isCut }) => isCut) ? batch.clone() : undefined;
    try {
      await next.consume(batch, context);
    } catch (error) {
      const rejected = ConsumeError.is(error) ? (error.rejected as Batch<S> | undefined) : undefined;
      if (copy === undefined && (rejected === undefined || callers.length === 1)) {
        const answer = rejected === undefined ? error : asOwn(error as ConsumeError<S>);
        for (const caller of callers) caller.refuse(answer);
        return;
      }
      const rest = rejected ?? copy!;
      if (ConsumeError.is(error) && error.kind !== 'permanent') await keep(rest, context);
      else ledger.dropped(rest.itemCount, 'permanent');
    }
    for (const caller of callers) {
      caller.sends--;
      if (caller.sends === 0 && caller.items === 0) caller.accept();
    }
  }

  return {
    send({ batch, items, bytes }, shard) {
      const sent = deliver(batch, takeCallers(shard, items), shard.context);
      underWay.add(sent);
      bytesUnderWay += bytes;
      void sent.then(() => {
        underWay.delete(sent);
        bytesUnderWay -= bytes;
      });
    },

    get bytesUnderWay() {
      return bytesUnderWay;
    },

    settled(grace) {
      return new Promise((resolve) => {
        if (grace.aborted) return resolve();
        const end = (): void => {
          grace.removeEventListener('abort', end);
          resolve();
        };
        grace.addEventListener('abort', end, { once: true });
        void Promise.all(underWay).then(end);
      });
    },
  };
}

/**
 * `rejected` is for the direct caller of `next`, and an edge takes it from an error that is passed on. A caller
 * who is alone in a batch handed over what `next` was handed, so that it is true for him as well.
 */
function asOwn<S extends Signal>(error: ConsumeError<S>): ConsumeError<S> {
  const { kind, message, retryAfterMs, status, rejected } = error;
  return new ConsumeError(kind, message, { cause: error, retryAfterMs, status, rejected });
}

/** The callers whose items are among the first `items` of what waits. */
function takeCallers<S extends Signal>({ callers }: Shard<S>, items: number): Caller[] {
  const taken: Caller[] = [];
  let left = items;
  // Who brought no items goes with those before him.
  for (let first = callers[0]; first !== undefined && (left > 0 || first.items === 0); first = callers[0]) {
    const part = Math.min(left, first.items);
    left -= part;
    first.items -= part;
    first.sends++;
    taken.push(first);
    if (first.items === 0) callers.shift();
    else first.isCut = true;
  }
  return taken;
}
