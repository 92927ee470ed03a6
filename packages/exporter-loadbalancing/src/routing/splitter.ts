import { batchOf, levelsOf, requestsOf, type Part } from '@tributary/pdata/bytes';
import type { Batch } from '@tributary/pdata';
import { keyingOf, spanTraceId, type KeyingOptions } from './key-functions.js';
import type { RoutedSignal, RoutingKey } from './routing-key.js';
import { splitRequest, type PartOf } from './split.js';

/** The part of units that have no key, and can go nowhere: metrics without a `service.name`, where that is the key. */
export const withoutKey = -2;

/** Of Span, as a tag. */
const traceIdTag = 0x0a;
const idBytes = 16;

/**
 * Chooses the part that a key goes to. `bytes[start..end]` is the body of the unit, the first of them where several
 * have the key: a span, say. Neighbours with one key are asked for once. The key holds until it returns.
 */
export type Choose = (key: Uint8Array, bytes: Buffer, start: number, end: number) => number;

/**
 * Splits batches on their bytes. Each part has the resources, scopes and schema URLs of its items, and none repeats
 * one that stood once in the batch.
 */
export interface Splitter<S extends RoutedSignal> {
  /** The parts by their numbers, {@link withoutKey} among them. The batch is as it was. */
  split(batch: Batch<S>, choose: Choose): Map<number, Batch<S>>;
}

export function createSplitter<S extends RoutedSignal>(
  signal: S,
  routingKey: RoutingKey,
  options: KeyingOptions,
): Splitter<S> {
  const levels = levelsOf(signal);
  const { depth, key } = keyingOf(signal, routingKey, options);
  const isTraceId = signal === 'traces' && routingKey === 'traceID';
  const isByTrace = signal === 'traces' && routingKey === 'attributes';
  return {
    split(batch, choose) {
      const byKey: PartOf = (bytes, path, { start, end }) => {
        const found = key(bytes, path);
        return found === undefined ? withoutKey : choose(found, bytes, start, end);
      };
      const partOf = isTraceId ? inRuns(choose) : isByTrace ? ofFirstSpans(byKey) : byKey;
      const pieces = new Map<number, Piece[]>();
      for (const request of requestsOf(batch)) {
        for (const [number, { root, units }] of splitRequest(request, levels, depth, partOf)) {
          const piece = { request, root, units };
          const known = pieces.get(number);
          if (known === undefined) pieces.set(number, [piece]);
          else known.push(piece);
        }
      }
      const parts = new Map<number, Batch<S>>();
      for (const [number, of] of pieces) parts.set(number, written(signal, of, depth === levels.length - 1));
      return parts;
    },
  };
}

/** What goes to one part out of one request. */
interface Piece {
  readonly request: Buffer;
  readonly root: Part;
  readonly units: number;
}

/** Requests one behind the other are one request: what goes to a part is copied once, into one buffer. */
function written<S extends RoutedSignal>(signal: S, pieces: readonly Piece[], isItem: boolean): Batch<S> {
  let size = 0;
  let units = 0;
  for (const piece of pieces) {
    size += piece.root.measure();
    units += piece.units;
  }
  const out = Buffer.allocUnsafeSlow(size);
  let position = 0;
  for (const { request, root } of pieces) position = root.write(request, out, position);
  return batchOf(signal, out, isItem ? units : -1);
}

/** Neighbours of one trace are asked for once; that is seen from the bytes of their IDs. */
function inRuns(choose: Choose): PartOf {
  const id = Buffer.alloc(idBytes);
  let part = NaN;
  return (bytes, _, span) => {
    const { start, end } = span;
    // As nearly all spans do, it begins with its ID.
    if (bytes[start] !== traceIdTag || bytes[start + 1] !== idBytes) {
      id.set(spanTraceId(bytes, span));
      return (part = choose(id, bytes, start, end));
    }
    let isSame = !Number.isNaN(part);
    for (let i = 0; i < idBytes; i++) {
      const byte = bytes[start + 2 + i]!;
      if (id[i] === byte) continue;
      id[i] = byte;
      isSame = false;
    }
    if (!isSame) part = choose(id, bytes, start, end);
    return part;
  };
}

/** The spans of a trace under one scope go by the first of them. */
function ofFirstSpans(partOf: PartOf): PartOf {
  let scopeStart = NaN;
  let known = new Map<string, number>();
  let from: Buffer | undefined;
  return (bytes, path, span) => {
    if (path[1]!.start !== scopeStart || bytes !== from) {
      scopeStart = path[1]!.start;
      from = bytes;
      known = new Map();
    }
    const id = Buffer.from(spanTraceId(bytes, span)).toString('latin1');
    let part = known.get(id);
    if (part === undefined) known.set(id, (part = partOf(bytes, path, span)));
    return part;
  };
}
