import type { ComponentKind, Signal } from '@tributary/component';
import type { Edge, TapListener } from './edge.js';

/** One component and signal: `received + created = passed + absorbed + dropped + held`, at every moment. */
export interface BalanceLine {
  /** Its id. A processor id that a pipeline holds twice is counted up: `redact`, `redact#2`. */
  readonly component: string;
  /** The engine's own fan-outs have a line each: they receive a batch and create its copies. */
  readonly kind: ComponentKind | 'fan-out';
  /** The pipelines that it stands in, comma-separated. */
  readonly pipeline: string;
  readonly signal: Signal;
  /** Offered to it, and not refused. */
  readonly received: number;
  readonly created: number;
  /** Offered by it to the next, and not refused. Of exporters: what they have sent. */
  readonly passed: number;
  readonly absorbed: number;
  /** What it says that it holds, and what is under way inside it. */
  readonly held: number;
  readonly dropped: ReadonlyMap<string, number>;
}

/** One edge: `offered = accepted + refused + in flight`. What is refused stays with the one who offered it. */
export interface EdgeLine {
  readonly from: string;
  readonly to: string;
  /** The pipelines that it leads into, comma-separated. */
  readonly pipeline: string;
  readonly signal: Signal;
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly inFlight: number;
}

/** The books at one moment. */
export interface Balance {
  readonly components: readonly BalanceLine[];
  readonly edges: readonly EdgeLine[];
}

/**
 * Which figures follow from the edges instead of being told by the component:
 *
 * - `source`: what came into being here is what was passed, dropped and held, unless it says so itself;
 * - `through`: none, so every lost or doubled item shows;
 * - `sink`: what was passed is what is neither held nor dropped;
 * - `intake`: all that comes in becomes something else.
 */
export type AccountRole = 'source' | 'through' | 'sink' | 'intake';

/** What an account is opened for. */
export interface AccountHolder {
  readonly component: string;
  readonly kind: ComponentKind | 'fan-out';
  readonly pipeline: string;
  readonly signal: Signal;
  readonly role: AccountRole;
}

/** What edges counted that are no more. */
interface Past {
  offeredIn: number;
  received: number;
  offeredOut: number;
  passed: number;
}

/** What one component and signal has told, and the edges that count the rest. */
export class Account {
  /** A reload may put a component into other pipelines. */
  holder: AccountHolder;
  readonly ins: Set<Edge> = new Set();
  readonly outs: Set<Edge> = new Set();
  readonly past: Past = { offeredIn: 0, received: 0, offeredOut: 0, passed: 0 };
  /** Called once nothing can change it any more and the books have closed it. */
  onClosed: (() => void) | undefined = undefined;
  readonly dropped: Map<string, number> = new Map();
  readonly held: (() => number)[] = [];
  created = 0;
  absorbed = 0;

  constructor(holder: AccountHolder) {
    this.holder = holder;
  }

  drop(items: number, reason: string): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + items);
  }

  /** Passed on, and yet still with the one who offered it. What connectors put out is counted anyway. */
  doubled(items: number): void {
    if (this.holder.role === 'through') this.created += items;
  }

  line(): BalanceLine {
    const { component, kind, pipeline, signal, role } = this.holder;
    let { created, absorbed } = this;
    let { received, passed } = this.past;
    let inFlight = 0;
    let returning = 0;
    for (const edge of this.ins) {
      received += edge.accepted + edge.inFlight;
      inFlight += edge.inFlight;
    }
    for (const edge of this.outs) {
      passed += edge.accepted + edge.inFlight;
      returning += edge.returning;
    }
    let dropped = 0;
    for (const items of this.dropped.values()) dropped += items;
    let held = 0;
    for (const items of this.held) held += items();

    switch (role) {
      case 'source':
        if (created === 0) created = passed + absorbed + dropped + held;
        else held = clamp(created - passed - absorbed - dropped, held, held + returning);
        break;
      case 'through':
        // Between the edge before and the edge behind it, a batch is in nobody's
        // counts: what is in flight towards the component may be anywhere in it.
        held = clamp(received + created - passed - absorbed - dropped, held, held + inFlight + returning);
        break;
      case 'sink': {
        const here = Math.max(0, received + created - absorbed - dropped);
        held = Math.min(held + inFlight, here);
        passed = here - held;
        break;
      }
      case 'intake':
        absorbed = received;
        break;
    }
    return {
      component,
      kind,
      pipeline,
      signal,
      received,
      created,
      passed,
      absorbed,
      held,
      dropped: new Map(this.dropped),
    };
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}

