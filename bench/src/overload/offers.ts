import { setTimeout as sleep } from 'node:timers/promises';
import { systemRuntime } from '@tributary/collector';
import { ConsumeError } from '@tributary/component';
import { otlpGrpcClient, type OtlpClient } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';
import { createUnaryClient } from '@tributary/transport';
import { makeBody, renumber, type Body } from '../load/prepared.js';
import { makeTraces } from '../load/telemetry.js';
import type { Tally } from '../tally.js';

export const spansPerRequest = 1000;
const connections = 16;
/** Who has so many requests under way offers no more. */
const maxUnderWay = 512;

/**
 * Clients that offer so many requests a second, each once, whatever becomes of them: they neither wait nor come
 * again. They read the answers, as the cheap senders of the pass-through do not.
 */
export class Offers implements AsyncDisposable {
  readonly #tally: Tally;
  readonly #clients: readonly OtlpClient[];
  readonly #body: Body = makeBody('traces', makeTraces(spansPerRequest, 1));
  #underWay = 0;
  offered = 0;
  refused = 0;
  /** Refusals that said when to come again. */
  hinted = 0;
  /** What went wrong otherwise, by message. */
  readonly failures: Map<string, number> = new Map();
  /** As `performance.now()` has it. */
  lastRefusedAt = 0;
  readonly acceptedAt: number[] = [];

  constructor(address: string, tally: Tally) {
    this.#tally = tally;
    const runtime = systemRuntime();
    const tls = { insecure: true, insecure_skip_verify: false };
    this.#clients = Array.from({ length: connections }, () =>
      otlpGrpcClient(createUnaryClient({ runtime, endpoint: address, tls })),
    );
  }

  /** Offers at a rate until `isDone` says so, and for `maxMs` at most. */
  async offer(requestsPerSecond: number, maxMs: number, isDone: () => boolean = () => false): Promise<void> {
    const begin = performance.now();
    let due = 0;
    for (let elapsed = 0; elapsed < maxMs && !isDone(); elapsed = performance.now() - begin) {
      for (; due < (elapsed / 1000) * requestsPerSecond; due++)
        if (this.#underWay < maxUnderWay) this.#send();
      await sleep(1);
    }
  }

  /** Resolves when all have been answered, or after a while. */
  async settle(): Promise<void> {
    for (let waited = 0; this.#underWay > 0 && waited < 10_000; waited += 10) await sleep(10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #send(): void {
    const number = this.#tally.newRequest();
    if (number === undefined) return;
    const bytes = Buffer.from(this.#body.bytes);
    renumber({ ...this.#body, bytes }, number * spansPerRequest);
    this.offered++;
    this.#underWay++;
    const client = this.#clients[number % connections]!;
    client
      .send(Traces.from(bytes, { repairUtf8: false }), { signal: new AbortController().signal })
      .then(
        () => {
          this.#tally.accept(number);
          this.acceptedAt.push(performance.now());
        },
        (error: unknown) => this.#take(error),
      )
      .finally(() => this.#underWay--);
  }

  #take(error: unknown): void {
    if (!ConsumeError.is(error)) throw error;
    if (error.kind === 'permanent') {
      this.failures.set(error.message, (this.failures.get(error.message) ?? 0) + 1);
      return;
    }
    this.refused++;
    this.lastRefusedAt = performance.now();
    if (error.retryAfterMs !== undefined) this.hinted++;
  }
}
