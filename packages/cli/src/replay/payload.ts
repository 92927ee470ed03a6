import * as zlib from 'node:zlib';
import { batchFactory, Traces, type Signal } from '@tributary/pdata';

/** What a record holds: spans, or something else that is counted and left out. */
export type Payload =
  { readonly signal: 'traces'; readonly traces: Traces } | { readonly signal: Exclude<Signal, 'traces'> };

const brace = 0x7b;
const zstdMagic = 0xfd2fb528;
const otherSignals = ['metrics', 'logs', 'profiles'] as const;

/** The parts of zlib that only Node 22.15 and later have. */
interface Zstd {
  zstdDecompressSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Buffer;
}

/**
 * Reads a record: JSON or protobuf, compressed by zstd or not.
 *
 * @param maxBytes of what it is when it is no longer compressed
 * @throws Error that says what is wrong
 */
export function readPayload(payload: Buffer, maxBytes: number, module: object = zlib): Payload {
  const bytes = isZstd(payload) ? decompress(payload, maxBytes, module) : payload;
  return bytes[0] === brace ? readJson(bytes) : readProto(bytes);
}

/** Whether bytes are, or begin, a frame of zstd. */
export function isZstd(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE() === zstdMagic;
}

function decompress(payload: Buffer, maxOutputLength: number, module: object): Buffer {
  if (!hasZstd(module)) throw new Error(needsZstd);
  return module.zstdDecompressSync(payload, { maxOutputLength });
}

function hasZstd(module: object): module is Zstd {
  return 'zstdDecompressSync' in module;
}

/** Said of what this Node cannot read. */
const needsZstd: string = `it is compressed by zstd, which needs Node 22.15 or newer, this is ${process.versions.node}`;

/** @throws Error where it is no JSON, or no request of OTLP */
export function readJson(json: Buffer): Payload {
  const text = json.toString();
  const signal = signalOf(text);
  if (signal === 'traces') return { signal, traces: Traces.fromJson(text) };
  // It is left out; that it is whole says that nothing of it is missing.
  JSON.parse(text);
  return { signal };
}

/** Requests begin with what says of what signal they are, unless somebody else has written them. */
function signalOf(text: string): Signal {
  const first = /^\s*\{\s*"(\w+)"/.exec(text.slice(0, 100))?.[1];
  const signal = first === undefined ? undefined : signals.get(first);
  if (signal !== undefined) return signal;
  const value: unknown = JSON.parse(text);
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const found = keys.map((key) => signals.get(key)).find((each) => each !== undefined);
  if (found === undefined) throw new Error('is no request of OTLP');
  return found;
}

const signals: ReadonlyMap<string, Signal> = new Map([
  ['resourceSpans', 'traces'],
  ['resource_spans', 'traces'],
  ...otherSignals.flatMap((signal): [string, Signal][] => [
    [`resource${signal[0]!.toUpperCase()}${signal.slice(1)}`, signal],
    [`resource_${signal}`, signal],
  ]),
]);

/**
 * Protobuf does not say of what signal it is: it is that whose schema it follows. Only times have types that no other
 * signal has in their places: without them, it is spans if it is nothing else.
 */
function readProto(bytes: Buffer): Payload {
  let traces: Traces | undefined;
  let failure: unknown;
  try {
    traces = Traces.from(bytes);
    for (const { startTimeUnixNano, endTimeUnixNano } of traces.spans()) {
      if (startTimeUnixNano > 0n || endTimeUnixNano > 0n) return { signal: 'traces', traces };
    }
    if (traces.byteLength === 0) return { signal: 'traces', traces };
  } catch (error) {
    failure = error;
  }
  const other = otherSignals.find((signal) => follows(signal, bytes));
  if (other !== undefined) return { signal: other };
  if (traces === undefined) throw failure;
  return { signal: 'traces', traces };
}

/** Whether bytes follow the schema of a signal, texts included: an ID that was taken for one is none. */
function follows(signal: Signal, bytes: Buffer): boolean {
  let isRepaired = false;
  try {
    batchFactory(signal).from(bytes, { onRepair: () => (isRepaired = true) });
  } catch {
    return false;
  }
  return !isRepaired;
}
