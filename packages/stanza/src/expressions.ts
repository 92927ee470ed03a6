import { compileExpression, ExpressionError, type Expression } from '@tributary/expr';
import { z } from 'zod';
import type { Entry, EntryValue } from './entry.js';

/** What `env("X")` reads. */
export type Environment = Readonly<Record<string, string | undefined>>;

const variables = ['body', '$', 'attributes', 'resource', 'timestamp'];

/** @throws ExpressionError */
export function compile(source: string, env: Environment, result?: 'boolean'): Expression {
  return compileExpression(source, {
    variables,
    functions: { env: (name) => env[String(name)] ?? '' },
    result,
  });
}

export function evaluate(expression: Expression, entry: Entry): unknown {
  const { body, attributes, resource, timestamp } = entry;
  return expression.evaluate({
    body,
    $: body,
    attributes,
    resource,
    timestamp: timestamp === 0n ? null : new Date(Number(timestamp / 1_000_000n)),
  });
}

/** @throws Error where it comes to something else */
export function isTrue(expression: Expression, entry: Entry): boolean {
  const found = evaluate(expression, entry);
  if (typeof found === 'boolean') return found;
  throw new Error(`the expression comes to ${found === null ? 'nil' : typeof found}, and must to a bool`);
}

/** What an expression comes to, as a value of an entry. */
export function asEntryValue(value: unknown): EntryValue {
  if (value === undefined) return null;
  return value instanceof Date ? value.toISOString() : (value as EntryValue);
}

/** A zod type for an expression. It yields the text; what is wrong is refused, with its place. */
export function expression(result?: 'boolean'): z.ZodType<string, string> {
  return z.string().superRefine((source, context) => {
    try {
      compile(source, {}, result);
    } catch (error) {
      const { message, position } = error as ExpressionError;
      const place = position === undefined ? '' : ` (at ${position})`;
      context.addIssue({ code: 'custom', message: `${message}${place}` });
    }
  });
}

const template = /EXPR\(/;

/** Whether a text is one to put expressions into: `EXPR(...)`. */
export function isTemplate(text: string): boolean {
  return template.test(text);
}

/** What a text with expressions comes to for an entry. */
export type Template = (entry: Entry) => string;

/** A text in which `EXPR(...)` stands for what an expression comes to. @throws ExpressionError */
export function createTemplate(text: string, env: Environment): Template {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return () => only;
  const compiled = parts.map((part) => (typeof part === 'string' ? part : compile(part.expression, env)));
  return (entry) => {
    let out = '';
    for (const part of compiled) out += typeof part === 'string' ? part : textOf(evaluate(part, entry));
    return out;
  };
}

/** A zod type for a text that may hold expressions. */
export function templateText(): z.ZodType<string, string> {
  return z.string().superRefine(checkTemplate);
}

export function checkTemplate(text: string, context: z.core.$RefinementCtx): void {
  try {
    createTemplate(text, {});
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

type Part = string | { readonly expression: string };

/** Parentheses within an expression belong to it, but for those in its texts. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('EXPR(', at);
    if (start < 0) break;
    if (start > at) parts.push(text.slice(at, start));
    const end = endOf(text, start + 5);
    if (end < 0) throw new ExpressionError('EXPR( without an end', start);
    parts.push({ expression: text.slice(start + 5, end) });
    at = end + 1;
  }
  if (at < text.length || parts.length === 0) parts.push(text.slice(at));
  return parts;
}

function endOf(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\' && quote !== '`') at++;
      else if (character === quote) quote = '';
    } else if (/["'`]/.test(character)) quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && depth-- === 0) return at;
  }
  return -1;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return isPlain ? String(value) : JSON.stringify(value);
}
