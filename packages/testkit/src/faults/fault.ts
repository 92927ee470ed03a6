/**
 * Where in a request it strikes: when the head has passed and before any of the body, when half of what is
 * there of the body has passed, or when the server, which has the request by then, begins to answer.
 */
export type FaultPlace = 'head' | 'body' | 'answer';

/**
 * What a network does to a request. All but `delay` is done to its whole connection, so that on HTTP/2 the
 * requests beside it meet it too.
 *
 * - `delay`: the connection is held up for so long, then goes on.
 * - `throttle`: from here on so many bytes a second pass each way.
 * - `cut`: the connection is reset, on both sides.
 * - `stall`: from here on nothing passes either way, and the connection stays open.
 * - `half-close`: the client reads the end of the stream instead of an answer; what it sends passes on.
 */
export type Fault =
  | { readonly kind: 'delay'; readonly at: FaultPlace; readonly ms: number }
  | { readonly kind: 'throttle'; readonly at: FaultPlace; readonly bytesPerSecond: number }
  | { readonly kind: 'cut' | 'stall' | 'half-close'; readonly at: FaultPlace };

/** Which request meets which fault. Without a plan none meets any. */
export interface FaultPlan {
  /**
   * The next requests meet these, one each, in this order; `undefined` lets one pass. May be called again: they
   * are used up in order, before `each` is asked.
   */
  next(...faults: readonly (Fault | undefined)[]): void;
  /** Asks `choose` about every request from now on. `undefined` lets everything pass again. */
  each(choose: (() => Fault | undefined) | undefined): void;
}

/** Follows a plan. */
export class PlannedFaults implements FaultPlan {
  readonly #next: (Fault | undefined)[] = [];
  #choose: (() => Fault | undefined) | undefined;

  next(...faults: readonly (Fault | undefined)[]): void {
    for (const fault of faults) check(fault);
    this.#next.push(...faults);
  }

  each(choose: (() => Fault | undefined) | undefined): void {
    this.#choose = choose;
  }

  /** For the request that begins now. */
  take(): Fault | undefined {
    return this.#next.length > 0 ? this.#next.shift() : check(this.#choose?.());
  }
}

function check(fault: Fault | undefined): Fault | undefined {
  if (fault?.kind === 'delay' && !(fault.ms >= 0)) {
    throw new RangeError(`a delay needs milliseconds, got ${fault.ms}`);
  }
  if (fault?.kind === 'throttle' && !(fault.bytesPerSecond >= 1)) {
    throw new RangeError(`a throttle needs at least 1 byte a second, got ${fault.bytesPerSecond}`);
  }
  return fault;
}
