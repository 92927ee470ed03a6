import type { Clock, Status, StatusEvent, StatusSubject } from '@tributary/component';

/** What may follow what, as in the Collector; besides, what never started may stop. The rest is ignored. */
const transitions: Readonly<Record<Status, readonly Status[]>> = {
  none: ['starting', 'stopping'],
  starting: ['ok', 'recoverable_error', 'permanent_error', 'fatal_error', 'stopping'],
  ok: ['ok', 'recoverable_error', 'permanent_error', 'fatal_error', 'stopping'],
  recoverable_error: ['ok', 'recoverable_error', 'permanent_error', 'fatal_error', 'stopping'],
  permanent_error: ['stopping'],
  fatal_error: [],
  stopping: ['recoverable_error', 'permanent_error', 'fatal_error', 'stopped'],
  stopped: [],
};

/** The status of one subject. */
export class StatusTracker {
  /** What was published last; before that, that it was made. */
  last: StatusEvent;
  readonly #subject: StatusSubject;
  readonly #clock: Clock;
  readonly #publish: (event: StatusEvent) => void;

  constructor(subject: StatusSubject, clock: Clock, publish: (event: StatusEvent) => void) {
    this.#subject = subject;
    this.#clock = clock;
    this.#publish = publish;
    this.last = { ...subject, status: 'none', error: undefined, at: clock.now() };
  }

  get current(): Status {
    return this.last.status;
  }

  /** The subject is called something else from now on. Nothing is published: it does as it did. */
  renamed(): void {
    this.last = { ...this.last, ...this.#subject };
  }

  /** Publishes the change; false where the table does not allow it, and nothing happens. */
  set(status: Status, error?: Error): boolean {
    if (!transitions[this.current].includes(status)) return false;
    this.last = { ...this.#subject, status, error, at: this.#clock.now() };
    this.#publish(this.last);
    return true;
  }
}
