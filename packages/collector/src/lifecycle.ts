import type { Clock, Logger, Runtime } from '@tributary/component';
import { Grace } from './grace.js';
import { asError } from './health.js';
import type { Instance } from './instance.js';
import { start, stop } from './start-stop.js';
import type { StatusTracker } from './status.js';

/** How long a shutdown may take if nobody says otherwise. */
export const defaultGraceMs = 25_000;

/** Who hears of the great moments. */
export interface LifecycleHooks {
  /** Before the first instance starts. @throws Error that ends the start */
  onStarting(): Promise<void>;
  /** All instances have started: true. The shutdown begins: false. */
  onReady(isReady: boolean): void;
  /** The last instance has been shut down or given up. */
  onStopped(): void;
  /** Everything was told. Never rejects. */
  onEnd(grace: AbortSignal): Promise<void>;
}

/** The instances of a collector, in the order in which they start. */
export interface Cast {
  /** What the collector consists of. */
  readonly instances: readonly Instance[];
  /** Made by a change that is not certain yet: an error that one cannot live with is the change's. */
  readonly coming: readonly Instance[];
  /** On its way out: its errors end nothing. */
  readonly going: readonly Instance[];
}

/** What a change of a running collector may do. Each step throws where a shutdown has begun meanwhile. */
export interface Stage {
  /** Tells what there is from now on: a shutdown ends all of it. */
  show(cast: Cast): void;
  /** @throws what the start throws, or what one of those that are coming has reported */
  start(instance: Instance): Promise<void>;
  stop(instance: Instance, grace: Grace): Promise<void>;
  /** Ends with that of a shutdown at the latest. */
  grace(ms: number): Grace;
  /** Whether the shutdown takes over: everything is ended by it. */
  isStopping(): boolean;
}

/**
 * Starts, changes and shuts down the instances of a collector.
 *
 *     built -> starting -> running -> stopping -> stopped
 *       \___________\__________________/
 */
export class Lifecycle {
  #state: 'built' | 'starting' | 'running' | 'stopping' | 'stopped' = 'built';
  /** What ended it, if it was not somebody's wish. Never rejects. */
  readonly stopped: Promise<Error | undefined>;
  #cast: Cast;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hooks: LifecycleHooks;
  #end!: (failure: Error | undefined) => void;
  #failure: Error | undefined;
  #started: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** The start or stop of one instance that is under way. */
  #step: Promise<void> | undefined;
  /** Settled when the last change that was asked for is over. */
  #changes: Promise<unknown> = Promise.resolve();
  /** Of changes that are under way. */
  readonly #graces = new Set<Grace>();
  /** What one of those that are coming has reported. */
  #changeFailure: Error | undefined;

