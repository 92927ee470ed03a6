import type { ConfigProblem } from '@tributary/component';
import type { z } from 'zod';
import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { locate, visiblePlace, type Located } from './locate.js';
import { positionOf } from './position.js';
import { canBeOff, hintOf, homeOf, nearestHint } from './suggest.js';
import { hintOfLineEnd, hintOfNumber, hintOfText } from './text-hints.js';
import type { ConfigNode, Place } from './tree.js';
import { isNull, nodeWords } from './words.js';

type Path = readonly (string | number)[];

/** Stands for text of an environment variable. */
export const redacted = '[REDACTED]';

/** An error at a value. */
export function nodeDiagnostic(
  node: ConfigNode,
  code: ErrorCode,
  path: Path,
  message: string,
  hint?: string,
): Diagnostic {
  return at({ code, severity: 'error', path, message: withoutSecret(message, node), hint }, node.place, node);
}

/** An error at a key, behind which `node` stands. */
export function keyDiagnostic(
  key: Place,
  node: ConfigNode,
  code: ErrorCode,
  path: Path,
  message: string,
): Diagnostic {
  return at({ code, severity: 'error', path, message }, key, node);
}

/** Puts a diagnostic where people can look, and names the `${…}` that the text came through. */
function at(diagnostic: Omit<Diagnostic, 'place'>, place: Place, node: ConfigNode): Diagnostic {
  const notYaml = node.kind === 'scalar' && diagnostic.code === 'wrong-type' ? node.notYaml : undefined;
  if (notYaml?.place !== undefined) {
    const { code, hint } = notYaml;
    const why = notYaml.place.source.isSecret === true ? '' : `: ${notYaml.message}`;
    const message = `${diagnostic.message.replace(/, got text$/, '')}, got text that is not YAML${why}`;
    return at({ ...diagnostic, code, message, hint }, notYaml.place, node);
  }
  const { via } = node;
  const visible = visiblePlace(place, via);
  const related = [
    ...(visible === place ? [] : [{ message: `the value came from ${place.source.name}`, place: visible }]),
    ...via
      .filter((step) => step !== visible)
      .map((step) => ({ message: `the value came through ${textAt(step)}`, place: step })),
  ];
  return { ...diagnostic, place: visible, ...(related.length > 0 && { related }) };
}

function textAt({ source, start, end }: Place): string {
  return source.isSecret === true ? 'a reference in it' : source.text.slice(start, end);
}

/** The part of a configuration that a schema has problems with. */
export interface Part {
  readonly root: ConfigNode;
  /** The keys that lead to it. */
  readonly path: Path;
  readonly key: Place;
  readonly schema: z.ZodType;
}

/** The problems of a schema, each at its place. */
export function problemDiagnostics(problems: readonly ConfigProblem[], part: Part): Diagnostic[] {
  const found = problems.map((problem) => problemDiagnostic(problem, part));
  // What is missing where a key is misspelt or stands elsewhere is not missing, and what a map must
  // have together cannot be judged while it has keys that nobody knows.
  const inDoubt = new Set<string>();
  for (const { code, path, hint = '' } of found) {
    if (code !== 'unknown-key') continue;
    const above = path.slice(0, -1);
    const meant = /^(?:did you mean|move it into) ([^.?]+)/.exec(hint)?.[1];
    inDoubt.add(JSON.stringify(above)).add(JSON.stringify([...above, meant]));
  }
  const isAboutMap = (path: Path): boolean => locate(part.root, path, part.path.length).node.kind === 'map';
  return found.filter(({ code, path }) => {
    if (code !== 'missing-key' && (code !== 'invalid-value' || !isAboutMap(path))) return true;
    return !inDoubt.has(JSON.stringify(path));
  });
}

function problemDiagnostic(problem: ConfigProblem, part: Part): Diagnostic {
  const { path, cause } = problem;
  const found = locate(part.root, path, part.path.length);
  const { node } = found;
  const key = found.entry?.key ?? part.key;
  if (cause?.kind === 'unknown-key') {
    const hint = unknownKeyHint(
      String(path.at(-1)),
      cause.known,
      path.slice(part.path.length, -1),
      part.schema,
    );
    return { ...keyDiagnostic(key, node, 'unknown-key', path, 'unknown key'), hint };
  }
  const isThere = found.path.length === path.length && !isNull(node);
  const isReadOtherwise = node.kind === 'scalar' && !isNull(node);
  if (cause !== undefined && !isThere && !isReadOtherwise) {
    return keyDiagnostic(key, node, 'missing-key', path, problem.message);
  }
  if (cause?.kind === 'type' && cause.expected === 'undefined') {
    return keyDiagnostic(key, node, 'unsupported-key', path, problem.message);
  }
  const isSwitch = canBeOff(path.slice(part.path.length), part.schema);
  const [code, message, hint] = valueProblem(problem, node, isSwitch);
  // Of what stands below its key, or is not there, the key is the place to look at.
  const place = isThere && !isBelow(found) && (node.kind !== 'map' || cause !== undefined) ? node.place : key;
  return at({ code, severity: 'error', path, message: withoutSecret(message, node), hint }, place, node);
}

