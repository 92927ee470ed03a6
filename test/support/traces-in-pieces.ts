import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Traces, type Span } from '@tributary/pdata';

/** What one host sends of one trace, in one request with others. */
export interface Piece {
  readonly traceId: string;
  readonly spanIds: readonly string[];
  /** Which agent it goes to. */
  readonly agent: number;
  /** When its spans began, in milliseconds since the epoch. */
  readonly startMs: number;
  /** When it was acknowledged, in milliseconds of `performance.now()`; 0: not yet. */
  acknowledgedMs: number;
}

export interface TracesInPiecesOptions {
  readonly tracesPerSecond: number;
  readonly agents: number;
  /** From the first piece of a trace to its last. */
  readonly lifeMs: number;
  /**
   * `nested`: the spans of a piece enclose those of the piece before, as callers enclose what they call. `after`: they
   * begin when the piece before has been sent, and nothing in them says that the trace is older.
   */
  readonly calls: 'nested' | 'after';
  /** Resolves when the agent has acknowledged the request. */
  readonly send: (agent: number, traces: Traces) => Promise<void>;
}

const pieces = 3;
const spansPerPiece = 2;
const tickMs = 20;

/** Begins traces all the time and sends each in three pieces of two spans, the agents in turn, as services on several hosts do. */
export class TracesInPieces {
  readonly sent: Piece[] = [];
  readonly #options: TracesInPiecesOptions;
  readonly #due = new Map<number, Piece[]>();
  readonly #sending = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #isEnding = false;
  #failure: Error | undefined;

  constructor(options: TracesInPiecesOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Resolves when so many more pieces have been sent. */
  async more(count: number): Promise<void> {
    const enough = this.sent.length + count;
    while (this.sent.length < enough && this.#failure === undefined) await sleep(tickMs);
  }

  /** Begins no more traces, and resolves when all pieces of those that were begun have been acknowledged. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
    await Promise.all(this.#sending);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(): Promise<void> {
    const { tracesPerSecond, lifeMs } = this.#options;
    const pieceTicks = Math.round(lifeMs / tickMs / (pieces - 1));
    const startMs = performance.now();
    let begun = 0;
    for (let tick = 0; !this.#isEnding || this.#due.size > 0; tick++) {
      const wanted = this.#isEnding ? 0 : (tick + 1) * (tickMs / 1000) * tracesPerSecond;
      for (; begun < wanted; begun++) this.#begin(tick, pieceTicks, begun);
      const due = this.#due.get(tick);
      this.#due.delete(tick);
      if (due !== undefined) this.#send(due);
      // What a busy machine has missed is caught up with.
      await sleep(Math.max(0, startMs + (tick + 1) * tickMs - performance.now()));
    }
  }

  #begin(tick: number, pieceTicks: number, index: number): void {
    const traceId = randomBytes(16).toString('hex');
    const nowMs = Date.now();
    for (let n = 0; n < pieces; n++) {
      const piece: Piece = {
        traceId,
        spanIds: Array.from({ length: spansPerPiece }, () => randomBytes(8).toString('hex')),
        agent: (index + n) % this.#options.agents,
        startMs: this.#options.calls === 'nested' ? nowMs - n : nowMs + n * pieceTicks * tickMs,
        acknowledgedMs: 0,
      };
      this.#due.set(tick + n * pieceTicks, [...(this.#due.get(tick + n * pieceTicks) ?? []), piece]);
    }
  }

  #send(due: readonly Piece[]): void {
    this.sent.push(...due);
    for (let agent = 0; agent < this.#options.agents; agent++) {
      const own = due.filter((piece) => piece.agent === agent);
      if (own.length === 0) continue;
      const sending = this.#options
        .send(agent, requestOf(own))
        .then(() => {
          for (const piece of own) piece.acknowledgedMs = performance.now();
        })
        .catch((error: Error) => (this.#failure ??= error))
        .finally(() => this.#sending.delete(sending)) as Promise<void>;
      this.#sending.add(sending);
    }
  }
}

function requestOf(due: readonly Piece[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans({ resource: { attributes: { 'service.name': 'load' } } }).addScope();
  for (const { traceId, spanIds, startMs } of due) {
    const startTimeUnixNano = BigInt(startMs) * 1_000_000n;
    for (const spanId of spanIds) {
      scope.add({ name: 'work', traceId, spanId, startTimeUnixNano });
    }
  }
  return traces;
}

/** What became of the traces, by the spans that each gateway has put out. */
export interface PiecesOutcome {
  readonly traces: number;
  /** Traces with spans from more than one gateway. */
  readonly split: number;
  /** Spans that came from nowhere, in the order in which they were sent. */
  readonly missing: readonly { readonly piece: Piece; readonly spanId: string }[];
  /** Times that a span came again. */
  readonly duplicates: number;
  /** Traces that each gateway has put out, or a part of them. */
  readonly tracesOf: readonly number[];
}

export function outcomeOf(
  sent: readonly Piece[],
  gateways: readonly (readonly Pick<Span, 'traceId' | 'spanId'>[])[],
): PiecesOutcome {
  const deciders = new Map<string, Set<number>>();
  const arrived = new Set<string>();
  let duplicates = 0;
  for (const [index, spans] of gateways.entries()) {
    for (const { traceId, spanId } of spans) {
      if (arrived.has(spanId)) duplicates++;
      arrived.add(spanId);
      deciders.set(traceId, (deciders.get(traceId) ?? new Set()).add(index));
    }
  }
  const all = [...deciders.values()];
  return {
    traces: new Set(sent.map(({ traceId }) => traceId)).size,
    split: all.filter(({ size }) => size > 1).length,
    missing: sent.flatMap((piece) =>
      piece.spanIds.filter((spanId) => !arrived.has(spanId)).map((spanId) => ({ piece, spanId })),
    ),
    duplicates,
    tracesOf: gateways.map((_, index) => all.filter((of) => of.has(index)).length),
  };
}
