import type { Component, Consumer, MakeShared, Signal } from '@tributary/component';
import type { Account, Books } from './books.js';
import { Edge, type Target } from './edge.js';
import { dropped } from './events.js';
import { FanOut } from './fan-out.js';
import type { Plan, PlannedPart, PlannedPipeline } from './graph.js';
import { outfit, type Instance, type Surroundings } from './instance.js';
import { DropLog } from './ledger.js';
import { withFields } from './logger.js';
import { createRouter } from './router.js';
import { durationRecorder } from './telemetry/figures.js';
import { isTransform, timed, TransformConsumer } from './transform.js';

/**
 * Makes every component of a plan, each after those it gives to, and the edges between them.
 *
 * @returns the instances in the order in which they start: extensions, exporters, then
 *   connectors and processors from the back, receivers last; what parts share stands before the first of them
 * @throws Error that names the component whose `make` threw; what was made until then has been told to shut down
 */
export function build(plan: Plan, books: Books, surroundings: Surroundings): readonly Instance[] {
  const builder = new Builder(plan, books, surroundings);
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
  readonly #made: Instance[] = [];
  readonly #shared = new Map<object, Component | undefined>();
  readonly #targets = new Map<PlannedPart, Target>();
  readonly #tails = new Map<string, Target>();

  constructor(plan: Plan, books: Books, surroundings: Surroundings) {
    this.#plan = plan;
    this.#books = books;
    this.#surroundings = surroundings;
  }

  build(): readonly Instance[] {
    for (const { reference, declaration } of this.#plan.extensions) {
      const { definition, id } = declaration;
      const ready = outfit(declaration, { pipelines: [] }, this.#surroundings);
      const component = creating(`failed to create extension "${id}"`, () =>
        definition.create!(ready.settings as never),
      );
      this.#surroundings.extensions.set(reference, component);
      this.#made.push({ ...ready, component, target: undefined });
    }
    const receivers = new Set<PlannedPart>();
    for (const pipeline of this.#plan.pipelines.values()) {
      this.#head(pipeline);
      for (const part of pipeline.receivers) if (part.kind === 'receiver') receivers.add(part);
    }
    for (const part of receivers) this.#receiver(part);
    const of = (...kinds: readonly string[]): Instance[] =>
      this.#made.filter(({ subject }) => kinds.includes(subject.kind));
    return [...of('extension'), ...of('exporter'), ...of('processor', 'connector'), ...of('receiver')];
  }

  /** Lets go of what was made for nothing. Nobody waits: the caller has an error to read. */
  discard(): void {
    this.#surroundings.telemetry.meters.end();
    for (const { component, logger } of this.#made.reverse()) {
      const report = (error: unknown): void => logger.error('could not be shut down', { error });
      try {
        Promise.resolve(component.shutdown?.(AbortSignal.abort())).catch(report);
      } catch (error) {
        report(error);
      }
    }
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
    const made = this.#tails.get(pipeline.id);
    if (made !== undefined) return made;
    const targets = pipeline.exporters.map((part) =>
      part.kind === 'connector' ? this.#connector(part) : this.#exporter(part),
    );
    const tail = this.#join(targets, pipeline.id, pipeline.id, pipeline.signal);
    this.#tails.set(pipeline.id, tail);
    return tail;
  }

  #exporter(part: PlannedPart): Target {
    return this.#once(part, () => {
      const account = this.#account(part, 'sink');
      const { signal } = part;
      return this.#target(this.#make(part, account, { signal }), part, account);
    });
  }

  #processor(part: PlannedPart, pipeline: PlannedPipeline, index: number): Target {
    return this.#once(part, () => {
      const next = this.#from(pipeline, index + 1);
      const account = this.#account(part, 'through');
      const edge = this.#books.enter(new Edge(account, next, pipeline.id));
      const made = this.#make(part, account, { next: edge });
      return this.#target(this.#timed(made, part), part, account, edge);
    });
  }

  #connector(part: PlannedPart): Target {
    return this.#once(part, () => {
      const heads = new Map(part.feeds.map((id) => [id, this.#head(this.#plan.pipelines.get(id)!)]));
      const pipelines = part.feeds.join(', ');
      const { name, kind, to } = part;
      const intake = this.#account(part, 'intake');
      const output = this.#books.open({
        component: name,
        kind,
        pipeline: pipelines,
        signal: to!,
        role: 'source',
      });
      const next = createRouter(part.feeds, (ids) => {
        const targets = ids.map((id) => heads.get(id)!);
        return this.#connect(output, targets, name, ids.join(', '), to!);
      });
      return this.#target(this.#make(part, output, { next }), part, intake);
    });
  }

  #receiver(part: PlannedPart): void {
    const account = this.#account(part, 'source');
    const heads = part.feeds.map((id) => this.#head(this.#plan.pipelines.get(id)!));
    const next = this.#connect(account, heads, part.name, part.feeds.join(', '), part.signal);
    this.#made.push({ ...this.#make(part, account, { next }), target: undefined });
  }

  /** Makes one part. Its ledger writes to `account`; `more` is what only its kind is given. */
  #make(part: PlannedPart, account: Account, more: object): Omit<Instance, 'target'> {
    const { declaration, signal, to, name, feeds, make } = part;
    // Those that a connector begins are its pipelines too; a receiver stands in no others.
    const pipelines = [...new Set([...part.pipelines, ...feeds])];
    const shared = this.#share(part);
    const ready = outfit(declaration, { signal, to, pipelines, name, account }, this.#surroundings);
    const { handle } = declaration;
    const settings = { ...ready.settings, shared, handle, ...more };
    const component = creating(failure(part), () => make(settings as never));
    return { ...ready, component };
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
  #target(made: Omit<Instance, 'target'>, part: PlannedPart, account: Account, next?: Edge): Target {
    const { component, health, onDrop } = made;
    const consumer = consumerOf(component, part, account, onDrop, next);
    const target: Target = {
      account,
      consumer,
      admits: consumer.admit === undefined ? next : consumer,
      closed: `${part.kind} "${part.name}" is not started`,
      health,
    };
    this.#made.push({ ...made, target });
    return target;
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
    const ready = outfit(declaration, { pipelines }, this.#surroundings);
    const shared = creating(`failed to create "${declaration.id}" ${kind}`, () =>
      make(ready.settings as never),
    );
    this.#shared.set(reference, shared);
    if (shared !== undefined) this.#made.push({ ...ready, component: shared, target: undefined });
    return shared;
  }

  /** A consumer that leads from `account` to all targets. */
  #connect(
    account: Account,
    targets: readonly Target[],
    name: string,
    pipelines: string,
    signal: Signal,
  ): Edge {
    return this.#books.enter(new Edge(account, this.#join(targets, name, pipelines, signal), pipelines));
  }

  /** One target in place of several: itself if it is the only one. */
  #join(targets: readonly Target[], name: string, pipeline: string, signal: Signal): Target {
    const [only] = targets;
    if (targets.length === 1) return only!;
    const { runtime, events, dropLogs } = this.#surroundings;
    const component = `fan-out of ${name}`;
    const account = this.#books.open({ component, kind: 'fan-out', pipeline, signal, role: 'through' });
    const branches = targets.map((target) => this.#books.enter(new Edge(account, target, pipeline)));
    const logger = withFields(runtime.logger, { 'otelcol.signal': signal, 'otelcol.pipeline.id': pipeline });
    const drops = new DropLog(logger, runtime.clock);
    dropLogs.push(drops);
    const consumer = new FanOut(account, branches, ({ target }, items, reason) => {
      drops.add(items, reason);
      events.emit('dropped', dropped(target.account.holder, items, reason));
    });
    return {
      account,
      consumer,
      admits: consumer,
      closed: undefined,
      // It throws nothing but ConsumeErrors; a batch that cannot be cloned would be a bug of pdata.
      health: {
        isAiling: false,
        fail: (error) => logger.error('internal error', { error }),
        recover() {},
      },
    };
  }

  #account(
    { name, kind, pipelines, signal }: PlannedPart,
    role: 'source' | 'through' | 'sink' | 'intake',
  ): Account {
    return this.#books.open({ component: name, kind, pipeline: pipelines.join(', '), signal, role });
  }

  #once(part: PlannedPart, make: () => Target): Target {
    let target = this.#targets.get(part);
    if (target === undefined) this.#targets.set(part, (target = make()));
    return target;
  }
}

function consumerOf(
  component: Component,
  part: PlannedPart,
  account: Account,
  onDrop: (items: number, reason: string) => void,
  next: Edge | undefined,
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
