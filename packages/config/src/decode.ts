import { checkConfig, type ConfigProblem } from '@tributary/component';
import type { z } from 'zod';
import type { Diagnostic } from './diagnostic.js';
import { locate } from './locate.js';
import { nodeDiagnostic, problemDiagnostics } from './problem.js';
import type { ConfigNode, MapNode, Place, ScalarNode } from './tree.js';

/** How a part of a configuration becomes a value of code. */
export interface Decoding {
  /** Where the part stands: `['exporters', 'otlp']`. */
  readonly path: readonly string[];
  /** Its key, for what is missing in it. */
  readonly key: Place;
  readonly schema: z.ZodType;
  /** The extension that an id stands for; undefined where it has told itself what is wrong. */
  readonly extension: (id: ScalarNode, path: readonly (string | number)[]) => object | undefined;
}

/** The value that was meant, or what is wrong with what was written. */
export type Decoded =
  | { readonly value: unknown; readonly diagnostics?: undefined }
  | { readonly diagnostics: readonly Diagnostic[] };

/**
 * One way to read a node. `isMeant`: nothing else can have been meant, so that what is wrong with
 * it now is what is to be told.
 */
interface Reading {
  readonly value: unknown;
  readonly isMeant: boolean;
  /** It shows what was wanted and is not taken: a number where a duration is due. */
  readonly isProbe?: boolean;
}

/** A node that was refused, and the ways to read it that are left. */
interface Refused {
  readonly node: ConfigNode;
  readonly path: readonly (string | number)[];
  readonly left: Reading[];
  reading: Reading | undefined;
}

const absent: unique symbol = Symbol('absent');

/**
 * Turns a part of a configuration into what code would write. YAML has fewer types than code: the
 * schema's own complaints tell where text, a list or nothing at all was meant by what was written.
 * Each place is read in another way until the schema takes it or no way is left.
 */
export function decode(root: ConfigNode, { path, key, schema, extension }: Decoding): Decoded {
  const refused = new Map<string, Refused>();

  function valueOf(node: ConfigNode, at: readonly (string | number)[]): unknown {
    const reading = refused.size === 0 ? undefined : refused.get(placeKey(at))?.reading;
    if (reading !== undefined) return reading.value;
    switch (node.kind) {
      case 'scalar':
        return node.value;
      case 'list':
        return node.items.map((item, index) => {
          const value = valueOf(item, [...at, index]);
          return value === absent ? null : value;
        });
      case 'map':
        return Object.fromEntries(
          [...node.entries]
            .map(([name, entry]) => [name, valueOf(entry.node, [...at, name])] as const)
            .filter(([, value]) => value !== absent),
        );
    }
  }

  for (;;) {
    const value = valueOf(root, path);
    const { problems = [] } = checkConfig(schema, value === absent ? {} : value, path);
    const wrong = new Map<string, ConfigProblem>();
    for (const problem of problems) {
      const found = locate(root, problem.path, path.length);
      const place = placeKey(found.path);
      // What is wrong below a scalar is wrong with a reading of it; without one it is a section with nothing in
      // it, whose defaults do not go together with other keys.
      const isOwn = found.path.length === problem.path.length || refused.has(place);
      if (isOwn && !wrong.has(place)) wrong.set(place, problem);
    }

    let isChanged = false;
    for (const [place, problem] of wrong) {
      let entry = refused.get(place);
      if (entry === undefined) {
        const { node, path: at } = locate(root, problem.path, path.length);
        entry = {
          node,
          path: at,
          left: readings(node, problem, () => extension(node as ScalarNode, at)),
          reading: undefined,
        };
        refused.set(place, entry);
      }
      if (entry.reading?.isMeant === true) continue;
      const next = entry.left.shift();
      isChanged ||= next !== entry.reading;
      entry.reading = next;
    }
    if (isChanged) continue;

    const probed = [...refused].filter(
      ([place, { reading }]) => reading?.isProbe === true && !wrong.has(place),
    );
    const untold = problems.filter((problem) => !isToldAlready(problem, root, path));
    const diagnostics = [
      ...problemDiagnostics(untold, { root, path, key, schema }),
      ...probed.map(([, entry]) => integerDuration(entry)),
    ];
    // Where nothing is left to say, an extension was wrong, and has been told.
    if (problems.length + probed.length > 0) return { diagnostics };
    return { value: value === absent ? {} : value };
  }
}

/** Ways to read a node that was refused as it stands, the likeliest first. */
function readings(
  node: ConfigNode,
  { cause }: ConfigProblem,
  extension: () => object | undefined,
): Reading[] {
  if (cause?.kind === 'unknown-key') return [];
  const expected = cause?.kind === 'type' ? cause.expected : undefined;
  if (expected === 'string' && node.text !== undefined && (node.kind !== 'scalar' || isTextLike(node))) {
    return [{ value: node.text, isMeant: true }];
  }
  if (node.kind === 'map') return isNameAndValue(node) ? [{ value: textsOf(node), isMeant: false }] : [];
  if (node.kind === 'list') return [];
  const { value, text, notYaml } = node;
  // Nothing is written: the default. Where there is none, the key is said to be missing.
  if (value === null) return [{ value: absent, isMeant: true }];
  if (expected === 'extension') {
    const reference = extension();
    return reference === undefined ? [] : [{ value: reference, isMeant: true }];
  }
  if (typeof value === 'string') {
    // A list that has lost its bracket is no text with commas.
    if (expected !== 'array' || notYaml !== undefined) return [];
    return [{ value: text === '' ? [] : text.split(',').map((part) => part.trim()), isMeant: false }];
  }
  if (expected !== undefined) return [];
  const asText: Reading = { value: text, isMeant: false };
  const isCount = typeof value !== 'boolean' && /^\d+(?:\.\d+)?$/.test(String(value));
  return isCount ? [asText, { value: `${value}ns`, isMeant: false, isProbe: true }] : [asText];
}

/** Null is text only where it came out of a variable that is empty: behind a key it is nothing. */
function isTextLike({ value, via }: ScalarNode): boolean {
  return value !== null || via.length > 0;
}

/** An entry of a list that stands for a map: `{ name: retries, value: 5 }`. */
function isNameAndValue(node: ConfigNode): node is MapNode {
  return (
    node.kind === 'map' && node.entries.size === 2 && node.entries.has('name') && node.entries.has('value')
  );
}

function textsOf({ entries }: MapNode): Record<string, unknown> {
  return Object.fromEntries(
    [...entries].map(([key, { node }]) => [key, node.kind === 'scalar' ? node.text : undefined]),
  );
}

function isToldAlready({ path, cause }: ConfigProblem, root: ConfigNode, top: readonly string[]): boolean {
  const { node } = locate(root, path, top.length);
  return (
    cause?.kind === 'type' && cause.expected === 'extension' && node.kind === 'scalar' && node.value !== null
  );
}

function integerDuration({ node, path }: Refused): Diagnostic {
  const { value, isSecret = false } = node as ScalarNode;
  const hint = isSecret
    ? 'write a unit, as in "5s"'
    : `write "${value}s" for seconds; for nanoseconds, "${value}ns"`;
  const message = 'a duration needs a unit: a bare number is nanoseconds to the Collector';
  return nodeDiagnostic(node, 'integer-duration', path, message, hint);
}

function placeKey(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}
