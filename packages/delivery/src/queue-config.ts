import {
  duration,
  extensionRef,
  type Duration,
  type ExtensionRef,
  type StorageProvider,
} from '@tributary/component';
import { z } from 'zod';

/** Where batches wait for their turn: in memory, so that they are lost with the process, or in a storage. */
export interface QueueConfig {
  /** Default `true`. Off, callers wait for the outcome. */
  readonly enabled?: boolean | undefined;
  /** Unit of `queue_size`: batches, items or bytes. Default `'requests'`. */
  readonly sizer?: 'requests' | 'items' | 'bytes' | undefined;
  /** What the queue holds, what is being sent included; at least 1. Default `1000`. */
  readonly queue_size?: number | undefined;
  /** Sends in parallel, at least 1. Default `10`. */
  readonly num_consumers?: number | undefined;
  /** Whether callers wait while the queue is full, instead of being refused. Default `false`. */
  readonly block_on_overflow?: boolean | undefined;
  /** Whether callers wait until their batch is sent or given up. Default `false`. */
  readonly wait_for_result?: boolean | undefined;
  /** Puts requests together before they are sent; `{}` and null are on. Default none: they are sent as they come. */
  readonly batch?: QueueBatchConfig | null | undefined;
  /** Extension that keeps the queue, so that it outlives the process: `file_storage`. Default none. */
  readonly storage?: ExtensionRef<StorageProvider> | undefined;
}

/** How requests in a queue are put together. */
export interface QueueBatchConfig {
  /** Default `true`. Off, requests are sent as they come. */
  readonly enabled?: boolean | undefined;
  /** Longest time that a request waits for company; more than 0. Default `'200ms'`. */
  readonly flush_timeout?: Duration | undefined;
  /** Unit of the two sizes. Default `'items'`, or the `sizer` of the queue where that is given. */
  readonly sizer?: 'items' | 'bytes' | undefined;
  /** What is as large is sent at once; 0 waits for nothing. Default `8192`. */
  readonly min_size?: number | undefined;
  /** What is larger is cut; one item alone may be larger. 0 is no limit. Default `0`. */
  readonly max_size?: number | undefined;
  /** What must not be put together. */
  readonly partition?: PartitionConfig | undefined;
}

/** What must not be put together. */
export interface PartitionConfig {
  /**
   * Keys of client metadata: only requests with the same values are put together, and these keys alone
   * travel with them. Case does not matter. Default `[]`.
   */
  readonly metadata_keys?: readonly string[] | undefined;
}

/** {@link QueueConfig} completed. */
export interface QueueSettings {
  readonly enabled: boolean;
  readonly sizer: 'requests' | 'items' | 'bytes';
  readonly queue_size: number;
  readonly num_consumers: number;
  readonly block_on_overflow: boolean;
  readonly wait_for_result: boolean;
  readonly batch: BatchSettings | undefined;
  readonly storage: ExtensionRef<StorageProvider> | undefined;
}

/** {@link QueueBatchConfig} completed; `flush_timeout` in milliseconds, keys in lower case. */
export type BatchSettings = BatchOf<'items' | 'bytes'>;

interface BatchOf<Sizer> {
  readonly flush_timeout: number;
  readonly sizer: Sizer;
  readonly min_size: number;
  readonly max_size: number;
  readonly metadata_keys: readonly string[];
}

const sizers = ['requests', 'items', 'bytes'] as const;
const invalidSizer = (input: unknown): string =>
  `invalid sizer: ${JSON.stringify(input)}; must be one of ${sizers.join(', ')}`;
const onlyItemsOrBytes = '`batch` supports only `items` or `bytes` sizer, found "requests"';

