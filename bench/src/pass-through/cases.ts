import type { SignalName } from '../load/items.js';
import type { Protocol, Traffic } from '../load/load.js';
import type { Compression } from '../packing.js';

/** A load that is passed on. */
export interface PassThroughCase {
  readonly name: string;
  readonly traffic: Traffic;
  readonly isBatched: boolean;
  /**
   * CPU seconds per million items of the Go Collector 0.161, measured on another machine of this class, and what
   * ours is meant to need there.
   */
  readonly elsewhere?: { readonly go: number; readonly target: number };
  /** What ours may cost at most, as a multiple of the bare forwarder. */
  readonly maxRatio?: number;
  /** The longest added latency of all but one request in a hundred, at half load. */
  readonly maxP99Ms?: number;
}

type Further = Partial<Omit<PassThroughCase, 'name' | 'traffic'>> & {
  readonly signal?: SignalName;
  readonly compression?: Compression;
};

/** Small requests come from many senders. */
const connectionsFor = (items: number): number => (items <= 50 ? 100 : 8);

const nouns: Readonly<Record<SignalName, string>> = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'records',
};

function load(protocol: Protocol, items: number, further: Further = {}): PassThroughCase {
  const { signal = 'traces', compression = 'none', isBatched = true, ...rest } = further;
  const connections = connectionsFor(items);
  const name = [
    protocol === 'grpc' ? 'gRPC' : 'HTTP',
    ...(compression === 'none' ? [] : [compression]),
    `${items.toLocaleString('en')} ${nouns[signal]} a request`,
    ...(connections === 100 ? ['100 connections'] : []),
    ...(isBatched ? [] : ['no batch']),
  ].join(', ');
  return {
    name,
    traffic: { signal, protocol, compression, itemsPerRequest: items, connections },
    isBatched,
    ...rest,
  };
}

/** The first is the one of `--short`. */
export const passThroughCases: readonly PassThroughCase[] = [
  load('grpc', 1000, { elsewhere: { go: 3.1, target: 1.3 }, maxRatio: 1.6 }),
  load('grpc', 10, { elsewhere: { go: 9, target: 11 }, maxRatio: 1.25 }),
  load('grpc', 50, { elsewhere: { go: 4.6, target: 3.5 } }),
  load('grpc', 500),
  load('grpc', 2000),
  load('grpc', 50, { isBatched: false, maxP99Ms: 10 }),
  load('grpc', 1000, { isBatched: false, maxP99Ms: 10 }),
  load('grpc', 1000, { compression: 'gzip', elsewhere: { go: 8.8, target: 6.5 }, maxRatio: 1.15 }),
  load('grpc', 1000, { compression: 'zstd', elsewhere: { go: 4.7, target: 3 } }),
  load('http', 10),
  load('http', 50),
  load('http', 500),
  load('http', 1000, { elsewhere: { go: 3.7, target: 1.2 } }),
  load('http', 2000),
  load('http', 1000, { isBatched: false }),
  load('http', 1000, { compression: 'gzip', elsewhere: { go: 8.6, target: 6.5 } }),
  load('http', 1000, { compression: 'zstd' }),
  load('grpc', 1000, { signal: 'logs', elsewhere: { go: 2.9, target: 1.3 } }),
  load('grpc', 1000, { signal: 'metrics', elsewhere: { go: 1.65, target: 0.9 } }),
];
