import { createExtractor } from '@tributary/patterns';
import { emptyMap, put, type Entry, type EntryMap, type EntryValue } from '../entry.js';
import { parseField, type Field } from '../field.js';
import { createBlocks, there, type BlocksConfig, type BlocksSettings } from './blocks.js';
import {
  transform,
  type CommonConfig,
  type CommonSettings,
  type Operator,
  type OperatorsRuntime,
} from './operator.js';

/** What every parser may be told. */
export interface ParserConfig extends CommonConfig, BlocksConfig {
  /** The field that is read. Default `'body'`. */
  readonly parse_from?: string | undefined;
  /** Where what was read goes. Default `'attributes'`. */
  readonly parse_to?: string | undefined;
  /** A field of what was read that becomes the body. Default none. */
  readonly body?: string | undefined;
}

/** Reads JSON objects. */
export interface JsonParserConfig extends ParserConfig {
  readonly type: 'json_parser';
  /** Whole numbers become integers, and not doubles. Default `false`. */
  readonly parse_ints?: boolean | undefined;
}
/** Takes a text apart by the named groups of a regular expression. */
export interface RegexParserConfig extends ParserConfig {
  readonly type: 'regex_parser';
  readonly regex: string;
  /** Remembers what texts came to. */
  readonly cache?: { readonly size?: number | undefined } | undefined;
}
/** Reads `a=1 b="two words"`. */
export interface KeyValueParserConfig extends ParserConfig {
  readonly type: 'key_value_parser';
  /** Between a key and its value. Default `'='`. */
  readonly delimiter?: string | undefined;
  /** Between pairs. Default: blanks. */
  readonly pair_delimiter?: string | undefined;
}
/** Reads lines of CSV. */
export interface CsvParserConfig extends ParserConfig {
  readonly type: 'csv_parser';
  /** The names of the columns. This or `header_attribute`. */
  readonly header?: string | undefined;
  /** The attribute that has them. */
  readonly header_attribute?: string | undefined;
  /** Between columns; one character. Default `','`. */
  readonly delimiter?: string | undefined;
  /** Between names of columns. Default: `delimiter`. */
  readonly header_delimiter?: string | undefined;
  /** Takes quotes for what they are within a column. Default `false`. */
  readonly lazy_quotes?: boolean | undefined;
  /** Takes quotes for characters like all others. Default `false`. */
  readonly ignore_quotes?: boolean | undefined;
}
/** Takes a URI apart. */
export interface UriParserConfig extends ParserConfig {
  readonly type: 'uri_parser';
}
/** Reads lists in JSON without the names of their elements. */
export interface JsonArrayParserConfig extends ParserConfig {
  readonly type: 'json_array_parser';
  /** Names for the elements; without, a list is what comes out. Default none. */
  readonly header?: string | undefined;
}

export interface ParserSettings extends CommonSettings, BlocksSettings {
  readonly parse_from: Field;
  readonly parse_to: Field;
  readonly body?: Field | undefined;
}
interface JsonParserSettings extends ParserSettings {
  readonly type: 'json_parser';
  readonly parse_ints: boolean;
}
interface RegexParserSettings extends ParserSettings {
  readonly type: 'regex_parser';
  readonly regex: string;
  readonly cache: { readonly size: number };
}
interface KeyValueParserSettings extends ParserSettings {
  readonly type: 'key_value_parser';
  readonly delimiter: string;
  readonly pair_delimiter: string;
}
interface CsvParserSettings extends ParserSettings {
  readonly type: 'csv_parser';
  readonly header?: string | undefined;
  readonly header_attribute?: string | undefined;
  readonly delimiter: string;
  readonly header_delimiter?: string | undefined;
  readonly lazy_quotes: boolean;
  readonly ignore_quotes: boolean;
}
interface UriParserSettings extends ParserSettings {
  readonly type: 'uri_parser';
}
interface JsonArrayParserSettings extends ParserSettings {
  readonly type: 'json_array_parser';
  readonly header?: string | undefined;
}

export type AnyParserSettings =
  | JsonParserSettings
  | RegexParserSettings
  | KeyValueParserSettings
  | CsvParserSettings
  | UriParserSettings
  | JsonArrayParserSettings;

/** Reads a value, for one of the fields of an entry. @throws Error for what it cannot read */
type Parse = (value: EntryValue, entry: Entry) => EntryValue;

