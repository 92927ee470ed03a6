import { nearest, type ConfigProblem } from '@tributary/component';
import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { locate, visiblePlace } from './locate.js';
import type { ConfigNode, Place } from './tree.js';

type Path = readonly (string | number)[];

/** A list of keys that is longer says nothing to a reader. */
const maxListed = 12;

/** An error at a value. */
export function nodeDiagnostic(node: ConfigNode, code: ErrorCode, path: Path, message: string): Diagnostic {
  return at({ code, severity: 'error', path, message }, node.place, node);
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
function at(diagnostic: Omit<Diagnostic, 'place'>, place: Place, { via }: ConfigNode): Diagnostic {
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

/** A problem of a schema, at its place in `root`, which stands at `top` behind `key`. */
export function problemDiagnostic(
  problem: ConfigProblem,
  root: ConfigNode,
  top: Path,
  key: Place,
): Diagnostic {
  const { path, cause } = problem;
  const { node, path: found, entry } = locate(root, path, top.length);
  const ownKey = entry?.key ?? key;
  if (cause?.kind === 'unknown-key') {
    const name = String(path.at(-1));
    return {
      ...keyDiagnostic(ownKey, node, 'unknown-key', path, 'unknown key'),
      hint: nearestHint(name, cause.known) ?? knownHint(cause.known),
    };
  }
  if (cause?.kind === 'missing') {
    const isEmpty = found.length === path.length;
    return keyDiagnostic(
      ownKey,
      node,
      'missing-key',
      path,
      isEmpty ? 'is required, and empty here' : 'is required',
    );
  }
  if (cause?.kind === 'type' && cause.expected === 'undefined') {
    return keyDiagnostic(ownKey, node, 'unsupported-key', path, problem.message);
  }
  const message = withoutSecret(problem.message, node);
  if (cause?.kind === 'type') {
    return { ...nodeDiagnostic(node, 'wrong-type', path, message), hint: typeHint(node, cause.expected) };
  }
  const hint =
    cause?.kind === 'value' && node.kind === 'scalar'
      ? nearestHint(
          node.text,
          cause.values.filter((value) => typeof value === 'string'),
        )
      : undefined;
  return { ...nodeDiagnostic(node, 'invalid-value', path, message), hint };
}

/** `did you mean …?`, where a candidate is near. */
export function nearestHint(name: string, candidates: readonly string[]): string | undefined {
  const meant = nearest(name, candidates);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

/** The names there are, where a reader can take them in. */
export function knownHint(names: readonly string[]): string | undefined {
  if (names.length === 0 || names.length > maxListed) return undefined;
  return names.length === 1 ? `the only one there is: ${names[0]}` : `there are ${names.join(', ')}`;
}

/** What was written in the place of another type, and how that is written. */
function typeHint(node: ConfigNode, expected: string): string | undefined {
  if (node.kind !== 'scalar') {
    return expected === 'array' && node.kind === 'map' ? 'begin each entry of the list with "- "' : undefined;
  }
  if (typeof node.value !== 'string' || node.isSecret === true) return undefined;
  const text = node.value.trim();
  if (['number', 'int'].includes(expected) && text !== '' && Number.isFinite(Number(text))) {
    return `write ${text} without quotes`;
  }
  if (expected === 'boolean' && /^(true|yes|on|y)$/i.test(text)) return 'write true';
  if (expected === 'boolean' && /^(false|no|off|n)$/i.test(text)) return 'write false';
  const glued = ['object', 'record'].includes(expected) ? /^[a-z_]+:(?=\S)/.exec(text)?.[0] : undefined;
  return glued === undefined ? undefined : `put a space behind "${glued}"`;
}

/** A message may quote what was written; what an environment variable holds may be a secret. */
function withoutSecret(message: string, node: ConfigNode): string {
  if (node.kind !== 'scalar' || node.isSecret !== true) return message;
  const cut = message.replace(/, got .*$/s, '');
  return node.text.length < 3 ? cut : cut.replaceAll(node.text, '[REDACTED]');
}
