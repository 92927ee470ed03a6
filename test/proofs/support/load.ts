import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRuntime } from '@tributary/collector';
import { ConsumeError } from '@tributary/component';
import { otlpGrpcClient, type OtlpClient } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';
import { createUnaryClient } from '@tributary/transport';

export interface LoadOptions {
  /** `host:port` of whom it sends to. */
  readonly endpoint: string;
  /** Default 0. */
  readonly firstId?: number;
  /** Default 50. */
  readonly spansPerRequest?: number;
  /** Requests under way at a time. Default 8. */
  readonly senders?: number;
  /** Requests that each sender begins in a second, at most. Default 20. */
  readonly requestsPerSecond?: number;
  /** Bytes of text in each span, beside its name. Default 200. */
  readonly textBytes?: number;
  /** How long a sender waits for an answer. Default 30 s. */
  readonly timeoutMs?: number;
}

/** What became of the items of one request, as their sender knows it. */
export interface SentRequest {
  readonly firstId: number;
  readonly items: number;
  /** `unanswered` until an answer ends it. */
  outcome: 'unanswered' | 'acknowledged' | 'refused for good';
  /** When the outcome was heard, in milliseconds since the epoch. */
  at: number;
  /** How often it was sent. */
  attempts: number;
}

/**
 * Sends spans that each have an ID, and does what the answers of OTLP ask for: sends again what may pass,
 * after the pause that the server asked for, and gives up what was refused for good.
 */
export class Load {
  readonly requests: SentRequest[] = [];
  /** Attempts after the first. */
  attemptsAgain = 0;
  /** Answers that said when to come back. */
  hints = 0;
  readonly #options: Required<LoadOptions>;
  readonly #client: OtlpClient;
  readonly #senders: Promise<void>[];
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #text: string;
  #nextId: number;

  constructor(options: LoadOptions) {
    this.#options = {
      firstId: 0,
      spansPerRequest: 50,
      senders: 8,
      requestsPerSecond: 20,
      textBytes: 200,
      timeoutMs: 30_000,
      ...options,
    };
    this.#nextId = this.#options.firstId;
    this.#text = 'x'.repeat(this.#options.textBytes);
    this.#client = otlpGrpcClient(
      createUnaryClient({
        runtime: systemRuntime(),
        endpoint: options.endpoint,
        tls: { insecure: true, insecure_skip_verify: false },
      }),
    );
    // All senders listen to these.
    setMaxListeners(0, this.#stop.signal, this.#giveUp.signal);
    this.#senders = Array.from({ length: this.#options.senders }, () => this.#run());
  }

  /** Items made so far; their IDs follow `firstId`. */
  get items(): number {
    return this.#nextId - this.#options.firstId;
  }

  /** Makes no new items, and waits until each has its answer, or until `limitMs` have passed. */
  async end(limitMs: number): Promise<void> {
    this.#stop.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), limitMs);
    await Promise.all(this.#senders);
    clearTimeout(timer);
    await this.#client.close();
  }

  async #run(): Promise<void> {
    const pauseMs = 1000 / this.#options.requestsPerSecond;
    while (!this.#stop.signal.aborted) {
      const startMs = performance.now();
      await this.#send();
      await pause(pauseMs - (performance.now() - startMs), this.#stop.signal);
    }
  }

  async #send(): Promise<void> {
    const { spansPerRequest: items, timeoutMs } = this.#options;
    const request: SentRequest = { firstId: this.#nextId, items, outcome: 'unanswered', at: 0, attempts: 0 };
    this.#nextId += items;
    this.requests.push(request);
    const batch = this.#spans(request);
    const { signal } = this.#giveUp;
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (attempt > 0) this.attemptsAgain++;
      request.attempts++;
      try {
        const partial = await this.#client.send(batch.clone(), { signal, timeoutMs });
        if ((partial?.rejected ?? 0) > 0) throw new Error(`a part was rejected: ${partial!.message}`);
        return end('acknowledged');
      } catch (error) {
        if (!ConsumeError.is(error)) throw error;
        if (error.kind === 'permanent') return end('refused for good');
        if (error.retryAfterMs !== undefined) this.hints++;
        await pause(error.retryAfterMs ?? Math.min(100 * 1.5 ** attempt, 1000), signal);
      }
    }

    function end(outcome: SentRequest['outcome']): void {
      request.outcome = outcome;
      request.at = preciseNow();
    }
  }

  #spans({ firstId, items }: SentRequest): Traces {
    const traces = Traces.create();
    const scope = traces
      .addResourceSpans({ resource: { attributes: { 'service.name': 'load' } } })
      .addScope();
    for (let id = firstId; id < firstId + items; id++) {
      scope.add({ name: `item-${id};`, attributes: { text: this.#text } });
    }
    return traces;
  }
}

/** Milliseconds since the epoch, comparable with the reports of other processes. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Ends early, and without an error, where the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
