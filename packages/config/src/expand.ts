import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { nestKeys } from './merge.js';
import {
  pieceOfFragment,
  pieceOfScalar,
  placeOfPiece,
  slicePieces,
  type Piece,
  type Trail,
} from './pieces.js';
import { findReference, occurrences, unescapeDollars, type Reference } from './references.js';
import {
  isKnownScheme,
  parseLocation,
  retrieve,
  schemesHint,
  type Retrieved,
  type Surroundings,
} from './source.js';
import type { ConfigNode, MapEntry, MapNode, Place, ScalarNode, Source } from './tree.js';
import { maxDepth, parseYaml, type Fragment } from './yaml.js';

/** The Collector's bound: references replaced in one value, one after the other. */
const maxRounds = 1000;
/** Characters read while searching for references, nodes made and characters parsed: far above any configuration. */
const bounds = { scanned: 64 * 2 ** 20, nodes: 200_000, parsed: 8 * 2 ** 20 };

type Path = readonly (string | number)[];

/** Replaces the references in all values of a configuration; what goes wrong is null and a diagnostic. */
export async function expandReferences(
  root: MapNode,
  defaultScheme: string,
  from: Surroundings,
  diagnostics: Diagnostic[],
): Promise<MapNode> {
  const spent = { scanned: 0, nodes: 0, parsed: 0 };
  let isExhausted = false;
  const cache = new Map<string, Retrieved>();
  const reported = new Map<Source, Set<string>>();

  /** Once a place: a text that is used twice is expanded twice. */
  function report(diagnostic: Diagnostic): void {
    const { place, code } = diagnostic;
    if (place !== undefined) {
      const key = `${code} ${place.start} ${place.end}`;
      const seen = reported.get(place.source) ?? new Set();
      reported.set(place.source, seen);
      if (seen.has(key)) return;
      seen.add(key);
    }
    diagnostics.push(diagnostic);
  }

  function fail(
    code: ErrorCode,
    message: string,
    path: Path,
    place: Place,
    trail: Trail | undefined,
    hint?: string,
  ): void {
    report({ code, severity: 'error', path, message, hint, place, related: relatedTo(trail) });
  }

  /** False when the work is more than a configuration can need: everything that follows stays empty. */
  function spend(
    what: keyof typeof bounds,
    amount: number,
    path: Path,
    place: Place,
    trail: Trail | undefined,
  ): boolean {
    if (isExhausted) return false;
    spent[what] += amount;
    if (spent[what] <= bounds[what]) return true;
    isExhausted = true;
    fail(
      'expansion-too-large',
      'too many recursive expansions: the references of this configuration grow beyond any use',
      path,
      place,
      trail,
    );
    return false;
  }

  async function expandNode(node: ConfigNode, path: Path, trail: Trail | undefined): Promise<ConfigNode> {
    const via = trail?.via ?? node.via;
    if (trail !== undefined && !spend('nodes', 1, path, node.place, trail)) return nothingAt(node.place, via);
    if (path.length > maxDepth) {
      fail('yaml-too-deep', `Values are nested more than ${maxDepth} levels deep.`, path, node.place, trail);
      return nothingAt(node.place, via);
    }
    switch (node.kind) {
      case 'map': {
        const entries = new Map<string, MapEntry>();
        for (const [name, { key, node: value }] of node.entries)
          entries.set(name, { key, node: await expandNode(value, [...path, name], trail) });
        return { ...node, via, entries };
      }
      case 'list': {
        const items: ConfigNode[] = [];
        for (const [index, item] of node.items.entries())
          items.push(await expandNode(item, [...path, index], trail));
        return { ...node, via, items };
      }
      case 'scalar':
        if (typeof node.value !== 'string' || !node.value.includes('$')) return { ...node, via };
        return expandText(
          pieceOfScalar(node.value, node.place, trail, node.isSecret === true),
          node.place,
          path,
        );
    }
  }

  /** Expands one text: to a text, or to whatever the reference stands for that is all of it. */
  async function expandText(first: Piece, written: Place, path: Path): Promise<ConfigNode> {
    let pieces: readonly Piece[] = [first];
    let place = written;
    let trail = first.trail;
    for (let round = 0; round < maxRounds; round++) {
      const text = textOf(pieces);
      if (!spend('scanned', text.length, path, place, trail)) return nothingAt(place, trail?.via ?? []);
      const reference = findReference(text, defaultScheme);
      if (reference === undefined) return textNode(pieces, place, trail);

      const request = requestOf(pieces, text, reference, defaultScheme, place, trail);
      const retrieved = await expandOnce(request, path);
      if (retrieved === undefined) return nothingAt(request.place, trail?.via ?? []);
      const isWhole = reference.start === 0 && reference.end === text.length;
      const inner: Trail = {
        uri: request.uri,
        isSecret: request.isSecret,
        parent: request.trail,
        via: [...(request.trail?.via ?? []), request.place],
      };
      const { fragment } = retrieved;
      if (!isWhole) {
        const piece = fragment === undefined ? undefined : pieceOfFragment(fragment, inner);
        pieces = replaced(pieces, occurrences(text, request.text), text.length, piece);
        continue;
      }
      if (fragment === undefined) return nothingAt(request.place, trail?.via ?? []);
      const value = retrieved.isText === true ? undefined : await wholeValue(fragment, inner, path);
      if (value !== undefined) return value;
      // What is text in YAML, or no YAML at all, is taken as it is, with its quotes and comments.
      const piece = pieceOfFragment(fragment, inner);
      pieces = [piece];
      place = placeOfPiece(piece);
      trail = inner;
    }
    fail('reference-cycle', 'too many recursive expansions', path, place, trail);
    return nothingAt(place, trail?.via ?? []);
  }

  /** The value of a text that is more than text in YAML; `undefined` where it is none. */
  async function wholeValue(fragment: Fragment, trail: Trail, path: Path): Promise<ConfigNode | undefined> {
    const { source, text } = fragment;
    const whole = { source, start: fragment.offset, end: fragment.offset + text.length };
    if (!spend('parsed', text.length, path, whole, trail)) return nothingAt(whole, trail.via);
    const parsed = parseYaml(fragment);
    if (parsed.node === undefined || parsed.diagnostics.some(({ severity }) => severity === 'error'))
      return undefined;
    const { node } = parsed;
    if (node.kind === 'scalar')
      return typeof node.value === 'string'
        ? undefined
        : { ...node, via: trail.via, text: unescapeDollars(text) };
    const nested = node.kind === 'map' ? nestKeys(node, diagnostics) : node;
    const expanded = await expandNode(nested, path, trail);
    return expanded.kind === 'scalar' ? expanded : { ...expanded, text: unescapeDollars(text) };
  }

  /** What a reference stands for; `undefined` where it is wrong, which is then reported. */
  async function expandOnce(request: ReferenceRequest, path: Path): Promise<Retrieved | undefined> {
    const { text, place, trail, isSecret } = request;
    const inner = text.slice(2, -1);
    const { uri } = request;
    const shown = isSecret ? `of ${request.written}` : JSON.stringify(uri);
    const location = parseLocation(uri);
    if (location === undefined || !isKnownScheme(location.scheme)) {
      const message =
        location === undefined
          ? `invalid uri: ${shown}`
          : `scheme ${isSecret ? shown : JSON.stringify(location.scheme)} is not supported for uri ${shown}`;
      fail('reference-scheme', message, path, place, trail, isSecret ? schemesHint : schemeHint(inner));
      return undefined;
    }
    if (location.opaque.includes('$')) {
      fail('reference-dollar', `the uri ${shown} contains unsupported characters ('$')`, path, place, trail);
      return undefined;
    }
    for (let outer = trail; outer !== undefined; outer = outer.parent) {
      if (outer.uri !== uri) continue;
      const name = isSecret && outer.isSecret ? request.written : `\${${uri}}`;
      fail('reference-cycle', `too many recursive expansions: ${name} leads to itself`, path, place, trail);
      return undefined;
    }

    const fragmentFrom = request.fragmentFrom(uri === inner ? 2 + location.scheme.length + 1 : 2);
    const key = `${isSecret} ${uri}`;
    const isCached = location.scheme !== 'yaml' && !location.opaque.includes(':-');
    const retrieved =
      (isCached && cache.get(key)) ||
      (await retrieve({ location, written: request.written, place, path, isSecret, fragmentFrom }, from));
    if (isCached) cache.set(key, retrieved);
    let isFailed = false;
    for (const diagnostic of retrieved.diagnostics) {
      report({ ...diagnostic, place, path, related: relatedTo(trail) });
      isFailed ||= diagnostic.severity === 'error';
    }
    return isFailed ? undefined : retrieved;
  }

  return (await expandNode(root, [], undefined)) as MapNode;
}

