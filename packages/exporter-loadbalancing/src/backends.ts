import type { Component, Settings, Timer } from '@tributary/component';
import { connectOtlpGrpc, type OtlpGrpcTransport } from '@tributary/otlp';
import { warnOfBufferSizes } from '@tributary/transport';
import { Backend } from './backend.js';
import type { Completed } from './config.js';
import { endpointOf } from './endpoint-of.js';
import { createBalancerMetrics, type BalancerMetrics } from './metrics.js';
import { createResolver } from './resolver/create-resolver.js';
import type { Resolver } from './resolver/resolver.js';
import { createRing } from './ring/create.js';
import type { Ring } from './ring/ring.js';
import { loadXxh64, type Xxh64 } from './ring/xxh64.js';

/** Where the resolver has no interval: others than `dns` tell all agents at about the same time. */
const defaultTurnMs = 1000;

/** Rings that are remembered: more would take more memory than their last traces are worth. */
const maxEpochs = 16;

/** A ring, and the backends in it by their places there. */
export interface Members {
  readonly ring: Ring;
  readonly backends: readonly Backend[];
}

/** A ring that was, and until when traces begin that go by it, in milliseconds since the epoch. */
export interface Epoch extends Members {
  readonly untilMs: number;
}

/** Its parts keep the books. */
type BackendsSettings = Omit<Settings<Completed>, 'ledger'>;

/** Who sends to the backends. */
export interface BackendUser {
  /** Other backends are in the ring, or one is there again. */
  changed(): void;
  /** What waits for it is to be split anew. Resolves when nothing waits any more. */
  handBack(backend: Backend): Promise<void>;
}

/** The backends that the resolver names, the ring that they make, and which of them live: for all signals together. */
export class Backends implements Component {
  members: Members;
  /** Rings that were replaced within the time of `sticky`, the last one first. */
  epochs: readonly Epoch[] = [];
  xxh64!: Xxh64;
  readonly metrics: BalancerMetrics;
  readonly #settings: BackendsSettings;
  readonly #transport: OtlpGrpcTransport;
  readonly #makeRing: typeof createRing;
  readonly #resolver: Resolver;
  readonly #users = new Set<BackendUser>();
  readonly #byName = new Map<string, Backend>();
  readonly #leaving = new Map<Backend, Timer>();
  readonly #ends = new Set<Promise<void>>();
  #numbers = 0;
  #isStarted = false;

