// For receivers.
export { createOperators, needsWholeLines, type Operators } from './operators/operators.js';
export { operatorsSchema, type OperatorSettings } from './operators/schema.js';
export type { OperatorsRuntime } from './operators/operator.js';
export {
  newEntry,
  noReceipt,
  put,
  type Entry,
  type EntryMap,
  type EntryValue,
  type Receipt,
} from './entry.js';
export { EntryBatch } from './entry-batch.js';
export { createTemplate, isTemplate, templateText, type Environment, type Template } from './expressions.js';
export { byteSize, type ByteSize } from './byte-size.js';
export { createTimeParser, type TimeParser, type TimeSettings } from './time/parse.js';

// What users write.
export type {
  OperatorConfig,
  ScopeNameParserConfig,
  SeverityParserConfig,
  TimeParserConfig,
  TraceParserConfig,
} from './operators/config.js';
export type { ContainerConfig } from './operators/container.js';
export type {
  AddConfig,
  AssignKeysConfig,
  FlattenConfig,
  MoveConfig,
  RegexReplaceConfig,
  RemoveConfig,
  RetainConfig,
  SanitizeUtf8Config,
  UnquoteConfig,
} from './operators/fields.js';
export type {
  FilterConfig,
  NoopConfig,
  RecombineConfig,
  RouteConfig,
  RouterConfig,
} from './operators/flow.js';
export type {
  CsvParserConfig,
  JsonArrayParserConfig,
  JsonParserConfig,
  KeyValueParserConfig,
  ParserConfig,
  RegexParserConfig,
  UriParserConfig,
} from './operators/parsers.js';
export type {
  BlocksConfig,
  ScopeNameConfig,
  SeverityConfig,
  TimestampConfig,
  TraceConfig,
} from './operators/blocks.js';
export type { CommonConfig } from './operators/operator.js';
