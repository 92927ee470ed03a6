import {
  duration,
  extensionRef,
  type Duration,
  type ExtensionRef,
  type StorageProvider,
} from '@tributary/component';
import { pattern } from '@tributary/patterns';
import {
  byteSize,
  operatorsSchema,
  templateText,
  type ByteSize,
  type OperatorConfig,
  type OperatorSettings,
} from '@tributary/stanza';
import { z } from 'zod';
import { isEncoding } from './decoder.js';
import { globProblem } from './glob.js';

/** Which files to read, and how. Keys and defaults are the Collector's. */
export interface FileLogReceiverConfig {
  /** The files, as globs: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any folders between. */
  readonly include: readonly string[];
  /** Files that are not read though `include` has them. Default `[]`. */
  readonly exclude?: readonly string[] | undefined;
  /** Leaves files out that were not written to for so long. Default none. */
  readonly exclude_older_than?: Duration | undefined;
  /** Where to begin in files that are there at the start: at their `'beginning'` or their `'end'`. Default `'end'`. */
  readonly start_at?: 'beginning' | 'end' | undefined;
  /** How often to look for files and for what was written to them. Default `'200ms'`. */
  readonly poll_interval?: Duration | undefined;
  /** Bytes at the beginning of a file that tell it from others; at least 16. Default `1000`. */
  readonly fingerprint_size?: ByteSize | undefined;
  /** Bytes of the first read from a file; the next ones are larger, up to 256 KiB. Default `'16KiB'`. */
  readonly initial_buffer_size?: ByteSize | undefined;
  /** Longest record, in bytes. Default `'1MiB'`. */
  readonly max_log_size?: ByteSize | undefined;
  /** What happens to a longer one: it becomes several, or the rest of it is left out. Default `'split'`. */
  readonly max_log_size_behavior?: 'split' | 'truncate' | undefined;
  /** Files that are open at a time, at most; at least 1. Default `1024`. */
  readonly max_concurrent_files?: number | undefined;
  /** A poll looks at half of `max_concurrent_files` at a time; of these batches, so many. 0 is all. Default `0`. */
  readonly max_batches?: number | undefined;
  /**
   * Of the text: `utf-8`, `utf-8-raw`, `utf-16le`, `utf-16be`, `ascii`, `big5` and others by their IANA names; `nop`
   * takes the bytes as they are. Default `'utf-8'`.
   */
  readonly encoding?: string | undefined;
  /** Where a record begins or ends, if it is not a line. Default: lines. */
  readonly multiline?: MultilineConfig | undefined;
  /** What has no end yet is a record after so long without more; `'0s'` waits for ever. Default `'500ms'`. */
  readonly force_flush_period?: Duration | undefined;
  /** Keeps blanks at the beginning of a record. Default `false`. */
  readonly preserve_leading_whitespaces?: boolean | undefined;
  /** Keeps blanks at its end. Default `false`. */
  readonly preserve_trailing_whitespaces?: boolean | undefined;
  /** Sets `log.file.name`. Default `true`. */
  readonly include_file_name?: boolean | undefined;
  /** Sets `log.file.path`. Default `false`. */
  readonly include_file_path?: boolean | undefined;
  /** Sets `log.file.name_resolved`, behind all links. Default `false`. */
  readonly include_file_name_resolved?: boolean | undefined;
  /** Sets `log.file.path_resolved`, behind all links. Default `false`. */
  readonly include_file_path_resolved?: boolean | undefined;
  /** Sets `log.file.owner.name`. Default `false`. */
  readonly include_file_owner_name?: boolean | undefined;
  /** Sets `log.file.owner.group.name`. Default `false`. */
  readonly include_file_owner_group_name?: boolean | undefined;
  /** Sets `log.file.permissions`, such as `755`. Default `false`. */
  readonly include_file_permissions?: boolean | undefined;
  /** Sets `log.file.record_number`, from 1. Default `false`. */
  readonly include_file_record_number?: boolean | undefined;
  /** Sets `log.file.record_offset`, in bytes. Default `false`. */
  readonly include_file_record_offset?: boolean | undefined;
  /** Of the files: `'gzip'`, or `'auto'` where their names end in `.gz`. Default `''`, none. */
  readonly compression?: '' | 'gzip' | 'auto' | undefined;
  /** Deletes a file when all of it was accepted; needs `start_at: beginning`. Default `false`. */
  readonly delete_after_read?: boolean | undefined;
  /** Lines at the top of a file that say something of all others. Needs `start_at: beginning`. Default none. */
  readonly header?: HeaderConfig | undefined;
  /** Refused with `true`: Node cannot lock files. */
  readonly acquire_fs_lock?: boolean | undefined;
  /** Refused with `true`: Node cannot advise the system on its cache. */
  readonly file_cache_advise?: boolean | undefined;
  /**
   * What to do with a file that has become shorter and begins as before: nothing until it is longer again, or read all
   * of it, or what comes from now on. Default `'ignore'`.
   */
  readonly on_truncate?: 'ignore' | 'read_whole_file' | 'read_new' | undefined;
  /** Polls for which a file is remembered that is not there any more; at least 3. Default `0`. */
  readonly polls_to_archive?: number | undefined;
  /** Reads only the first of the files by an order. Default: all. */
  readonly ordering_criteria?: OrderingConfig | undefined;
  /** Set on every record; a value may be an expression, `EXPR(...)`. Default `{}`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Set on the resource of every record, in the same way. Default `{}`. */
  readonly resource?: Readonly<Record<string, string>> | undefined;
  /** Extension that keeps how far files were read: `file_storage`. Default none: known as long as the process lives. */
  readonly storage?: ExtensionRef<StorageProvider> | undefined;
  /** What to do when the pipeline refuses records. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** What is done with each record, in this order. Default `[]`. */
  readonly operators?: readonly OperatorConfig[] | undefined;
}

