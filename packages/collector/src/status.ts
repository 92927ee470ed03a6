import type { Clock, ComponentKind, Signal } from '@tributary/component';

/** How a component does. */
export type Status =
  'starting' | 'ok' | 'recoverable_error' | 'permanent_error' | 'fatal_error' | 'stopping' | 'stopped';

/** Whom a status is about: a part of a component, what its parts share, or an extension. */
export interface StatusSubject {
  readonly component: string;
  readonly kind: ComponentKind;
  /** Undefined for what the parts share, and for extensions. */
  readonly signal: Signal | undefined;
  /** The pipelines that it stands in. Empty for extensions. */
  readonly pipelines: readonly string[];
}

/** A component changed its status, or repeated `ok` or `recoverable_error`. */
export interface StatusEvent extends StatusSubject {
  readonly status: Status;
  readonly error: Error | undefined;
  /** Milliseconds since the epoch, by the collector's clock. */
  readonly at: number;
}

/** What may follow what, as in the Collector; besides, what never started may stop. The rest is ignored. */
const transitions: Readonly<Record<Status | 'none', readonly Status[]>> = {
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
  current: Status | 'none' = 'none';
  readonly #subject: StatusSubject;
  readonly #clock: Clock;
  readonly #publish: (event: StatusEvent) => void;

  constructor(subject: StatusSubject, clock: Clock, publish: (event: StatusEvent) => void) {
    this.#subject = subject;
    this.#clock = clock;
    this.#publish = publish;
  }

  /** Publishes the change; ignores one that the table does not allow. */
  set(status: Status, error?: Error): void {
    if (!transitions[this.current].includes(status)) return;
    this.current = status;
    this.#publish({ ...this.#subject, status, error, at: this.#clock.now() });
  }
}