  /** @param instances in the order in which they start */
  constructor(
    instances: readonly Instance[],
    { clock, logger }: Pick<Runtime, 'clock' | 'logger'>,
    hooks: LifecycleHooks,
  ) {
    this.#cast = { instances, coming: [], going: [] };
    this.#hooks = hooks;
    this.#clock = clock;
    this.#logger = logger;
    this.stopped = new Promise((resolve) => (this.#end = resolve));
  }

  start(): Promise<void> {
    if (this.#state === 'built') {
      this.#state = 'starting';
      this.#started = this.#startAll();
      // Whatever state it is in by now: a component may have ended it at once.
      return this.#started;
    }
    if (this.#state === 'starting' || this.#state === 'running') return this.#started!;
    return Promise.reject(new Error('a collector starts once: create a new one'));
  }

  shutdown(graceMs: number): Promise<void> {
    return (this.#stopping ??= this.#stopAll(graceMs));
  }

  /** Runs a change when those before it are over. @throws Error where the collector does not run */
  change(work: (stage: Stage) => Promise<void>): Promise<void> {
    const change = this.#changes.then(() => this.#change(work));
    this.#changes = change.catch(() => {}); // Who asked for it hears of it.
    return change;
  }

  /** Shuts down for an error that a component cannot live with. Of several, the first is told. */
  fail(error: Error, status?: StatusTracker): void {
    const isOf = (instances: readonly Instance[]): boolean =>
      instances.some((instance) => instance.status === status);
    if (isOf(this.#cast.coming)) {
      this.#changeFailure ??= error;
      return;
    }
    if (isOf(this.#cast.going)) return;
    this.#failure ??= error;
    // Never rejects. Who wants to know when it is over has `stopped`.
    void this.shutdown(defaultGraceMs);
  }

  async #change(work: (stage: Stage) => Promise<void>): Promise<void> {
    // Whoever waits for the start hears of its failure; here it only means that nothing runs.
    if (this.#state === 'starting') await this.#started!.catch(() => {});
    if (this.#state === 'built')
      throw new Error('the collector has not been started: there is nothing to reload');
    if (this.#state !== 'running') throw new Error('the collector is shut down: create a new one');
    this.#changeFailure = undefined;
    const check = (): void => {
      if (this.#state !== 'running') throw new Error('the collector was shut down while it reloaded');
      if (this.#changeFailure !== undefined) throw this.#changeFailure;
    };
    const run = async (step: () => Promise<void>): Promise<void> => {
      check();
      this.#step = step();
      // One that does not end is given up by the shutdown, and must not hold us.
      await Promise.race([this.#step, this.stopped]);
      check();
    };
    try {
      await work({
        show: (cast) => void (this.#cast = cast),
        start: (instance) => run(() => start(instance)),
        stop: (instance, grace) => run(() => stop(instance, grace)),
        grace: (ms) => {
          const grace = new Grace(this.#clock, ms);
          this.#graces.add(grace);
          return grace;
        },
        isStopping: () => this.#state !== 'running',
      });
    } finally {
      for (const grace of this.#graces) grace.end();
      this.#graces.clear();
    }
  }

  async #startAll(): Promise<void> {
    await this.#startOne(async () => {
      try {
        await this.#hooks.onStarting();
      } catch (error) {
        throw new Error(`failed to start telemetry: ${asError(error).message}`, { cause: error });
      }
    });
    for (const instance of this.#cast.instances) await this.#startOne(() => start(instance));
    this.#state = 'running';
    this.#hooks.onReady(true);
    this.#logger.info('Everything is ready. Begin running and processing data.');
  }

  async #startOne(begin: () => Promise<void>): Promise<void> {
    this.#step = begin();
    try {
      await this.#step;
    } catch (error) {
      this.fail(asError(error));
      await this.#stopping;
      throw error;
    }
    if (this.#state !== 'starting') {
      await this.#stopping;
      throw new Error(
        'the collector was shut down while it started',
        this.#failure && { cause: this.#failure },
      );
    }
  }

  /** Everything that was made is told, started or not: it may have timers. Errors are for status and log. */
  async #stopAll(graceMs: number): Promise<void> {
    // Of one that never started there is nothing to tell.
    const say = this.#state === 'built' ? 'debug' : 'info';
    this.#state = 'stopping';
    this.#hooks.onReady(false);
    this.#logger[say]('Starting shutdown...');
    const grace = new Grace(this.#clock, graceMs);
    // Who is starting has failed already, or learns of it through its own caller.
    for (const other of this.#graces) other.shorten(graceMs);
    await grace.limit(this.#step?.catch(() => {}));
    const { instances, coming, going } = this.#cast;
    const passing = [...coming, ...going].filter((instance) => !instances.includes(instance));
    for (const instance of [...instances, ...passing].toReversed()) await stop(instance, grace);
    this.#hooks.onStopped();
    this.#logger[say]('Shutdown complete.');
    await grace.limit(this.#hooks.onEnd(grace.signal));
    grace.end();
    this.#state = 'stopped';
    this.#end(this.#failure);
  }
}