/** Where a record begins or ends: one of the first two. */
export interface MultilineConfig {
  /** A regular expression that matches where a record begins. */
  readonly line_start_pattern?: string | undefined;
  /** One that matches where it ends. */
  readonly line_end_pattern?: string | undefined;
  /** Leaves out what the expression matched. Default `false`. */
  readonly omit_pattern?: boolean | undefined;
}

/** Lines at the top of a file. */
export interface HeaderConfig {
  /** A regular expression that such a line matches. */
  readonly pattern: string;
  /** Read such a line: the attributes that they set go to every record of the file. */
  readonly metadata_operators: readonly OperatorConfig[];
}

/** Which of the files to read. */
export interface OrderingConfig {
  /** A regular expression on the path, whose named groups `sort_by` names. */
  readonly regex?: string | undefined;
  /** One whose first group says which files are compared with each other. Default: all. */
  readonly group_by?: string | undefined;
  /** So many of them; at least 1. Default `1`. */
  readonly top_n?: number | undefined;
  /** By what, the most important first. */
  readonly sort_by?: readonly SortRuleConfig[] | undefined;
}

/** One thing to sort by. */
export interface SortRuleConfig {
  /** How values compare; `mtime` is the time of the last write. */
  readonly sort_type: 'numeric' | 'alphabetical' | 'timestamp' | 'mtime';
  /** The named group that has the value. Not for `mtime`. */
  readonly regex_key?: string | undefined;
  /** The smallest first. Default `false`: the largest. */
  readonly ascending?: boolean | undefined;
  /** Of a timestamp, as strptime has it. */
  readonly layout?: string | undefined;
  /** Of a timestamp: a zone of the IANA. Default `'UTC'`. */
  readonly location?: string | undefined;
}

/** What to do when the pipeline refuses records in a way that may pass. */
export interface RetryConfig {
  /**
   * Offers them again with growing pauses, for `max_elapsed_time`. Off, they are offered again at each poll, for as
   * long as it takes. Either way the file is not read further meanwhile. Default `false`.
   */
  readonly enabled?: boolean | undefined;
  /** First pause. Default `'1s'`. */
  readonly initial_interval?: Duration | undefined;
  /** Longest pause. Default `'30s'`. */
  readonly max_interval?: Duration | undefined;
  /** After so long they are dropped; `'0s'` is never. Default `'5m'`. */
  readonly max_elapsed_time?: Duration | undefined;
}

