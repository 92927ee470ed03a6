import type { Component, Consumer, Declaration, Logger, MakeShared, Signal } from '@tributary/component';
import type { Account, Books } from './books.js';
import type { Outlet, Target } from './edge.js';
import type { Plan, PlannedPart, PlannedPipeline } from './graph.js';
import { outfit, type About, type Instance, type Outfit, type Surroundings } from './instance.js';
import { createRouter } from './router.js';
import { sameIn, type Sameness } from './same.js';
import { durationRecorder } from './telemetry/figures.js';
import { isTransform, timed, TransformConsumer } from './transform.js';
import { Joiner, Ways } from './ways.js';

/** A plan made real: what of it was there before stays what it was. */
export interface Graph {
  readonly plan: Plan;
  /**
   * In the order in which they start: extensions, exporters, then connectors and processors from the back,
   * receivers last; what parts share stands before the first of them.
   */
  readonly instances: readonly Instance[];
  /** Those that were made for it. */
  readonly made: ReadonlySet<Instance>;
  readonly parts: ReadonlyMap<PlannedPart, Instance>;
  /** Extensions, and what the parts of a reference share. */
  readonly byReference: ReadonlyMap<object, Instance>;
  /** What stands behind the last processor of each pipeline. */
  readonly tails: ReadonlyMap<string, Tail>;
  /** Leads the ways out of all its components to where they lead in this graph, at once. */
  lead(): void;
  /** Has those that stay with another config go on with it. */
  adopt(): void;
}

interface Tail {
  readonly targets: readonly Target[];
  readonly target: Target;
}

/**
 * Makes the components of a plan, each after those it gives to, and the edges between them. Those that `before`
 * has too are left as they are, and notice nothing until `lead` is called.
 *
 * @throws Error that names the component whose `make` threw; what was made until then has been told to shut down
 */
export function build(plan: Plan, books: Books, surroundings: Surroundings, before?: Graph): Graph {
  const builder = new Builder(plan, books, surroundings, before);
  try {
    return builder.build();
  } catch (error) {
    builder.discard();
    throw error;
  }
}

class Builder {
  readonly #plan: Plan;
  readonly #books: Books;
  readonly #surroundings: Surroundings;
  #before: Graph | undefined;
  #same: Sameness | undefined;
  readonly #joiner: Joiner;
  /** All of the graph, in the order in which they were reached. */
  readonly #instances = new Set<Instance>();
  readonly #made = new Set<Instance>();
  /** Also of what could not be made. */
  readonly #outfits: Outfit[] = [];
  /** Those of which it has been told that they go by an older name. */
  readonly #aliased = new Set<Declaration>();
  readonly #parts = new Map<PlannedPart, Instance>();
  readonly #byReference = new Map<object, Instance>();
  /** Also of those that share nothing. */
  readonly #shared = new Map<object, Component | undefined>();
  readonly #tails = new Map<string, Tail>();
  readonly #leads: (() => void)[] = [];

  constructor(plan: Plan, books: Books, surroundings: Surroundings, before: Graph | undefined) {
    this.#plan = plan;
    this.#books = books;
    this.#surroundings = surroundings;
    this.#before = before;
    this.#same =
      before && sameIn(plan, before.plan, (part, config) => adoptionBy(before.parts.get(part), config));
    this.#joiner = new Joiner(books, surroundings);
  }