function unknownKeyHint(
  name: string,
  known: readonly string[],
  above: Path,
  schema: z.ZodType,
): string | undefined {
  const home = homeOf(name, above, schema);
  return home === undefined ? hintOf(name, known) : `move it ${home}`;
}

function valueProblem(
  { cause, message: ofSchema }: ConfigProblem,
  node: ConfigNode,
  isSwitch: boolean,
): [ErrorCode, string, string | undefined] {
  const message = inWordsOfYaml(ofSchema, node);
  if (cause?.kind === 'type') {
    return ['wrong-type', message, switchHint(node, isSwitch) ?? typeHint(node, cause.expected)];
  }
  if (node.kind !== 'scalar') return ['invalid-value', message, undefined];
  const ofText =
    hintOfLineEnd(node.text) ?? (node.isSecret === true ? undefined : hintOfText(node.text, message));
  if (ofText !== undefined || cause?.kind !== 'value') return ['invalid-value', message, ofText];
  const values = cause.values.filter((value) => typeof value === 'string' && value !== '') as string[];
  const isListed = values.every((value) => message.includes(value));
  return ['invalid-value', message, isListed ? nearestHint(node.text, values) : hintOf(node.text, values)];
}

/** Schemas speak to those who write code. */
function inWordsOfYaml(message: string, node: ConfigNode): string {
  const got = node.kind === 'scalar' ? node.text : nodeWords(node);
  return message
    .replace(/, got (?:number|boolean|object|NaN|-?Infinity)$/, () => `, got ${got}`)
    .replaceAll('an object', 'a map')
    .replaceAll('a string', 'text');
}

/** Whether a value begins on a later line than its key. */
function isBelow({ node, entry }: Located): boolean {
  if (entry?.node !== node || node.place.source !== entry.key.source) return false;
  return positionOf(node.place).line > positionOf(entry.key).line;
}

/** Sections are switched from within. */
function switchHint(node: ConfigNode, isSwitch: boolean): string | undefined {
  const isBoolean = node.kind === 'scalar' && typeof node.value === 'boolean' && node.isSecret !== true;
  return isSwitch && isBoolean ? `write { enabled: ${String(node.value)} }` : undefined;
}

/** What was written in the place of another type, and how that is written. */
function typeHint(node: ConfigNode, expected: string): string | undefined {
  const isMapWanted = expected === 'object' || expected === 'record';
  if (expected === 'array' && node.kind === 'map') return 'begin each entry of the list with "- "';
  const below = isMapWanted ? 'its keys stand below it, each on a line of its own and indented' : undefined;
  if (node.kind !== 'scalar') return below;
  if (typeof node.value !== 'string' || node.isSecret === true) return below;
  const text = node.value.trim();
  if (['number', 'int'].includes(expected) && text !== '' && Number.isFinite(Number(text))) {
    return `write ${text} without quotes`;
  }
  if (['number', 'int'].includes(expected)) return hintOfNumber(text);
  if (expected === 'boolean' && /^(true|yes|on|y)$/i.test(text)) return 'write true';
  if (expected === 'boolean' && /^(false|no|off|n)$/i.test(text)) return 'write false';
  const glued = isMapWanted ? /^[a-z_]+:(?=\S)/.exec(text)?.[0] : undefined;
  return glued === undefined ? below : `put a space behind "${glued}"`;
}

/** A message may quote what was written; what an environment variable holds may be a secret. */
function withoutSecret(message: string, node: ConfigNode): string {
  const isSecret = node.kind === 'scalar' ? node.isSecret === true : node.place.source.isSecret === true;
  if (!isSecret) return message;
  const trimmed = node.text?.trim() ?? '';
  const shown = message
    .replace(/, got .*$/s, '')
    .replaceAll(JSON.stringify(trimmed), redacted)
    // Some messages quote the part of a text that they are about.
    .replace(/"([^"]{3,})"/g, (quoted, part: string) => (trimmed.includes(part) ? redacted : quoted));
  // What is as short as this is no secret, and is in every other word.
  return trimmed.length < 3 ? shown : shown.replaceAll(trimmed, redacted);
}
