import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { visiblePlace } from './locate.js';
import { nestKeys } from './merge.js';
import {
  pieceOfFragment,
  pieceOfScalar,
  placeOfPiece,
  replacePieces,
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
import { maxDepth, parseYaml, tooDeepMessage, type Fragment } from './yaml.js';

/** The Collector's bound: references replaced in one value, one after the other. */
const maxRounds = 1000;
/**
 * What all references together may cost: how many there are, the characters searched for them, the nodes and parts
 * of texts that they make, and the characters parsed. Far above any configuration, and about a second of work.
 */
const bounds = { references: 10_000, scanned: 32 * 2 ** 20, nodes: 200_000, parsed: 4 * 2 ** 20 };
/** A part of a text costs as much as so many characters. */
const pieceCost = 32;

type Path = readonly (string | number)[];
/** What a diagnostic is about, and how its text came there. */
interface Spot {
  readonly path: Path;
  readonly place: Place;
  readonly trail: Trail | undefined;
}

/** A text that is nothing else in YAML, or no YAML. */
interface JustText {
  readonly kind: 'text';
  readonly notYaml?: Diagnostic | undefined;
}
const justText: JustText = { kind: 'text' };

/** Replaces the references in all values of a configuration; what goes wrong is null and a diagnostic. */
export async function expandReferences(
  root: MapNode,
  defaultScheme: string,
  from: Surroundings,
  diagnostics: Diagnostic[],
): Promise<MapNode> {
  const spent = { references: 0, scanned: 0, nodes: 0, parsed: 0 };
  let isExhausted = false;
  let failures = 0;
  /** Above zero while a text is expanded that perhaps nobody wants. */
  let silenced = 0;
  const cache = new Map<string, Retrieved>();
  const reported = new Map<Source, Set<string>>();

  /** Tells of a reference at the place that can be shown; once a place, since a text that is used twice is expanded twice. */
  function report(diagnostic: Diagnostic, { path, place, trail }: Spot): void {
    if (diagnostic.severity === 'error') failures += 1;
    if (silenced > 0) return;
    const visible = visiblePlace(place, trail?.via ?? []);
    const key = `${diagnostic.code} ${visible.start} ${visible.end}`;
    const seen = reported.get(visible.source) ?? new Set();
    reported.set(visible.source, seen);
    if (seen.has(key)) return;
    seen.add(key);
    // The place itself says nothing more than the way to it, where that is what can be shown.
    const related = relatedTo(trail)?.filter((note) => note.place !== visible);
    diagnostics.push({ ...diagnostic, path, place: visible, related });
  }

  function fail(code: ErrorCode, message: string, spot: Spot, hint?: string): void {
    report({ code, severity: 'error', path: spot.path, message, hint, place: spot.place }, spot);
  }

  /** False when the work is more than a configuration can need: everything that follows stays empty. */
  function spend(what: keyof typeof bounds, amount: number, spot: Spot): boolean {
    if (isExhausted) return false;
    spent[what] += amount;
    if (spent[what] <= bounds[what]) return true;
    isExhausted = true;
    const before = silenced;
    silenced = 0;
    const message = 'too many recursive expansions: what the references stand for grows beyond any use';
    fail('expansion-too-large', message, spot);
    silenced = before;
    return false;
  }

  async function expandNode(node: ConfigNode, path: Path, trail: Trail | undefined): Promise<ConfigNode> {
    const via = trail?.via ?? node.via;
    if (trail !== undefined && !spend('nodes', 1, { path, place: node.place, trail }))
      return nothingAt(node.place, via);
    if (path.length > maxDepth) {
      fail('yaml-too-deep', tooDeepMessage, { path, place: node.place, trail });
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
    let notYaml: Diagnostic | undefined;
    for (let round = 0; round < maxRounds; round++) {
      const text = textOf(pieces);
      if (!spend('scanned', text.length + pieces.length * pieceCost, { path, place, trail }))
        return nothingAt(place, trail?.via ?? []);
      const reference = findReference(text, defaultScheme);
      if (reference === undefined) return { ...textNode(pieces, place, trail), ...(notYaml && { notYaml }) };

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
        const found = occurrences(text, request.text);
        if (!spend('nodes', found.length, { path, place, trail })) return nothingAt(place, trail?.via ?? []);
        pieces = replacePieces(pieces, found, piece);
        continue;
      }
      if (fragment === undefined) return nothingAt(request.place, trail?.via ?? []);
      const value = retrieved.isText === true ? justText : await wholeValue(fragment, inner, path);
      if (value.kind !== 'text') return value;
      ({ notYaml } = value);
      // What is text in YAML, or no YAML at all, is taken as it is, with its quotes and comments.
      const piece = pieceOfFragment(fragment, inner);
      pieces = [piece];
      place = placeOfPiece(piece);
      trail = inner;
    }
    fail('reference-cycle', 'too many recursive expansions', { path, place, trail });
    return nothingAt(place, trail?.via ?? []);
  }

  /** The value of a text that is more than text in YAML. */
  async function wholeValue(fragment: Fragment, trail: Trail, path: Path): Promise<ConfigNode | JustText> {
    const { source, text } = fragment;
    const whole = { source, start: fragment.offset, end: fragment.offset + text.length };
    if (!spend('parsed', text.length, { path, place: whole, trail })) return nothingAt(whole, trail.via);
    const { node, diagnostics: found } = parseYaml(fragment);
    const notYaml = found.find(({ severity }) => severity === 'error');
    if (node === undefined || notYaml !== undefined) return { kind: 'text', notYaml };
    if (node.kind === 'scalar' && typeof node.value === 'string') return justText;
    for (const warning of found)
      report(warning, { path: [...path, ...warning.path], place: warning.place ?? whole, trail });
    if (node.kind === 'scalar') {
      const written = await wholeText(fragment, trail, path);
      return { ...node, via: trail.via, text: written ?? unescapeDollars(text) };
    }
    const before = failures;
    const expanded = await expandNode(
      node.kind === 'map' ? nestKeys(node, diagnostics, path) : node,
      path,
      trail,
    );
    // What has failed as a value fails as a text, and in a long chain at each of its links again.
    if (expanded.kind === 'scalar' || failures > before) return expanded;
    return { ...expanded, text: await wholeText(fragment, trail, path) };
  }

  /** The text of a value that is no text, for where text is wanted: there the references in its comments count too. */
  async function wholeText(fragment: Fragment, trail: Trail, path: Path): Promise<string | undefined> {
    if (!fragment.text.includes('$')) return fragment.text;
    const piece = pieceOfFragment(fragment, trail);
    silenced += 1;
    const node = await expandText(piece, placeOfPiece(piece), path);
    silenced -= 1;
    return node.kind === 'scalar' && node.value !== null ? node.text : undefined;
  }

  /** What a reference stands for; `undefined` where it is wrong, which is then reported. */
  async function expandOnce(request: ReferenceRequest, path: Path): Promise<Retrieved | undefined> {
    const { text, uri, place, trail, isSecret } = request;
    const spot = { path, place, trail };
    const shown = isSecret ? `of ${request.written}` : JSON.stringify(uri);
    const location = parseLocation(uri);
    if (location === undefined || !isKnownScheme(location.scheme)) {
      const scheme = isSecret ? shown : JSON.stringify(location?.scheme);
      const message =
        location === undefined
          ? `invalid uri: ${shown}`
          : `scheme ${scheme} is not supported for uri ${shown}`;
      fail('reference-scheme', message, spot, isSecret ? schemesHint : schemeHint(uri));
      return undefined;
    }
    if (location.opaque.includes('$')) {
      fail('reference-dollar', `the uri ${shown} contains unsupported characters ('$')`, spot);
      return undefined;
    }
    for (let outer = trail; outer !== undefined; outer = outer.parent) {
      if (outer.uri !== uri) continue;
      const name = isSecret && outer.isSecret ? request.written : `\${${uri}}`;
      fail('reference-cycle', `too many recursive expansions: ${name} leads to itself`, spot);
      return undefined;
    }
    if (!spend('references', 1, spot)) return undefined;

    const fragmentFrom = request.fragmentFrom(text.slice(2, -1) === uri ? location.scheme.length + 3 : 2);
    const key = `${isSecret} ${uri}`;
    const isCached = location.scheme !== 'yaml' && !location.opaque.includes(':-');
    const retrieved =
      (isCached && cache.get(key)) ||
      (await retrieve({ location, written: request.written, place, path, isSecret, fragmentFrom }, from));
    if (isCached) cache.set(key, retrieved);
    for (const diagnostic of retrieved.diagnostics) report(diagnostic, spot);
    return retrieved.diagnostics.some(({ severity }) => severity === 'error') ? undefined : retrieved;
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

/** `${NAME:=default}` and its like are of the shell; `${vault:x}` is of no shell, and a scheme that there is not. */
function schemeHint(inner: string): string {
  const [, name = '', rest = ''] = /^([a-zA-Z_][a-zA-Z0-9_]*):[-=?+]?([^]*)$/.exec(inner) ?? [];
  if (isKnownScheme(name.toLowerCase()))
    return `Schemes are in lower case: \${${name.toLowerCase()}:${rest}}.`;
  if (!/[A-Z_]/.test(name)) return schemesHint;
  return `For a variable with a default write \${env:${name}:-${rest}}. ${schemesHint}`;
}
