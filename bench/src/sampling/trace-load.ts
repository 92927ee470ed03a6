import { makeTraces } from '../load/telemetry.js';
import { TraceSender } from '../load/trace-sender.js';
import type { TraceTally } from './trace-tally.js';

/** A trace has so many spans, one in each of so many requests. */
export const pieces = 10;
/** Traces that come in the same requests. */
export const tracesPerGroup = 500;
/** From the first span of a trace to the last. */
const traceMs = 1000;
/** A subject that is slower than half of the pace is not waited for. */
const lateMs = 5000;

interface Sender {
  readonly sender: TraceSender;
  isBusy: boolean;
}

/** Sends traces in pieces: each connection has one piece of all of them. */
export class TraceLoad implements Disposable {
  /** Milliseconds from a request to its answer. */
  latencies: number[] = [];
  readonly #senders: readonly Sender[];
  readonly #tally: TraceTally;
  #groups = 0;

  private constructor(senders: readonly Sender[], tally: TraceTally) {
    this.#senders = senders;
    this.#tally = tally;
  }

  static async start(address: string, tally: TraceTally): Promise<TraceLoad> {
    const senders: Sender[] = [];
    for (let piece = 0; piece < pieces; piece++) {
      const sender = await TraceSender.start(address, makeTraces(tracesPerGroup, 1, tracesPerGroup));
      senders.push({ sender, isBusy: false });
    }
    return new TraceLoad(senders, tally);
  }

  /** Sends so many spans a second for so long, and what is left of the last traces; resolves with how many were sent. */
  async run(ms: number, spansPerSecond: number): Promise<number> {
    const groupMs = (tracesPerGroup * pieces * 1000) / spansPerSecond;
    const first = this.#groups;
    const end = first + Math.ceil(ms / groupMs);
    this.#groups = end;
    const next = this.#senders.map(() => first);
    const begin = performance.now();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now() - begin;
        for (const [piece, sender] of this.#senders.entries()) {
          // One piece after the other, and not all at the same moment.
          const due = first + (now - piece * (traceMs / pieces) - (piece / pieces) * groupMs) / groupMs;
          if (sender.isBusy || next[piece]! >= end || next[piece]! > due) continue;
          this.#send(sender, piece, next[piece]!++);
        }
        const isDone = next.every((group) => group === end) && !this.#senders.some(({ isBusy }) => isBusy);
        if (!isDone && now < ms * 2 + lateMs) return;
        clearInterval(timer);
        resolve((end - first) * tracesPerGroup * pieces);
      }, 1);
    });
  }

  close(): void {
    for (const { sender } of this.#senders) sender.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(one: Sender, piece: number, group: number): void {
    for (let i = 0; i < tracesPerGroup; i++) {
      const trace = group * tracesPerGroup + i;
      one.sender.number(i, scattered(trace), trace * pieces + piece);
    }
    one.isBusy = true;
    one.sender.send((isAccepted, ms) => {
      one.isBusy = false;
      this.latencies.push(ms);
      if (isAccepted) this.#tally.accept(group * tracesPerGroup, tracesPerGroup);
      else this.#tally.refusedRequests++;
    });
  }
}

/** Another number for each; they look random, as IDs do. */
function scattered(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
