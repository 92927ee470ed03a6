import type { Logger, StatusEvent } from '@tributary/component';
import type { StatusTracker } from './status.js';

/** The components that watch the others, such as health checks, and what they are told. */
export class Watchers {
  /** Of what the collector consists of: not of what a reload makes and ends, which must not look like an outage. */
  readonly trackers: Set<StatusTracker> = new Set();
  readonly #onStatus = new Set<(event: StatusEvent) => void>();
  readonly #onReady = new Set<(isReady: boolean) => void>();
  #isReady = false;

  /** It is part of the collector from now on. */
  show(tracker: StatusTracker): void {
    this.trackers.add(tracker);
    this.tell(tracker.last);
  }

  /** The collector does without it. Returns whether it was part of it. */
  hide(tracker: StatusTracker): boolean {
    if (!this.trackers.delete(tracker)) return false;
    this.tell({ ...tracker.last, status: 'stopped', error: undefined });
    return true;
  }

  tell(event: StatusEvent): void {
    for (const listener of this.#onStatus) listener(event);
  }

  setReady(isReady: boolean): void {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    for (const listener of this.#onReady) listener(isReady);
  }

  /** The listener must not throw: see {@link guarded}. */
  onStatus(listener: (event: StatusEvent) => void): () => void {
    this.#onStatus.add(listener);
    for (const { last } of this.trackers) listener(last);
    return () => void this.#onStatus.delete(listener);
  }

  /** The listener must not throw: see {@link guarded}. */
  onReady(listener: (isReady: boolean) => void): () => void {
    this.#onReady.add(listener);
    listener(this.#isReady);
    return () => void this.#onReady.delete(listener);
  }
}

/** A listener whose exceptions go to its component's log: they must not harm the one that the event is about. */
export function guarded<T>(listener: (told: T) => void, logger: Logger): (told: T) => void {
  return (told) => {
    try {
      listener(told);
    } catch (error) {
      logger.error('a listener of the host threw', { error });
    }
  };
}
