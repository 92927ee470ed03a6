export type { ConfigNode, ListNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree.js';
export type { Diagnostic } from './diagnostic.js';
export { errorCodes, type ErrorCode } from './error-codes.js';
