import type { Clock, Logger, Runtime } from '@tributary/component';
import { asError } from './health.js';
import type { Instance } from './instance.js';

/** How long a shutdown may take if nobody says otherwise. */
export const defaultGraceMs = 25_000;
/** What a component gets to let go after its grace has ended, before it is abandoned. */
const lastMomentMs = 1000;

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

/**
 * Starts and shuts down the instances of a collector.
 *
 *     built -> starting -> running -> stopping -> stopped
 *       \___________\__________________/
 */
export class Lifecycle {
  #state: 'built' | 'starting' | 'running' | 'stopping' | 'stopped' = 'built';
  /** What ended it, if it was not somebody's wish. Never rejects. */
  readonly stopped: Promise<Error | undefined>;
  readonly #instances: readonly Instance[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hooks: LifecycleHooks;
  #end!: (failure: Error | undefined) => void;
  #failure: Error | undefined;
  #started: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** The start that is under way. */
  #starting: Promise<void> | undefined;

  /** @param instances in the order in which they start */
  constructor(
    instances: readonly Instance[],
    { clock, logger }: Pick<Runtime, 'clock' | 'logger'>,
    hooks: LifecycleHooks,
  ) {
    this.#instances = instances;
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

  /** Shuts down for an error that a component cannot live with. Of several, the first is told. */
  fail(error: Error): void {
    this.#failure ??= error;
    // Never rejects. Who wants to know when it is over has `stopped`.
    void this.shutdown(defaultGraceMs);
  }

  async #startAll(): Promise<void> {
    await this.#startOne(() => this.#hooks.onStarting(), 'failed to start telemetry');
    for (const instance of this.#instances) {
      const { component, kind } = instance.subject;
      const failure =
        kind === 'extension'
          ? `failed to start extensions: "${component}"`
          : `cannot start pipelines: failed to start "${component}" ${kind}`;
      await this.#startOne(() => start(instance), failure);
    }
    this.#state = 'running';
    this.#hooks.onReady(true);
    this.#logger.info('Everything is ready. Begin running and processing data.');
  }

  async #startOne(begin: () => Promise<void>, failure: string): Promise<void> {
    this.#starting = begin();
    try {
      await this.#starting;
    } catch (error) {
      const told = new Error(`${failure}: ${asError(error).message}`, { cause: error });
      this.fail(told);
      await this.#stopping;
      throw told;
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
    await grace.limit(this.#starting?.catch(() => {}));
    for (const instance of this.#instances.toReversed()) await stop(instance, grace);
    this.#hooks.onStopped();
    this.#logger[say]('Shutdown complete.');
    await grace.limit(this.#hooks.onEnd(grace.signal));
    grace.end();
    this.#state = 'stopped';
    this.#end(this.#failure);
  }
}

async function start({ component, status, host, target }: Instance): Promise<void> {
  status.set('starting');
  try {
    await component.start?.(host);
  } catch (error) {
    status.set('permanent_error', asError(error));
    throw error;
  }
  if (status.current === 'starting') status.set('ok');
  if (target !== undefined) target.closed = undefined;
}

async function stop({ component, subject, status, logger, target }: Instance, grace: Grace): Promise<void> {
  // What stands before it has been shut down: who comes now was abandoned.
  if (target !== undefined) target.closed = `${subject.kind} "${subject.component}" is shut down`;
  status.set('stopping');
  try {
    const isDone = await grace.limit(shutdown());
    if (!isDone) throw new Error('did not shut down in time');
    status.set('stopped');
  } catch (error) {
    // What is still in it is nobody's drop, and must not be lost in silence.
    const held = target?.account.line().held ?? 0;
    const loss = held > 0 && { dropped_items: held, reason: 'left_behind' };
    logger.error('could not be shut down', { error, ...loss });
    status.set('permanent_error', asError(error));
  }

  async function shutdown(): Promise<void> {
    await component.shutdown?.(grace.signal);
  }
}

/** The time that a shutdown has. */
class Grace {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #end: () => void;

  constructor(clock: Clock, ms: number) {
    const controller = new AbortController();
    const abort = (): void => controller.abort(new Error('the grace of the shutdown has ended'));
    this.signal = controller.signal;
    this.#clock = clock;
    this.#deadline = clock.monotonic() + ms;
    if (ms <= 0) abort();
    const timer = clock.after(Math.max(0, ms), abort);
    this.#end = () => timer.stop();
  }

  /** True when `work` ends in time; false when it is given up. @throws what it throws in time */
  limit(work: Promise<void> | undefined): Promise<boolean> {
    if (work === undefined) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const left = Math.max(0, this.#deadline - this.#clock.monotonic());
      const timer = this.#clock.after(left + lastMomentMs, () => resolve(false));
      work.then(
        () => {
          timer.stop();
          resolve(true);
        },
        (error: unknown) => {
          timer.stop();
          reject(asError(error));
        },
      );
    });
  }

  end(): void {
    this.#end();
  }
}
