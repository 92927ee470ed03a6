// @tributary/receiver-filelog: what the package exports, written by scripts/api.mjs.
import { Duration, ExtensionRef, ReceiverFactory, StorageProvider } from '@tributary/component';
import { ByteSize, OperatorConfig } from '@tributary/stanza';

export interface FileLogReceiverConfig {
  readonly include: readonly string[];
  readonly exclude?: readonly string[] | undefined;
  readonly exclude_older_than?: Duration | undefined;
  readonly start_at?: 'beginning' | 'end' | undefined;
  readonly poll_interval?: Duration | undefined;
  readonly fingerprint_size?: ByteSize | undefined;
  readonly initial_buffer_size?: ByteSize | undefined;
  readonly max_log_size?: ByteSize | undefined;
  readonly max_log_size_behavior?: 'split' | 'truncate' | undefined;
  readonly max_concurrent_files?: number | undefined;
  readonly max_batches?: number | undefined;
  readonly encoding?: string | undefined;
  readonly multiline?: MultilineConfig | undefined;
  readonly force_flush_period?: Duration | undefined;
  readonly preserve_leading_whitespaces?: boolean | undefined;
  readonly preserve_trailing_whitespaces?: boolean | undefined;
  readonly include_file_name?: boolean | undefined;
  readonly include_file_path?: boolean | undefined;
  readonly include_file_name_resolved?: boolean | undefined;
  readonly include_file_path_resolved?: boolean | undefined;
  readonly include_file_owner_name?: boolean | undefined;
  readonly include_file_owner_group_name?: boolean | undefined;
  readonly include_file_permissions?: boolean | undefined;
  readonly include_file_record_number?: boolean | undefined;
  readonly include_file_record_offset?: boolean | undefined;
  readonly compression?: '' | 'gzip' | 'auto' | undefined;
  readonly delete_after_read?: boolean | undefined;
  readonly header?: HeaderConfig | undefined;
  readonly acquire_fs_lock?: boolean | undefined;
  readonly file_cache_advise?: boolean | undefined;
  readonly on_truncate?: 'ignore' | 'read_whole_file' | 'read_new' | undefined;
  readonly polls_to_archive?: number | undefined;
  readonly ordering_criteria?: OrderingConfig | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly resource?: Readonly<Record<string, string>> | undefined;
  readonly storage?: ExtensionRef<StorageProvider> | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly operators?: readonly OperatorConfig[] | undefined;
}
export interface FileState {
  readonly identity: string;
  readonly bytes: number;
  readonly writtenMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}
export interface HeaderConfig {
  readonly pattern: string;
  readonly metadata_operators: readonly OperatorConfig[];
}
export interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
}
export interface LogFiles {
  list(folder: string): readonly Listed[];
  state(file: string): FileState | undefined;
  resolve(file: string): string;
  text(file: string): string;
}
export interface MultilineConfig {
  readonly line_start_pattern?: string | undefined;
  readonly line_end_pattern?: string | undefined;
  readonly omit_pattern?: boolean | undefined;
}
export interface OrderingConfig {
  readonly regex?: string | undefined;
  readonly group_by?: string | undefined;
  readonly top_n?: number | undefined;
  readonly sort_by?: readonly SortRuleConfig[] | undefined;
}
export interface RetryConfig {
  readonly enabled?: boolean | undefined;
  readonly initial_interval?: Duration | undefined;
  readonly max_interval?: Duration | undefined;
  readonly max_elapsed_time?: Duration | undefined;
}
export interface SortRuleConfig {
  readonly sort_type: 'numeric' | 'alphabetical' | 'timestamp' | 'mtime';
  readonly regex_key?: string | undefined;
  readonly ascending?: boolean | undefined;
  readonly layout?: string | undefined;
  readonly location?: string | undefined;
}
export declare function createFileLogReceiver(files: LogFiles): typeof fileLogReceiver;
export declare const fileLogReceiver: ReceiverFactory<FileLogReceiverConfig, 'logs'>;
