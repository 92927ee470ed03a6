import type { Delivery } from './config.js';

/** The pauses between attempts, each longer than the one before. */
export interface Backoff {
  /** Milliseconds of the next pause. */
  next(): number;
  /** Begins again with the first. */
  reset(): void;
}

/** What decides the pauses. */
export type BackoffConfig = Pick<
  Delivery['retry_on_failure'],
  'initial_interval' | 'randomization_factor' | 'multiplier' | 'max_interval'
>;

/**
 * Pauses as the Collector makes them: `max_interval` bounds the interval, not the
 * randomised pause, which may be longer by `randomization_factor`.
 */
export function createBackoff(config: BackoffConfig, random: () => number): Backoff {
  const { initial_interval, randomization_factor, multiplier, max_interval } = config;
  let interval = initial_interval;
  return {
    next() {
      const pause = interval * (1 - randomization_factor + 2 * randomization_factor * random());
      // Compared before the product, which could exceed every bound.
      interval = interval >= max_interval / multiplier ? max_interval : interval * multiplier;
      return pause;
    },
    reset() {
      interval = initial_interval;
    },
  };
}

/**
 * Pauses of a shutdown: short, since time is limited and what is not sent by then
 * is lost, and never longer than those that the config asks for.
 */
export function createLastBackoff(config: BackoffConfig, random: () => number): Backoff {
  return createBackoff(
    {
      ...config,
      initial_interval: Math.min(config.initial_interval, 100),
      max_interval: Math.min(config.max_interval, 1_000),
    },
    random,
  );
}
