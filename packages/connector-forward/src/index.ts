export { forward } from './forward.js';
export type { ForwardConfig } from './config.js';
