// @tributary/stanza: what the package exports, written by scripts/api.mjs.
import { Clock, Duration, Ledger, Logger } from '@tributary/component';
import { Logs } from '@tributary/pdata';
import { z } from 'zod';

export interface AddConfig extends CommonConfig {
  readonly type: 'add';
  readonly field: string;
  readonly value: unknown;
}
export interface AssignKeysConfig extends CommonConfig {
  readonly type: 'assign_keys';
  readonly field: string;
  readonly keys: readonly string[];
}
export interface BlocksConfig {
  readonly timestamp?: TimestampConfig | undefined;
  readonly severity?: SeverityConfig | undefined;
  readonly trace?: TraceConfig | undefined;
  readonly scope_name?: ScopeNameConfig | undefined;
}
export type ByteSize = number | string;
export interface CommonConfig {
  readonly id?: string | undefined;
  readonly if?: string | undefined;
  readonly on_error?: 'send' | 'drop' | 'send_quiet' | 'drop_quiet' | undefined;
  readonly output?: string | readonly string[] | undefined;
}
export interface ContainerConfig extends CommonConfig {
  readonly type: 'container';
  readonly format?: '' | 'docker' | 'crio' | 'containerd' | undefined;
  readonly add_metadata_from_filepath?: boolean | undefined;
  readonly max_log_size?: ByteSize | undefined;
  readonly parse_from?: string | undefined;
  readonly parse_to?: string | undefined;
}
export interface CsvParserConfig extends ParserConfig {
  readonly type: 'csv_parser';
  readonly header?: string | undefined;
  readonly header_attribute?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly header_delimiter?: string | undefined;
  readonly lazy_quotes?: boolean | undefined;
  readonly ignore_quotes?: boolean | undefined;
}
export interface Entry {
  body: EntryValue;
  attributes: EntryMap;
  resource: EntryMap;
  timestamp: bigint;
  observedTimestamp: bigint;
  severityNumber: number;
  severityText: string;
  scopeName: string;
  traceId: string;
  spanId: string;
  traceFlags: number;
  receipt: Receipt;
}
export declare class EntryBatch {
  #private;
  add(entry: Entry): void;
  take(): Logs;
}
export interface EntryMap {
  [key: string]: EntryValue;
}
export type EntryValue =
  string | number | bigint | boolean | null | Uint8Array | readonly EntryValue[] | EntryMap;
