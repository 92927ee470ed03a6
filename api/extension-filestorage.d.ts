// @tributary/extension-filestorage: what the package exports, written by scripts/api.mjs.
import { Duration, ExtensionFactory, StorageProvider } from '@tributary/component';

export interface CompactionConfig {
  readonly on_start?: boolean | undefined;
  readonly on_rebound?: boolean | undefined;
  readonly directory?: string | undefined;
  readonly max_transaction_size?: number | undefined;
  readonly rebound_needed_threshold_mib?: number | undefined;
  readonly rebound_trigger_threshold_mib?: number | undefined;
  readonly check_interval?: Duration | undefined;
  readonly cleanup_on_start?: boolean | undefined;
}
export interface FileStorageConfig {
  readonly directory?: string | undefined;
  readonly create_directory?: boolean | undefined;
  readonly directory_permissions?: string | undefined;
  readonly timeout?: Duration | undefined;
  readonly fsync?: boolean | undefined;
  readonly recreate?: boolean | undefined;
  readonly max_size?: number | undefined;
  readonly compaction?: CompactionConfig | undefined;
}
export declare const fileStorage: ExtensionFactory<FileStorageConfig, StorageProvider>;