export function createParser(settings: AnyParserSettings, { clock }: OperatorsRuntime): Operator {
  const parse = parseOf(settings);
  return transform(readInto(settings, parse, () => clock.now()));
}

/** Reads a field into another, and what the blocks say. */
export function readInto(
  settings: ParserSettings,
  parse: Parse,
  nowMs: () => number,
): (entry: Entry) => void {
  const { parse_from: from, parse_to: to, body } = settings;
  const blocks = createBlocks(settings, nowMs);
  return (entry) => {
    to.set(entry, parse(there(from, entry), entry));
    if (body !== undefined) {
      const value = body.get(entry);
      if (value !== undefined) entry.body = value;
    }
    blocks(entry);
  };
}

function parseOf(settings: AnyParserSettings): Parse {
  switch (settings.type) {
    case 'json_parser':
      return settings.parse_ints ? parseJsonWithInts : parseJson;
    case 'regex_parser':
      return createRegexParse(settings.regex, settings.cache.size);
    case 'key_value_parser':
      return createKeyValueParse(settings.delimiter, settings.pair_delimiter);
    case 'csv_parser':
      return createCsvParse(settings);
    case 'uri_parser':
      return (value) => parseUri(textOf(value));
    case 'json_array_parser':
      return createJsonArrayParse(settings.header);
  }
}

function textOf(value: EntryValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  throw new Error(
    `type ${value === null ? 'nil' : Array.isArray(value) ? 'array' : typeof value} cannot be parsed`,
  );
}

function parseJson(value: EntryValue): EntryValue {
  return objectOf(JSON.parse(textOf(value)));
}

function objectOf(value: unknown): EntryMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as EntryMap;
  throw new Error(
    `a JSON object was expected, got ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}`,
  );
}

/** A whole number in JSON, where its text tells: what stands in a string is none. */
const wholeNumber = /"(?:[^"\\]|\\.)*"|(-?(?:0|[1-9]\d*))(?![\d.eE])|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const intMark = '\0int:';

function parseJsonWithInts(value: EntryValue): EntryValue {
  // Node 20 does not tell a reviver how a number was written, and 2^53 is not enough for IDs.
  const marked = textOf(value).replaceAll(wholeNumber, (whole, int: string | undefined) =>
    int === undefined ? whole : `"${intMark.replace('\0', '\\u0000')}${int}"`,
  );
  const parsed: unknown = JSON.parse(marked, (_, each: unknown) => {
    if (typeof each !== 'string' || !each.startsWith(intMark)) return each;
    const int = BigInt(each.slice(intMark.length));
    return int === BigInt.asIntN(64, int) ? int : Number(int);
  });
  return objectOf(parsed);
}

function createRegexParse(regex: string, cacheSize: number): Parse {
  const { names, extract } = createExtractor(regex);
  const cache = new Map<string, readonly string[]>();
  return (value) => {
    const text = textOf(value);
    let found = cacheSize > 0 ? cache.get(text) : undefined;
    if (found === undefined) {
      found = extract(text);
      if (found === undefined) throw new Error('regex pattern does not match');
      if (cacheSize > 0) {
        if (cache.size >= cacheSize) cache.delete(cache.keys().next().value!);
        cache.set(text, found);
      }
    }
    const map = emptyMap();
    for (let i = 0; i < names.length; i++) put(map, names[i]!, found[i]!);
    return map;
  };
}

function createKeyValueParse(delimiter: string, pairDelimiter: string): Parse {
  return (value) => {
    const map = emptyMap();
    for (const pair of pairsOf(textOf(value), pairDelimiter)) {
      const at = pair.indexOf(delimiter);
      if (at < 0)
        throw new Error(
          `expected ${JSON.stringify(pair)} to be a key and a value with ${JSON.stringify(delimiter)} between`,
        );
      put(map, unquoted(pair.slice(0, at)), unquoted(pair.slice(at + delimiter.length)));
    }
    if (Object.keys(map).length === 0) throw new Error('there are no pairs');
    return map;
  };
}