const batch = z.strictObject({
  enabled: z.boolean().default(true),
  flush_timeout: duration().default(200),
  sizer: z
    .enum(['items', 'bytes'], {
      error: ({ input }) => (input === 'requests' ? onlyItemsOrBytes : invalidSizer(input)),
    })
    .optional(),
  min_size: notNegative('min_size').default(8192),
  max_size: notNegative('max_size').default(0),
  partition: z
    .strictObject({
      metadata_keys: z
        .array(z.string())
        .readonly()
        .default([])
        .transform((keys, context) => {
          const lower = keys.map((key) => key.toLowerCase());
          const twice = lower.find((key, i) => lower.indexOf(key) < i);
          if (twice === undefined) return lower;
          const message = `duplicate entry in metadata_keys: ${JSON.stringify(twice)} (case-insensitive)`;
          context.addIssue({ code: 'custom', message });
          return z.NEVER;
        }),
    })
    .prefault({}),
});

const shape = z.strictObject({
  enabled: z.boolean().default(true),
  sizer: z.enum(sizers, { error: ({ input }) => invalidSizer(input) }).optional(),
  queue_size: positive('queue_size').default(1000),
  num_consumers: positive('num_consumers').default(10),
  block_on_overflow: z.boolean().default(false),
  wait_for_result: z.boolean().default(false),
  batch: batch.nullish(),
  storage: extensionRef<StorageProvider>().optional(),
});
type Queue = z.output<typeof shape>;

/** The section `sending_queue`. What is off is not looked at for keys that do not go together. */
export const queueSchema: z.ZodType<QueueSettings, QueueConfig> = shape.transform((queue, context) => {
  const { batch: section, storage, ...rest } = queue;
  const sizer = queue.sizer ?? 'requests';
  const plain: QueueSettings = { ...rest, sizer, batch: undefined, storage: undefined };
  if (!queue.enabled) return plain;
  let isWrong = false;
  const refuse = (path: readonly string[], message: string): void => {
    context.addIssue({ code: 'custom', path: [...path], message });
    isWrong = true;
  };
  if (storage !== undefined && queue.wait_for_result) refuse(['wait_for_result'], waitsWithStorage);
  const batch = batchOf(queue);
  if (batch !== undefined) {
    for (const [key, message] of problemsOf(batch, queue)) refuse(['batch', key], message);
  }
  return isWrong ? z.NEVER : { ...plain, batch: batch as BatchSettings | undefined, storage };
});

const waitsWithStorage =
  '`wait_for_result` is not supported with a persistent queue configured with `storage`';

/** The section `batch`, where it is on. As in the Collector, null is on with the defaults, and absent is off. */
function batchOf(queue: Queue): BatchOf<QueueSettings['sizer']> | undefined {
  if (queue.batch === undefined) return undefined;
  const { enabled, partition, sizer, ...sizes } = queue.batch ?? batch.parse({});
  if (!enabled) return undefined;
  const inherited = queue.batch === null ? undefined : queue.sizer;
  return { ...sizes, sizer: sizer ?? inherited ?? 'items', ...partition };
}

/** What is wrong with keys that do not go together, in the Collector's words. */
function problemsOf(
  { sizer, flush_timeout, min_size, max_size }: BatchOf<QueueSettings['sizer']>,
  queue: Queue,
): (readonly [key: string, message: string])[] {
  if (sizer === 'requests') return [['sizer', onlyItemsOrBytes]];
  const problems: (readonly [string, string])[] = [];
  if (flush_timeout === 0) problems.push(['flush_timeout', '`flush_timeout` must be positive, found 0']);
  if (max_size > 0 && max_size < min_size) {
    const message = `\`max_size\` (${max_size}) must be greater or equal to \`min_size\` (${min_size})`;
    problems.push(['max_size', message]);
  }
  if (sizer === queue.sizer && min_size > queue.queue_size) {
    problems.push(['min_size', '`min_size` must be less than or equal to `queue_size`']);
  }
  return problems;
}

function positive(key: string): z.ZodInt {
  return z.int().min(1, { error: ({ input }) => `\`${key}\` must be positive, got ${String(input)}` });
}

function notNegative(key: string): z.ZodInt {
  return z.int().min(0, { error: ({ input }) => `\`${key}\` must not be negative, got ${String(input)}` });
}
