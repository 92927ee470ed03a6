import { duration, notOffered, parseDuration, type Duration } from '@tributary/component';
import { z } from 'zod';

/** Where a file exporter writes, and how. Keys and defaults are the Collector's. */
export interface FileExporterConfig {
  /**
   * The file, relative to the working directory. With `group_by` it has one `*`, which the value of the
   * attribute takes the place of.
   */
  readonly path: string;
  /** Whether an existing file is added to; otherwise it is emptied at the start. Not with `rotation` or `compression`. Default `false`. */
  readonly append?: boolean | undefined;
  /** `json` is OTLP/JSON, one request a line; `proto` is protobuf, each request with its length before it. Default `'json'`. */
  readonly format?: 'json' | 'proto' | undefined;
  /** `zstd` compresses each request by itself and writes its length before it; it needs Node 22.15 or newer. Default `''`. */
  readonly compression?: '' | 'zstd' | undefined;
  /** How to compress. Default `{}`. */
  readonly compression_params?: FileCompressionConfig | undefined;
  /** Begins a new file when one is full, and keeps the old ones; `{}` has all defaults. Default none. */
  readonly rotation?: RotationConfig | null | undefined;
  /**
   * How long what was accepted may wait in memory, and be lost with the process, before it is written; at most
   * 64 KiB a file do. `'0s'` is `'1s'`. Without effect with `rotation`, where nothing waits. Default `'1s'`.
   */
  readonly flush_interval?: Duration | undefined;
  /** Writes a file for each value of a resource attribute. Default `{}`. */
  readonly group_by?: GroupByConfig | null | undefined;
}

/** How to compress. */
export interface FileCompressionConfig {
  /** Of zstd: 1 (fast) to 22 (small), and below 0 faster still; `0` is its own choice. Default `0`. */
  readonly level?: number | undefined;
}

/** When a file is full, and which of the old ones are kept. */
export interface RotationConfig {
  /** Size in MiB above which no file grows; `0` is `100`. Default `100`. */
  readonly max_megabytes?: number | undefined;
  /** Days of 24 hours that old files are kept, by the time in their names; `0` is for ever. Default `0`. */
  readonly max_days?: number | undefined;
  /** How many old files are kept; `0` is all. Default `100`. */
  readonly max_backups?: number | undefined;
  /** Whether the names of old files have the local time; otherwise it is UTC. Default `false`. */
  readonly localtime?: boolean | undefined;
}

/** A file for each value of a resource attribute. */
export interface GroupByConfig {
  /** Default `false`. */
  readonly enabled?: boolean | undefined;
  /** The attribute, whose value is a text. Resources without it are dropped. Default `'fileexporter.path_segment'`. */
  readonly resource_attribute?: string | undefined;
  /** Files that are open at a time, at least 1. Default `100`. */
  readonly max_open_files?: number | undefined;
}

/** A {@link FileExporterConfig} completed; times in milliseconds, sizes in bytes. */
export interface Completed {
  readonly path: string;
  readonly append: boolean;
  readonly format: 'json' | 'proto';
  readonly compression: '' | 'zstd';
  readonly level: number;
  readonly flushIntervalMs: number;
  readonly rotation: Rotation | undefined;
  /** Absent where there is one file. */
  readonly groupBy: GroupBy | undefined;
}

/** A {@link GroupByConfig} completed. */
export interface GroupBy {
  readonly attribute: string;
  readonly maxOpenFiles: number;
}

/** A {@link RotationConfig} completed. */
export interface Rotation {
  readonly maxBytes: number;
  readonly maxDays: number;
  readonly maxBackups: number;
  readonly isLocal: boolean;
}

const defaultMaxMegabytes = 100;
const defaultFlushMs = 1000;
const count = z.int().min(0);

/** `null` is what YAML has for a section without keys. */
function section<Z extends z.ZodType>(
  schema: Z,
): z.ZodType<z.output<Z> | undefined, z.input<Z> | null | undefined> {
  return z.preprocess((value) => (value === null ? {} : value), schema.optional()) as never;
}

const rotation = z
  .strictObject({
    max_megabytes: count.default(defaultMaxMegabytes),
    max_days: count.default(0),
    max_backups: count.default(100),
    localtime: z.boolean().default(false),
  })
  .transform(({ max_megabytes, max_days, max_backups, localtime }): Rotation => ({
    maxBytes: (max_megabytes || defaultMaxMegabytes) * 2 ** 20,
    maxDays: max_days,
    maxBackups: max_backups,
    isLocal: localtime,
  }));

const groupBy = z.strictObject({
  enabled: z.boolean().default(false),
  resource_attribute: z.string().default('fileexporter.path_segment'),
  max_open_files: z.int().min(1).default(100),
});

const flushInterval = z
  .custom<Duration>()
  .refine((text) => typeof text !== 'string' || (parseDuration(text) ?? 0) >= 0, {
    error: 'flush_interval must be larger than zero',
    abort: true,
  })
  .pipe(duration())
  .transform((ms) => ms || defaultFlushMs);

const notSupported = (what: string): { error: string } => ({ error: `${what} is not supported` });

export const schema: z.ZodType<Completed, FileExporterConfig> = z
  .strictObject({
    path: z.string({ error: 'path must be non-empty' }),
    append: z.boolean().default(false),
    format: z.enum(['json', 'proto'], notSupported('format type')).default('json'),
    encoding: notOffered,
    compression: z.enum(['', 'zstd'], notSupported('compression')).default(''),
    compression_params: z.strictObject({ level: z.int().default(0) }).prefault({}),
    rotation: section(rotation),
    flush_interval: flushInterval.prefault('1s'),
    group_by: section(groupBy),
  })
  .transform((keys, context): Completed => {
    const { path, append, format, compression, compression_params: params, flush_interval } = keys;
    const { group_by: grouping } = keys;
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });

    if (path === '') refuse('path', 'path must be non-empty');
    for (const other of ['compression', 'rotation'] as const) {
      const isOn = other === 'compression' ? compression !== '' : keys.rotation !== undefined;
      if (append && isOn) {
        refuse('append', `append and ${other} enabled at the same time is not supported`);
      }
    }
    if (compression === '' && params.level !== 0) {
      refuse('compression_params', `unsupported parameters {Level:${params.level}} for compression type ""`);
    }
    if (grouping?.enabled === true) {
      if (path.split('*').length !== 2) {
        refuse('path', 'path must contain exactly one * when group_by is enabled');
      } else if (path.startsWith('*')) {
        refuse('path', 'path must not start with * when group_by is enabled');
      }
      if (grouping.resource_attribute === '') {
        refuse('group_by', 'resource_attribute must not be empty when group_by is enabled');
      }
    }
    return {
      path,
      append,
      format,
      compression,
      level: params.level,
      flushIntervalMs: flush_interval,
      rotation: keys.rotation,
      groupBy:
        grouping?.enabled === true
          ? { attribute: grouping.resource_attribute, maxOpenFiles: grouping.max_open_files }
          : undefined,
    };
  });