  build(): Graph {
    for (const extension of this.#plan.extensions) this.#extension(extension);
    // The parts of one object stand side by side, so that nothing comes between its ends.
    const receivers = new Map<object, Set<PlannedPart>>();
    for (const pipeline of this.#plan.pipelines.values()) {
      this.#head(pipeline);
      for (const part of pipeline.receivers) {
        if (part.kind !== 'receiver') continue;
        const parts = receivers.get(part.reference);
        if (parts === undefined) receivers.set(part.reference, new Set([part]));
        else parts.add(part);
      }
    }
    for (const parts of receivers.values()) for (const part of parts) this.#receiver(part);
    const adoptions = this.#same?.adoptions ?? [];
    // The ways outlive this: a graph must not keep all those before it.
    this.#before = undefined;
    this.#same = undefined;
    const leads = this.#leads;
    const of = (...kinds: readonly string[]): Instance[] =>
      [...this.#instances].filter(({ subject }) => kinds.includes(subject.kind));
    return {
      plan: this.#plan,
      instances: [...of('extension'), ...of('exporter'), ...of('processor', 'connector'), ...of('receiver')],
      made: this.#made,
      parts: this.#parts,
      byReference: this.#byReference,
      tails: this.#tails,
      lead: () => {
        for (const lead of leads) lead();
      },
      adopt: () => {
        for (const adopt of adoptions) adopt();
      },
    };
  }

  /** Lets go of what was made for nothing. Nobody waits: the caller has an error to read. */
  discard(): void {
    if (this.#before === undefined) this.#surroundings.telemetry.meters.end();
    for (const { component, logger } of [...this.#made].reverse()) {
      const report = (error: unknown): void => logger.error('could not be shut down', { error });
      try {
        Promise.resolve(component.shutdown?.(AbortSignal.abort())).catch(report);
      } catch (error) {
        report(error);
      }
    }
    for (const { forget } of this.#outfits) forget();
  }

  #extension({ reference, declaration }: Plan['extensions'][number]): void {
    const kept = this.#keptBehind(reference);
    const instance = kept ?? this.#add(this.#makeExtension(declaration));
    this.#instances.add(instance);
    this.#byReference.set(reference, instance);
    this.#surroundings.extensions.set(reference, instance.component);
  }

  #makeExtension(declaration: Declaration): Instance {
    const { definition, id } = declaration;
    const ready = this.#outfit(declaration, { pipelines: [] });
    const component = creating(`failed to create extension "${id}"`, () =>
      definition.create!(ready.settings as never),
    );
    return { ...ready, component, target: undefined, accounts: [], ways: undefined };
  }

  /** What stands first in a pipeline. */
  #head(pipeline: PlannedPipeline): Target {
    return this.#from(pipeline, 0);
  }

  /** The processor of that index, or what stands behind the last one. */
  #from(pipeline: PlannedPipeline, index: number): Target {
    const part = pipeline.processors[index];
    return part === undefined ? this.#tail(pipeline) : this.#processor(part, pipeline, index);
  }

  #tail(pipeline: PlannedPipeline): Target {
    const { id, signal } = pipeline;
    const made = this.#tails.get(id);
    if (made !== undefined) return made.target;
    const targets = pipeline.exporters.map((part) =>
      part.kind === 'connector' ? this.#connector(part) : this.#exporter(part),
    );
    const before = this.#before?.tails.get(id);
    const tail =
      before !== undefined && isSameList(before.targets, targets)
        ? before
        : { targets, target: this.#joiner.join(targets, id, id, signal) };
    this.#tails.set(id, tail);
    return tail.target;
  }

  #exporter(part: PlannedPart): Target {
    return this.#once(part, () => {
      const account = this.#account(part, 'sink');
      const { signal } = part;
      return this.#target(this.#make(part, [account], undefined, { signal }), part, account);
    });
  }

  #processor(part: PlannedPart, pipeline: PlannedPipeline, index: number): Target {
    const heads = new Map([[pipeline.id, this.#from(pipeline, index + 1)]]);
    return this.#once(
      part,
      () => {
        const account = this.#account(part, 'through');
        const ways = this.#ways(part, account, heads);
        const next = ways.open();
        const made = this.#make(part, [account], ways, { next });
        return this.#target(this.#timed(made, part), part, account, next);
      },
      heads,
    );
  }

  #connector(part: PlannedPart): Target {
    const heads = this.#headsOf(part);
    return this.#once(
      part,
      () => {
        const pipeline = part.feeds.join(', ');
        const { name, kind, to } = part;
        const intake = this.#account(part, 'intake');
        const output = this.#books.open({ component: name, kind, pipeline, signal: to!, role: 'source' });
        const ways = this.#ways(part, output, heads);
        const next = createRouter(part.feeds, (ids) => ways.open(ids));
        return this.#target(this.#make(part, [output, intake], ways, { next }), part, intake);
      },
      heads,
    );
  }

  #receiver(part: PlannedPart): void {
    const heads = this.#headsOf(part);
    this.#instance(
      part,
      () => {
        const account = this.#account(part, 'source');
        const ways = this.#ways(part, account, heads);
        const next = ways.open();
        return { ...this.#make(part, [account], ways, { next }), target: undefined };
      },
      heads,
    );
  }

  #headsOf({ feeds }: PlannedPart): ReadonlyMap<string, Target> {
    return new Map(feeds.map((id) => [id, this.#head(this.#plan.pipelines.get(id)!)]));
  }

  #ways({ name }: PlannedPart, account: Account, heads: ReadonlyMap<string, Target>): Ways {
    return new Ways(this.#joiner, account, name, heads);
  }

  /** Makes one part. Its ledger writes to the first account; `more` is what only its kind is given. */
  #make(
    part: PlannedPart,
    accounts: readonly [Account, ...Account[]],
    ways: Ways | undefined,
    more: object,
  ): Omit<Instance, 'target'> {
    const { declaration, signal, to, name, make } = part;
    const shared = this.#share(part);
    const [account] = accounts;
    const about = { signal, to, pipelines: pipelinesOf(part), name, account };
    const ready = this.#outfit(declaration, about);
    const { handle } = declaration;
    const settings = { ...ready.settings, shared, handle, ...more };
    const component = creating(failure(part), () => make(settings as never));
    return { ...ready, component, accounts, ways };
  }

  /** Measures what the short form does by itself, where that is wanted; otherwise it costs nothing. */
  #timed(made: Omit<Instance, 'target'>, { name, signal }: PlannedPart): Omit<Instance, 'target'> {
    const { component } = made;
    const { telemetry, runtime } = this.#surroundings;
    if (telemetry.level !== 'detailed' || !isTransform(component)) return made;
    const record = durationRecorder(telemetry.meters, name, signal);
    return { ...made, component: timed(component, runtime.clock, record) };
  }

  /** What edges to a part lead to. Who has no opinion lets `admit` pass on to `next`. */
  #target(made: Omit<Instance, 'target'>, part: PlannedPart, account: Account, next?: Outlet): Instance {
    const { component, health, onDrop } = made;
    const consumer = consumerOf(component, part, account, onDrop, next);
    const target: Target = {
      account,
      consumer,
      admits: consumer.admit === undefined ? next : consumer,
      closed: `${part.kind} "${part.name}" is not started`,
      health,
    };
    return { ...made, target };
  }

  /** What the parts of one object have in common, made before the first of them. */
  #share({ reference, declaration, kind }: PlannedPart): Component | undefined {
    const make: MakeShared | undefined = declaration.definition.shared;
    if (make === undefined) return undefined;
    if (this.#shared.has(reference)) return this.#shared.get(reference);
    const pipelines = [...this.#plan.pipelines.values()]
      .filter(({ receivers, processors, exporters }) =>
        [...receivers, ...processors, ...exporters].some((part) => part.reference === reference),
      )
      .map(({ id }) => id);
    let instance = this.#keptBehind(reference);
    if (instance === undefined) {
      const ready = this.#outfit(declaration, { pipelines });
      const component = creating(`failed to create "${declaration.id}" ${kind}`, () =>
        make(ready.settings as never),
      );
      if (component !== undefined) {
        const none = { target: undefined, accounts: [], ways: undefined };
        instance = this.#add({ ...ready, component, ...none });
      } else ready.forget();
    }
    this.#shared.set(reference, instance?.component);
    if (instance !== undefined) {
      const { rename } = instance;
      this.#instances.add(instance);
      this.#byReference.set(reference, instance);
      this.#leads.push(() => rename(declaration.id, pipelines));
    }
    return instance?.component;
  }

  #outfit(declaration: Declaration, about: About): Outfit {
    const ready = outfit(declaration, about, this.#surroundings);
    this.#outfits.push(ready);
    this.#warnOfAlias(declaration, ready.logger);
    return ready;
  }

  /** Once a component, whatever its parts. */
  #warnOfAlias(declaration: Declaration, logger: Logger): void {
    const { type } = declaration.definition;
    const name = declaration.id.split('/', 1)[0]!;
    if (name === type || this.#aliased.has(declaration)) return;
    this.#aliased.add(declaration);
    logger.warn(`"${name}" alias is deprecated; use "${type}" instead`);
  }

  #account(part: PlannedPart, role: 'source' | 'through' | 'sink' | 'intake'): Account {
    const { name, kind, signal } = part;
    return this.#books.open({ component: name, kind, pipeline: part.pipelines.join(', '), signal, role });
  }

  #once(part: PlannedPart, make: () => Instance, heads?: ReadonlyMap<string, Target>): Target {
    return this.#instance(part, make, heads).target!;
  }

  /** The instance of a part, which is made if there is none. */
  #instance(part: PlannedPart, make: () => Instance, heads?: ReadonlyMap<string, Target>): Instance {
    let instance = this.#parts.get(part);
    if (instance !== undefined) return instance;
    instance = this.#keptOf(part);
    // It was there before, and so was what it shares; in the order of starts they come here.
    if (instance !== undefined) this.#share(part);
    else instance = this.#add(make());
    this.#instances.add(instance);
    this.#parts.set(part, instance);
    const { ways, accounts, rename } = instance;
    this.#leads.push(() => {
      if (heads !== undefined) ways!.lead(heads);
      // Behind a connector nothing changes as long as it stays.
      const account = accounts.at(-1)!;
      const { name, pipelines } = part;
      account.holder = { ...account.holder, component: name, pipeline: pipelines.join(', ') };
      rename(name, pipelinesOf(part));
    });
    return instance;
  }

  #add(instance: Instance): Instance {
    this.#made.add(instance);
    return instance;
  }

  #keptOf(part: PlannedPart): Instance | undefined {
    const old = this.#same?.parts.get(part);
    return old === undefined ? undefined : alive(this.#before!.parts.get(old));
  }

  #keptBehind(reference: object): Instance | undefined {
    const old = this.#same?.references.get(reference);
    return old === undefined ? undefined : alive(this.#before!.byReference.get(old));
  }
}

