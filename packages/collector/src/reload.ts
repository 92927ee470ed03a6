import { isDeepStrictEqual } from 'node:util';
import { ConfigError, StorageError, type ConfigProblem } from '@tributary/component';
import type { Account, Books } from './books.js';
import { build, type Graph } from './build.js';
import type { Edge } from './edge.js';
import { plan, type Plan } from './graph.js';
import { asError } from './health.js';
import type { Instance, Surroundings } from './instance.js';
import type { Lifecycle, Stage } from './lifecycle.js';
import type { CollectorOptions } from './pipelines.js';
import type { TelemetrySettings } from './telemetry/settings.js';
import { telemetrySettings } from './telemetry/telemetry.js';

/** What a reload needs of the collector that it changes. */
export interface ReloaderOptions {
  /** What the collector was made of. */
  readonly first: CollectorOptions;
  readonly telemetry: TelemetrySettings;
  readonly graph: Graph;
  readonly books: Books;
  readonly surroundings: Surroundings;
  readonly lifecycle: Lifecycle;
}

/** Puts another graph in the place of the one that runs. */
export class Reloader {
  readonly #given: Omit<ReloaderOptions, 'graph'>;
  #graph: Graph;
  /** While its components start. */
  #coming: Graph | undefined;

  constructor({ graph, ...given }: ReloaderOptions) {
    this.#given = given;
    this.#graph = graph;
  }

  /** Of the graph that runs, or is about to. */
  get instances(): readonly Instance[] {
    return this.#coming?.instances ?? this.#graph.instances;
  }

  reload(options: CollectorOptions, graceMs: number): Promise<void> {
    const { lifecycle, surroundings } = this.#given;
    const { events } = surroundings;
    const { logger } = surroundings.runtime;
    return lifecycle.change(async (stage) => {
      try {
        const before = this.#graph;
        const going = await this.#exchange(stage, this.#check(options), graceMs);
        const started = this.#graph.made.size;
        const kept = this.#graph.instances.length - started;
        // What was closed for its successor has ended before.
        const ended = before.instances.length - kept;
        await this.#end(stage, going, graceMs);
        this.#tidy(this.#graph.instances);
        logger.info('Configuration reloaded', { kept, started, ended });
        events.emit('reload', { outcome: 'succeeded', kept, started, ended });
      } catch (error) {
        if (!stage.isStopping())
          logger.error('Configuration not reloaded: what ran before runs on', { error });
        events.emit('reload', { outcome: 'failed', error: asError(error) });
        throw error;
      }
    });
  }

