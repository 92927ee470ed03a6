export { pattern } from './schema.js';
export { createMatcher } from './matcher.js';
export { createRenamer } from './renamer.js';
export { createSearcher } from './searcher.js';
export { createExtractor, type Extractor } from './extractor.js';
export { createReplacer } from './replacer.js';