  constructor(
    settings: BackendsSettings,
    transport: OtlpGrpcTransport,
    makeRing: typeof createRing = createRing,
  ) {
    this.#settings = settings;
    this.#transport = transport;
    this.#makeRing = makeRing;
    this.#resolver = createResolver(settings.config.resolver, settings);
    this.metrics = createBalancerMetrics(settings.meter, this.#resolver.name);
    this.members = { ring: { backends: [], owner: () => -1 }, backends: [] };
  }

  async start(): Promise<void> {
    if (this.#isStarted) throw new Error('is started already');
    this.#isStarted = true;
    const { config, logger } = this.#settings;
    const { otlp } = config.protocol;
    warnOfBufferSizes(otlp, logger);
    if (otlp.endpoint !== undefined)
      logger.warn('protocol.otlp.endpoint has no effect: the resolver says where to');
    this.xxh64 = await loadXxh64();
    await this.#resolver.start(
      (names) => this.#change(names),
      (error) => {
        this.metrics.resolved(false);
        logger.warn('failed to resolve', { error });
      },
      () => this.metrics.resolved(true),
    );
    // What a connection cannot read, none can.
    await Promise.all(this.members.backends.map((backend) => backend.open()));
  }

  async shutdown(): Promise<void> {
    await this.#resolver.stop();
    for (const timer of this.#leaving.values()) timer.stop();
    this.#leaving.clear();
    await Promise.all([...this.#byName.values()].map((backend) => backend.close()));
    await Promise.all(this.#ends);
  }

  /** One that is not gone. */
  named(name: string): Backend | undefined {
    return this.#byName.get(name);
  }

  use(user: BackendUser): () => void {
    this.#users.add(user);
    return () => void this.#users.delete(user);
  }

  #change(names: readonly string[]): void {
    const { clock, config, logger } = this.#settings;
    const before = this.members;
    const backends = names.map((name) => this.#byName.get(name) ?? this.#make(name));
    this.members = { ring: this.#makeRing(config.ring, names, this.xxh64), backends };
    for (const backend of backends) this.#stay(backend);
    if (config.sticky > 0 && before.backends.length > 0) {
      const nowMs = clock.now();
      const recent = this.epochs.filter(({ untilMs }) => untilMs > nowMs - config.sticky);
      this.epochs = [{ ...before, untilMs: this.#nextTurnMs(nowMs) }, ...recent].slice(0, maxEpochs);
    }
    this.metrics.changed(names.length);
    logger.info('The backends have changed', { backends: names });
    for (const user of this.#users) user.changed();
    for (const backend of before.backends) if (!backends.includes(backend)) this.#leave(backend);
    this.#rescue();
    for (const backend of backends)
      backend.open().catch((error: unknown) => this.#cannotOpen(backend, error));
  }

  /**
   * From when on traces begin that go by a new ring: not at once, but at the next turn of the wall clock, since other
   * agents learn of the change a moment sooner or later, and the spans of one trace come to several of them.
   */
  #nextTurnMs(nowMs: number): number {
    const turnMs = this.#settings.config.resolver.dns?.interval ?? defaultTurnMs;
    // Agents ask at about the beginning of an interval. One that is early by a moment is not to take the turn before.
    return (Math.round(nowMs / turnMs) + 1) * turnMs;
  }

  #make(name: string): Backend {
    const { config, clock, logger } = this.#settings;
    const endpoint = endpointOf(name);
    const backend: Backend = new Backend(name, this.#numbers++, {
      clock,
      logger,
      connect: () => connectOtlpGrpc(endpoint, config.protocol.otlp, this.#settings, this.#transport),
      onOut: (out) => this.#goOut(out),
      onBack: (back) => this.#comeBack(back),
    });
    this.#byName.set(name, backend);
    return backend;
  }

  /** It is named again, before its time was over. */
  #stay(backend: Backend): void {
    this.#leaving.get(backend)?.stop();
    this.#leaving.delete(backend);
    backend.state = 'member';
  }

  /** It is not named any more. With `sticky` it goes on for a time, for the traces that it knows. */
  #leave(backend: Backend): void {
    const { clock, config } = this.#settings;
    if (config.sticky === 0 || backend.isOut) return this.#remove(backend);
    backend.state = 'leaving';
    const nowMs = clock.now();
    this.#leaving.set(
      backend,
      clock.after(this.#nextTurnMs(nowMs) - nowMs + config.sticky, () => this.#remove(backend)),
    );
  }

  #goOut(backend: Backend): void {
    if (backend.state === 'leaving') this.#remove(backend);
    else this.#rescue();
  }

  /** While all were out, what came had to wait for one of them; it goes on at once, without the pauses of its retries. */
  #comeBack(backend: Backend): void {
    for (const user of this.#users) user.changed();
    this.#handBack(backend);
    this.#rescue();
  }

  /** What waits for those that are out goes to the others, if there are any. */
  #rescue(): void {
    const { backends } = this.members;
    if (!backends.some(({ isUsable }) => isUsable)) return;
    for (const backend of backends) if (backend.isOut) this.#handBack(backend);
  }

  #handBack(backend: Backend): void {
    for (const user of this.#users) this.#track(user.handBack(backend));
  }

  #remove(backend: Backend): void {
    this.#leaving.get(backend)?.stop();
    this.#leaving.delete(backend);
    backend.state = 'gone';
    this.#byName.delete(backend.name);
    const handedBack = Promise.all([...this.#users].map((user) => user.handBack(backend)));
    this.#track(handedBack.then(() => backend.close()));
  }

  #track(end: Promise<void>): void {
    const tracked = end
      .catch((error: unknown) => this.#settings.logger.error('a backend could not be ended', { error }))
      .finally(() => this.#ends.delete(tracked));
    this.#ends.add(tracked);
  }

  #cannotOpen({ name }: Backend, error: unknown): void {
    this.#settings.logger.error('cannot connect to a backend', { endpoint: name, error });
  }
}
