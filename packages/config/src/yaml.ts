import {
  Composer,
  Parser,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type CST,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { isSecretKey } from './secret-names.js';
import { resolvePlain } from './plain-scalar.js';
import type { ConfigNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree.js';
import { scalarTags, taggedValue, tagOf } from './yaml-tags.js';
import { explainYamlErrors } from './yaml-errors.js';
import { joinFlowLines } from './flow-lines.js';

/** Text of which each position is known in its source. */
export interface Fragment {
  readonly source: Source;
  readonly text: string;
  /** Where the text begins in the source; negative where it was put behind something that the source has not. */
  readonly offset: number;
}

/** What a text is as YAML. */
export interface ParsedYaml {
  /** Null for an empty document; `undefined` where the text is not YAML. */
  readonly node: ConfigNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Deeper than any configuration, and well inside of what a call stack carries. */
export const maxDepth = 200;
/** What aliases may copy, in nodes: without a bound ten lines make a billion. */
const maxAliasedNodes = 100_000;

/** The whole of a source. */
export function wholeOf(source: Source): Fragment {
  return { source, text: source.text, offset: 0 };
}

/** Parses the first document of a text by go-yaml v3's rules. */
export function parseYaml(fragment: Fragment): ParsedYaml {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, message, start, end, more) => {
    const place = placeOf(fragment, start, end);
    diagnostics.push({ code, severity: 'error', path: [], message, place, ...more });
  };

  const control = controlCharacter.exec(fragment.text);
  if (control !== null) {
    report('yaml-syntax', 'Control characters are not allowed.', control.index, control.index + 1);
    return { node: undefined, diagnostics };
  }
  let composed = compose(fragment.text);
  if (composed.errors.length > 0) {
    const joined = joinFlowLines(fragment.text);
    const again = joined === undefined ? undefined : compose(joined);
    if (again?.errors.length === 0) composed = again;
  }
  const { document, second, errors, tooDeepAt } = composed;
  if (tooDeepAt !== undefined) {
    report('yaml-too-deep', tooDeepMessage, tooDeepAt, tooDeepAt + 1);
    return { node: undefined, diagnostics };
  }
  const problem = explainYamlErrors(errors, fragment.text, fragment.source.isSecret === true);
  if (problem !== undefined) {
    report('yaml-syntax', problem.message, problem.start, problem.end, { hint: problem.hint });
    return { node: undefined, diagnostics };
  }
  if (document === undefined) return { node: emptyAt(fragment), diagnostics };

  if (second !== undefined) {
    const start = second.range[0];
    report(
      'yaml-second-document',
      'Only the first document of a text is read; this one is not.',
      start,
      start + 1,
      {
        severity: 'warning',
        hint: 'Remove the line "---", or give the second document as a file of its own.',
      },
    );
  }
  const node =
    document.contents === null ? emptyAt(fragment) : createConverter(fragment, report)(document.contents);
  return { node, diagnostics };
}

/** What YAML does not allow in any text; a byte order mark is no part of it. */
// oxlint-disable-next-line no-control-regex
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
/** Said wherever {@link maxDepth} is passed. */
export const tooDeepMessage: string = `Values are nested more than ${maxDepth} levels deep.`;

interface Composed {
  readonly document?: Document.Parsed | undefined;
  readonly second?: Document.Parsed | undefined;
  readonly errors: readonly YAMLError[];
  readonly tooDeepAt?: number;
}

function compose(text: string): Composed {
  const tokens = [...new Parser().parse(text)];
  for (const token of tokens) {
    const tooDeepAt = token.type === 'document' ? tooDeep(token) : undefined;
    if (tooDeepAt !== undefined) return { errors: [], tooDeepAt };
  }
  // Every plain scalar comes as text and duplicate keys come through: both follow go-yaml below, not the library.
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    merge: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const [document, second] = composer.compose(tokens);
  return { document, second, errors: document?.errors ?? composer.streamInfo().errors };
}

type Report = (
  code: ErrorCode,
  message: string,
  start: number,
  end: number,
  more?: Partial<Pick<Diagnostic, 'hint' | 'path' | 'related' | 'severity'>>,
) => void;
type Path = readonly (string | number)[];
/** An anchor's value, once it is complete; how many nodes it has, and how many levels. */
type Anchor = { readonly node: ConfigNode; readonly size: number; readonly height: number } | 'open';

function createConverter(fragment: Fragment, report: Report): (root: Node) => ConfigNode {
  const anchors = new Map<string, Anchor>();
  const heights = new Map<ConfigNode, number>();
  /** What stands for aliases that lead nowhere. */
  const leadNowhere = new Set<ConfigNode>();
  let size = 0;
  let aliased = 0;
  const isSecret = fragment.source.isSecret === true ? { isSecret: true } : {};
  const cite = (text: string, path: Path): string =>
    fragment.source.isSecret === true ||
    path.some((key) => isSecretKey(String(key)) || /headers?$/i.test(String(key)))
      ? '…'
      : text;

  function place(node: Node): Place {
    const [start, end] = node.range ?? [0, 0];
    return placeOf(fragment, start, end);
  }

  function scalarNode(at: Place, value: ScalarNode['value'], text: string): ScalarNode {
    return { kind: 'scalar', place: at, via: [], value, text, ...isSecret };
  }

  function convert(node: Node, path: Path): ConfigNode {
    if (isAlias(node)) return convertAlias(node.source, node, path);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, 'open');
    const before = size;
    const result = convertValue(node, path);
    size += 1;
    const height = 1 + childrenOf(result).reduce((most, child) => Math.max(most, heights.get(child) ?? 0), 0);
    heights.set(result, height);
    if (anchor !== undefined) anchors.set(anchor, { node: result, size: size - before, height });
    return result;
  }

  function convertValue(node: Node, path: Path): ConfigNode {
    if (isScalar(node)) return convertScalar(node, path);
    warnOfTag(node, path, isMap(node) ? ['!!map'] : ['!!seq']);
    if (isMap<Node | null, Node | null>(node)) return convertMap(node.items, place(node), path);
    if (isSeq<Node | Pair<Node | null, Node | null>>(node)) {
      const items = node.items.map((item, index) =>
        isPair<Node | null, Node | null>(item)
          ? convertMap([item], place(node), [...path, index])
          : convert(item, [...path, index]),
      );
      return { kind: 'list', place: place(node), via: [], items };
    }
    throw new TypeError(`unexpected node ${String(node)}`);
  }

  function convertAlias(name: string, node: Node, path: Path): ConfigNode {
    const anchor = anchors.get(name);
    const [start, end] = node.range ?? [0, 0];
    if (anchor !== undefined && anchor !== 'open' && path.length + anchor.height > maxDepth) {
      report('yaml-too-deep', tooDeepMessage, start, end, { path });
    } else if (anchor !== undefined && anchor !== 'open') {
      aliased += anchor.size;
      if (aliased <= maxAliasedNodes) {
        size += anchor.size;
        return anchor.node;
      }
      if (aliased - anchor.size <= maxAliasedNodes)
        report('yaml-alias', `Aliases copy more than ${maxAliasedNodes} values.`, start, end, { path });
    } else if (anchor === 'open') {
      report('yaml-alias', `The value of anchor "${cite(name, path)}" contains itself.`, start, end, {
        path,
      });
    } else {
      report('yaml-alias', `There is no anchor "${cite(name, path)}" before this alias.`, start, end, {
        path,
        hint: `A text that begins with "*" needs quotes: "*${cite(name, path)}".`,
      });
    }
    const nothing = scalarNode(place(node), null, '');
    leadNowhere.add(nothing);
    return nothing;
  }

  function convertScalar(node: Scalar, path: Path): ScalarNode {
    const at = place(node);
    const text = textOf(node);
    const tag = tagOf(node);
    if (tag === undefined) return scalarNode(at, node.type === 'PLAIN' ? resolvePlain(text) : text, text);
    warnOfTag(node, path, scalarTags);
    const value = taggedValue(tag, text);
    if (value !== undefined) return scalarNode(at, value, tag === '!!binary' ? String(value) : text);
    // Neither is cited: it may be a password.
    report('yaml-syntax', `This is not what its tag ${tag} says.`, ...rangeOf(node), { path });
    return scalarNode(at, null, text);
  }

  /**
   * What stands behind a tag that means nothing is taken as if the tag were not there, a scalar as text. The tag is
   * not cited: it may be the beginning of a password.
   */
  function warnOfTag(node: Node, path: Path, known: readonly string[]): void {
    const tag = tagOf(node);
    if (tag === undefined || known.includes(tag)) return;
    const [start, end] = rangeOf(node);
    const from = Math.max(0, start - maxTagDistance);
    const at = fragment.text.slice(from, start).lastIndexOf(tag);
    const place = at === -1 ? [start, end] : [from + at, from + at + tag.length];
    report(
      'yaml-tag',
      'This tag means nothing; what stands behind it is taken as it is.',
      place[0]!,
      place[1]!,
      {
        path,
        severity: 'warning',
        hint: 'Leave the tag out. A text that begins with "!" needs quotes.',
      },
    );
  }

  function textOf({ type, value, range }: Scalar): string {
    // The failsafe schema makes every scalar a text.
    const text = value as string;
    // Where the last line of a block is the last of the text and not ended, go-yaml puts no end to it; the library does.
    const isOpen = type?.startsWith('BLOCK') === true && range?.[1] === fragment.text.length;
    return isOpen && !fragment.text.endsWith('\n') && text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  /** The text of a key, or `undefined` where a key is none. */
  function keyOf(node: Node | null, path: Path): string | undefined {
    if (node === null) return undefined;
    const key = convert(node, path);
    return key.kind === 'scalar' && key.text !== '' ? key.text : undefined;
  }

  function convertMap(pairs: readonly Pair<Node | null, Node | null>[], at: Place, path: Path): MapNode {
    const entries = new Map<string, MapEntry>();
    const merged: MapNode[] = [];
    let mergeKey: Place | undefined;
    for (const { key: keyNode, value: valueNode } of pairs) {
      const [start, end] = keyNode === null ? rangeOf(valueNode) : rangeOf(keyNode);
      const key = placeOf(fragment, start, end);
      const name = keyOf(keyNode, path);
      if (name === undefined) {
        const isTemplate = fragment.text.slice(start - 1, start + 1) === '{{';
        const hint = isTemplate ? '"{{ … }}" is of a template that nobody has filled in.' : undefined;
        report('yaml-key', 'A key must be a text.', start, end, { path, hint });
        if (valueNode !== null) convert(valueNode, path);
        continue;
      }
      const value =
        valueNode === null
          ? scalarNode({ ...key, start: key.end }, null, '')
          : convert(valueNode, [...path, name]);
      const isMerge = name === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN';
      const first = isMerge ? mergeKey : entries.get(name)?.key;
      if (first !== undefined) {
        report('duplicate-key', `"${name}" is defined twice.`, start, end, {
          path: [...path, name],
          related: [{ message: 'It is defined here already.', place: first }],
        });
      } else if (isMerge) {
        mergeKey = key;
        merged.push(...mapsToMerge(value, start, end, path));
      } else {
        entries.set(name, { key, node: value });
      }
    }
    // What is written beside `<<` wins over what it brings, wherever it stands; of several maps the first wins.
    for (const map of merged)
      for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, entry);
    return { kind: 'map', place: at, via: [], entries };
  }

  function mapsToMerge(value: ConfigNode, start: number, end: number, path: Path): readonly MapNode[] {
    const values = value.kind === 'list' ? value.items : [value];
    const maps = values.filter((item) => item.kind === 'map');
    // An alias that leads nowhere has been told.
    if (values.some((item) => item.kind !== 'map' && !leadNowhere.has(item)))
      report('yaml-key', '"<<" needs a map, or a list of maps.', start, end, { path });
    return maps;
  }

  return (root) => convert(root, []);
}

function childrenOf(node: ConfigNode): readonly ConfigNode[] {
  if (node.kind === 'list') return node.items;
  return node.kind === 'map' ? [...node.entries.values()].map((entry) => entry.node) : [];
}

/** How far before its value a tag is looked for. */
const maxTagDistance = 256;

function rangeOf(node: Node | null): [number, number] {
  const [start, end] = node?.range ?? [0, 0];
  return [start, end];
}

function emptyAt(fragment: Fragment): ScalarNode {
  return { kind: 'scalar', place: placeOf(fragment, 0, 0), via: [], value: null, text: '' };
}

function placeOf({ source, offset }: Fragment, start: number, end: number): Place {
  const clamp = (position: number): number => Math.min(Math.max(position + offset, 0), source.text.length);
  return { source, start: clamp(start), end: clamp(end) };
}

/** Where a document is nested too deep, without recursion: the library would recurse. */
function tooDeep(document: CST.Document): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  if (document.value !== undefined) open.push({ token: document.value, depth: 1 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
