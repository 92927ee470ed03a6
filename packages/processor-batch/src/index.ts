export { batch } from './batch.js';
export type { BatchConfig } from './config.js';