/** How one goes on with another config, if it can. */
function adoptionBy(instance: Instance | undefined, config: unknown): (() => void) | undefined {
  const { component, logger } = alive(instance) ?? {};
  try {
    return component?.adopt?.(config);
  } catch (error) {
    logger?.error('could not say whether it goes on with another config', { error });
    return undefined;
  }
}

/** One that was shut down for its successor is made anew where that did not start. */
function alive(instance: Instance | undefined): Instance | undefined {
  return instance?.isForgotten() === true ? undefined : instance;
}

/** Those that a connector begins are its pipelines too; a receiver stands in no others. */
function pipelinesOf({ pipelines, feeds }: PlannedPart): readonly string[] {
  return [...new Set([...pipelines, ...feeds])];
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function consumerOf(
  component: Component,
  part: PlannedPart,
  account: Account,
  onDrop: (items: number, reason: string) => void,
  next: Outlet | undefined,
): Consumer<Signal> {
  if (next !== undefined && isTransform(component)) {
    return new TransformConsumer(component, next, account, onDrop);
  }
  if ('consume' in component) return component as Consumer<Signal>;
  const wanted = part.kind === 'processor' ? '`process` or `consume`' : '`consume`';
  throw new TypeError(`${failure(part)}: it has no ${wanted}`);
}

function failure({ kind, name, pipelines, signal }: PlannedPart): string {
  const where = kind === 'processor' ? `, in pipeline "${pipelines[0]}"` : ` for data type "${signal}"`;
  return `failed to create "${name}" ${kind}${where}`;
}

function creating<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}: ${message}`, { cause: error });
  }
}
