import type { Entry, EntryLevel } from './log-entry.js';

/** Writes an entry as one line, with its end. */
export type Encode = (entry: Entry) => string;

/** From which level on the stack trace of an error is written; `undefined`: never. */
export type StackLevel = EntryLevel | undefined;

const order: readonly EntryLevel[] = ['debug', 'info', 'warn', 'error'];

export function isAtLeast(level: EntryLevel, least: EntryLevel): boolean {
  return order.indexOf(level) >= order.indexOf(least);
}

/** For people, as zap writes it: time, level, message and fields, separated by tabs; then the stack. */
export function consoleEncoding(stackLevel: StackLevel): Encode {
  return (entry) => {
    const { level, timeMs, message, fields } = entry;
    const json = Object.keys(fields).length === 0 ? '' : `\t${toJson(plainFields(fields), ' ')}`;
    const stack = stackOf(entry, stackLevel);
    return `${isoTime(timeMs)}\t${level}\t${message}${json}${stack === undefined ? '' : `\n${stack}`}\n`;
  };
}

/** For programs: a JSON object with zap's names, `level`, `ts`, `msg`, then the fields, then `stacktrace`. */
export function jsonEncoding(stackLevel: StackLevel): Encode {
  return (entry) => {
    const { level, timeMs, message, fields } = entry;
    const stack = stackOf(entry, stackLevel);
    const line = {
      level,
      ts: isoTime(timeMs),
      msg: message,
      ...plainFields(fields),
      ...(stack !== undefined && { stacktrace: stack }),
    };
    return `${toJson(line, '')}\n`;
  };
}

/** ISO 8601 with milliseconds, in UTC. */
function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Zap writes where the line was made, which says little; here it is the stack of the error that the line tells of. */
function stackOf({ level, fields }: Entry, least: StackLevel): string | undefined {
  if (least === undefined || !isAtLeast(level, least)) return undefined;
  const error = Object.values(fields).find((value) => value instanceof Error);
  return error?.stack;
}

/** A value of a field, as far as text and OTLP can say it. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Fields without what cannot be written or must not be: errors are their message, headers lose their values. */
export function plainFields(fields: Readonly<Record<string, unknown>>): { readonly [key: string]: Plain } {
  return plainObject(Object.entries(fields), 0);
}

/** Deeper is cut: what holds itself would never end. */
const maxDepth = 8;

function plain(value: unknown, depth: number): Plain {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      break;
    default:
      return String(value);
  }
  if (value === null) return null;
  if (value instanceof Error) return value.message;
  if (value instanceof Date) return isoTime(value.getTime());
  if (depth >= maxDepth) return '...';
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof Map)
    return plainObject(
      [...value].map(([key, part]) => [String(key), part]),
      depth,
    );
  if (Array.isArray(value) || value instanceof Set) return [...value].map((part) => plain(part, depth + 1));
  return plainObject(Object.entries(value), depth);
}

function plainObject(entries: Iterable<[string, unknown]>, depth: number): { readonly [key: string]: Plain } {
  const result: Record<string, Plain> = {};
  for (const [key, value] of entries) {
    if (value === undefined || typeof value === 'function') continue;
    result[key] = isHeaders(key) ? redacted(value) : plain(value, depth + 1);
  }
  return result;
}

const isHeaders = (key: string): boolean => /^(headers|metadata)$/i.test(key);

/** Headers carry tokens; their names are enough to find a mistake. */
function redacted(value: unknown): Plain {
  if (typeof value !== 'object' || value === null) return hidden;
  const names = value instanceof Map ? [...value.keys()].map(String) : Object.keys(value);
  return Object.fromEntries(names.map((name) => [name, hidden]));
}

export const hidden = '[REDACTED]';

/** JSON with `space` after each colon and comma: zap's console has one, its JSON none. */
function toJson(value: Plain, space: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((part: Plain) => toJson(part, space)).join(`,${space}`)}]`;
  const pairs = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}:${space}${toJson(part, space)}`,
  );
  return `{${pairs.join(`,${space}`)}}`;
}