/** Which edges to tap: all that agree with every given key. The names are those of {@link EdgeLine}. */
export interface EdgeFilter {
  readonly from?: string;
  readonly to?: string;
  readonly pipeline?: string;
}

interface Tap {
  readonly filter: EdgeFilter;
  readonly listener: TapListener;
}

/** All accounts and edges of a collector. */
export class Books {
  readonly accounts: Set<Account> = new Set();
  readonly edges: Set<Edge> = new Set();
  /** Those that nothing leads to any more. They stay until nothing is under way on them. */
  #leftEdges: Edge[] = [];
  #leftAccounts: Account[] = [];
  /** Told of an account before it is gone, with all that it ever had. */
  onClosing: ((account: Account) => void) | undefined = undefined;
  /** Routers make edges while data flows, so that taps are kept for later ones. */
  readonly #taps = new Set<Tap>();

  open(holder: AccountHolder): Account {
    const account = new Account(holder);
    this.accounts.add(account);
    return account;
  }

  enter(edge: Edge): Edge {
    edge.from.outs.add(edge);
    edge.target.account.ins.add(edge);
    this.edges.add(edge);
    this.#listen(edge);
    return edge;
  }

  /**
   * All but these are left to end: their counts go over to the accounts that stay, as soon as nothing is
   * under way. So sums hold whenever somebody looks, and a collector that is often reloaded does not grow.
   */
  keep(edges: ReadonlySet<Edge>, accounts: ReadonlySet<Account>): void {
    this.#leftEdges = [...this.edges].filter((edge) => !edges.has(edge));
    this.#leftAccounts = [...this.accounts].filter((account) => !accounts.has(account));
    this.#sweep();
    // Names may have changed with the pipelines.
    for (const edge of this.edges) this.#listen(edge);
  }

  #sweep(): void {
    if (this.#leftAccounts.length + this.#leftEdges.length === 0) return;
    this.#leftEdges = this.#leftEdges.filter((edge) => {
      if (edge.inFlight !== 0 || edge.returning !== 0) return true;
      const { from, target, offered, accepted } = edge;
      from.outs.delete(edge);
      from.past.offeredOut += offered;
      from.past.passed += accepted;
      target.account.ins.delete(edge);
      target.account.past.offeredIn += offered;
      target.account.past.received += accepted;
      this.edges.delete(edge);
      return false;
    });
    this.#leftAccounts = this.#leftAccounts.filter((account) => {
      if (account.ins.size > 0 || account.outs.size > 0) return true;
      this.onClosing?.(account);
      this.accounts.delete(account);
      account.onClosed?.();
      return false;
    });
  }

  /** @throws RangeError if no edge agrees with the filter */
  tap(filter: EdgeFilter, listener: TapListener): () => void {
    if (![...this.edges].some((edge) => agrees(edge, filter))) {
      throw new RangeError(`no edge agrees with ${JSON.stringify(filter)}`);
    }
    const tap: Tap = { filter, listener };
    this.#taps.add(tap);
    for (const edge of this.edges) this.#listen(edge);
    return () => {
      this.#taps.delete(tap);
      for (const edge of this.edges) this.#listen(edge);
    };
  }

  #listen(edge: Edge): void {
    const listeners = [...this.#taps]
      .filter(({ filter }) => agrees(edge, filter))
      .map(({ listener }) => listener);
    edge.taps = listeners.length === 0 ? undefined : listeners;
  }

  balance(): Balance {
    this.#sweep();
    return {
      components: [...this.accounts].map((account) => account.line()),
      edges: [...this.edges].map((edge) => edge.line()),
    };
  }
}

function agrees(edge: Edge, { from, to, pipeline }: EdgeFilter): boolean {
  const line = edge.line();
  return (
    (from === undefined || from === line.from) &&
    (to === undefined || to === line.to) &&
    (pipeline === undefined || pipeline === line.pipeline)
  );
}