/** One reference of a text: where it is written, how it came there, and what of it may be shown. */
interface ReferenceRequest {
  readonly text: string;
  readonly uri: string;
  readonly written: string;
  readonly place: Place;
  readonly trail: Trail | undefined;
  readonly isSecret: boolean;
  fragmentFrom(start: number): (position: number) => Fragment | undefined;
}

function requestOf(
  pieces: readonly Piece[],
  text: string,
  { start, end }: Reference,
  defaultScheme: string,
  written: Place,
  trail: Trail | undefined,
): ReferenceRequest {
  const parts = slicePieces(pieces, start, end);
  const [part, ...more] = parts;
  const single = part !== undefined && more.length === 0 ? part : undefined;
  const isSecret = parts.some((piece) => piece.isSecret);
  const reference = text.slice(start, end);
  const inner = reference.slice(2, -1);
  return {
    text: reference,
    uri: inner.includes(':') ? inner : `${defaultScheme}:${inner}`,
    written: isSecret ? shown(written) : reference,
    place: single === undefined ? written : placeOfPiece(single),
    // A reference that was put together from several texts came on no single way.
    trail: single === undefined ? trail : single.trail,
    isSecret,
    fragmentFrom: (opaqueStart) => (position) =>
      single?.isExact === true
        ? {
            source: single.source,
            text: reference.slice(opaqueStart + position, -1),
            offset: single.start + opaqueStart + position,
          }
        : undefined,
  };
}

