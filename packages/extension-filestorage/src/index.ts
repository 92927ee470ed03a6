// For users.
export { fileStorage } from './file-storage.js';
export type { CompactionConfig, FileStorageConfig } from './config.js';
