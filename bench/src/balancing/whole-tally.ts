import { eachNumber, readNumber } from '../load/items.js';
import type { Arrivals } from '../sink/sink.js';
import { traceBeforeItem } from '../load/trace-sender.js';
import { spansPerRequest, tracesPerRequest } from './trace-flood.js';

const maxRequests = 2 ** 15;
const nobody = 0xff;

/** What was accepted of a {@link TraceFlood} and has arrived at several backends, and which of them has which trace. */
export class WholeTally {
  acceptedItems = 0;
  arrivedItems = 0;
  refusedRequests = 0;
  readonly #accepted = new Uint8Array(maxRequests);
  readonly #arrived = new Uint8Array(maxRequests * spansPerRequest);
  readonly #owners = new Uint8Array(maxRequests * tracesPerRequest).fill(nobody);
  readonly #split = new Set<number>();

  accept(request: number): void {
    if (request >= maxRequests)
      throw new RangeError(`more than ${maxRequests} requests: run for a shorter time`);
    this.acceptedItems += spansPerRequest;
    this.#accepted[request] = 1;
  }

  /** What arrives at one backend, by its number. */
  at(backend: number): Arrivals {
    const whole = this;
    return {
      get acceptedItems() {
        return whole.acceptedItems;
      },
      get arrivedItems() {
        return whole.arrivedItems;
      },
      arrive: (message) => eachNumber('traces', message, (at) => this.#arrive(message, at, backend)),
    };
  }

  #arrive(message: Uint8Array, at: number, backend: number): void {
    this.arrivedItems++;
    const trace = readNumber(message, at - traceBeforeItem);
    const owner = this.#owners[trace]!;
    if (owner === nobody) this.#owners[trace] = backend;
    else if (owner !== backend) this.#split.add(trace);
    this.#arrived[readNumber(message, at)]!++;
  }

  compare(): { readonly lost: number; readonly twice: number; readonly splitTraces: number } {
    let lost = 0;
    let twice = 0;
    for (let request = 0; request < maxRequests; request++) {
      const first = request * spansPerRequest;
      for (let item = first; item < first + spansPerRequest; item++) {
        const arrived = this.#arrived[item]!;
        if (arrived === 0) lost += this.#accepted[request]!;
        else twice += arrived - 1;
      }
    }
    return { lost, twice, splitTraces: this.#split.size };
  }
}