  /** @throws ConfigError with everything that is wrong, or cannot change */
  #check(options: CollectorOptions): Plan {
    const { first, telemetry } = this.#given;
    const problems: ConfigProblem[] = [];
    const cannotChange = (...path: string[]): void => {
      problems.push({ path, message: 'cannot change while the collector runs; start it anew' });
    };
    for (const name of ['runtime', 'buildInfo'] as const) {
      const given: Readonly<Record<string, unknown>> = options[name] ?? {};
      const had: Readonly<Record<string, unknown>> = first[name] ?? {};
      for (const [key, value] of Object.entries(given)) if (value !== had[key]) cannotChange(name, key);
    }
    try {
      const settings = telemetrySettings(options.telemetry, first.runtime);
      for (const key of ['logs', 'metrics', 'balance', 'resource'] as const) {
        if (!isDeepStrictEqual(settings[key], telemetry[key])) cannotChange('service', 'telemetry', key);
      }
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      problems.push(...error.problems);
    }
    try {
      const next = plan(options);
      if (problems.length === 0) return next;
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      problems.push(...error.problems);
    }
    throw new ConfigError(problems);
  }

  /**
   * Makes and starts what is new, and leads everything over: who does not stand before others starts first, then
   * the ways change, then the receivers start. Whatever fails, the ways lead back and what was made is shut down.
   *
   * Two cannot listen in one place. Where a new component finds its place taken by one that ends, it all begins
   * again, and that one ends before.
   *
   * @returns who is left to be shut down, from the front
   */
  async #exchange(
    stage: Stage,
    next: Plan,
    graceMs: number,
    first: readonly Instance[] = [],
  ): Promise<readonly Instance[]> {
    const { books, surroundings } = this.#given;
    const before = this.#graph;
    let after: Graph;
    try {
      after = build(next, books, surroundings, before);
    } catch (error) {
      this.#tidy(before.instances);
      throw error;
    }
    const remaining = new Set(after.instances);
    this.#coming = after;
    const made = after.instances.filter((instance) => after.made.has(instance));
    const isReceiver = ({ subject }: Instance): boolean => subject.kind === 'receiver';
    const isOther = (instance: Instance): boolean => !isReceiver(instance);
    const left = (): readonly Instance[] =>
      before.instances.filter((instance) => !remaining.has(instance) && !instance.isForgotten());
    try {
      stage.show({ instances: living(before), coming: made, going: [] });
      await this.#end(stage, first.filter(isOther), graceMs);
      for (const instance of made.filter(isOther)) await stage.start(instance);
      after.lead();
      stage.show({ instances: after.instances, coming: made, going: left() });
      await this.#end(stage, first.filter(isReceiver), graceMs);
      for (const instance of made.filter(isReceiver)) await stage.start(instance);
    } catch (error) {
      this.#coming = undefined;
      if (stage.isStopping()) throw error;
      const inTheWay = first.length === 0 ? holdersOf(error, left()) : [];
      before.lead();
      stage.show({ instances: living(before), coming: [], going: made });
      await this.#end(stage, made.toReversed(), graceMs);
      stage.show({ instances: living(before), coming: [], going: [] });
      if (living(before).length < before.instances.length) await this.#restore(stage, error, graceMs);
      this.#tidy(living(this.#graph));
      if (inTheWay.length > 0) return this.#exchange(stage, next, graceMs, inTheWay);
      throw error;
    }
    this.#graph = after;
    this.#coming = undefined;
    after.adopt();
    const going = left();
    for (const { status } of going) surroundings.watchers.hide(status);
    for (const { status } of made) surroundings.watchers.show(status);
    stage.show({ instances: after.instances, coming: [], going });
    this.#tidy([...after.instances, ...going]);
    return going.toReversed();
  }

  /** Makes anew what was shut down for a successor that did not start. */
  async #restore(stage: Stage, error: unknown, graceMs: number): Promise<void> {
    try {
      await this.#exchange(stage, this.#graph.plan, graceMs);
    } catch (again) {
      throw new AggregateError(
        [error, again],
        `${asError(error).message}; and what ran before cannot be started again: ${asError(again).message}`,
      );
    }
  }

  async #end(stage: Stage, instances: readonly Instance[], graceMs: number): Promise<void> {
    if (instances.length === 0) return;
    const grace = stage.grace(graceMs);
    for (const instance of instances) await stage.stop(instance, grace);
    // Only now: what parts share ends after them, and has something for their ways until then.
    for (const { subject, ways, forget } of instances) {
      ways?.close(`${subject.kind} "${subject.component}" is shut down`);
      forget();
    }
  }

  /** The books keep what these have in them. */
  #tidy(instances: readonly Instance[]): void {
    const edges = new Set<Edge>();
    const accounts = new Set<Account>();
    const visit = (edge: Edge): void => {
      edges.add(edge);
      const { branches, account } = edge.target;
      if (branches === undefined) return;
      accounts.add(account);
      for (const branch of branches) visit(branch);
    };
    for (const instance of instances) {
      for (const account of instance.accounts) accounts.add(account);
      for (const edge of instance.ways?.edges() ?? []) visit(edge);
    }
    this.#given.books.keep(edges, accounts);
  }
}

function living({ instances }: Graph): readonly Instance[] {
  return instances.filter((instance) => !instance.isForgotten());
}

/** Who has what a new component could not get, from the front: a place to listen, or a store. */
function holdersOf(error: unknown, instances: readonly Instance[]): readonly Instance[] {
  const nameOf = ({ subject }: Instance): string => `${subject.kind} ${subject.component}`;
  const address = takenAddress(error);
  const holders =
    address === undefined
      ? takenStore(error)
      : instances
          .filter(({ listeners }) =>
            [...listeners.addresses.values()].some((bound) => bound.endsWith(address)),
          )
          .map(nameOf);
  return instances.filter((instance) => holders.includes(nameOf(instance))).toReversed();
}

/** Where somebody listens already, if that is what went wrong. */
function takenAddress(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, port, address } = cause as { code?: unknown; port?: number; address?: string };
    if (code === 'EADDRINUSE') return port !== undefined && port > 0 ? `:${port}` : address;
  }
  return undefined;
}

/** Who has a store open, if that is what went wrong. */
function takenStore(error: unknown): readonly string[] {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (StorageError.is(cause) && cause.owner !== undefined) return [`${cause.owner.kind} ${cause.owner.id}`];
  }
  return [];
}
