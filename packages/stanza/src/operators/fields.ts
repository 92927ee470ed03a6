import { unescape } from '@tributary/expr';
import { createReplacer } from '@tributary/patterns';
import { emptyMap, isMap, layOver, put, type Entry, type EntryValue } from '../entry.js';
import { asEntryValue, compile, createTemplate, evaluate, isTemplate } from '../expressions.js';
import { parseField, type Field } from '../field.js';
import { there } from './blocks.js';
import {
  transform,
  type CommonConfig,
  type CommonSettings,
  type Operator,
  type OperatorsRuntime,
} from './operator.js';

/** Moves or copies what is in a field. */
export interface MoveConfig extends CommonConfig {
  readonly type: 'move' | 'copy';
  readonly from: string;
  readonly to: string;
}
/** Puts a value into a field. */
export interface AddConfig extends CommonConfig {
  readonly type: 'add';
  readonly field: string;
  /** Any value; in a text, `EXPR(...)` stands for what an expression comes to. */
  readonly value: unknown;
}
/** Takes a field away. */
export interface RemoveConfig extends CommonConfig {
  readonly type: 'remove';
  readonly field: string;
}
/** Takes all fields away but some. */
export interface RetainConfig extends CommonConfig {
  readonly type: 'retain';
  readonly fields: readonly string[];
}
/** Puts what is in a map into the one around it. */
export interface FlattenConfig extends CommonConfig {
  readonly type: 'flatten';
  readonly field: string;
}
/** Makes a map of a list and names for its elements. */
export interface AssignKeysConfig extends CommonConfig {
  readonly type: 'assign_keys';
  readonly field: string;
  readonly keys: readonly string[];
}
/** Replaces what a regular expression matches. */
export interface RegexReplaceConfig extends CommonConfig {
  readonly type: 'regex_replace';
  readonly field: string;
  /** This, or `regex_name`. */
  readonly regex?: string | undefined;
  /** One that is known by a name. */
  readonly regex_name?: 'ansi_control_sequences' | undefined;
  /** `$1` stands for the first group. Default `''`. */
  readonly replace_with?: string | undefined;
}
/** Reads a text in quotes, as Go writes it. */
export interface UnquoteConfig extends CommonConfig {
  readonly type: 'unquote';
  readonly field: string;
}
/** Puts U+FFFD in the place of what is not UTF-8. */
export interface SanitizeUtf8Config extends CommonConfig {
  readonly type: 'sanitize_utf8';
  /** Default `'body'`. */
  readonly field?: string | undefined;
}

const ansi = '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]|\\x1b[@-Z\\\\-_]';

export type FieldSettings = CommonSettings &
  (
    | { readonly type: 'move' | 'copy'; readonly from: Field; readonly to: Field }
    | { readonly type: 'add'; readonly field: Field; readonly value?: unknown }
    | { readonly type: 'remove' | 'flatten' | 'unquote' | 'sanitize_utf8'; readonly field: Field }
    | { readonly type: 'retain'; readonly fields: readonly Field[] }
    | { readonly type: 'assign_keys'; readonly field: Field; readonly keys: readonly string[] }
    | {
        readonly type: 'regex_replace';
        readonly field: Field;
        readonly regex?: string | undefined;
        readonly regex_name?: string | undefined;
        readonly replace_with: string;
      }
  );

export function createFieldOperator(settings: FieldSettings, runtime: OperatorsRuntime): Operator {
  return transform(changeOf(settings, runtime));
}

function changeOf(settings: FieldSettings, { env }: OperatorsRuntime): (entry: Entry) => void {
  switch (settings.type) {
    case 'move':
      return (entry) => {
        const value = there(settings.from, entry);
        settings.from.delete(entry);
        settings.to.set(entry, value);
      };
    case 'copy':
      return (entry) => settings.to.set(entry, structuredClone(there(settings.from, entry)));
    case 'add':
      return createAdd(settings.field, settings.value, env);
    case 'remove':
      return (entry) => {
        if (settings.field.delete(entry) === undefined) {
          throw new Error(`remove: field does not exist: ${settings.field.name}`);
        }
      };
    case 'retain':
      return createRetain(settings.fields);
    case 'flatten':
      return createFlatten(settings.field);
    case 'assign_keys':
      return (entry) => {
        const list = there(settings.field, entry);
        if (!Array.isArray(list)) throw new Error(`assign_keys: ${settings.field.name} is no list`);
        const { keys } = settings;
        if (list.length !== keys.length) {
          throw new Error(`assign_keys: ${keys.length} keys for ${list.length} values`);
        }
        const map = emptyMap();
        keys.forEach((key, i) => put(map, key, (list as readonly EntryValue[])[i]!));
        settings.field.delete(entry);
        settings.field.set(entry, map);
      };
    case 'regex_replace': {
      const replace = createReplacer(settings.regex ?? ansi, settings.replace_with);
      return (entry) => settings.field.set(entry, replace(textIn(settings.field, entry)));
    }
    case 'unquote':
      return (entry) => settings.field.set(entry, unquote(textIn(settings.field, entry)));
    case 'sanitize_utf8':
      return (entry) => {
        const value = there(settings.field, entry);
        const bytes = value instanceof Uint8Array ? value : Buffer.from(textIn(settings.field, entry));
        settings.field.set(entry, Buffer.from(bytes).toString('utf8'));
      };
  }
}

