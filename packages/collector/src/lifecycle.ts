import type { Clock, Logger } from '@tributary/component';
import { asError } from './health.js';
import type { Instance } from './instance.js';

/** How long a shutdown may take if nobody says otherwise. */
export const defaultGraceMs = 25_000;
/** What a component gets to let go after its grace has ended, before it is abandoned. */
const lastMomentMs = 1000;

/**
 * Starts and shuts down the instances of a collector.
 *
 *     built -> starting -> running -> stopping -> stopped
 *       \___________\__________________/
 */
export class Lifecycle {
  #state: 'built' | 'starting' | 'running' | 'stopping' | 'stopped' = 'built';
  readonly #instances: readonly Instance[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onStopped: () => void;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  /** The start that is under way. */
  #starting: Promise<void> | undefined;

  /**
   * @param instances in the order in which they start
   * @param onStopped called once, when the last has been shut down or given up
   */
  constructor(instances: readonly Instance[], clock: Clock, logger: Logger, onStopped: () => void) {
    this.#instances = instances;
    this.#onStopped = onStopped;
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): Promise<void> {
    if (this.#state === 'built') {
      this.#state = 'starting';
      this.#started = this.#startAll();
    }
    if (this.#state === 'starting' || this.#state === 'running') return this.#started!;
    return Promise.reject(new Error('a collector starts once: create a new one'));
  }

  shutdown(graceMs: number): Promise<void> {
    return (this.#stopped ??= this.#stopAll(graceMs));
  }

  async #startAll(): Promise<void> {
    for (const instance of this.#instances) {
      this.#starting = start(instance);
      try {
        await this.#starting;
      } catch (error) {
        const { component, kind } = instance.subject;
        await this.shutdown(defaultGraceMs);
        const what =
          kind === 'extension'
            ? `failed to start extensions: "${component}"`
            : `cannot start pipelines: failed to start "${component}" ${kind}`;
        throw new Error(`${what}: ${asError(error).message}`, { cause: error });
      }
      if (this.#state !== 'starting') {
        await this.#stopped;
        throw new Error('the collector was shut down while it started');
      }
    }
    this.#state = 'running';
    this.#logger.debug('Everything is ready. Begin running and processing data.');
  }

  /** Everything that was made is told, started or not: it may have timers. Errors are for status and log. */
  async #stopAll(graceMs: number): Promise<void> {
    this.#state = 'stopping';
    const grace = new Grace(this.#clock, graceMs);
    // Who is starting has failed already, or learns of it through its own caller.
    await grace.limit(this.#starting?.catch(() => {}));
    for (const instance of this.#instances.toReversed()) await stop(instance, grace);
    grace.end();
    this.#onStopped();
    this.#state = 'stopped';
    this.#logger.debug('Shutdown complete.');
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
    logger.error('could not be shut down', { error });
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
