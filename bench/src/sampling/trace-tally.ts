import { eachNumber, readNumber } from '../load/items.js';
import type { Arrivals } from '../sink/sink.js';

const maxTraces = 2 ** 21;
/** Every twentieth has failed: `makeTraces` has it so. */
const failedEvery = 20;

/** What arrived of traces that were sent in pieces, whose spans have the numbers 0 to 9, 10 to 19, and so on. */
export class TraceTally implements Arrivals {
  refusedRequests = 0;
  acceptedItems = 0;
  arrivedItems = 0;
  readonly #pieces: number;
  readonly #accepted = new Uint8Array(maxTraces);
  readonly #arrived = new Uint8Array(maxTraces);
  #traces = 0;

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  accept(firstTrace: number, count: number): void {
    this.acceptedItems += count;
    this.#traces = Math.max(this.#traces, firstTrace + count);
    for (let trace = firstTrace; trace < firstTrace + count; trace++) this.#accepted[trace]!++;
  }

  arrive(message: Uint8Array): void {
    eachNumber('traces', message, (at) => {
      this.arrivedItems++;
      const trace = Math.floor(readNumber(message, at) / this.#pieces);
      if (trace < maxTraces) this.#arrived[trace]!++;
    });
  }

  /** Failed traces must be there with all spans that were accepted, and others with all or none. */
  compare(): { readonly lost: number; readonly twice: number; readonly keptShare: number } {
    let lost = 0;
    let twice = 0;
    let others = 0;
    let kept = 0;
    for (let trace = 0; trace < this.#traces; trace++) {
      const arrived = this.#arrived[trace]!;
      const missing = this.#accepted[trace]! - arrived;
      const hasFailed = trace % failedEvery === 0;
      if (missing < 0) twice -= missing;
      else if (hasFailed || arrived > 0) lost += missing;
      if (hasFailed) continue;
      others++;
      if (arrived > 0) kept++;
    }
    return { lost, twice, keptShare: kept / others };
  }
}
