export type { ConfigNode, ListNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree.js';
export type { Diagnostic } from './diagnostic.js';
export { errorCodes, type ErrorCode } from './error-codes.js';
export { readConfig, type ReadOptions, type ReadResult } from './read.js';
export type { Surroundings } from './source.js';
