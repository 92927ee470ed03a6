import { ConsumeError, type Batch, type Consumer, type Context, type Signal } from '@tributary/component';
import type { Caller, Shard } from './pending.js';

/** Sends batches and tells the callers whose items are in them what became of these. */
export interface Results<S extends Signal> {
  /** Sends a batch that was taken from the front of `shard`. Never rejects. */
  send(batch: Batch<S>, shard: Shard<S>): Promise<void>;
  /** Of what is under way. */
  bytes(): number;
  /** Waits for what is under way, at most until `grace` aborts. */
  shutdown(grace: AbortSignal): Promise<void>;
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
 * be true: what is left is then kept by `keep`, or booked by `drop` where it has failed for good, and the
 * callers are told "accepted", as a fan-out tells them beside a failing branch.
 */
export function createResults<S extends Signal>(
  next: Consumer<S>,
  keep: (rest: Batch<S>, context: Context) => void | Promise<void>,
  drop: (items: number) => void,
): Results<S> {
  const underWay = new Set<Promise<void>>();
  let bytesUnderWay = 0;

  async function deliver(batch: Batch<S>, callers: readonly Caller[], context: Context): Promise<void> {
    // Free where nothing is edited, and needed only where the rest has to be kept here.
    const copy = callers.some(({ isCut }) => isCut) ? batch.clone() : undefined;
    const bytes = batch.byteLength;
    bytesUnderWay += bytes;
    try {
      await next.consume(batch, context);
      accept(callers);
    } catch (error) {
      const rejected = ConsumeError.is(error) ? (error.rejected as Batch<S> | undefined) : undefined;
      const isTrueOfAll = rejected === undefined || callers.length === 1;
      if (copy === undefined && isTrueOfAll) {
        for (const caller of callers) caller.refuse(error);
        return;
      }
      const rest = rejected ?? copy!;
      if (ConsumeError.is(error) && error.kind !== 'permanent') await keep(rest, context);
      else drop(rest.itemCount);
      accept(callers);
    } finally {
      bytesUnderWay -= bytes;
    }
  }

  return {
    send(batch, shard) {
      const callers = takeCallers(shard, batch.itemCount);
      const sent = deliver(batch, callers, shard.context);
      underWay.add(sent);
      return sent.finally(() => underWay.delete(sent));
    },

    bytes: () => bytesUnderWay,

    async shutdown(grace) {
      if (grace.aborted) return;
      await new Promise<void>((resolve) => {
        const end = (): void => {
          grace.removeEventListener('abort', end);
          resolve();
        };
        grace.addEventListener('abort', end, { once: true });
        void Promise.all(underWay).then(end); // `deliver` answers for every failure
      });
    },
  };
}

/** The callers whose items are among the first `items` of what waits. */
function takeCallers<S extends Signal>(shard: Shard<S>, items: number): Caller[] {
  const { callers } = shard;
  const taken: Caller[] = [];
  let left = items;
  // Where nothing waits any more, those go too who brought no items.
  for (let first = callers[0]; first !== undefined && (left > 0 || first.items === 0); first = callers[0]) {
    const part = Math.min(left, first.items);
    left -= part;
    first.items -= part;
    first.sends++;
    taken.push(first);
    if (first.items > 0) first.isCut = true;
    else callers.shift();
  }
  return taken;
}

function accept(callers: readonly Caller[]): void {
  for (const caller of callers) {
    caller.sends--;
    if (caller.sends === 0 && caller.items === 0) caller.accept();
  }
}
