import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';
import { queueSchema, type QueueConfig, type QueueSettings } from './queue-config.js';

/** How an exporter delivers: the Collector's own keys and defaults. */
export interface DeliveryConfig {
  /** Longest time for one attempt; `'0s'` is no limit. Default `'5s'`. */
  readonly timeout?: Duration | undefined;
  /** When a batch that was not taken is sent again. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Where batches wait for their turn. */
  readonly sending_queue?: QueueConfig | undefined;
}

/** When a batch that was not taken is sent again. All keys are checked, also where `enabled` is false. */
export interface RetryConfig {
  /** Default `true`. Off, the first failure is the last. */
  readonly enabled?: boolean | undefined;
  /** First pause. Default `'5s'`. */
  readonly initial_interval?: Duration | undefined;
  /** How far a pause may be off, as a part of it: 0.5 is half of it, up or down. 0 to 1, default `0.5`. */
  readonly randomization_factor?: number | undefined;
  /** How much longer each pause is than the one before, at least 0. Default `1.5`. */
  readonly multiplier?: number | undefined;
  /** Longest pause, before it is randomised. Default `'30s'`. */
  readonly max_interval?: Duration | undefined;
  /** Give up after, counted from the first attempt; `'0s'` is never. Default `'5m'`. */
  readonly max_elapsed_time?: Duration | undefined;
}

/** `DeliveryConfig` completed: defaults in place, durations in milliseconds. */
export interface Delivery {
  readonly timeout: number;
  readonly retry_on_failure: {
    readonly enabled: boolean;
    readonly initial_interval: number;
    readonly randomization_factor: number;
    readonly multiplier: number;
    readonly max_interval: number;
    readonly max_elapsed_time: number;
  };
  readonly sending_queue: QueueSettings;
}

const retry = z
  .strictObject({
    enabled: z.boolean().default(true),
    initial_interval: duration().prefault('5s'),
    randomization_factor: factor('randomization_factor')
      .max(1, {
        error: ({ input }) =>
          `randomization_factor value must be less than or equal to 1, got ${String(input)}`,
      })
      .default(0.5),
    multiplier: factor('multiplier').default(1.5),
    max_interval: duration().prefault('30s'),
    max_elapsed_time: duration().prefault('5m'),
  })
  .superRefine(({ initial_interval, max_interval, max_elapsed_time }, context) => {
    if (max_elapsed_time === 0) return;
    for (const [key, ms] of Object.entries({ initial_interval, max_interval })) {
      if (max_elapsed_time >= ms) continue;
      const message = `'max_elapsed_time' must not be less than '${key}'`;
      context.addIssue({ code: 'custom', path: ['max_elapsed_time'], message });
    }
  });

/** The three keys, to be spread into an exporter's schema: `z.strictObject({ url: z.url(), ...deliveryShape })`. */
export const deliveryShape: {
  readonly timeout: z.ZodPrefault<z.ZodType<number, Duration>>;
  readonly retry_on_failure: z.ZodPrefault<z.ZodType<Delivery['retry_on_failure'], RetryConfig>>;
  readonly sending_queue: z.ZodPrefault<z.ZodType<QueueSettings, QueueConfig>>;
} = {
  timeout: duration().prefault('5s'),
  retry_on_failure: retry.prefault({}),
  sending_queue: queueSchema.prefault({}),
};

function factor(key: string): z.ZodNumber {
  return z.number().min(0, {
    error: ({ input }) => `${key} value must be greater than or equal to 0, got ${String(input)}`,
  });
}