function createAdd(field: Field, value: unknown, env: OperatorsRuntime['env']): (entry: Entry) => void {
  if (typeof value !== 'string' || !isTemplate(value)) {
    const fixed = entryValueOf(value);
    return (entry) => field.set(entry, typeof fixed === 'object' ? structuredClone(fixed) : fixed);
  }
  // An expression alone keeps the type of what it comes to.
  const [, whole] = /^\s*EXPR\(([^]*)\)\s*$/.exec(value) ?? [];
  if (whole !== undefined && isBalanced(whole)) {
    const expression = compile(whole, env);
    return (entry) => field.set(entry, asEntryValue(evaluate(expression, entry)));
  }
  const template = createTemplate(value, env);
  return (entry) => field.set(entry, template(entry));
}

/** Whether parentheses close only what was opened: `a)EXPR(b` is two expressions. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

/** A value as YAML has it: its whole numbers are integers. */
function entryValueOf(value: unknown): EntryValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((each) => entryValueOf(each));
  if (typeof value === 'object' && value !== null) {
    const map = emptyMap();
    for (const [key, each] of Object.entries(value)) put(map, key, entryValueOf(each));
    return map;
  }
  return (value ?? null) as EntryValue;
}

function createRetain(fields: readonly Field[]): (entry: Entry) => void {
  const roots = (['body', 'attributes', 'resource'] as const).filter((root) =>
    fields.some(
      ({ name }) =>
        name.replace(/^\$(?!$)/, '').startsWith(root) || (root === 'body' && name.startsWith('$')),
    ),
  );
  return (entry) => {
    const kept = fields.map((each) => [each, each.get(entry)] as const);
    for (const root of roots) {
      if (root === 'body') entry.body = emptyMap();
      else entry[root] = emptyMap();
    }
    for (const [each, value] of kept) if (value !== undefined) each.set(entry, value);
  };
}

function createFlatten(field: Field): (entry: Entry) => void {
  const around = parentOf(field);
  return (entry) => {
    const map = there(field, entry);
    if (!isMap(map)) throw new Error(`flatten: ${field.name} is no map`);
    field.delete(entry);
    const outer = around.get(entry);
    if (isMap(outer)) layOver(outer, map);
  };
}

function parentOf({ name }: Field): Field {
  const parent = name.replace(/(?:\.[^.[\]]+|\[[^\]]*\])$/, '');
  return parseField(parent === '' ? name : parent);
}

function textIn(field: Field, entry: Entry): string {
  const value = there(field, entry);
  if (typeof value === 'string') return value;
  throw new Error(`${field.name} is no text`);
}

/** A text in double quotes, single quotes (one character) or backticks. */
function unquote(text: string): string {
  const [quote] = text;
  const isQuoted = text.length >= 2 && text.endsWith(quote!);
  if (!isQuoted || (quote !== '"' && quote !== "'" && quote !== '`')) {
    throw new Error('unquote: it does not stand in quotes');
  }
  const inner = text.slice(1, -1);
  if (quote === '`') {
    if (inner.includes('`')) throw new Error('unquote: a backtick within backticks');
    return inner;
  }
  if (new RegExp(`(?<!\\\\)(?:\\\\\\\\)*${quote}`).test(inner))
    throw new Error('unquote: a quote within quotes');
  const out = unescape(inner, (escaped) => {
    throw new Error(`unquote: bad escape ${escaped}`);
  });
  if (quote === "'" && out.length !== (out.codePointAt(0)! > 0xffff ? 2 : 1))
    throw new Error('unquote: single quotes hold one character');
  return out;
}