export type Environment = Readonly<Record<string, string | undefined>>;
export interface FilterConfig extends CommonConfig {
  readonly type: 'filter';
  readonly expr: string;
  readonly drop_ratio?: number | undefined;
}
export interface FlattenConfig extends CommonConfig {
  readonly type: 'flatten';
  readonly field: string;
}
export interface JsonArrayParserConfig extends ParserConfig {
  readonly type: 'json_array_parser';
  readonly header?: string | undefined;
}
export interface JsonParserConfig extends ParserConfig {
  readonly type: 'json_parser';
  readonly parse_ints?: boolean | undefined;
}
export interface KeyValueParserConfig extends ParserConfig {
  readonly type: 'key_value_parser';
  readonly delimiter?: string | undefined;
  readonly pair_delimiter?: string | undefined;
}
export interface MoveConfig extends CommonConfig {
  readonly type: 'move' | 'copy';
  readonly from: string;
  readonly to: string;
}
export interface NoopConfig extends CommonConfig {
  readonly type: 'noop';
}
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
export interface OperatorSettings {
  readonly type: string;
}
export interface Operators {
  process(entry: Entry): void;
  flush(): void;
  readonly held: {
    readonly entries: number;
    readonly bytes: number;
  };
  close(): void;
}
export interface OperatorsRuntime {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly env: Environment;
}
export interface ParserConfig extends CommonConfig, BlocksConfig {
  readonly parse_from?: string | undefined;
  readonly parse_to?: string | undefined;
  readonly body?: string | undefined;
}
export interface Receipt {
  hold(): void;
  release(): void;
}
export interface RecombineConfig extends CommonConfig {
  readonly type: 'recombine';
  readonly is_first_entry?: string | undefined;
  readonly is_last_entry?: string | undefined;
  readonly combine_field: string;
  readonly combine_with?: string | undefined;
  readonly max_batch_size?: number | undefined;
  readonly max_unmatched_batch_size?: number | undefined;
  readonly max_sources?: number | undefined;
  readonly overwrite_with?: 'oldest' | 'newest' | undefined;
  readonly force_flush_period?: Duration | undefined;
  readonly source_identifier?: string | undefined;
  readonly max_log_size?: ByteSize | undefined;
}
export interface RegexParserConfig extends ParserConfig {
  readonly type: 'regex_parser';
  readonly regex: string;
  readonly cache?:
    | {
        readonly size?: number | undefined;
      }
    | undefined;
}
export interface RegexReplaceConfig extends CommonConfig {
  readonly type: 'regex_replace';
  readonly field: string;
  readonly regex?: string | undefined;
  readonly regex_name?: 'ansi_control_sequences' | undefined;
  readonly replace_with?: string | undefined;
}
export interface RemoveConfig extends CommonConfig {
  readonly type: 'remove';
  readonly field: string;
}
export interface RetainConfig extends CommonConfig {
  readonly type: 'retain';
  readonly fields: readonly string[];
}
export interface RouteConfig {
  readonly expr: string;
  readonly output: string | readonly string[];
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
export interface RouterConfig extends Omit<CommonConfig, 'output'> {
  readonly type: 'router';
  readonly routes: readonly RouteConfig[];
  readonly default?: string | readonly string[] | undefined;
}
export interface SanitizeUtf8Config extends CommonConfig {
  readonly type: 'sanitize_utf8';
  readonly field?: string | undefined;
}
export interface ScopeNameConfig {
  readonly parse_from?: string | undefined;
}
export interface ScopeNameParserConfig extends CommonConfig, ScopeNameConfig {
  readonly type: 'scope_name_parser';
}
export interface SeverityConfig {
  readonly parse_from?: string | undefined;
  readonly preset?: 'default' | 'otel' | 'aliases' | 'none' | undefined;
  readonly mapping?: Readonly<Record<string, unknown>> | undefined;
  readonly overwrite_text?: boolean | undefined;
}
export interface SeverityParserConfig extends CommonConfig, SeverityConfig {
  readonly type: 'severity_parser';
}
export type Template = (entry: Entry) => string;
export type TimeParser = (value: unknown) => bigint;
export interface TimeParserConfig extends CommonConfig, TimestampConfig {
  readonly type: 'time_parser';
}
export interface TimeSettings {
  readonly layout_type: 'strptime' | 'gotime' | 'epoch';
  readonly layout: string;
  readonly location?: string | undefined;
}
export interface TimestampConfig {
  readonly parse_from?: string | undefined;
  readonly layout: string;
  readonly layout_type?: 'strptime' | 'gotime' | 'epoch' | undefined;
  readonly location?: string | undefined;
}
export interface TraceConfig {
  readonly trace_id?:
    | {
        readonly parse_from?: string | undefined;
      }
    | undefined;
  readonly span_id?:
    | {
        readonly parse_from?: string | undefined;
      }
    | undefined;
  readonly trace_flags?:
    | {
        readonly parse_from?: string | undefined;
      }
    | undefined;
}
export interface TraceParserConfig extends CommonConfig, TraceConfig {
  readonly type: 'trace_parser';
}
export interface UnquoteConfig extends CommonConfig {
  readonly type: 'unquote';
  readonly field: string;
}
export interface UriParserConfig extends ParserConfig {
  readonly type: 'uri_parser';
}
export declare function byteSize(): z.ZodType<number, ByteSize>;
export declare function createOperators(
  settings: readonly OperatorSettings[],
  runtime: OperatorsRuntime,
  emit: Pass,
): Operators;
export declare function createTemplate(text: string, env: Environment): Template;
export declare function createTimeParser(settings: TimeSettings, nowMs: () => number): TimeParser;
export declare function isTemplate(text: string): boolean;
export declare function needsWholeLines(settings: readonly OperatorSettings[]): boolean;
export declare function newEntry(
  body: EntryValue,
  observedTimestamp: bigint,
  receipt: Receipt,
  attributes?: EntryMap,
): Entry;
export declare const noReceipt: Receipt;
export declare const operatorsSchema: z.ZodType<readonly OperatorSettings[], readonly OperatorConfig[]>;
export declare function put<V extends EntryValue>(map: EntryMap, key: string, value: V): V;
export declare function templateText(): z.ZodType<string, string>;

// Not exported, but referred to above.
type Pass = (entry: Entry) => void;
