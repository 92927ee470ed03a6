import {
  background,
  defineReceiver,
  type Component,
  type Consumer,
  type Context,
  type ReceiverFactory,
  type Signal,
} from '@tributary/component';
import type { Logs, Metrics, Profiles, Traces } from '@tributary/pdata';
import { z } from 'zod';

/** What the program itself puts into pipelines. */
export interface TestSource {
  /**
   * Sends a batch into every pipeline of its signal that this receiver stands in,
   * and resolves or rejects with their outcome. The batch is theirs: send
   * `batch.clone()` to keep it. `context` is by default that of nobody.
   *
   * @throws ConsumeError as the pipeline does; Error where no collector has such a pipeline
   */
  send(batch: Traces | Metrics | Logs | Profiles, context?: Context): Promise<void>;
  /** What the head of the pipelines of a signal says to a request of so many bytes. */
  admit(signal: Signal, bytes?: number): { readonly retryAfterMs: number } | undefined;
}

class Source implements TestSource {
  readonly nexts = new Map<Signal, Consumer<Signal>>();

  // The outcome may be thrown at once: it becomes a rejection.
  async send(batch: Traces | Metrics | Logs | Profiles, context: Context = background): Promise<void> {
    await this.#next(batch.signal).consume(batch, context);
  }

  admit(signal: Signal, bytes?: number): { readonly retryAfterMs: number } | undefined {
    return this.#next(signal).admit?.(bytes);
  }

  #next(signal: Signal): Consumer<Signal> {
    const next = this.nexts.get(signal);
    if (next === undefined) throw new Error(`testReceiver: stands in no ${signal} pipeline of a collector`);
    return next;
  }
}

function part<S extends Signal>(
  signal: S,
  { handle, next }: { readonly handle: Source; readonly next: Consumer<S> },
): Component {
  handle.nexts.set(signal, next);
  return {};
}

/**
 * A receiver that the test itself feeds.
 *
 * @example
 * const source = testReceiver();
 * // … a collector with `receivers: [source]` runs …
 * await source.send(traces);
 */
export const testReceiver: ReceiverFactory<Record<string, never>, Signal, TestSource> = defineReceiver({
  type: 'test',
  stability: 'beta',
  config: z.strictObject({}),
  handle: () => new Source(),
  traces: (settings) => part('traces', settings),
  metrics: (settings) => part('metrics', settings),
  logs: (settings) => part('logs', settings),
  profiles: (settings) => part('profiles', settings),
});
