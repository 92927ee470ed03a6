// For users.
export { memoryLimiter } from './memory-limiter.js';
export type { MemoryLimiterConfig } from './config.js';

// For tests and simulations.
export { createMemoryLimiter } from './memory-limiter.js';
export type { Machine, MemoryUse } from './machine.js';