/** A value that text of a variable went into is shown as it was written. */
function shown({ source, start, end }: Place): string {
  if (source.isSecret === true) return `a reference in ${source.name}`;
  const text = source.text.slice(start, end);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function replaced(
  pieces: readonly Piece[],
  found: readonly Reference[],
  length: number,
  piece: Piece | undefined,
): readonly Piece[] {
  const parts: Piece[] = [];
  let position = 0;
  for (const { start, end } of found) {
    parts.push(...slicePieces(pieces, position, start));
    if (piece !== undefined) parts.push(piece);
    position = end;
  }
  parts.push(...slicePieces(pieces, position, length));
  return parts;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

function textNode(pieces: readonly Piece[], place: Place, trail: Trail | undefined): ScalarNode {
  const text = unescapeDollars(textOf(pieces));
  const isSecret = pieces.some((piece) => piece.isSecret) ? { isSecret: true } : {};
  return { kind: 'scalar', place, via: trail?.via ?? [], value: text, text, ...isSecret };
}

function nothingAt(place: Place, via: readonly Place[]): ScalarNode {
  return { kind: 'scalar', place, via, value: null, text: '' };
}

function relatedTo(trail: Trail | undefined): Diagnostic['related'] {
  return trail?.via.map((place) => ({ message: 'It came through this reference.', place }));
}

function schemeHint(inner: string): string {
  const [, name, rest] = /^([a-zA-Z_][a-zA-Z0-9_]*):-?([^]*)$/.exec(inner) ?? [];
  if (name === undefined) return schemesHint;
  return `For a variable with a default write \${env:${name}:-${rest}}. ${schemesHint}`;
}
