import { makeTraces } from '../load/telemetry.js';
import { TraceSender } from '../load/trace-sender.js';
import type { WholeTally } from './whole-tally.js';

export const spansPerRequest = 512;
/** Of each request, whose spans stand in turns. */
export const tracesPerRequest = 128;
const connections = 8;
/** Who was refused waits so long. */
const pauseMs = 10;

/** Sends requests of many traces each, of which no two have one in common, as fast as they are answered. */
export class TraceFlood implements Disposable {
  /** Milliseconds from a request to its answer. */
  latencies: number[] = [];
  readonly #senders: readonly TraceSender[];
  readonly #tally: WholeTally;
  #requests = 0;

  private constructor(senders: readonly TraceSender[], tally: WholeTally) {
    this.#senders = senders;
    this.#tally = tally;
  }

  static async start(address: string, tally: WholeTally): Promise<TraceFlood> {
    const senders: TraceSender[] = [];
    for (let i = 0; i < connections; i++) {
      senders.push(await TraceSender.start(address, makeTraces(spansPerRequest, i + 1, tracesPerRequest)));
    }
    return new TraceFlood(senders, tally);
  }

  /** For so long; resolves when all are answered. */
  async run(ms: number): Promise<void> {
    const end = performance.now() + ms;
    await Promise.all(
      this.#senders.map(
        (sender) =>
          new Promise<void>((resolve) => {
            const send = (): void => {
              if (performance.now() >= end) return resolve();
              this.#send(sender, (isAccepted) => {
                if (isAccepted) send();
                else setTimeout(send, pauseMs);
              });
            };
            send();
          }),
      ),
    );
  }

  close(): void {
    for (const sender of this.#senders) sender.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(sender: TraceSender, answered: (isAccepted: boolean) => void): void {
    const request = this.#requests++;
    for (let i = 0; i < spansPerRequest; i++) {
      sender.number(i, request * tracesPerRequest + (i % tracesPerRequest), request * spansPerRequest + i);
    }
    sender.send((isAccepted, ms) => {
      this.latencies.push(ms);
      if (isAccepted) this.#tally.accept(request);
      else this.#tally.refusedRequests++;
      answered(isAccepted);
    });
  }
}
