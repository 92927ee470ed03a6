import {
  background,
  ConsumeError,
  defineExporter,
  defineReceiver,
  type Clock,
  type Component,
  type Consumer,
  type Context,
  type Logger,
  type Timer,
} from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { z } from 'zod';

export const noConfig = z.strictObject({});

/** A receiver that the test feeds. */
export const source = defineReceiver({
  type: 'source',
  config: noConfig,
  handle: () => {
    const handle: {
      next: Consumer<'traces'> | undefined;
      send(traces: Traces, context?: Context): void | Promise<void>;
      admit(bytes?: number): { readonly retryAfterMs: number } | undefined;
    } = {
      next: undefined,
      send: (traces, context = background) => handle.next!.consume(traces, context),
      admit: (bytes) => handle.next!.admit!(bytes),
    };
    return handle;
  },
  traces: ({ next, handle }) => {
    handle.next = next;
    return {};
  },
});

type Consume = Consumer<'traces'>['consume'];

/** An exporter that does what the test says and remembers the names of the spans. */
export const sink = defineExporter({
  type: 'sink',
  config: z.strictObject({
    consume: z.custom<Consume>().optional(),
    admit: z.custom<NonNullable<Consumer<'traces'>['admit']>>().optional(),
    lifecycle: z.custom<Component>().optional(),
  }),
  handle: () => ({ names: [] as string[] }),
  traces: ({ config, handle }) => ({
    consume(traces, context) {
      const names = [...traces.spans()].map(({ name }) => name);
      const outcome = config.consume?.(traces, context);
      handle.names.push(...names);
      return outcome;
    },
    ...(config.admit && { admit: config.admit }),
    ...config.lifecycle,
  }),
});

export function spans(...names: string[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of names) scope.add({ name });
  return traces;
}

/** What `call` throws or rejects with. */
export async function errorOf(call: () => unknown): Promise<ConsumeError<'traces'>> {
  try {
    await call();
  } catch (error) {
    if (ConsumeError.is(error)) return error as ConsumeError<'traces'>;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger whose lines a test reads. */
export function recordingLogger(): Logger & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: Line['level']): Logger['info'] =>
    (message, fields = {}) => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return 1_700_000_000_000 + this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): Timer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return { stop: () => this.#timers.delete(timer) };
  }
  every(ms: number, run: () => void | Promise<void>): Timer {
    let timer = this.after(ms, tick);
    const again = (): void => {
      timer = this.after(ms, tick);
    };
    function tick(): void {
      void Promise.resolve(run()).then(again);
    }
    return { stop: () => timer.stop() };
  }
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }
  get timers(): number {
    return this.#timers.size;
  }

  /** Runs what is due by then, in order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = due.at;
      due.run();
    }
    this.#now = end;
  }
}

/** Promises that depend on nothing outside have settled. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