/** Pairs, between which the delimiter stands outside of quotes. */
function pairsOf(text: string, delimiter: string): string[] {
  const pairs: string[] = [];
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      at++;
      continue;
    }
    if (character === '"' || character === "'") {
      quote = character;
      at++;
      continue;
    }
    const size =
      delimiter === ''
        ? /\s/.test(character)
          ? 1
          : 0
        : text.startsWith(delimiter, at)
          ? delimiter.length
          : 0;
    if (size === 0) {
      at++;
      continue;
    }
    pairs.push(text.slice(start, at));
    at += size;
    start = at;
  }
  if (quote !== '') throw new Error(`a ${quote} that does not end`);
  pairs.push(text.slice(start));
  return pairs.filter((pair) => pair.trim() !== '');
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const [first] = trimmed;
  const isQuoted = trimmed.length > 1 && (first === '"' || first === "'") && trimmed.endsWith(first);
  return isQuoted ? trimmed.slice(1, -1) : trimmed;
}

function createCsvParse(settings: CsvParserSettings): Parse {
  const {
    header,
    header_attribute,
    delimiter,
    header_delimiter = delimiter,
    lazy_quotes,
    ignore_quotes,
  } = settings;
  const split = (text: string): string[] =>
    ignore_quotes ? text.split(delimiter) : splitCsv(text, delimiter, lazy_quotes);
  const fixed = header?.split(header_delimiter);
  const attribute =
    header_attribute === undefined
      ? undefined
      : parseField(`attributes[${JSON.stringify(header_attribute)}]`);
  return (value, entry) => {
    const names = fixed ?? textOf(there(attribute!, entry)).split(header_delimiter);
    const columns = split(textOf(value));
    if (columns.length !== names.length) {
      throw new Error(`wrong number of fields: expected ${names.length}, found ${columns.length}`);
    }
    const map = emptyMap();
    for (let i = 0; i < names.length; i++) put(map, names[i]!.trim(), columns[i]!);
    return map;
  };
}

/** One record of RFC 4180. A quoted column may have line ends. */
export function splitCsv(text: string, delimiter: string, isLazy: boolean): string[] {
  const columns: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let column = '';
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) {
          if (!isLazy) throw new Error('a quoted column that does not end');
          column += text.slice(at);
          at = text.length;
          break;
        }
        column += text.slice(at, end);
        at = end + 1;
        if (text[at] === '"') {
          column += '"';
          at++;
        } else if (at >= text.length || text[at] === delimiter) break;
        else if (isLazy) column += '"';
        else throw new Error('a quote within a quoted column');
      }
      columns.push(column);
    } else {
      const end = text.indexOf(delimiter, at);
      const column = text.slice(at, end < 0 ? text.length : end);
      if (!isLazy && column.includes('"')) throw new Error('a quote in a column without quotes');
      columns.push(column);
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return columns;
    at++;
  }
}

function parseUri(text: string): EntryMap {
  const map = emptyMap();
  if (text.startsWith('?')) {
    map['query'] = queryOf(text.slice(1));
    return map;
  }
  const match =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
      text,
    );
  if (match === null) throw new Error(`${JSON.stringify(text)} is no URI`);
  const [, scheme, user, host, port, path, query, fragment] = match;
  if (scheme !== undefined) map['scheme'] = scheme.toLowerCase();
  if (user !== undefined) map['user'] = user.split(':')[0]!;
  if (host !== undefined && host !== '') map['host'] = host;
  if (port !== undefined && port !== '') map['port'] = port;
  if (path !== undefined && path !== '') map['path'] = path;
  if (query !== undefined && query !== '') map['query'] = queryOf(query);
  if (fragment !== undefined && fragment !== '') map['fragment'] = fragment;
  return map;
}

/** Each name may come several times. */
function queryOf(query: string): EntryMap {
  const map = emptyMap();
  for (const [name, value] of new URLSearchParams(query)) {
    const known = Object.hasOwn(map, name) ? (map[name] as string[]) : put(map, name, [] as string[]);
    known.push(value);
  }
  return map;
}

function createJsonArrayParse(header: string | undefined): Parse {
  const names = header?.split(',').map((name) => name.trim());
  return (value) => {
    const list: unknown = JSON.parse(textOf(value));
    if (!Array.isArray(list)) throw new Error('a JSON list was expected');
    if (names === undefined) return list as EntryValue[];
    if (names.length !== list.length) {
      throw new Error(`wrong number of fields: expected ${names.length}, found ${list.length}`);
    }
    const map = emptyMap();
    for (let i = 0; i < names.length; i++) put(map, names[i]!, list[i] as EntryValue);
    return map;
  };
}
