import type { Xxh64 } from '../ring/xxh64.js';
import { fieldOf, nothing, numberOf, textOf, type Stretch } from './fields.js';
import { Fnv64 } from './fnv64.js';
import { mapHash } from './map-hash.js';
import type { RoutedSignal, RoutingKey } from './routing-key.js';
import { attributeOf, formatted, pairsOf, valueOf, type Value } from './values.js';

/**
 * The routing key of a unit, which is the last of the path to it: the bodies of the group of its resource, of its
 * scope, its own. `undefined` where it has none, and can go nowhere.
 */
export type KeyFunction = (bytes: Buffer, path: readonly Stretch[]) => Uint8Array | undefined;

/** How a signal is split by a key: how deep its units lie, and what their key is. */
export interface Keying {
  /** 0 is groups of resources, 1 of scopes, 2 spans, log records and metrics, 4 data points. */
  readonly depth: number;
  readonly key: KeyFunction;
}

export interface KeyingOptions {
  readonly attributes: readonly string[];
  readonly xxh64: Xxh64;
  readonly random: () => number;
}

/** Fields of groups, resources, scopes and records, as tags. */
const headTag = 0x0a;
const resourceAttributes = 0x0a;
const scopeName = 0x0a;
const scopeVersion = 0x12;
const scopeAttributes = 0x1a;
const span = { traceId: 0x0a, name: 0x2a, kind: 0x30, attributes: 0x4a } as const;
const record = { traceId: 0x4a, severityText: 0x1a, body: 0x2a, attributes: 0x32 } as const;
const metric = { name: 0x0a, unit: 0x1a, temporality: 0x10, isMonotonic: 0x18 } as const;

/** What a metric holds its data points in, by tag: its number in stream IDs, and the tag of attributes of its points. */
const kinds = [
  { tag: 0x2a, type: 1, attributes: 0x3a },
  { tag: 0x3a, type: 2, attributes: 0x3a },
  { tag: 0x4a, type: 3, attributes: 0x4a },
  { tag: 0x52, type: 4, attributes: 0x0a },
  { tag: 0x5a, type: 5, attributes: 0x3a },
] as const;
const sumType = 2;

const spanKinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const service = 'service.name';

export function keyingOf(signal: RoutedSignal, key: RoutingKey, options: KeyingOptions): Keying {
  switch (key) {
    case 'service':
      return { depth: 0, key: serviceKey(signal) };
    case 'resource':
      return { depth: 0, key: (bytes, [group]) => resourceKey(bytes, group!, options) };
    case 'metric':
      return { depth: 2, key: (bytes, path) => bytesOf(bytes, fieldOf(bytes, path.at(-1)!, metric.name)) };
    case 'streamID':
      return { depth: 4, key: (bytes, path) => streamKey(bytes, path, options) };
    case 'traceID':
      return {
        depth: 2,
        key: signal === 'traces' ? (bytes, path) => spanTraceId(bytes, path.at(-1)!) : logTraceId(options),
      };
    case 'attributes':
      return { depth: signal === 'metrics' ? 4 : 2, key: attributesKey(signal, options.attributes) };
  }
}

/** 16 bytes, zeros where the span has none. */
export function spanTraceId(bytes: Buffer, body: Stretch): Uint8Array {
  const id = fieldOf(bytes, body, span.traceId);
  return id === undefined || id.end - id.start !== 16 ? Buffer.alloc(16) : bytes.subarray(id.start, id.end);
}

/** The text of the ID, which is another key than the ID of the spans; where there is none, by chance. */
function logTraceId({ random }: KeyingOptions): KeyFunction {
  return (bytes, path) => {
    const id = bytesOf(bytes, fieldOf(bytes, path.at(-1)!, record.traceId));
    if (id.some((byte) => byte !== 0)) return Buffer.from(Buffer.from(id).toString('hex'));
    const chance = Buffer.alloc(16);
    chance.writeUInt32LE(Math.floor(random() * 2 ** 32), 0);
    return chance;
  };
}

function serviceKey(signal: RoutedSignal): KeyFunction {
  return (bytes, [group]) => {
    const value = attributeOf(bytes, resourceOf(bytes, group!), resourceAttributes, service);
    if (signal === 'traces') return Buffer.from(named(service, value));
    if (value === undefined && signal === 'metrics') return undefined;
    return Buffer.from(value?.type === 'text' ? value.value : '');
  };
}

