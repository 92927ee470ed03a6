import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';

/** When the limiter refuses. Keys, defaults and rules are the Collector's. */
export interface MemoryLimiterConfig {
  /**
   * How often memory is measured at least, more than zero. It is measured earlier when much has come in since,
   * and four times a second while data is refused.
   */
  readonly check_interval: Duration;
  /**
   * Hard limit of the memory of the process, in MiB. Goes before `limit_percentage`; one of the two must be
   * set. Default `0`.
   */
  readonly limit_mib?: number | undefined;
  /**
   * How far below the hard limit the soft one is, in MiB: data is refused from the soft limit on. Less than
   * `limit_mib`; 0 is a fifth of the hard limit. Default `0`.
   */
  readonly spike_limit_mib?: number | undefined;
  /** Hard limit in per cent of the memory of the cgroup or machine, at most 100. Default `0`. */
  readonly limit_percentage?: number | undefined;
  /** As `spike_limit_mib`, in per cent, and less than `limit_percentage`. Default `0`. */
  readonly spike_limit_percentage?: number | undefined;
  /**
   * Shortest time between two collections of garbage that are forced above the soft limit, unless what
   * components hold says that another would bring memory below it. Default `'10s'`.
   */
  readonly min_gc_interval_when_soft_limited?: Duration | undefined;
  /** The same above the hard limit; not more than above the soft one. Default `'0s'`. */
  readonly min_gc_interval_when_hard_limited?: Duration | undefined;
  /**
   * How long that time may grow while collections above the soft limit free little. `'0s'` lets it not
   * grow. Default `'30s'`.
   */
  readonly max_gc_interval_when_soft_limited?: Duration | undefined;
  /** The same above the hard limit; not more than above the soft one. Default `'30s'`. */
  readonly max_gc_interval_when_hard_limited?: Duration | undefined;
}

/** A {@link MemoryLimiterConfig} completed; times in milliseconds. */
export interface Completed {
  readonly check_interval: number;
  readonly limit_mib: number;
  readonly spike_limit_mib: number;
  readonly limit_percentage: number;
  readonly spike_limit_percentage: number;
  readonly min_gc_interval_when_soft_limited: number;
  readonly min_gc_interval_when_hard_limited: number;
  readonly max_gc_interval_when_soft_limited: number;
  readonly max_gc_interval_when_hard_limited: number;
}

const whole = z.int().min(0).max(4_294_967_295).default(0);

export const schema: z.ZodType<Completed, MemoryLimiterConfig> = z
  .strictObject({
    check_interval: duration(),
    limit_mib: whole,
    spike_limit_mib: whole,
    limit_percentage: whole,
    spike_limit_percentage: whole,
    min_gc_interval_when_soft_limited: duration().default(10_000),
    min_gc_interval_when_hard_limited: duration().default(0),
    max_gc_interval_when_soft_limited: duration().default(30_000),
    max_gc_interval_when_hard_limited: duration().default(30_000),
  })
  .superRefine((config, context) => {
    const [key, message] = problemOf(config) ?? [];
    if (key !== undefined) context.addIssue({ code: 'custom', path: [key], message: message! });
  });

/** The first rule that is broken, in the Collector's words: the key that it is about, and the rule. */
function problemOf(config: Completed): readonly [string, string] | undefined {
  const softMin = config.min_gc_interval_when_soft_limited;
  const hardMin = config.min_gc_interval_when_hard_limited;
  const softMax = config.max_gc_interval_when_soft_limited;
  const hardMax = config.max_gc_interval_when_hard_limited;
  const atLeast = (key: string, other: string): readonly [string, string] => [
    key,
    `'${key}' should be larger than '${other}'`,
  ];
  if (config.check_interval === 0) return ['check_interval', "'check_interval' must be greater than zero"];
  if (softMin < hardMin) {
    return atLeast('min_gc_interval_when_soft_limited', 'min_gc_interval_when_hard_limited');
  }
  if (softMax > 0 && softMax < softMin) {
    return atLeast('max_gc_interval_when_soft_limited', 'min_gc_interval_when_soft_limited');
  }
  if (hardMax > 0 && hardMax < hardMin) {
    return atLeast('max_gc_interval_when_hard_limited', 'min_gc_interval_when_hard_limited');
  }
  if (softMax > 0 && softMax < hardMax) {
    return atLeast('max_gc_interval_when_soft_limited', 'max_gc_interval_when_hard_limited');
  }
  if (config.limit_mib === 0 && config.limit_percentage === 0) {
    return ['limit_mib', "'limit_mib' or 'limit_percentage' must be greater than zero"];
  }
  if (config.limit_percentage > 100 || config.spike_limit_percentage > 100) {
    return [
      config.limit_percentage > 100 ? 'limit_percentage' : 'spike_limit_percentage',
      "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or equal to hundred",
    ];
  }
  if (config.limit_mib > 0 && config.limit_mib <= config.spike_limit_mib) {
    return ['spike_limit_mib', "'spike_limit_mib' must be smaller than 'limit_mib'"];
  }
  if (config.limit_percentage > 0 && config.limit_percentage <= config.spike_limit_percentage) {
    return ['spike_limit_percentage', "'spike_limit_percentage' must be smaller than 'limit_percentage'"];
  }
  return undefined;
}
