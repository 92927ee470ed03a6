// For users.
export { fileLogReceiver } from './file-log.js';
export type {
  FileLogReceiverConfig,
  HeaderConfig,
  MultilineConfig,
  OrderingConfig,
  RetryConfig,
  SortRuleConfig,
} from './config.js';

// For tests and simulations.
export { createFileLogReceiver } from './file-log.js';
export type { FileState, Listed, LogFiles } from './files.js';
