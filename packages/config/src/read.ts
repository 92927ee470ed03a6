import type { Diagnostic } from './diagnostic.js';
import { expandReferences } from './expand.js';
import { mergeMaps, nestKeys } from './merge.js';
import { parseSet } from './set.js';
import { isKnownScheme, parseConfigLocation, retrieve, schemesHint, type Surroundings } from './source.js';
import type { ConfigNode, MapNode, Source } from './tree.js';
import { parseYaml } from './yaml.js';

/** What {@link readConfig} needs beside the locations. */
export interface ReadOptions extends Surroundings {
  /** `a.b=value`, put over everything else in order, as the command line's `--set`. */
  readonly set?: readonly string[] | undefined;
  /** The scheme of `${NAME}`. Default "env". Empty: a reference without a scheme stays as it is. */
  readonly defaultScheme?: string | undefined;
}

/** A configuration that was read, and what was found on the way. */
export interface ReadResult {
  /** `undefined` where a source could not be read: what follows from a missing part is no news. */
  readonly root: MapNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the sources in order (`file:`, which may be left out, `env:`, `yaml:`, `http:`, `https:`), merges them,
 * puts `set` over them and replaces the references in the values.
 *
 * Never throws for what is written: every mistake is a diagnostic, and all come at once.
 */
export async function readConfig(uris: readonly string[], options: ReadOptions): Promise<ReadResult> {
  const diagnostics: Diagnostic[] = [];
  if (uris.length === 0) {
    const message = 'at least one config flag must be provided';
    diagnostics.push({ code: 'no-source', severity: 'error', path: [], message, place: undefined });
    return { root: undefined, diagnostics };
  }
  let root: MapNode | undefined;
  let isWhole = true;
  const add = (part: MapNode | undefined, found: Diagnostic[]): void => {
    if (part === undefined) isWhole = false;
    else root = root === undefined ? part : mergeMaps(root, part, found);
  };
  for (const uri of uris) add(await readSource(uri, options, diagnostics), diagnostics);
  // Who empties a section with an option means it: what merging warns of is left out.
  for (const option of options.set ?? []) add(parseSet(option, diagnostics), []);
  if (root === undefined || !isWhole) return { root: undefined, diagnostics };
  return {
    root: await expandReferences(root, options.defaultScheme ?? 'env', options, diagnostics),
    diagnostics,
  };
}

async function readSource(
  uri: string,
  options: ReadOptions,
  diagnostics: Diagnostic[],
): Promise<MapNode | undefined> {
  const option: Source = { name: '--config', text: uri };
  const place = { source: option, start: 0, end: uri.length };
  const location = parseConfigLocation(uri);
  if (location === undefined || !isKnownScheme(location.scheme)) {
    const message = location === undefined ? `invalid uri: "${uri}"` : `unsupported scheme on URI "${uri}"`;
    const hint =
      location === undefined ? `A file whose name has a colon is given as "file:${uri}".` : schemesHint;
    diagnostics.push({ code: 'reference-scheme', severity: 'error', path: [], message, hint, place });
    return undefined;
  }
  const request = { location, written: uri, place, path: [], isSecret: false };
  const retrieved = await retrieve(request, options);
  diagnostics.push(...retrieved.diagnostics);
  if (retrieved.fragment === undefined) {
    const isUnset = retrieved.diagnostics.every(({ severity }) => severity === 'warning');
    return isUnset ? { kind: 'map', place, via: [], entries: new Map() } : undefined;
  }
  const parsed = parseYaml(retrieved.fragment);
  diagnostics.push(...parsed.diagnostics);
  if (parsed.node?.kind === 'map') return nestKeys(parsed.node, diagnostics);
  if (parsed.node === undefined) return undefined;
  if (parsed.node.kind === 'scalar' && parsed.node.value === null)
    return { kind: 'map', place: parsed.node.place, via: [], entries: new Map() };
  diagnostics.push(notAMap(parsed.node));
  return undefined;
}

function notAMap(node: ConfigNode): Diagnostic {
  const type = node.kind === 'scalar' ? typeof node.value : node.kind;
  return {
    code: 'not-a-map',
    severity: 'error',
    path: [],
    message: `retrieved value (type=${type}) cannot be used as a Conf: a configuration is a map of sections`,
    hint: 'It begins with a section at the start of a line: "receivers:".',
    place: node.place,
  };
}
