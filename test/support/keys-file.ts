import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { completeConfig, ConfigError } from '@tributary/component';
import type { z } from 'zod';
import { keysOfSchema } from './schema-keys.js';

/** What a row says of its keys: a test that shows their effect, or how a value is refused. */
type Evidence =
  | { readonly kind: 'test'; readonly file: string; readonly name: string }
  | { readonly kind: 'refusal'; readonly value: string; readonly message: string };

interface Row {
  readonly line: number;
  readonly keys: readonly string[];
  readonly evidence: Evidence | undefined;
}

/**
 * What is wrong with a KEYS.md: keys of the schema without a row, rows without a key of the schema, tests
 * that do not exist, refusals that do not happen so. A row is one of
 *
 * ```text
 * | `endpoint` | [`listen.test.ts`](../../test/x/listen.test.ts): listens where it says |
 * | `{grpc,http}.auth` | `{"authenticator":"a"}` is refused: `is not supported yet by this component` |
 * ```
 *
 * A key may have several rows; a section needs none of its own.
 */
export function problemsOfKeysFile(file: string, schema: z.ZodType): string[] {
  const rows = rowsOf(readFileSync(file, 'utf8'));
  const known = keysOfSchema(schema);
  const named = new Set(rows.flatMap(({ keys }) => keys));
  const missing = known
    .filter(({ key, isSection }) => !isSection && !named.has(key))
    .map(({ key }) => `no row: ${key}`);
  const names = new Set(known.map(({ key }) => key));
  const wrong = rows.flatMap((row) => {
    const unknown = row.keys.filter((key) => !names.has(key)).map((key) => `no such key: ${key}`);
    return [...unknown, ...problemsOfRow(row, file, schema)].map((problem) => `${row.line}: ${problem}`);
  });
  return [...missing, ...wrong];
}

function problemsOfRow({ keys, evidence }: Row, file: string, schema: z.ZodType): string[] {
  if (evidence === undefined) return ['names neither a test nor a refusal'];
  if (evidence.kind === 'test') return problemsOfTest(evidence, file);
  return keys.flatMap((key) => {
    const messages = refusalsOf(schema, key, JSON.parse(evidence.value));
    return messages.includes(evidence.message)
      ? []
      : [`${key} is answered with ${messages.map((text) => `"${text}"`).join(', ') || 'nothing'}`];
  });
}

function problemsOfTest({ file, name }: { file: string; name: string }, from: string): string[] {
  const target = path.resolve(path.dirname(from), file);
  if (!existsSync(target)) return [`no such file: ${file}`];
  const names = [...readFileSync(target, 'utf8').matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)];
  return names.some(([, , text]) => text!.replace(/\\(.)/g, '$1') === name)
    ? []
    : [`no such test in ${file}: ${name}`];
}

/** What is said of a key, or of what stands below it, when it has a value. */
function refusalsOf(schema: z.ZodType, key: string, value: unknown): string[] {
  const config = key.split('.').reduceRight<unknown>((below, name) => ({ [name]: below }), value);
  try {
    completeConfig(schema, config, []);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems
      .filter((problem) => `${problem.path.join('.')}.`.startsWith(`${key}.`))
      .map(({ message }) => message);
  }
  return [];
}

function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line, index) => {
    const [, names, claim] = /^\| (`[^|]+`) \| (.*) \|$/.exec(line) ?? [];
    if (names === undefined) return [];
    const keys = [...names.matchAll(/`([^`]+)`/g)].flatMap(([, pattern]) => expanded(pattern!));
    return [{ line: index + 1, keys, evidence: evidenceOf(claim!) }];
  });
}

function evidenceOf(claim: string): Evidence | undefined {
  const [, file, name] = /^\[`[^`]+`\]\(([^)]+)\): (.+)$/.exec(claim) ?? [];
  if (file !== undefined) return { kind: 'test', file, name: name! };
  const [, value, message] = /^`(.+)` is refused: `(.+)`$/.exec(claim) ?? [];
  return value === undefined ? undefined : { kind: 'refusal', value, message: message! };
}

/** `{grpc,http}.endpoint` is two keys. */
function expanded(pattern: string): string[] {
  const braces = /^(.*?)\{([^}]+)\}(.*)$/.exec(pattern);
  if (braces === null) return [pattern];
  const [, before, list, after] = braces;
  return list!.split(',').flatMap((name) => expanded(before + name.trim() + after));
}
