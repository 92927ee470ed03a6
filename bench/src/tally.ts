import { eachNumber, readNumber, type SignalName } from './load/items.js';

/** So many different items in a run at most; a load that reaches it ends. */
const maxItems = 1 << 24;

/**
 * What was accepted by the subject and what has arrived at the backend, item by item, and how long it took.
 *
 * Requests have numbers, and item `i` of request `r` the number `r * itemsPerRequest + i`. A request may be sent
 * several times (a packed one cannot be changed): then its items must arrive as often.
 */
export class Tally {
  readonly #signal: SignalName;
  readonly #itemsPerRequest: number;
  readonly #accepted: Uint16Array;
  readonly #arrived: Uint16Array;
  /** Of requests that are under way and whose latency is asked for: when their last byte was sent. */
  readonly #sentAt = new Map<number, Sent[]>();
  #requests = 0;
  acceptedItems = 0;
  refusedRequests = 0;
  arrivedItems = 0;
  /** Items that nobody has sent. */
  strangers = 0;
  /** Milliseconds, since `latencies` was emptied last. */
  latencies: number[] = [];

  constructor(signal: SignalName, itemsPerRequest: number) {
    this.#signal = signal;
    this.#itemsPerRequest = itemsPerRequest;
    this.#accepted = new Uint16Array(Math.floor(maxItems / itemsPerRequest));
    this.#arrived = new Uint16Array(this.#accepted.length * itemsPerRequest);
  }

  /** The number of a new request; `undefined` when there are no more. */
  newRequest(): number | undefined {
    return this.#requests < this.#accepted.length ? this.#requests++ : undefined;
  }

  accept(request: number): void {
    this.#accepted[request]!++;
    this.acceptedItems += this.#itemsPerRequest;
  }

  refuse(request: number, sent: Sent | undefined): void {
    this.refusedRequests++;
    const watched = this.#sentAt.get(request);
    if (sent === undefined || watched === undefined) return;
    watched.splice(watched.indexOf(sent), 1);
    if (watched.length === 0) this.#sentAt.delete(request);
  }

  /** Asks for the latency of a request that is being sent. What it returns is to be told when the last byte was. */
  watch(request: number): Sent {
    const sent: Sent = { at: performance.now() };
    const before = this.#sentAt.get(request);
    if (before === undefined) this.#sentAt.set(request, [sent]);
    else before.push(sent);
    return sent;
  }

  /** Counts a message at the backend, of which the first byte came at `firstByteAt`. */
  arrive(message: Uint8Array, firstByteAt: number): void {
    eachNumber(this.#signal, message, (at) => {
      const item = readNumber(message, at);
      this.arrivedItems++;
      if (item < this.#arrived.length) this.#arrived[item]!++;
      else this.strangers++;
      if (this.#sentAt.size > 0 && item % this.#itemsPerRequest === 0)
        this.#measure(item / this.#itemsPerRequest, firstByteAt);
    });
  }

  #measure(request: number, firstByteAt: number): void {
    const sent = this.#sentAt.get(request);
    const first = sent?.shift();
    if (first === undefined) return;
    if (sent!.length === 0) this.#sentAt.delete(request);
    this.latencies.push(firstByteAt - first.at);
  }

  /** What is missing of that which was accepted, and what came more often than that. */
  compare(): { readonly lost: number; readonly twice: number } {
    let lost = 0;
    let twice = 0;
    for (let request = 0; request < this.#requests; request++) {
      const expected = this.#accepted[request]!;
      const first = request * this.#itemsPerRequest;
      for (let item = first; item < first + this.#itemsPerRequest; item++) {
        const arrived = this.#arrived[item]!;
        if (arrived < expected) lost += expected - arrived;
        else twice += arrived - expected;
      }
    }
    return { lost, twice };
  }
}

/** When the last byte of a request was given to the kernel, as `performance.now()` has it. */
export interface Sent {
  at: number;
}
