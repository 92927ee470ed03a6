// @tributary/pdata: what the package exports, written by scripts/api.mjs.

export type AttributeInput = AttributeValue | Double;
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly AttributeValue[]
  | {
      readonly [key: string]: AttributeValue;
    };
export interface Attributes extends Iterable<[key: string, value: AttributeValue]> {
  readonly size: number;
  get(key: string): AttributeValue | undefined;
  has(key: string): boolean;
  set(key: string, value: AttributeInput): void;
  rename(from: string, to: string): boolean;
  delete(key: string): boolean;
}
export type Batch<S extends Signal> = Telemetry<S> &
  (S extends 'traces' ? Traces : S extends 'metrics' ? Metrics : S extends 'logs' ? Logs : Profiles);
export interface Double {
  readonly double: number;
}
export interface LogRecord extends Node {
  readonly resource: Resource;
  readonly attributes: Attributes;
  body: AttributeValue | undefined;
  severityText: string;
}
export interface Logs extends Telemetry<'logs'> {
  records(): Iterable<LogRecord>;
}
export interface Metric extends Node {
  name: string;
  readonly resource: Resource;
}
export interface Metrics extends Telemetry<'metrics'> {
  metrics(): Iterable<Metric>;
}
export interface Node {
  remove(): void;
  readonly isRemoved: boolean;
  toObject(): Readonly<Record<string, unknown>>;
}
export interface Profiles extends Telemetry<'profiles'> {
  readonly profileCount: number;
}
export interface Resource {
  readonly attributes: Attributes;
}
export interface ResourceSpans extends Node {
  readonly resource: Resource;
  schemaUrl: string;
  scopes(): Iterable<ScopeSpans>;
  addScope(): ScopeSpans;
}
export interface Scope {
  name: string;
  version: string;
  readonly attributes: Attributes;
}
export interface ScopeSpans extends Node {
  readonly resource: Resource;
  readonly scope: Scope;
  schemaUrl: string;
  spans(): Iterable<Span>;
  add(span: Span | SpanInit): Span;
}
export type Signal = 'traces' | 'metrics' | 'logs' | 'profiles';
export interface Span extends Node {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly attributes: Attributes;
  name: string;
  kind: SpanKind;
  traceId: string;
  readonly traceIdBytes: Uint8Array;
  spanId: string;
  parentSpanId: string;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  readonly durationNanos: number;
  status: {
    readonly code: 'unset' | 'ok' | 'error';
    readonly message: string;
  };
}
export interface SpanInit {
  readonly name: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly kind?: SpanKind;
  readonly startTimeUnixNano?: bigint;
  readonly endTimeUnixNano?: bigint;
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
}
export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export interface Telemetry<S extends Signal> {
  readonly signal: S;
  readonly itemCount: number;
  readonly byteLength: number;
  toBytes(): Uint8Array;
  clone(): Batch<S>;
  append(other: Batch<S>): void;
  canAppend(other: Batch<S>): boolean;
  take(maxItems: number): Batch<S>;
}
export interface Traces extends Telemetry<'traces'> {
  spans(): Iterable<Span>;
  resourceSpans(): Iterable<ResourceSpans>;
  addResourceSpans(): ResourceSpans;
  groupByTraceId(): Map<string, Traces>;
}
export declare const Traces: {
  from(bytes: Uint8Array): Traces;
  fromJson(json: string | Uint8Array): Traces;
  create(): Traces;
};
export declare function double(value: number): Double;
