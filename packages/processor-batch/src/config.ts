import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';

/** How the processor groups items before it passes them on. Keys and defaults are the Collector's, but the last three. */
export interface BatchConfig {
  /**
   * Longest time an item waits for company, as a Go duration ("200ms", "1m30s"). `'0s'` sends every
   * request on at once and makes the sizes that trigger ineffective. Default `'200ms'`.
   */
  readonly timeout?: Duration | undefined;
  /**
   * Spans, data points or log records at which a batch is sent without waiting for the timeout. 0 sends
   * every request on at once. Default `8192`.
   */
  readonly send_batch_size?: number | undefined;
  /**
   * Most items in a batch that is sent; larger ones are cut. Not less than `send_batch_size`; 0 is no
   * limit. Default `0`.
   */
  readonly send_batch_max_size?: number | undefined;
  /**
   * Keys of client metadata whose values must not be mixed in one batch: there is a batch for each
   * combination, and it travels with these keys alone. Case does not matter. Default `[]`.
   */
  readonly metadata_keys?: readonly string[] | undefined;
  /**
   * Most combinations of the values of `metadata_keys` that wait at a time; a request above it is refused
   * for good. 0 is no limit. Default `1000`.
   */
  readonly metadata_cardinality_limit?: number | undefined;
  /** Bytes at which a batch is sent, beside `send_batch_size`. 0 is off. Ours. Default `0`. */
  readonly send_batch_size_bytes?: number | undefined;
  /**
   * Bytes that may wait here, both for company and, where the next one refuses, for being offered again;
   * requests above it are refused. Ours. Default `67108864`, 64 MiB.
   */
  readonly max_held_bytes?: number | undefined;
  /**
   * Makes a caller wait until the batches with its items are taken, and tells it what became of them,
   * where the processor otherwise accepts at once and answers for the data itself. Ours. Default `false`.
   */
  readonly wait_for_result?: boolean | undefined;
}

/** A {@link BatchConfig} completed; `timeout` in milliseconds, metadata keys in lower case. */
export interface Completed {
  readonly timeout: number;
  readonly send_batch_size: number;
  readonly send_batch_max_size: number;
  readonly metadata_keys: readonly string[];
  readonly metadata_cardinality_limit: number;
  readonly send_batch_size_bytes: number;
  readonly max_held_bytes: number;
  readonly wait_for_result: boolean;
}

const count = z.int().min(0);

export const schema: z.ZodType<Completed, BatchConfig> = z
  .strictObject({
    timeout: duration().default(200),
    send_batch_size: count.default(8192),
    send_batch_max_size: count.default(0),
    metadata_keys: z
      .array(z.string())
      .readonly()
      .transform((keys, context) => {
        const lower = keys.map((key) => key.toLowerCase());
        const twice = lower.find((key, i) => lower.indexOf(key) < i);
        if (twice !== undefined) {
          const message = `duplicate entry in metadata_keys: ${JSON.stringify(twice)} (case-insensitive)`;
          context.addIssue({ code: 'custom', message });
        }
        return lower;
      })
      .default([]),
    metadata_cardinality_limit: count.default(1000),
    send_batch_size_bytes: count.default(0),
    max_held_bytes: z.int().min(1).default(67_108_864),
    wait_for_result: z.boolean().default(false),
  })
  .refine(({ send_batch_max_size: max, send_batch_size: size }) => max === 0 || max >= size, {
    path: ['send_batch_max_size'],
    message: 'send_batch_max_size must be greater or equal to send_batch_size',
  });
