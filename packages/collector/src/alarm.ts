import type { Clock, Logger, Timer } from '@tributary/component';
import type { Account, BalanceLine, Books, EdgeLine } from './books.js';
import type { Edge } from './edge.js';
import { droppedOf, missingOf, missingOnEdge } from './imbalance.js';

/** How often the books are looked at when nobody asks for them. */
const intervalMs = 10_000;

/**
 * Looks whether the books add up: when they are asked for, every ten seconds, and when an account is closed. A line
 * that does not is logged once, however far it goes, and again when it adds up. It means a component that lost,
 * doubled or misreported items.
 *
 * A look costs as much as a balance. What passes costs nothing.
 */
export class Alarm {
  readonly #books: Books;
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** Those that did not add up when they were looked at last. */
  readonly #open = new Set<Account | Edge>();
  #count = 0;
  #timer: Timer | undefined;

  constructor(books: Books, { logger, clock }: { readonly logger: Logger; readonly clock: Clock }) {
    this.#books = books;
    this.#logger = logger;
    this.#clock = clock;
    books.onClosing = (account) => {
      this.#judgeAccount(account);
      this.#open.delete(account);
    };
  }

  /** How often a line was found that had added up before. */
  get count(): number {
    return this.#count;
  }

  start(): void {
    this.#timer = this.#clock.every(intervalMs, () => this.look());
  }

  /** Looks once more. Safe before `start`. */
  stop(): void {
    this.#timer?.stop();
    this.look();
  }

  look(): void {
    for (const account of this.#books.accounts) this.#judgeAccount(account);
    for (const edge of this.#books.edges) this.#judgeEdge(edge);
  }

  #judgeAccount(account: Account): void {
    const line = account.line();
    this.#judge(account, missingOf(line), () => fieldsOf(line));
  }

  #judgeEdge(edge: Edge): void {
    const line = edge.line();
    this.#judge(edge, missingOnEdge(line), () => fieldsOfEdge(line));
  }

  #judge(line: Account | Edge, missing: number, fields: () => Readonly<Record<string, unknown>>): void {
    if (missing === 0) {
      if (this.#open.delete(line)) this.#logger.info('The books add up again.', fields());
      return;
    }
    if (this.#open.has(line)) return;
    this.#open.add(line);
    this.#count++;
    this.#logger.error('The books do not add up.', { ...fields(), missing });
  }
}

function fieldsOf(line: BalanceLine): Readonly<Record<string, unknown>> {
  const { component, kind, pipeline, signal, received, created, passed, absorbed, held } = line;
  return {
    'otelcol.component.kind': kind,
    'otelcol.component.id': component,
    'otelcol.pipeline.id': pipeline,
    'otelcol.signal': signal,
    received,
    created,
    passed,
    absorbed,
    dropped: droppedOf(line),
    held,
  };
}

function fieldsOfEdge(line: EdgeLine): Readonly<Record<string, unknown>> {
  const { from, to, pipeline, signal, offered, accepted, refused, inFlight } = line;
  return {
    from,
    to,
    'otelcol.pipeline.id': pipeline,
    'otelcol.signal': signal,
    offered,
    accepted,
    refused,
    in_flight: inFlight,
  };
}