/** {@link FileLogReceiverConfig} completed: sizes in bytes, times in milliseconds. */
export interface FileLogSettings {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly exclude_older_than: number | undefined;
  readonly start_at: 'beginning' | 'end';
  readonly poll_interval: number;
  readonly fingerprint_size: number;
  readonly initial_buffer_size: number;
  readonly max_log_size: number;
  readonly max_log_size_behavior: 'split' | 'truncate';
  readonly max_concurrent_files: number;
  readonly max_batches: number;
  readonly encoding: string;
  readonly multiline: MultilineConfig | undefined;
  readonly force_flush_period: number;
  readonly preserve_leading_whitespaces: boolean;
  readonly preserve_trailing_whitespaces: boolean;
  readonly include_file_name: boolean;
  readonly include_file_path: boolean;
  readonly include_file_name_resolved: boolean;
  readonly include_file_path_resolved: boolean;
  readonly include_file_owner_name: boolean;
  readonly include_file_owner_group_name: boolean;
  readonly include_file_permissions: boolean;
  readonly include_file_record_number: boolean;
  readonly include_file_record_offset: boolean;
  readonly compression: '' | 'gzip' | 'auto';
  readonly delete_after_read: boolean;
  readonly header: HeaderSettings | undefined;
  readonly on_truncate: 'ignore' | 'read_whole_file' | 'read_new';
  readonly polls_to_archive: number;
  readonly ordering_criteria: OrderingSettings | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  readonly storage: ExtensionRef<StorageProvider> | undefined;
  readonly retry_on_failure: RetrySettings;
  readonly operators: readonly OperatorSettings[];
}

export interface HeaderSettings {
  readonly pattern: string;
  readonly metadata_operators: readonly OperatorSettings[];
}

export interface OrderingSettings {
  readonly regex: string;
  readonly group_by: string | undefined;
  readonly top_n: number;
  readonly sort_by: readonly SortRuleConfig[];
}

export interface RetrySettings {
  readonly enabled: boolean;
  readonly initial_interval: number;
  readonly max_interval: number;
  readonly max_elapsed_time: number;
}

const globs = z
  .array(
    z.string().superRefine((glob, context) => {
      const problem = globProblem(glob);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `parse glob: ${problem}` });
    }),
  )
  .readonly();

const text = z.record(z.string(), templateText());

const multiline = z
  .strictObject({
    line_start_pattern: pattern().optional(),
    line_end_pattern: pattern().optional(),
    omit_pattern: z.boolean().default(false),
  })
  .superRefine(({ line_start_pattern, line_end_pattern }, context) => {
    const isStart = (line_start_pattern ?? '') !== '';
    if (isStart !== ((line_end_pattern ?? '') !== '')) return;
    const message = isStart
      ? 'only one of line_start_pattern or line_end_pattern can be set'
      : 'one of line_start_pattern or line_end_pattern must be set';
    context.addIssue({ code: 'custom', message });
  });

const sortRule = z
  .strictObject({
    sort_type: z.enum(['numeric', 'alphabetical', 'timestamp', 'mtime'], {
      error: ({ input }) =>
        input === undefined ? "'sort_type' must be specified" : `invalid sort_type ${JSON.stringify(input)}`,
    }),
    regex_key: z.string().optional(),
    ascending: z.boolean().default(false),
    layout: z.string().optional(),
    location: z.string().optional(),
  })
  .superRefine(({ sort_type, regex_key, layout }, context) => {
    const needs = (path: string): void =>
      context.addIssue({
        code: 'custom',
        path: [path],
        message: `must be specified with sort_type ${sort_type}`,
      });
    if (sort_type !== 'mtime' && regex_key === undefined) needs('regex_key');
    if (sort_type === 'timestamp' && layout === undefined) needs('layout');
  });

const ordering = z
  .strictObject({
    regex: pattern().default(''),
    group_by: pattern().optional(),
    top_n: z.int().min(1, { error: "'top_n' must be a positive integer" }).default(1),
    sort_by: z.array(sortRule).readonly().default([]),
  })
  .superRefine(({ regex, sort_by }, context) => {
    const needsRegex = sort_by.some(({ sort_type }) => sort_type !== 'mtime');
    if (!needsRegex || regex !== '') return;
    const message = "'regex' must be specified when 'sort_by' is specified";
    context.addIssue({ code: 'custom', path: ['regex'], message });
  });

