import { ConsumeError, type Batch, type Consumer, type Context, type Signal } from '@tributary/component';
import type { Account, EdgeLine } from './books.js';
import type { Health } from './health.js';
import { isPromise } from './promise.js';

/** Sees every batch that an edge carries: a clone that is its own. */
export type TapListener = (batch: Batch<Signal>, context: Context, edge: EdgeLine) => void;

/** What stands behind an edge. */
export interface Target {
  readonly account: Account;
  readonly consumer: Consumer<Signal>;
  /** Who answers `admit`: the consumer, or, if it has no opinion, what stands behind it. */
  readonly admits: Pick<Consumer<Signal>, 'admit'> | undefined;
  /** The gate: why nothing may enter now, or undefined while it is open. */
  closed: string | undefined;
  /** Told of an exception that is no ConsumeError, and when it accepts again. */
  readonly health: Pick<Health, 'isAiling' | 'fail' | 'recover'>;
  /** Of a fan-out. */
  readonly branches?: readonly Edge[];
}

/** What to tell a caller who comes before the start or after the shutdown. */
const closedRetryMs = 1000;

/**
 * Errors with a `rejected` part that a caller has seen already, and how many
 * items the callee kept. Passed on unchanged, such an error speaks of a batch
 * that the next caller never handed over.
 */
const seen = new WeakMap<ConsumeError, number>();

/**
 * The way from one component to the next: a plain call that is counted.
 *
 * No `async` here: a consumer that answers at once costs no promise. The order of
 * statements keeps the books exact whoever looks, from a tap or a listener.
 */
export class Edge implements Consumer<Signal> {
  readonly from: Account;
  readonly target: Target;
  readonly pipeline: string;
  offered = 0;
  accepted = 0;
  refused = 0;
  inFlight = 0;
  /** Refused, and the promise that says so is still on its way to the caller. */
  returning = 0;
  taps: readonly TapListener[] | undefined = undefined;

  constructor(from: Account, target: Target, pipeline: string) {
    this.from = from;
    this.target = target;
    this.pipeline = pipeline;
  }

  consume(batch: Batch<Signal>, context: Context): void | Promise<void> {
    const { target } = this;
    const items = batch.itemCount;
    this.offered += items;
    if (target.closed !== undefined) {
      this.refused += items;
      throw new ConsumeError('refused', target.closed, { retryAfterMs: closedRetryMs });
    }
    const moved = batch.transfer();
    this.inFlight += items;
    if (this.taps !== undefined) this.#tell(this.taps, moved, context);
    let outcome: void | Promise<void>;
    try {
      outcome = target.consumer.consume(moved, context);
    } catch (error) {
      throw this.#refuse(error, items);
    }
    if (!isPromise(outcome)) {
      this.#accept(items);
      return;
    }
    return outcome.then(
      () => this.#accept(items),
      (error: unknown) => {
        const before = this.refused;
        const refusal = this.#refuse(error, items);
        this.#expectReturn(this.refused - before);
        throw refusal;
      },
    );
  }

  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined {
    const { target } = this;
    if (target.closed !== undefined) return { retryAfterMs: closedRetryMs };
    try {
      return target.admits?.admit?.(bytes);
    } catch (error) {
      // Who cannot say no in order says yes: `consume` will answer.
      target.health.fail(error);
      return undefined;
    }
  }

  line(): EdgeLine {
    const { offered, accepted, refused, inFlight, pipeline, from, target } = this;
    return {
      from: from.holder.component,
      to: target.account.holder.component,
      pipeline,
      signal: target.account.holder.signal,
      offered,
      accepted,
      refused,
      inFlight,
    };
  }

  #accept(items: number): void {
    this.inFlight -= items;
    this.accepted += items;
    const { health } = this.target;
    if (health.isAiling) health.recover();
  }

  /** Books a refusal and says what to throw. */
  #refuse(error: unknown, items: number): ConsumeError {
    if (!ConsumeError.is(error)) {
      this.target.health.fail(error);
      this.inFlight -= items;
      this.refused += items;
      return new ConsumeError('permanent', internalMessage(this.target, error), { cause: error });
    }
    this.inFlight -= items;
    if (error.rejected === undefined) {
      this.refused += items;
      return error;
    }
    if (seen.has(error)) {
      // The component let an answer pass that was meant for itself. Its caller
      // keeps the whole batch, so what went through below is there twice.
      const { kept, forCaller } = passedUp(error);
      this.target.account.doubled(kept);
      this.refused += items;
      return forCaller;
    }
    const rejected = Math.min(error.rejected.itemCount, items);
    this.refused += rejected;
    this.accepted += items - rejected;
    seen.set(error, items - rejected);
    return error;
  }

  /**
   * The caller hears of a refusal some turns of the microtask queue later, more
   * of them behind async functions. Until then the items are neither passed nor
   * held in any count: they are on their way back.
   */
  #expectReturn(items: number): void {
    this.returning += items;
    let turns = 8;
    const wait = (): void => {
      if (turns-- > 0) queueMicrotask(wait);
      else this.returning -= items;
    };
    queueMicrotask(wait);
  }

  #tell(taps: readonly TapListener[], batch: Batch<Signal>, context: Context): void {
    for (const tap of taps) tap(batch.clone(), context, this.line());
  }
}

/**
 * What a component holds as its `next` for as long as it lives. A reload exchanges the edge, between two
 * batches; what is under way keeps the edge that it took, whose counts are the ones that it will change.
 */
export class Outlet implements Consumer<Signal> {
  edge: Edge;

  constructor(edge: Edge) {
    this.edge = edge;
  }

  consume(batch: Batch<Signal>, context: Context): void | Promise<void> {
    return this.edge.consume(batch, context);
  }

  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined {
    return this.edge.admit(bytes);
  }
}

/**
 * An error that a component lets pass, as its own caller may see it: speaking of all
 * of the batch. `kept` is how many items below were taken all the same.
 */
export function passedUp<E>(error: E): { readonly kept: number; readonly forCaller: E | ConsumeError } {
  if (!ConsumeError.is(error) || error.rejected === undefined) return { kept: 0, forCaller: error };
  const { kind, message, cause, retryAfterMs, status, tooLarge } = error;
  const kept = seen.get(error) ?? 0;
  // One answer may go to several callers, whose batches were merged.
  seen.set(error, 0);
  return {
    kept,
    forCaller: new ConsumeError(kind, message, { cause, retryAfterMs, status, tooLarge }),
  };
}

function internalMessage({ account }: Target, error: unknown): string {
  const { kind, component } = account.holder;
  return `internal error in ${kind} "${component}": ${error instanceof Error ? error.message : String(error)}`;
}
