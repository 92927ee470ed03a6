import type { ScopeNameConfig, SeverityConfig, TimestampConfig, TraceConfig } from './blocks.js';
import type { ContainerConfig } from './container.js';
import type {
  AddConfig,
  AssignKeysConfig,
  FlattenConfig,
  MoveConfig,
  RegexReplaceConfig,
  RemoveConfig,
  RetainConfig,
  SanitizeUtf8Config,
  UnquoteConfig,
} from './fields.js';
import type { FilterConfig, NoopConfig, RecombineConfig, RouterConfig } from './flow.js';
import type { CommonConfig } from './operator.js';
import type {
  CsvParserConfig,
  JsonArrayParserConfig,
  JsonParserConfig,
  KeyValueParserConfig,
  RegexParserConfig,
  UriParserConfig,
} from './parsers.js';

/** Reads the time of a record. */
export interface TimeParserConfig extends CommonConfig, TimestampConfig {
  readonly type: 'time_parser';
}
/** Reads its level. */
export interface SeverityParserConfig extends CommonConfig, SeverityConfig {
  readonly type: 'severity_parser';
}
/** Reads the IDs of its span. */
export interface TraceParserConfig extends CommonConfig, TraceConfig {
  readonly type: 'trace_parser';
}
/** Reads the name of its scope. */
export interface ScopeNameParserConfig extends CommonConfig, ScopeNameConfig {
  readonly type: 'scope_name_parser';
}

/** One operator, by its `type`. */
export type OperatorConfig =
  | JsonParserConfig
  | RegexParserConfig
  | KeyValueParserConfig
  | CsvParserConfig
  | UriParserConfig
  | JsonArrayParserConfig
  | ContainerConfig
  | TimeParserConfig
  | SeverityParserConfig
  | TraceParserConfig
  | ScopeNameParserConfig
  | MoveConfig
  | AddConfig
  | RemoveConfig
  | RetainConfig
  | FlattenConfig
  | AssignKeysConfig
  | RegexReplaceConfig
  | UnquoteConfig
  | SanitizeUtf8Config
  | FilterConfig
  | RouterConfig
  | RecombineConfig
  | NoopConfig;