const retry = z.strictObject({
  enabled: z.boolean().default(false),
  initial_interval: duration().prefault('1s'),
  max_interval: duration().prefault('30s'),
  max_elapsed_time: duration().prefault('5m'),
});

/** A key of the Collector's that Node cannot serve. */
function notPossible(why: string): z.ZodType<boolean, boolean | undefined> {
  return z
    .boolean()
    .refine((isOn) => !isOn, { error: `is not supported: ${why}` })
    .default(false);
}

const positiveSize = (key: string): z.ZodType<number, ByteSize> =>
  byteSize().refine((bytes) => bytes >= 1, { error: `'${key}' must be positive` });

export const schema: z.ZodType<FileLogSettings, FileLogReceiverConfig> = z
  .strictObject({
    include: globs.refine((list) => list.length > 0, { error: "'include' must be specified" }),
    exclude: globs.default([]),
    exclude_older_than: duration().optional(),
    start_at: z
      .enum(['beginning', 'end'], { error: ({ input }) => `invalid start_at location '${String(input)}'` })
      .default('end'),
    poll_interval: duration().prefault('200ms'),
    fingerprint_size: byteSize()
      .refine((bytes) => bytes >= 16, { error: "'fingerprint_size' must be at least 16 bytes" })
      .prefault(1000),
    initial_buffer_size: positiveSize('initial_buffer_size').prefault('16KiB'),
    max_log_size: positiveSize('max_log_size').prefault('1MiB'),
    max_log_size_behavior: z.enum(['split', 'truncate']).default('split'),
    max_concurrent_files: z.int().min(1, { error: "'max_concurrent_files' must be positive" }).default(1024),
    max_batches: z.int().min(0, { error: "'max_batches' must not be negative" }).default(0),
    encoding: z
      .string()
      .refine(isEncoding, { error: ({ input }) => `unsupported encoding '${String(input)}'` })
      .default('utf-8'),
    multiline: multiline.optional(),
    force_flush_period: duration().prefault('500ms'),
    preserve_leading_whitespaces: z.boolean().default(false),
    preserve_trailing_whitespaces: z.boolean().default(false),
    include_file_name: z.boolean().default(true),
    include_file_path: z.boolean().default(false),
    include_file_name_resolved: z.boolean().default(false),
    include_file_path_resolved: z.boolean().default(false),
    include_file_owner_name: z.boolean().default(false),
    include_file_owner_group_name: z.boolean().default(false),
    include_file_permissions: z.boolean().default(false),
    include_file_record_number: z.boolean().default(false),
    include_file_record_offset: z.boolean().default(false),
    compression: z.enum(['', 'gzip', 'auto']).default(''),
    delete_after_read: z.boolean().default(false),
    header: z.strictObject({ pattern: pattern(), metadata_operators: operatorsSchema }).optional(),
    acquire_fs_lock: notPossible('Node has no lock of files'),
    file_cache_advise: notPossible('Node has no posix_fadvise'),
    on_truncate: z.enum(['ignore', 'read_whole_file', 'read_new']).default('ignore'),
    polls_to_archive: z.int().min(0, { error: "'polls_to_archive' must not be negative" }).default(0),
    ordering_criteria: ordering.optional(),
    attributes: text.default({}),
    resource: text.default({}),
    storage: extensionRef<StorageProvider>().optional(),
    retry_on_failure: retry.prefault({}),
    operators: operatorsSchema.default([]),
  })
  .superRefine(
    ({ start_at, delete_after_read, header, header: { metadata_operators: operators } = {} }, context) => {
      const refuse = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path, message });
      if (delete_after_read && start_at === 'end') {
        refuse(['delete_after_read'], "'delete_after_read' cannot be used with 'start_at: end'");
      }
      if (header === undefined) return;
      if (start_at === 'end') refuse(['header'], "'header' cannot be specified with 'start_at: end'");
      if (operators?.length === 0) {
        refuse(['header', 'metadata_operators'], 'must have at least one operator');
      }
    },
  ) as never;