function resourceKey(bytes: Buffer, group: Stretch, { xxh64 }: KeyingOptions): Uint8Array {
  const hash = mapHash(pairsOf(bytes, resourceOf(bytes, group), resourceAttributes), xxh64);
  return Buffer.from(`resource/${new Fnv64().add(hash).toHex()}`);
}

function streamKey(bytes: Buffer, path: readonly Stretch[], { xxh64 }: KeyingOptions): Uint8Array {
  const [group, scopeGroup, of, data, point] = path;
  const scope = fieldOf(bytes, scopeGroup!, headTag) ?? nothing;
  const { tag, type, attributes } = kindOf(bytes, of!, data!);
  const isHistogram = type === 3 || type === 4;
  const isMonotonic = isHistogram || (type === sumType && numberOf(bytes, data!, metric.isMonotonic) !== 0);
  const temporality = tag === 0x2a || tag === 0x5a ? 0 : numberOf(bytes, data!, metric.temporality);
  const hash = new Fnv64()
    .add(mapHash(pairsOf(bytes, resourceOf(bytes, group!), resourceAttributes), xxh64))
    .add(bytesOf(bytes, fieldOf(bytes, scope, scopeName)))
    .add(bytesOf(bytes, fieldOf(bytes, scope, scopeVersion)))
    .add(mapHash(pairsOf(bytes, scope, scopeAttributes), xxh64))
    .add(bytesOf(bytes, fieldOf(bytes, of!, metric.name)))
    .add(bytesOf(bytes, fieldOf(bytes, of!, metric.unit)))
    .add(Buffer.of(type, isMonotonic ? 1 : 0, temporality))
    .add(mapHash(pairsOf(bytes, point!, attributes), xxh64));
  return Buffer.from(`stream/${hash.toHex()}`);
}

/** Which kind of data that is, by its place in the metric. */
function kindOf(bytes: Buffer, of: Stretch, data: Stretch): (typeof kinds)[number] {
  return kinds.find(({ tag }) => fieldOf(bytes, of, tag)?.start === data.start)!;
}

/** `name=value|` for each attribute; of metrics and logs, those of the resource stand first. */
function attributesKey(signal: RoutedSignal, names: readonly string[]): KeyFunction {
  return (bytes, path) => {
    const resource = resourceOf(bytes, path[0]!);
    const scope = fieldOf(bytes, path[1]!, headTag) ?? nothing;
    const ofResource: string[] = [];
    const others: string[] = [];
    for (const name of names) {
      const value = attributeOf(bytes, resource, resourceAttributes, name);
      if (value !== undefined) ofResource.push(named(name, value));
      const parts = signal === 'traces' && value === undefined ? ofResource : others;
      if (value === undefined) parts.push(named(name, ownValue(signal, bytes, path, scope, name)));
    }
    return Buffer.from([...ofResource, ...others].join(''));
  };
}

function ownValue(
  signal: RoutedSignal,
  bytes: Buffer,
  path: readonly Stretch[],
  scope: Stretch,
  name: string,
): Value | undefined {
  const own = path.at(-1)!;
  const ofScope = attributeOf(bytes, scope, scopeAttributes, name);
  if (ofScope !== undefined) return ofScope;
  switch (signal) {
    case 'traces':
      if (name === 'span.kind') {
        return { type: 'text', value: spanKinds[numberOf(bytes, own, span.kind)] ?? '' };
      }
      if (name === 'span.name') return { type: 'text', value: textOf(bytes, fieldOf(bytes, own, span.name)) };
      return attributeOf(bytes, own, span.attributes, name);
    case 'metrics':
      return attributeOf(bytes, own, kindOf(bytes, path[2]!, path[3]!).attributes, name);
    case 'logs': {
      const value = attributeOf(bytes, own, record.attributes, name);
      if (value !== undefined) return value;
      if (name === 'log.severity') {
        return { type: 'text', value: textOf(bytes, fieldOf(bytes, own, record.severityText)) };
      }
      const body = name === 'log.body' ? fieldOf(bytes, own, record.body) : undefined;
      return body === undefined ? undefined : valueOf(bytes, body);
    }
  }
}

function named(name: string, value: Value | undefined): string {
  return `${name}=${value === undefined ? '' : formatted(value)}|`;
}

function resourceOf(bytes: Buffer, group: Stretch): Stretch {
  return fieldOf(bytes, group, headTag) ?? nothing;
}

function bytesOf(bytes: Buffer, stretch: Stretch | undefined): Uint8Array {
  return stretch === undefined ? bytes.subarray(0, 0) : bytes.subarray(stretch.start, stretch.end);
}
