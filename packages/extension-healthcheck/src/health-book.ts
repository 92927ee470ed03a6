import type { Clock, Status, StatusEvent } from '@tributary/component';
import type { ComponentHealthSettings } from './config.js';

/** How something does: a component, a pipeline, the extensions, or the whole collector. */
export interface Health {
  readonly status: Status;
  readonly error: Error | undefined;
  /** Milliseconds since the epoch: when it came to be so; of what is no error, when it was last told. */
  readonly at: number;
  /** The same on the monotonic clock. */
  readonly since: number;
}

/** The health of several things, taken together. */
export interface Summary extends Health {
  /** Pipelines and `extensions`, or the components of one. By `pipeline:traces`, `exporter:otlp` and so on. */
  readonly parts: ReadonlyMap<string, Health | Summary>;
}

/** What component events say of the health of the collector and of each of its pipelines. */
export class HealthBook {
  readonly #clock: Clock;
  readonly #settings: ComponentHealthSettings;
  /** By scope, then component, then the parts that it has there: of a signal, and what they share. */
  readonly #scopes = new Map<string, Map<string, Map<string, Health>>>();
  readonly #waiting = new Set<() => void>();
  /** The collector runs: what stops now was taken away by a reload. */
  isReady = false;
  #isClosed = false;

  constructor(settings: ComponentHealthSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  record(event: StatusEvent): void {
    const { component, kind, signal, pipelines } = event;
    const scopes = kind === 'extension' ? [extensions] : pipelines.map((id) => `pipeline:${id}`);
    const part = `${signal ?? 'shared'} ${pipelines.join(' ')}`;
    for (const scope of scopes) {
      if (this.isReady && event.status === 'stopped') {
        this.#forget(scope, `${kind}:${component}`, part);
        continue;
      }
      const parts = entryOf(entryOf(this.#scopes, scope), `${kind}:${component}`);
      parts.set(part, this.#next(parts.get(part), event));
    }
    this.#wake();
  }

  #forget(scope: string, component: string, part: string): void {
    const components = this.#scopes.get(scope);
    const parts = components?.get(component);
    parts?.delete(part);
    if (parts?.size === 0) components?.delete(component);
    if (components?.size === 0) this.#scopes.delete(scope);
  }

  #next(before: Health | undefined, { status, error, at }: StatusEvent): Health {
    // An error counts from its beginning: who fails again and again does not get time to recover each time.
    if (before?.status === status && isError(status)) return { ...before, error };
    return { status, error, at, since: this.#clock.monotonic() };
  }

  /** The health of a scope: `''` is all, `extensions`, or the id of a pipeline. Undefined where there is none. */
  summary(scope: string): Summary | undefined {
    if (scope !== '') {
      const components = this.#scopes.get(scope === extensions ? scope : `pipeline:${scope}`);
      return components && this.#together(components);
    }
    const parts = [...this.#scopes].map(([name, of]) => [name, this.#together(of)] as const);
    return this.#summary(new Map(parts));
  }

  #together(components: ReadonlyMap<string, ReadonlyMap<string, Health>>): Summary {
    return this.#summary(
      new Map([...components].map(([name, parts]) => [name, this.#worst([...parts.values()])])),
    );
  }

  #summary(parts: ReadonlyMap<string, Health | Summary>): Summary {
    return { ...this.#worst([...parts.values()]), parts };
  }

  /** The health that says most of all; of errors the oldest, which is likely the cause, else the newest. */
  #worst(all: readonly Health[]): Health {
    const status = this.#worstStatus(new Set(all.map((health) => health.status)));
    const those = all.filter((health) => health.status === status);
    const older = (a: Health, b: Health): Health => (b.since < a.since ? b : a);
    const newer = (a: Health, b: Health): Health => (b.since > a.since ? b : a);
    const { error, at, since } =
      those.length > 0 && isError(status) ? those.reduce(older) : all.reduce(newer);
    return { status, error: isError(status) ? error : undefined, at, since };
  }

  #worstStatus(seen: ReadonlySet<Status>): Status {
    const [only] = seen;
    if (seen.size === 1) return only!;
    if (seen.has('fatal_error')) return 'fatal_error';
    // All are one thing only when each of them is.
    if (seen.has('starting') || seen.has('none')) return 'starting';
    if (seen.has('stopping') || seen.has('stopped')) return 'stopping';
    const { include_permanent_errors: permanent, include_recoverable_errors: recoverable } = this.#settings;
    const errors: readonly Status[] = ['permanent_error', 'recoverable_error'];
    // What does not count must not hide what does.
    const order = recoverable && !permanent ? errors.toReversed() : errors;
    return order.find((status) => seen.has(status))!;
  }

  /** Whether something is to be called healthy now: it runs, and has no error that counts. */
  isHealthy(health: Health): boolean {
    switch (health.status) {
      case 'ok':
        return true;
      case 'permanent_error':
        return !this.#settings.include_permanent_errors;
      case 'recoverable_error':
        return !this.#settings.include_recoverable_errors || this.#recoveryMs(health) > 0;
      default:
        return false;
    }
  }

  /** What is left of the time that something has to recover. */
  #recoveryMs({ since }: Health): number {
    return since + this.#settings.recovery_duration - this.#clock.monotonic();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Resolves when the answer for something may have changed since this moment: an event, the end of its time
   * to recover, the end of the book. Or when `signal` aborts.
   */
  change(health: Health | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const mayExpire =
        health?.status === 'recoverable_error' && this.#settings.include_recoverable_errors
          ? this.#recoveryMs(health)
          : 0;
      const done = (): void => {
        timer?.stop();
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = mayExpire > 0 ? this.#clock.after(mayExpire, done) : undefined;
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }

  /** Wakes all who wait. Nothing is recorded any more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

const extensions = 'extensions';

function isError(status: Status): boolean {
  return status === 'recoverable_error' || status === 'permanent_error' || status === 'fatal_error';
}

function entryOf<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let entry = map.get(key);
  if (entry === undefined) map.set(key, (entry = new Map<string, V>()));
  return entry;
}
