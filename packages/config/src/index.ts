export type { ConfigNode, ListNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree.js';
export type { Diagnostic } from './diagnostic.js';
export { errorCodes, type ErrorCode } from './error-codes.js';
export { readConfig, type ReadOptions, type ReadResult } from './read.js';
export type { Surroundings } from './source.js';
export { buildOptions, type BuildSettings, type BuiltOptions } from './build-options.js';
export type { ComponentEntry, LazyFactory } from './components.js';
export { formatDiagnostics, type FormatOptions } from './format.js';
export {
  ConfigurationError,
  inspectConfig,
  loadConfig,
  type InspectedConfig,
  type LoadSettings,
} from './load.js';
export { positionOf, type Position } from './position.js';
export { isSecretKey } from './secret-names.js';
