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
  /** Spans, data points, log records or samples; the unit of every counter. */
  readonly itemCount: number;
  /** Size in bytes of what `toBytes()` would return. */
  readonly byteLength: number;
  /** The OTLP export request. Cached until the next edit. */
  toBytes(): Uint8Array;
  /** A batch of its own over the same bytes. Free unless edited; then it costs one `toBytes()`, once. */
  clone(): Batch<S>;
  /** Takes over all of `other`, which is empty afterwards. No bytes are copied. @throws where `canAppend` is false */
  append(other: Batch<S>): void;
  /** False for profiles, whose records point into a dictionary of their own request, unless this batch is empty. */
  canAppend(other: Batch<S>): boolean;
  /** Takes the first `maxItems` items out into a batch of their own, with their resource and scope. */
  take(maxItems: number): Batch<S>;
}

export interface Traces extends Telemetry<'traces'> {
  /** Every span in order. Spans removed meanwhile are skipped, added ones are not visited. */
  spans(): Iterable<Span>;
  resourceSpans(): Iterable<ResourceSpans>;
  /** Adds an empty group and returns it. */
  addResourceSpans(): ResourceSpans;
  /** One batch per distinct trace ID, in order of first appearance. Leaves this batch empty. */
  groupByTraceId(): Map<string, Traces>;
}
export interface Metrics extends Telemetry<'metrics'> {
  metrics(): Iterable<Metric>;
}
export interface Logs extends Telemetry<'logs'> {
  records(): Iterable<LogRecord>;
}
export interface Profiles extends Telemetry<'profiles'> {
  readonly profileCount: number;
}

/** A record or a group in a batch. */
export interface Node {
  /**
   * Takes it out of its batch; allowed inside a loop over the batch. A removed
   * node can still be read, and edits to it go nowhere. A group that loses its
   * last record this way is left out of the bytes.
   */
  remove(): void;
  readonly isRemoved: boolean;
  /** A plain copy, in the shape of OTLP/JSON. */
  toObject(): Readonly<Record<string, unknown>>;
}
export interface ResourceSpans extends Node {
  readonly resource: Resource;
  schemaUrl: string;
  scopes(): Iterable<ScopeSpans>;
  addScope(): ScopeSpans;
}
export interface ScopeSpans extends Node {
  readonly resource: Resource;
  readonly scope: Scope;
  schemaUrl: string;
  spans(): Iterable<Span>;
  /** Adds a copy of `span`, from any batch, and returns the copy. To move it, `remove()` the original. */
  add(span: Span | SpanInit): Span;
}
export interface Resource {
  readonly attributes: Attributes;
}
export interface Scope {
  name: string;
  version: string;
  readonly attributes: Attributes;
}
export interface Span extends Node {
  /** Shared by all spans of the group: an edit here shows on its siblings. */
  readonly resource: Resource;
  readonly scope: Scope;
  readonly attributes: Attributes;
  name: string;
  kind: SpanKind;
  /** 32 lower-case hexadecimal digits. `traceIdBytes` reads without making a string. */
  traceId: string;
  readonly traceIdBytes: Uint8Array;
  spanId: string;
  parentSpanId: string;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  /** End minus start; exact to the nanosecond below 104 days, no bigint made. */
  readonly durationNanos: number;
  status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
}
export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export interface SpanInit {
  readonly name: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly kind?: SpanKind;
  readonly startTimeUnixNano?: bigint;
  readonly endTimeUnixNano?: bigint;
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
}
export interface Metric extends Node {
  name: string;
  readonly resource: Resource;
}
export interface LogRecord extends Node {
  readonly resource: Resource;
  readonly attributes: Attributes;
  body: AttributeValue | undefined;
  severityText: string;
}

/** What `get` returns. An int64 beyond 2^53 is a bigint, any other number a number. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };
/**
 * What `set` takes. A `number` that is an integer is written as `intValue`, any
 * other as `doubleValue`; `double(1)` says that a whole number is a double.
 */
export type AttributeInput = AttributeValue | Double;
export interface Double {
  readonly double: number;
}
export declare function double(value: number): Double;

/** An ordered list of pairs; the first of two equal keys wins on reading, `delete` takes both. */
export interface Attributes extends Iterable<[key: string, value: AttributeValue]> {
  readonly size: number;
  get(key: string): AttributeValue | undefined;
  has(key: string): boolean;
  set(key: string, value: AttributeInput): void;
  /** Keeps value, type and place; no value is decoded. */
  rename(from: string, to: string): boolean;
  delete(key: string): boolean;
}

/** `Traces.from(bytes)` checks untrusted bytes once; afterwards no view throws. */
export declare const Traces: {
  /** @throws {MalformedTelemetryError} with offset and field */
  from(bytes: Uint8Array): Traces;
  /** @throws {MalformedTelemetryError} with JSON path */
  fromJson(json: string | Uint8Array): Traces;
  /** An empty batch to build in. */
  create(): Traces;
};
