import {
  ConsumeError,
  type Component,
  type Consumer,
  type Context,
  type ExporterSettings,
  type Host,
  type Ledger,
} from '@tributary/component';
import { createOutbox, deliver, type Deliverer } from '@tributary/delivery';
import { bookPartialSuccess } from '@tributary/otlp';
import type { Batch } from '@tributary/pdata';
import type { Backend } from './backend.js';
import type { Backends, BackendUser } from './backends.js';
import { Chooser } from './chooser.js';
import type { Completed } from './config.js';
import { routingKeyOf, type RoutedSignal } from './routing/routing-key.js';
import { createSplitter, withoutKey, type Splitter } from './routing/splitter.js';

const noBackend = new ConsumeError(
  'refused',
  'couldn\'t find the exporter for the endpoint "": the resolver has found no backend',
  { retryAfterMs: 1000 },
);

type Settings<S extends RoutedSignal> = ExporterSettings<Completed, S, Backends>;

/** The way to one backend. */
interface Lane<S extends RoutedSignal> {
  readonly backend: Backend;
  readonly deliverer: Deliverer<S>;
  readonly held: ReadonlySet<Held>;
  /** What it had is handed back, and what it refuses since then is to be split anew. */
  handingBack: Promise<void> | undefined;
}

/** What a ledger is told of what is held. */
interface Held {
  readonly items: () => number;
  readonly bytes: () => number;
}

/** What a backend did not take. */
interface Refusal<S extends RoutedSignal> {
  /** Undefined where there is none at all. */
  readonly backend: Backend | undefined;
  readonly rest: Batch<S>;
  readonly error: ConsumeError;
  /** Whether it may go elsewhere now. */
  readonly isStray: boolean;
}

/**
 * Splits batches by their keys and gives each backend its part, all at once. Each backend has a queue and retries of its
 * own. What waits for one that is gone is split anew; and so is what one has refused that has gone meanwhile. A caller
 * hears of the parts that were not taken.
 */
export class Balancer<S extends RoutedSignal> implements Component, Consumer<S>, BackendUser {
  readonly #settings: Settings<S>;
  readonly #backends: Backends;
  /** By which items go out. */
  readonly #open = new Map<Backend, Lane<S>>();
  /** Those, and others that have something left. */
  readonly #lanes = new Set<Lane<S>>();
  /** For what was handed back, until somebody takes it. */
  readonly #strays: Component & Consumer<S>;
  readonly #failing = new Map<Backend, Error>();
  #splitter: Splitter<S> | undefined;
  #chooser: Chooser | undefined;
  #host: Host | undefined;
  #unuse: (() => void) | undefined;
  #grace: AbortSignal | undefined;

  constructor(settings: Settings<S>) {
    this.#settings = settings;
    this.#backends = settings.shared;
    const { config, ledger, signal } = settings;
    // Refused here, it is an error of the configuration.
    routingKeyOf(signal, config.routing_key);
    ledger.held(
      () => sum(this.#lanes, ({ held }) => sum(held, (part) => part.items())),
      () =>
        sum(this.#lanes, ({ held }) => sum(held, (part) => part.bytes())) + (this.#chooser?.byteLength ?? 0),
    );
    const next = { consume: (batch: Batch<S>, context: Context) => this.route(batch, context) };
    this.#strays = createOutbox({ ...settings, next }, { maxBytes: Infinity });
  }

  start(host: Host): void {
    const { config, signal, random, clock } = this.#settings;
    this.#host = host;
    const { xxh64 } = this.#backends;
    const routingKey = routingKeyOf(signal, config.routing_key);
    this.#splitter = createSplitter(signal, routingKey, {
      attributes: config.routing_attributes,
      xxh64,
      random,
    });
    const stickyMs = routingKey === 'traceID' && signal === 'traces' ? config.sticky : 0;
    this.#chooser = new Chooser(this.#backends, stickyMs, clock, random);
    this.#unuse = this.#backends.use(this);
  }

