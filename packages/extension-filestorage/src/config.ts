import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';

/** Where and how stores are kept. Keys and defaults are the Collector's. */
export interface FileStorageConfig {
  /** Where the stores are: one directory in it for each. Default `'/var/lib/otelcol/file_storage'`. */
  readonly directory?: string | undefined;
  /** Makes the directory where it is not there. Default `false`. */
  readonly create_directory?: boolean | undefined;
  /** Of a directory that is made, in octal, less the umask of the process. Default `'0750'`. */
  readonly directory_permissions?: string | undefined;
  /** Longest time to wait for a store that another process has open; `'0s'` does not wait. Default `'1s'`. */
  readonly timeout?: Duration | undefined;
  /**
   * Whether what is written is on the disk when it counts as written, and survives the machine. Without, it survives
   * the process. Default `false`.
   */
  readonly fsync?: boolean | undefined;
  /**
   * Puts a store in which something is damaged aside as a whole, and begins an empty one. Without, only the damaged
   * file is put aside, and what can be read stays. Default `false`.
   */
  readonly recreate?: boolean | undefined;
  /**
   * Most bytes that the files of one store take; above, what is to be stored is refused. A sixteenth of it is kept
   * for what makes room. 0 is no limit. Default `0`.
   */
  readonly max_size?: number | undefined;
  /** Copies what is of use together. Space is given back all the time, too: this does it at once, and to the last. */
  readonly compaction?: CompactionConfig | undefined;
}

/** When stores are compacted, beside all the time. */
export interface CompactionConfig {
  /** When a store is opened. Default `false`. */
  readonly on_start?: boolean | undefined;
  /** When a store that was large holds little: see the two thresholds. Default `false`. */
  readonly on_rebound?: boolean | undefined;
  /**
   * Where the Collector makes its temporary files. Ours needs none: only `cleanup_on_start` looks there.
   * Default: `directory`.
   */
  readonly directory?: string | undefined;
  /** Most values that are copied at a time; 0 is no limit. Default `65536`. */
  readonly max_transaction_size?: number | undefined;
  /** In MiB: what a store has to grow above before `on_rebound` compacts it. Default `100`. */
  readonly rebound_needed_threshold_mib?: number | undefined;
  /** In MiB: what it must hold less than then. Default `10`. */
  readonly rebound_trigger_threshold_mib?: number | undefined;
  /** How often `on_rebound` looks. Default `'5s'`. */
  readonly check_interval?: Duration | undefined;
  /** Removes what a compaction of the Go Collector has left (`tempdb*`) at the start. Default `false`. */
  readonly cleanup_on_start?: boolean | undefined;
}

/** {@link FileStorageConfig} completed; times in milliseconds. */
export interface FileStorageSettings {
  readonly directory: string;
  readonly create_directory: boolean;
  /** The bits. */
  readonly directory_permissions: number;
  readonly timeout: number;
  readonly fsync: boolean;
  readonly recreate: boolean;
  readonly max_size: number;
  readonly compaction: {
    readonly on_start: boolean;
    readonly on_rebound: boolean;
    readonly directory: string;
    readonly max_transaction_size: number;
    readonly rebound_needed_threshold_mib: number;
    readonly rebound_trigger_threshold_mib: number;
    readonly check_interval: number;
    readonly cleanup_on_start: boolean;
  };
}

const defaultDirectory = '/var/lib/otelcol/file_storage';
const mib = 2 ** 20;

const permissions = z.string().transform((text, context) => {
  const bits = /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  const problem = Number.isNaN(bits)
    ? 'directory_permissions value must be a valid octal representation'
    : bits > 0o777
      ? 'directory_permissions contain invalid bits for file access'
      : undefined;
  if (problem === undefined) return bits;
  context.addIssue({ code: 'custom', message: `${problem}, got ${JSON.stringify(text)}` });
  return z.NEVER;
});

const compaction = z.strictObject({
  on_start: z.boolean().default(false),
  on_rebound: z.boolean().default(false),
  directory: z.string().min(1).optional(),
  max_transaction_size: z
    .int()
    .min(0, { error: 'max transaction size for compaction cannot be less than 0' })
    .default(65_536),
  rebound_needed_threshold_mib: z.int().min(0).default(100),
  rebound_trigger_threshold_mib: z.int().min(0).default(10),
  check_interval: duration().prefault('5s'),
  cleanup_on_start: z.boolean().default(false),
});

export const schema: z.ZodType<FileStorageSettings, FileStorageConfig> = z
  .strictObject({
    directory: z.string().min(1).default(defaultDirectory),
    create_directory: z.boolean().default(false),
    directory_permissions: permissions.prefault('0750'),
    timeout: duration().prefault('1s'),
    fsync: z.boolean().default(false),
    recreate: z.boolean().default(false),
    max_size: z.int().min(0, { error: 'max size cannot be less than 0' }).default(0),
    compaction: compaction.prefault({}),
  })
  .superRefine(({ max_size, compaction: { on_rebound, check_interval, ...rest } }, context) => {
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: ['compaction', key], message });
    if (!on_rebound) return;
    if (check_interval === 0) {
      refuse(
        'check_interval',
        'compaction check interval must be positive when rebound compaction is set, got 0s',
      );
    }
    if (max_size === 0) return;
    for (const key of ['rebound_needed_threshold_mib', 'rebound_trigger_threshold_mib'] as const) {
      if (rest[key] * mib > max_size) refuse(key, `must not be more than max_size (${max_size} bytes)`);
    }
  })
  .transform(({ compaction: { directory, ...rest }, ...config }) => ({
    ...config,
    compaction: { ...rest, directory: directory ?? config.directory },
  })) as never;
