import type { Entry } from '../entry.js';
import { parseField, type Field } from '../field.js';
import { createSeverityParser } from '../severity.js';
import { createTimeParser, type TimeSettings } from '../time/parse.js';

/** Where the time of a record is, and how it is written. */
export interface TimestampConfig {
  /** The field with the time. Default `'body'` as an operator of its own; in a parser it is needed. */
  readonly parse_from?: string | undefined;
  /** How it is written: `'%Y-%m-%d %H:%M:%S'`, `'2006-01-02T15:04:05Z07:00'`, or `'s'`, `'ms'`, `'us'`, `'ns'`. */
  readonly layout: string;
  /** Default `'strptime'`. */
  readonly layout_type?: 'strptime' | 'gotime' | 'epoch' | undefined;
  /** A zone of the IANA. Default: UTC where the layout ends in Z, else that of the process. */
  readonly location?: string | undefined;
}

/** Where the level of a record is, and what it means. */
export interface SeverityConfig {
  readonly parse_from?: string | undefined;
  /** Names that are known beforehand: `'default'`, `'otel'` (also `'aliases'`), or `'none'`. Default `'default'`. */
  readonly preset?: 'default' | 'otel' | 'aliases' | 'none' | undefined;
  /** For a level, what stands for it: a value, a list, `{ min, max }`, or `'5xx'`. Default `{}`. */
  readonly mapping?: Readonly<Record<string, unknown>> | undefined;
  /** Has the text say the level as OTLP calls it. Default `false`. */
  readonly overwrite_text?: boolean | undefined;
}

/** Where the IDs of the span are of which a record tells. */
export interface TraceConfig {
  /** Hexadecimal. Default `attributes.trace_id`. */
  readonly trace_id?: { readonly parse_from?: string | undefined } | undefined;
  /** Default `attributes.span_id`. */
  readonly span_id?: { readonly parse_from?: string | undefined } | undefined;
  /** Default `attributes.trace_flags`. */
  readonly trace_flags?: { readonly parse_from?: string | undefined } | undefined;
}

/** Where the name of the scope is. */
export interface ScopeNameConfig {
  readonly parse_from?: string | undefined;
}

/** Blocks that every parser may have. */
export interface BlocksConfig {
  readonly timestamp?: TimestampConfig | undefined;
  readonly severity?: SeverityConfig | undefined;
  readonly trace?: TraceConfig | undefined;
  readonly scope_name?: ScopeNameConfig | undefined;
}

export interface TimestampSettings extends TimeSettings {
  readonly parse_from?: Field | undefined;
}
export interface SeverityBlockSettings {
  readonly parse_from?: Field | undefined;
  readonly preset: 'default' | 'otel' | 'aliases' | 'none';
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly overwrite_text: boolean;
}
export interface TraceSettings {
  readonly trace_id: { readonly parse_from: Field };
  readonly span_id: { readonly parse_from: Field };
  readonly trace_flags: { readonly parse_from: Field };
}
export interface ScopeNameSettings {
  readonly parse_from?: Field | undefined;
}
export interface BlocksSettings {
  readonly timestamp?: TimestampSettings | undefined;
  readonly severity?: SeverityBlockSettings | undefined;
  readonly trace?: TraceSettings | undefined;
  readonly scope_name?: ScopeNameSettings | undefined;
}

type Change = (entry: Entry) => void;
const body = parseField('body');

export function createTimestamp(settings: TimestampSettings, nowMs: () => number): Change {
  const { parse_from: from = body } = settings;
  const parse = createTimeParser(settings, nowMs);
  return (entry) => {
    entry.timestamp = parse(there(from, entry));
  };
}

export function createSeverity({ parse_from: from = body, preset, ...rest }: SeverityBlockSettings): Change {
  const parse = createSeverityParser({ ...rest, preset: preset === 'aliases' ? 'otel' : preset });
  return (entry) => {
    const { number, text } = parse(there(from, entry));
    entry.severityNumber = number;
    entry.severityText = text;
  };
}

export function createTrace({ trace_id, span_id, trace_flags }: TraceSettings): Change {
  const hex = (from: Field, entry: Entry, digits: number): string | undefined => {
    const value = from.get(entry);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length === digits && /^[0-9a-fA-F]+$/.test(value)) {
      return value.toLowerCase();
    }
    throw new Error(`${from.name}: must be ${digits} hexadecimal digits`);
  };
  return (entry) => {
    const traceId = hex(trace_id.parse_from, entry, 32);
    const spanId = hex(span_id.parse_from, entry, 16);
    const flags = hex(trace_flags.parse_from, entry, 2);
    if (traceId !== undefined) entry.traceId = traceId;
    if (spanId !== undefined) entry.spanId = spanId;
    if (flags !== undefined) entry.traceFlags = Number.parseInt(flags, 16);
  };
}

export function createScopeName({ parse_from: from = body }: ScopeNameSettings): Change {
  return (entry) => {
    const name = there(from, entry);
    if (typeof name !== 'string') throw new Error(`${from.name}: the name of a scope must be a text`);
    entry.scopeName = name;
  };
}

/** All blocks of a parser: each is tried, and the first failure told. */
export function createBlocks(
  { timestamp, severity, trace, scope_name }: BlocksSettings,
  nowMs: () => number,
): Change {
  const changes: Change[] = [];
  if (timestamp !== undefined) changes.push(createTimestamp(timestamp, nowMs));
  if (severity !== undefined) changes.push(createSeverity(severity));
  if (trace !== undefined) changes.push(createTrace(trace));
  if (scope_name !== undefined) changes.push(createScopeName(scope_name));
  const [only] = changes;
  if (only === undefined) return () => {};
  if (changes.length === 1) return only;
  return (entry) => {
    let failure: Error | undefined;
    for (const change of changes) {
      try {
        change(entry);
      } catch (error) {
        failure ??= error as Error;
      }
    }
    if (failure !== undefined) throw failure;
  };
}

/** The value of a field. @throws Error where there is none */
export function there(from: Field, entry: Entry): NonNullable<ReturnType<Field['get']>> {
  const value = from.get(entry);
  if (value === undefined || value === null)
    throw new Error(`entry is missing the expected field ${from.name}`);
  return value;
}