  async consume(batch: Batch<S>, context: Context): Promise<void> {
    if (this.#grace !== undefined) throw new ConsumeError('refused', 'shut down', { retryAfterMs: 1000 });
    await this.route(batch, context);
  }

  /** Gives each backend its part. @throws ConsumeError for what was not taken */
  async route(batch: Batch<S>, context: Context): Promise<void> {
    const items = batch.itemCount;
    let rest = batch;
    const refusals: Refusal<S>[] = [];
    // Each turn takes a backend away, or one has come back; they do that no faster than once a second.
    for (let turns = this.#backends.members.backends.length + 1; ; turns--) {
      if (this.#backends.members.backends.length === 0) {
        refusals.push({ backend: undefined, rest, error: noBackend, isStray: false });
        break;
      }
      const failed = await this.#give(this.#split(rest, items), context);
      const strays = failed.filter(({ isStray }) => isStray && turns > 0 && !context.signal.aborted);
      refusals.push(...failed.filter((refusal) => !strays.includes(refusal)));
      if (strays.length === 0) break;
      rest = merged(strays.map((refusal) => refusal.rest));
    }
    if (refusals.length > 0) throw this.#refusalOf(refusals, items);
  }

  async shutdown(grace: AbortSignal): Promise<void> {
    this.#grace = grace;
    await this.#strays.shutdown?.(grace);
    // One that dies meanwhile hands back, and what it had goes by lanes that are opened anew.
    while (this.#lanes.size > 0) {
      this.#open.clear();
      await Promise.all([...this.#lanes].map((lane) => this.#end(lane, grace)));
    }
    this.#unuse?.();
  }

  changed(): void {
    this.#chooser?.changed();
  }

  async handBack(backend: Backend): Promise<void> {
    this.#open.delete(backend);
    this.#fails(backend, undefined);
    const lanes = [...this.#lanes].filter((lane) => lane.backend === backend);
    await Promise.all(lanes.map((lane) => (lane.handingBack ??= this.#takeFrom(lane))));
  }

  async #takeFrom(lane: Lane<S>): Promise<void> {
    await lane.deliverer.handBack((batch, context) =>
      this.#grace === undefined ? this.#strays.consume(batch, context) : this.route(batch, context),
    );
    await lane.deliverer.shutdown?.(this.#grace ?? AbortSignal.abort());
    this.#lanes.delete(lane);
  }

  async #end(lane: Lane<S>, grace: AbortSignal): Promise<void> {
    await lane.deliverer.shutdown?.(grace);
    await lane.handingBack;
    this.#lanes.delete(lane);
  }

  #split(batch: Batch<S>, items: number): ReadonlyMap<number, Batch<S>> {
    const chooser = this.#chooser!;
    chooser.begin(batch);
    const parts = this.#splitter!.split(batch, chooser.choose);
    chooser.end();
    const lost = parts.get(withoutKey);
    if (lost === undefined) return parts;
    parts.delete(withoutKey);
    const missing = 'no "service.name" in the resource, which is the routing key';
    if (lost.itemCount === items) throw new ConsumeError('permanent', `unable to route: ${missing}`);
    const message = 'Cannot be routed. Dropping data.';
    this.#settings.ledger.dropped(lost.itemCount, 'permanent', { message, error: missing });
    return parts;
  }

  /** All at once. */
  async #give(parts: ReadonlyMap<number, Batch<S>>, context: Context): Promise<readonly Refusal<S>[]> {
    const failed: Refusal<S>[] = [];
    const giving: Promise<void>[] = [];
    for (const [number, part] of parts) {
      const backend = this.#chooser!.backend(number);
      const lane = this.#laneTo(backend);
      const copy = part.clone();
      const refused = (thrown: unknown): void => {
        const error = ConsumeError.is(thrown)
          ? thrown
          : new ConsumeError('retryable', String(thrown), { cause: thrown });
        const rest = (error.rejected as Batch<S> | undefined) ?? copy;
        const isOver = lane.handingBack !== undefined || !backend.isUsable;
        failed.push({ backend, error, rest, isStray: isOver && this.#chooser!.hasUsable() });
      };
      try {
        const taking = lane.deliverer.consume(part, context);
        if (taking !== undefined) giving.push(taking.catch(refused));
      } catch (error) {
        refused(error);
      }
    }
    await Promise.all(giving);
    return failed;
  }

  #laneTo(backend: Backend): Lane<S> {
    let lane = this.#open.get(backend);
    if (lane === undefined) {
      lane = this.#makeLane(backend);
      this.#open.set(backend, lane);
      this.#lanes.add(lane);
    }
    return lane;
  }

  #makeLane(backend: Backend): Lane<S> {
    const settings = this.#settings;
    const { otlp } = settings.config.protocol;
    const { clock } = settings;
    const { metrics } = this.#backends;
    const held = new Set<Held>();
    const ledger: Ledger = {
      ...settings.ledger,
      held: (items, bytes = () => 0) => {
        held.add({ items, bytes });
      },
    };
    const deliverer = deliver<S>(
      { ...settings, ledger, config: otlp },
      async (batch, { signal, context }) => {
        const startMs = clock.monotonic();
        let isTaken = false;
        try {
          const partial = await backend.send(batch, { signal, timeoutMs: otlp.timeout });
          isTaken = true;
          return () => bookPartialSuccess(settings, batch, partial, context);
        } finally {
          metrics.attempted(backend.name, isTaken, clock.monotonic() - startMs);
        }
      },
      { lane: { endpoint: backend.name } },
    );
    void deliverer.start?.(this.#hostFor(backend));
    return { backend, deliverer, held, handingBack: undefined };
  }

  /** One backend that does well does not hide another that fails. */
  #hostFor(backend: Backend): Host {
    return {
      ...this.#host!,
      report: (status) => this.#fails(backend, status.status === 'ok' ? undefined : status.error),
    };
  }

  #fails(backend: Backend, error: Error | undefined): void {
    if (error === undefined && !this.#failing.has(backend)) return;
    if (error === undefined) this.#failing.delete(backend);
    else this.#failing.set(backend, error);
    const [first] = this.#failing.values();
    this.#host?.report(
      first === undefined ? { status: 'ok' } : { status: 'recoverable_error', error: first },
    );
  }

  /** What the caller hears: of what may pass, and when to come again with it; what fails for good only if that is all. */
  #refusalOf(refusals: readonly Refusal<S>[], items: number): ConsumeError {
    const passing = refusals.filter(({ error }) => error.kind !== 'permanent');
    const told = passing.length > 0 ? passing : refusals;
    for (const refusal of refusals) if (!told.includes(refusal)) this.#drop(refusal);
    const [{ error }] = told as readonly [Refusal<S>];
    const rejected = merged(told.map(({ rest }) => rest));
    const hints = told.flatMap(({ error: { retryAfterMs } }) => retryAfterMs ?? []);
    return new ConsumeError(error.kind, told.map(messageOf).join('; '), {
      cause: error,
      status: error.status,
      ...(hints.length > 0 && { retryAfterMs: Math.max(...hints) }),
      ...(rejected.itemCount < items && { rejected: rejected as never }),
    });
  }

  #drop(refusal: Refusal<S>): void {
    const message = 'Exporting failed. Dropping data.';
    this.#settings.ledger.dropped(refusal.rest.itemCount, 'permanent', {
      message,
      error: messageOf(refusal),
    });
  }
}

function merged<S extends RoutedSignal>([first, ...others]: readonly Batch<S>[]): Batch<S> {
  for (const other of others) first!.append(other as never);
  return first!;
}

function messageOf({ backend, error }: Refusal<RoutedSignal>): string {
  return backend === undefined ? error.message : `${backend.name}: ${error.message}`;
}

function sum<T>(values: Iterable<T>, of: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
