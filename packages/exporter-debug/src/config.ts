import { deliveryShape, type Delivery, type QueueConfig } from '@tributary/delivery';
import { z } from 'zod';

/** How much a debug exporter writes, and where. Keys and defaults are the Collector's. */
export interface DebugExporterConfig {
  /**
   * `basic` writes one line a batch with its counts, `normal` beside it a line a record, `detailed` every
   * field. Default `'basic'`.
   */
  readonly verbosity?: 'basic' | 'normal' | 'detailed' | undefined;
  /** Of equal messages within a second, how many are written. Default `2`. */
  readonly sampling_initial?: number | undefined;
  /** Of those after them, writes every nth; 1 is all, 0 is none. Default `1`. */
  readonly sampling_thereafter?: number | undefined;
  /** Whether messages go to the collector's own log, or to `output_paths` without level and time. Default `true`. */
  readonly use_internal_logger?: boolean | undefined;
  /**
   * `stdout`, `stderr` and files, which are appended to. Only with `use_internal_logger: false`. Default
   * `['stdout']`.
   */
  readonly output_paths?: readonly string[] | undefined;
  /**
   * Takes batches in at once and writes them in the background; a section turns it on. There is no retry:
   * what cannot be written is dropped. Default none.
   */
  readonly sending_queue?: QueueConfig | null | undefined;
}

/** A {@link DebugExporterConfig} completed; without paths messages go to the collector's log. */
export interface Completed {
  readonly verbosity: 'basic' | 'normal' | 'detailed';
  readonly sampling_initial: number;
  readonly sampling_thereafter: number;
  readonly output_paths: readonly string[] | undefined;
  readonly delivery: Delivery;
}

const verbosities = ['basic', 'normal', 'detailed'] as const;
type Verbosity = (typeof verbosities)[number];

/** In any case, as in the Collector. */
const verbosity = z
  .custom<Verbosity>((value) => typeof value === 'string', { error: 'must be basic, normal or detailed' })
  .transform((text, context): Verbosity => {
    const level = verbosities.find((known) => known === text.toLowerCase());
    if (level !== undefined) return level;
    const message =
      text.toLowerCase() === 'none'
        ? 'verbosity level "None" is not supported'
        : `must be basic, normal or detailed, got ${JSON.stringify(text)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const count = z.int().min(0);

/** Off where it is absent, on where there is a section, empty or not: the opposite of other exporters. */
const queue = z.preprocess(
  (value) => (value === undefined ? { enabled: false } : (value ?? {})),
  deliveryShape.sending_queue,
) as z.ZodType<Delivery['sending_queue'], QueueConfig | null | undefined>;

/** Neither retry nor timeout, as in the Collector. */
const unaided = {
  timeout: 0,
  retry_on_failure: deliveryShape.retry_on_failure.parse({ enabled: false }),
};

export const schema: z.ZodType<Completed, DebugExporterConfig> = z
  .strictObject({
    verbosity: verbosity.default('basic'),
    sampling_initial: count.default(2),
    sampling_thereafter: count.default(1),
    use_internal_logger: z.boolean().default(true),
    output_paths: z.array(z.string()).readonly().optional(),
    sending_queue: queue,
  })
  .transform(({ use_internal_logger: isInternal, sending_queue, output_paths: paths, ...rest }, context) => {
    const problem =
      isInternal && paths !== undefined
        ? 'output_paths is not supported when use_internal_logger is true'
        : paths?.length === 0
          ? 'output_paths must not be empty when use_internal_logger is false'
          : undefined;
    if (problem !== undefined) {
      context.addIssue({ code: 'custom', path: ['output_paths'], message: problem });
    }
    return {
      ...rest,
      output_paths: isInternal ? undefined : (paths ?? ['stdout']),
      delivery: { ...unaided, sending_queue },
    };
  });
