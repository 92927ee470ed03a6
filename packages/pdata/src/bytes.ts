/**
 * Batches as bytes, for components that hold, sort or cut many records and make no views of them: tail sampling,
 * load balancing. What a batch holds was checked at the door, so nothing here checks bounds again; bytes
 * from anywhere else are opened by `Traces.from`.
 */
import { Chunk } from './edit.js';
import { Logs } from './logs.js';
import { signalPaths } from './messages.js';
import { Metrics } from './metrics.js';
import { Profiles } from './profiles.js';
import type { BatchBase } from './batch.js';
import type { Batch, Signal } from './telemetry.js';
import { Traces } from './traces.js';

export { headOf, Part, type Range } from './cut.js';
export { IdIndex, idWords, type IdIndexOptions } from './id-index.js';
export {
  asBuffer,
  at,
  copy,
  frameSize,
  readVarint,
  readVarint64,
  skipValue,
  varintSize,
  writeVarint,
} from './wire.js';

/**
 * The export requests that a batch is put together from, edits written out. They may share buffers with other
 * batches and must not be changed; who keeps some of their bytes longer than a tick copies them.
 */
export function requestsOf<S extends Signal>(batch: Batch<S>): readonly Buffer[] {
  batch.settle();
  return (batch as unknown as BatchBase<S>).chunks.map(({ bytes }) => bytes);
}

/**
 * A batch over an export request that was put together from checked bytes. They are not looked at again, and must
 * not change any more. `itemCount` is found by counting where it is left out.
 */
export function batchOf<S extends Signal>(signal: S, request: Buffer, itemCount = -1): Batch<S> {
  const chunk = new Chunk(request);
  chunk.itemCount = itemCount;
  const batch = create[signal]();
  (batch as unknown as BatchBase<S>).chunks.push(chunk);
  return batch as unknown as Batch<S>;
}

const create: { readonly [S in Signal]: () => Batch<S> } = {
  traces: () => Traces.create(),
  metrics: () => Metrics.create(),
  logs: () => Logs.create(),
  profiles: () => Profiles.create(),
};

/** Tags of the fields that lead from a request to the items of a signal, level by level. */
export function levelsOf(signal: Signal): readonly (readonly number[])[] {
  return signalPaths[signal].levels;
}
