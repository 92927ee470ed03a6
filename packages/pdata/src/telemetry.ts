import type { FromOptions } from './check.js';
import type { Logs } from './logs.js';
import type { Metrics } from './metrics.js';
import type { Profiles } from './profiles.js';
import type { Traces } from './traces.js';

/** The four kinds of telemetry. A pipeline carries exactly one. */
export type Signal = 'traces' | 'metrics' | 'logs' | 'profiles';

/**
 * The batch type of a signal: `Batch<'traces'>` is `Traces`. A conditional type on
 * purpose: for a generic `S` it stays open, so that `clone()` and `append()` of
 * code that serves every signal (batch, queue, fan-out) keep the type `Batch<S>`.
 */
export type Batch<S extends Signal> = Telemetry<S> &
  (S extends 'traces' ? Traces : S extends 'metrics' ? Metrics : S extends 'logs' ? Logs : Profiles);

/**
 * A batch of telemetry: a document over OTLP bytes that are never changed.
 *
 * - It has one owner: whoever holds it until it is given to `consume`.
 * - Views (`Span`, `Resource`, ...) name places in it and hold no state. Two
 *   views of one place always agree; an edit is seen by every later read,
 *   whichever view made it and whichever loop reads it. A view keeps the bytes
 *   of its whole request alive: to remember a record, keep `toObject()` of it.
 * - After `consume(batch)` it belongs to the callee: a write through an old view throws.
 * - Editing costs nothing where nothing is edited; untouched bytes, unknown
 *   fields included, are copied as they stand when the batch is serialised.
 */
export interface Telemetry<S extends Signal> {
  readonly signal: S;
  /** Spans, data points, log records or samples; the unit of every counter. Remembered until the next edit. */
  readonly itemCount: number;
  /** Size in bytes of what `toBytes()` would return. */
  readonly byteLength: number;
  /** The OTLP export request. Cached until the next edit; not to be written to. */
  toBytes(): Uint8Array;
  /** The OTLP/JSON export request. */
  toJson(): string;
  /** A batch of its own over the same bytes. Free unless edited; then it costs one `toBytes()`, once. */
  clone(): Batch<S>;
  /** Takes over all of `other`, which is empty afterwards. No bytes are copied. @throws where `canAppend` is false */
  append(other: Batch<S>): void;
  /**
   * False for a batch itself, and for profiles unless this batch is empty: their
   * records point into a dictionary of their own request.
   */
  canAppend(other: Batch<S>): boolean;
  /**
   * Takes the first `maxItems` items out into a batch of their own, with their
   * resource, scope and schema URLs. Of profiles, which cannot be cut, all.
   * A write through a view of a request that was cut throws.
   */
  take(maxItems: number): Batch<S>;
  /**
   * Writes the edits out and forgets how they were made: for whoever holds a batch
   * longer than a tick. A write through a view that was made before throws.
   */
  settle(): void;
  /**
   * Settles, and copies the requests that it was put together from into one: for whoever holds a batch while
   * its bytes are being sent, which would else be held twice. Free where it came in one. A write through a
   * view that was made before throws.
   */
  compact(): void;
  /**
   * Hands the batch on, edits unwritten: what the edges between components do. This
   * batch is empty afterwards, and a write through one of its views throws.
   */
  transfer(): Batch<S>;
}

/** Makes batches of one signal: what `Traces`, `Metrics`, `Logs`, `Profiles` and `batchFactory(signal)` are. */
export interface BatchFactory<S extends Signal> {
  /**
   * A batch over untrusted bytes, which are checked once; afterwards no view
   * throws. They must not be changed any more.
   *
   * @throws {MalformedTelemetryError} with offset and field
   */
  from(bytes: Uint8Array, options?: FromOptions): Batch<S>;
  /**
   * A batch out of OTLP/JSON, in the protobuf form that all else works on. Bytes
   * that are not UTF-8 are always repaired, and count as one field.
   *
   * @throws {MalformedTelemetryError} with JSON path
   */
  fromJson(json: string | Uint8Array, options?: FromOptions): Batch<S>;
  /** An empty batch: to build in, or to append to. */
  create(): Batch<S>;
}
