import {
  ConsumeError,
  type Batch,
  type Clock,
  type Consumer,
  type Context,
  type Ledger,
  type Signal,
} from '@tributary/component';
import type { Caller, Shard, Taken } from './pending.js';

/** Sends batches and tells the callers whose items are in them what became of these. */
export interface Results<S extends Signal> {
  /** Sends what was taken from the front of `shard`. `contextOf` makes its context, of a signal that is made on first use. */
  send(taken: Taken<S>, shard: Shard<S>, contextOf: (signal: () => AbortSignal) => Context): void;
  readonly bytesUnderWay: number;
  /** Offers at once what was refused. Resolves when nothing is under way; `grace` ends it. */
  settle(grace: AbortSignal): Promise<void>;
}

/** A caller, and how many of his items are in a batch. */
interface Part {
  readonly caller: Caller;
  readonly items: number;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Between two attempts while a shutdown waits for them. */
const lastPauseMs = 1000;

/** Settled with the outcome of the batches that carry the next `items` of the shard, which came with `context`. */
export function answerLater<S extends Signal>(
  shard: Shard<S>,
  items: number,
  context: Context,
): Promise<void> {
  return new Promise((accept, refuse) => {
    const caller = { items, context, sends: 0, isCut: false, takenItems: 0, failure: undefined };
    shard.callers.push({ ...caller, accept, refuse });
  });
}

/**
 * A refusal goes back to the callers where it is true of all that each of them handed over. Where a caller's
 * items went into several batches, or only a part of a merged batch was refused, no answer would be true:
 * the callers wait on, and what is left is offered again until it is taken, so that an acknowledged item
 * has been taken. What has failed for good is dropped, and its callers are told "accepted", as a fan-out
 * tells them beside a failing branch. When the grace of a shutdown is over, callers who still wait are
 * refused, also those of whose items some were taken: to send them twice is better than to lose them. So it is
 * when none of those whose items are in a batch waits any more.
 */
export function createResults<S extends Signal>(
  next: Consumer<S>,
  { clock, ledger }: { readonly clock: Clock; readonly ledger: Ledger },
): Results<S> {
  const underWay = new Set<Promise<void>>();
  /** open -> closing (pauses are short) -> over (there is no next time) */
  let state: 'open' | 'closing' | 'over' = 'open';
  const isOver = (): boolean => state === 'over';
  /** Ends the pauses that last. */
  const wakes = new Set<() => void>();
  let bytesUnderWay = 0;

  /** False where there is no next time. */
  async function pause(attempts: number, hintMs = 0): Promise<boolean> {
    const growingMs = Math.min(firstPauseMs * 2 ** attempts, longestPauseMs);
    const ms = state === 'open' ? Math.max(growingMs, hintMs) : lastPauseMs;
    if (!isOver()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          timer.stop();
          wakes.delete(wake);
          resolve();
        };
        const timer = clock.after(ms, wake);
        wakes.add(wake);
      });
    }
    return !isOver();
  }

  function enter(next: 'closing' | 'over'): void {
    state = next;
    for (const wake of wakes) wake();
  }

  async function deliver(
    batch: Batch<S>,
    parts: readonly Part[],
    contextOf: (signal: () => AbortSignal) => Context,
  ): Promise<void> {
    const departure = departureOf(parts);
    const context = contextOf(departure.signal);
    try {
      await offer(batch, parts, context);
    } finally {
      departure.end();
    }
  }

  async function offer(batch: Batch<S>, parts: readonly Part[], context: Context): Promise<void> {
    const isDivided = parts.some(({ caller }) => caller.isCut);
    const items = batch.itemCount;
    let rest = batch;
    let restItems = items;
    let failure: ConsumeError | undefined;
    for (let attempts = 0; restItems > 0 || attempts === 0; attempts++) {
      // Free where nothing is edited, and needed only where it may have to be offered again.
      const copy = isDivided || attempts > 0 ? rest.clone() : undefined;
      try {
        await next.consume(rest, context);
        break;
      } catch (error) {
        const rejected = ConsumeError.is(error) ? (error.rejected as Batch<S> | undefined) : undefined;
        if (copy === undefined && (rejected === undefined || parts.length === 1)) {
          const answer = rejected === undefined ? error : asOwn(error as ConsumeError<S>);
          for (const { caller } of parts) caller.refuse(answer);
          return;
        }
        rest = rejected ?? copy!;
        restItems = rest.itemCount;
        if (!ConsumeError.is(error) || error.kind === 'permanent') {
          const message = 'The next consumer failed for good, and no caller can be told so. Dropping data.';
          ledger.dropped(restItems, 'permanent', { message, error: messageOf(error) });
          break;
        }
        const isForgotten = context.signal.aborted;
        if (!isForgotten && (await pause(attempts, error.retryAfterMs))) continue;
        const why = isForgotten ? 'the callers wait no longer' : 'shut down';
        failure = new ConsumeError('retryable', `${why}: ${error.message}`, { cause: error });
        break;
      }
    }
    // Those in the batch are refused, all of them, whatever was taken of it.
    if (failure !== undefined) ledger.created(items - restItems);
    for (const { caller, items: own } of parts) {
      if (failure === undefined) caller.takenItems += own;
      else caller.failure = failure;
      caller.sends--;
      if (caller.sends === 0 && caller.items === 0) answer(caller);
    }
  }

  function answer(caller: Caller): void {
    if (caller.failure === undefined) return caller.accept();
    // He keeps all of his items, and what was taken of them is there twice.
    ledger.created(caller.takenItems);
    caller.refuse(caller.failure);
  }

  return {
    send({ batch, items, bytes }, shard, contextOf) {
      const sent = deliver(batch, takeParts(shard, items), contextOf);
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

    async settle(grace) {
      if (state === 'open') enter('closing');
      await new Promise<void>((resolve) => {
        const end = (): void => {
          grace.removeEventListener('abort', end);
          resolve();
        };
        if (grace.aborted) return resolve();
        grace.addEventListener('abort', end);
        void Promise.all(underWay).then(end);
      });
      enter('over');
    },
  };
}

