import {
  ConsumeError,
  defineExporter,
  type Batch,
  type Component,
  type Consumer,
  type Context,
  type ExporterFactory,
  type Signal,
} from '@tributary/component';
import { z } from 'zod';
import { Arrivals, type Received } from './received.js';
import { ScriptedAnswers, type Script } from './script.js';

/** How much a {@link memoryExporter} keeps. */
export interface MemoryExporterConfig {
  /** Spans, data points, log records and samples that it keeps; above that it refuses. Default `1000000`. */
  readonly max_items?: number;
}

/** What a {@link memoryExporter} has kept, and how it answers. */
export interface MemorySink extends Received, Script {}

/** Takes batches as its script says, and keeps what it took. */
export class KeepingSink extends Arrivals implements MemorySink {
  protected readonly answers: ScriptedAnswers = new ScriptedAnswers();

  refuseNext: Script['refuseNext'] = (kind, options) => this.answers.refuseNext(kind, options);
  respond: Script['respond'] = (answer) => this.answers.respond(answer);

  async take(batch: Batch<Signal>, context: Context, maxItems: number): Promise<void> {
    if (this.items + batch.itemCount > maxItems) {
      throw new ConsumeError(
        'refused',
        `memoryExporter: ${this.items} items are kept and ${batch.itemCount} more would exceed max_items, ${maxItems}; clear() it`,
      );
    }
    try {
      await this.answers.answer(batch, context);
    } catch (error) {
      // A part that was rejected is no longer in the batch: what is left was taken.
      if (ConsumeError.is(error) && error.rejected !== undefined) this.#keep(batch);
      throw error;
    }
    this.#keep(batch);
  }

  #keep(batch: Batch<Signal>): void {
    if (batch.byteLength > 0) this.add(batch.transfer());
  }
}

const config = z.strictObject({ max_items: z.int().min(1).default(1_000_000) });

function part<S extends Signal>({
  config: { max_items: maxItems },
  handle,
}: {
  readonly config: z.output<typeof config>;
  readonly handle: KeepingSink;
}): Component & Consumer<S> {
  return { consume: (batch, context) => handle.take(batch, context, maxItems) };
}

/**
 * An exporter that keeps what it gets, for a test to look at.
 *
 * @example
 * const sink = memoryExporter();
 * // … a collector with `exporters: [sink]` runs …
 * expect(sink.spans[0]?.name).toBe('GET /');
 * sink.refuseNext('retryable', { retryAfterMs: 100 });
 */
export const memoryExporter: ExporterFactory<MemoryExporterConfig, Signal, MemorySink> = defineExporter({
  type: 'memory',
  stability: 'beta',
  config,
  handle: () => new KeepingSink(),
  traces: (settings) => part<'traces'>(settings),
  metrics: (settings) => part<'metrics'>(settings),
  logs: (settings) => part<'logs'>(settings),
  profiles: (settings) => part<'profiles'>(settings),
});
