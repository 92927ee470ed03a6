export { pattern } from './schema.js';
export { createMatcher } from './matcher.js';
export { createRenamer } from './renamer.js';