/** The signal of a batch aborts when the last of its callers waits no longer: nobody works for those who left. */
function departureOf(parts: readonly Part[]): { readonly signal: () => AbortSignal; end(): void } {
  let signals: readonly AbortSignal[] = [];
  const departure = new AbortController();
  const leave = (): void => {
    if (signals.every(({ aborted }) => aborted)) departure.abort();
  };
  return {
    signal() {
      signals = parts.map(({ caller }) => caller.context.signal);
      for (const signal of signals) signal.addEventListener('abort', leave);
      leave();
      return departure.signal;
    },
    // The signal of a caller may live for ever.
    end() {
      for (const signal of signals) signal.removeEventListener('abort', leave);
    },
  };
}

/**
 * `rejected` is for the direct caller of `next`, and an edge takes it from an error that is passed on. A caller
 * who is alone in a batch handed over what `next` was handed, so that it is true for him as well.
 */
function asOwn<S extends Signal>(error: ConsumeError<S>): ConsumeError<S> {
  const { kind, message, retryAfterMs, status, rejected, tooLarge } = error;
  return new ConsumeError(kind, message, { cause: error, retryAfterMs, status, rejected, tooLarge });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The callers whose items are among the first `items` of what waits. */
function takeParts<S extends Signal>({ callers }: Shard<S>, items: number): Part[] {
  const taken: Part[] = [];
  let left = items;
  // Who brought no items goes with those before him.
  for (let first = callers[0]; first !== undefined && (left > 0 || first.items === 0); first = callers[0]) {
    const part = Math.min(left, first.items);
    left -= part;
    first.items -= part;
    first.sends++;
    taken.push({ caller: first, items: part });
    if (first.items === 0) callers.shift();
    else first.isCut = true;
  }
  return taken;
}
