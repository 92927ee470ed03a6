import type { Signal } from '@tributary/component';
import type { Account, Books } from './books.js';
import { Edge, Outlet, type Target } from './edge.js';
import { dropped } from './events.js';
import { FanOut } from './fan-out.js';
import type { Surroundings } from './instance.js';
import { DropLog } from './ledger.js';
import { withFields } from './logger.js';

/** Makes edges, and one target in place of several. */
export class Joiner {
  readonly #books: Books;
  readonly #surroundings: Pick<Surroundings, 'runtime' | 'events' | 'dropLogs'>;

  constructor(books: Books, surroundings: Pick<Surroundings, 'runtime' | 'events' | 'dropLogs'>) {
    this.#books = books;
    this.#surroundings = surroundings;
  }

  /** An edge that leads from `account` to all targets. */
  connect(account: Account, targets: readonly Target[], name: string, pipelines: string): Edge {
    const { signal } = account.holder;
    return this.#books.enter(new Edge(account, this.join(targets, name, pipelines, signal), pipelines));
  }

  /** One target in place of several: itself if it is the only one. */
  join(targets: readonly Target[], name: string, pipeline: string, signal: Signal): Target {
    const [only] = targets;
    if (targets.length === 1) return only!;
    const { runtime, events, dropLogs } = this.#surroundings;
    const component = `fan-out of ${name}`;
    const account = this.#books.open({ component, kind: 'fan-out', pipeline, signal, role: 'through' });
    const branches = targets.map((target) => this.#books.enter(new Edge(account, target, pipeline)));
    const logger = withFields(runtime.logger, { 'otelcol.signal': signal, 'otelcol.pipeline.id': pipeline });
    const drops = new DropLog(logger, runtime.clock);
    dropLogs.add(drops);
    account.onClosed = () => {
      drops.flush();
      dropLogs.delete(drops);
    };
    const consumer = new FanOut(account, branches, ({ target }, items, reason) => {
      drops.add(items, reason);
      events.emit('dropped', dropped(target.account.holder, items, reason));
    });
    return {
      account,
      consumer,
      admits: consumer,
      closed: undefined,
      branches,
      // It throws nothing but ConsumeErrors; a batch that cannot be cloned would be a bug of pdata.
      health: {
        isAiling: false,
        fail: (error) => logger.error('internal error', { error }),
        recover() {},
      },
    };
  }
}

/** One way out, and where it leads now. */
interface Way {
  /** The pipelines that it leads into; undefined: all that there are. */
  readonly pipelines: readonly string[] | undefined;
  readonly outlet: Outlet;
  targets: readonly Target[];
}

/** The ways out of one part: those of a connector may become more while it runs. */
export class Ways {
  readonly #joiner: Joiner;
  readonly #account: Account;
  readonly #name: string;
  readonly #ways: Way[] = [];
  /** What stands first in each pipeline; behind a processor, what comes next in its own. */
  #heads: ReadonlyMap<string, Target>;

  constructor(joiner: Joiner, account: Account, name: string, heads: ReadonlyMap<string, Target>) {
    this.#joiner = joiner;
    this.#account = account;
    this.#name = name;
    this.#heads = heads;
  }

  /** A new way into these pipelines, or into all that there are. */
  open(pipelines?: readonly string[]): Outlet {
    const targets = this.#targetsOf(pipelines);
    const outlet = new Outlet(this.#connect(pipelines, targets));
    this.#ways.push({ pipelines, outlet, targets });
    return outlet;
  }

  /** Leads all ways to other heads, at once. Those that lead there already are left alone. */
  lead(heads: ReadonlyMap<string, Target>): void {
    this.#heads = heads;
    for (const way of this.#ways) {
      const { pipelines, outlet } = way;
      const targets = this.#targetsOf(pipelines);
      const isThere =
        outlet.edge.pipeline === this.#label(pipelines) &&
        targets.length === way.targets.length &&
        targets.every((target, index) => target === way.targets[index]);
      if (isThere) continue;
      way.targets = targets;
      outlet.edge = this.#connect(pipelines, targets);
    }
  }

  /** Who comes now is refused, and the books know nothing of it. */
  close(reason: string): void {
    for (const { outlet } of this.#ways) {
      const { from, target, pipeline } = outlet.edge;
      outlet.edge = new Edge(from, { ...target, closed: reason }, pipeline);
    }
  }

  edges(): readonly Edge[] {
    return this.#ways.map(({ outlet }) => outlet.edge);
  }

  #connect(pipelines: readonly string[] | undefined, targets: readonly Target[]): Edge {
    return this.#joiner.connect(this.#account, targets, this.#name, this.#label(pipelines));
  }

  #label(pipelines: readonly string[] | undefined): string {
    return (pipelines ?? [...this.#heads.keys()]).join(', ');
  }

  #targetsOf(pipelines: readonly string[] | undefined): readonly Target[] {
    return (pipelines ?? [...this.#heads.keys()]).map((id) => this.#heads.get(id)!);
  }
}
