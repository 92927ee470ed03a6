// Written by `npm run generate` from schema.ts. Do not edit.

import type { Attributes, AttributeInput, AttributeValue, Value } from '../attributes.js';

import { Message } from '../fields.js';

import type { MessageName } from '../messages.js';

import { dataPointsOf, metricKind, nanosBetween, type DataPoint, type MetricKind } from '../records.js';

import { enumNames } from '../enums.js';

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type StatusCode = 'unset' | 'ok' | 'error';

export type AggregationTemporality = 'unspecified' | 'delta' | 'cumulative';

export type SeverityNumber =
  | 'unspecified'
  | 'trace'
  | 'trace2'
  | 'trace3'
  | 'trace4'
  | 'debug'
  | 'debug2'
  | 'debug3'
  | 'debug4'
  | 'info'
  | 'info2'
  | 'info3'
  | 'info4'
  | 'warn'
  | 'warn2'
  | 'warn3'
  | 'warn4'
  | 'error'
  | 'error2'
  | 'error3'
  | 'error4'
  | 'fatal'
  | 'fatal2'
  | 'fatal3'
  | 'fatal4';

/** Attributes as an initialiser gives them. */

export type AttributesInit = Readonly<Record<string, AttributeInput>>;

/** Describes a {@link Scope} to be made. */
export interface ScopeInit {
  /** Name of the instrumentation; empty where it is not known. */
  readonly name?: string;
  /** Version of the instrumentation. */
  readonly version?: string;
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
}

/** Describes a {@link EntityRef} to be made. */
export interface EntityRefInit {
  /** The schema that the entity follows. */
  readonly schemaUrl?: string;
  /** Type of the entity, such as `service` or `host`. */
  readonly type?: string;
  /** Keys of the attributes that identify it. */
  readonly idKeys?: readonly string[];
  /** Keys of the attributes that describe it. */
  readonly descriptionKeys?: readonly string[];
}

/** Describes a {@link Resource} to be made. */
export interface ResourceInit {
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
  /** Entities that the attributes describe. */
  readonly entityRefs?: readonly EntityRefInit[];
}

/** Describes a {@link ResourceSpans} to be made. */
export interface ResourceSpansInit {
  /** What the records of this group tell about. */
  readonly resource?: ResourceInit;
  readonly scopeSpans?: readonly ScopeSpansInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link ScopeSpans} to be made. */
export interface ScopeSpansInit {
  /** The instrumentation that made the records of this group. */
  readonly scope?: ScopeInit;
  readonly spans?: readonly SpanInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link Span} to be made. */
export interface SpanInit {
  readonly traceId?: string;
  readonly spanId?: string;
  /** W3C `tracestate` of the span. */
  readonly traceState?: string;
  readonly parentSpanId?: string;
  /** Name of the operation. */
  readonly name: string;
  /** Role of the span between its parent and its children. */
  readonly kind?: SpanKind;
  /** When it began, in nanoseconds since the epoch. */
  readonly startTimeUnixNano?: bigint;
  /** When it ended, in nanoseconds since the epoch. */
  readonly endTimeUnixNano?: bigint;
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
  /** What happened while it ran. */
  readonly events?: readonly SpanEventInit[];
  /** Events that the source left out. */
  readonly droppedEventsCount?: number;
  /** Spans of this or another trace that it belongs to. */
  readonly links?: readonly SpanLinkInit[];
  /** Links that the source left out. */
  readonly droppedLinksCount?: number;
  readonly status?: StatusInit;
  /** Bits 0 to 7: W3C trace flags; bits 8 and 9: whether the parent is remote. */
  readonly flags?: number;
}

/** Describes a {@link SpanEvent} to be made. */
export interface SpanEventInit {
  /** When it happened, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** Name of the event. */
  readonly name?: string;
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
}

/** Describes a {@link SpanLink} to be made. */
export interface SpanLinkInit {
  readonly traceId?: string;
  readonly spanId?: string;
  /** W3C `tracestate` of the link. */
  readonly traceState?: string;
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
  /** W3C trace flags of the linked span, and whether it is remote. */
  readonly flags?: number;
}

/** Describes a {@link Status} to be made. */
export interface StatusInit {
  /** For developers; set with `error` alone. */
  readonly message?: string;
  /** The outcome. */
  readonly code?: StatusCode;
}

/** Describes a {@link ResourceMetrics} to be made. */
export interface ResourceMetricsInit {
  /** What the records of this group tell about. */
  readonly resource?: ResourceInit;
  readonly scopeMetrics?: readonly ScopeMetricsInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link ScopeMetrics} to be made. */
export interface ScopeMetricsInit {
  /** The instrumentation that made the records of this group. */
  readonly scope?: ScopeInit;
  readonly metrics?: readonly MetricInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link Metric} to be made. */
export interface MetricInit {
  /** Name of the metric. */
  readonly name: string;
  /** What it measures. */
  readonly description?: string;
  /** Unit of its values, in UCUM. */
  readonly unit?: string;
  /** The points, if it is a gauge. */
  readonly gauge?: GaugeInit;
  /** The points, if it is a sum. */
  readonly sum?: SumInit;
  /** The points, if it is a histogram with explicit bounds. */
  readonly histogram?: HistogramInit;
  /** The points, if it is a histogram with exponential bounds. */
  readonly exponentialHistogram?: ExponentialHistogramInit;
  /** The points, if it is a summary. */
  readonly summary?: SummaryInit;
  /** Additional facts about the metric, no part of its identity. */
  readonly metadata?: AttributesInit;
}

/** Describes a {@link Gauge} to be made. */
export interface GaugeInit {
  readonly dataPoints?: readonly NumberDataPointInit[];
}

/** Describes a {@link Sum} to be made. */
export interface SumInit {
  readonly dataPoints?: readonly NumberDataPointInit[];
  /** Whether each point counts from the start or from the point before it. */
  readonly aggregationTemporality?: AggregationTemporality;
  /** Whether it never falls. */
  readonly isMonotonic?: boolean;
}

/** Describes a {@link Histogram} to be made. */
export interface HistogramInit {
  readonly dataPoints?: readonly HistogramDataPointInit[];
  /** Whether each point counts from the start or from the point before it. */
  readonly aggregationTemporality?: AggregationTemporality;
}

/** Describes a {@link ExponentialHistogram} to be made. */
export interface ExponentialHistogramInit {
  readonly dataPoints?: readonly ExponentialHistogramDataPointInit[];
  /** Whether each point counts from the start or from the point before it. */
  readonly aggregationTemporality?: AggregationTemporality;
}

/** Describes a {@link Summary} to be made. */
export interface SummaryInit {
  readonly dataPoints?: readonly SummaryDataPointInit[];
}

/** Describes a {@link NumberDataPoint} to be made. */
export interface NumberDataPointInit {
  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  readonly startTimeUnixNano?: bigint;
  /** When it was taken, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** The value, if it is a double. */
  readonly asDouble?: number;
  /** Measurements that stand for those in the point. */
  readonly exemplars?: readonly ExemplarInit[];
  /** The value, if it is an integer. */
  readonly asInt?: bigint;
  readonly attributes?: AttributesInit;
  /** Bit 0: no value was recorded, the series has ended. */
  readonly flags?: number;
}

/** Describes a {@link HistogramDataPoint} to be made. */
export interface HistogramDataPointInit {
  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  readonly startTimeUnixNano?: bigint;
  /** When it was taken, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** Values in the distribution. */
  readonly count?: bigint;
  /** Sum of the values. */
  readonly sum?: number;
  /** Values in each bucket: one more than there are bounds, or none. */
  readonly bucketCounts?: readonly bigint[];
  /** Upper bounds of the buckets, each within its bucket. */
  readonly explicitBounds?: readonly number[];
  /** Measurements that stand for those in the point. */
  readonly exemplars?: readonly ExemplarInit[];
  readonly attributes?: AttributesInit;
  /** Bit 0: no value was recorded, the series has ended. */
  readonly flags?: number;
  /** Smallest value. */
  readonly min?: number;
  /** Largest value. */
  readonly max?: number;
}

/** Describes a {@link ExponentialHistogramDataPoint} to be made. */
export interface ExponentialHistogramDataPointInit {
  readonly attributes?: AttributesInit;
  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  readonly startTimeUnixNano?: bigint;
  /** When it was taken, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** Values in the distribution. */
  readonly count?: bigint;
  /** Sum of the values. */
  readonly sum?: number;
  /** Resolution: the bounds are powers of 2^(2^-scale). */
  readonly scale?: number;
  /** Values that count as zero. */
  readonly zeroCount?: bigint;
  /** Buckets of the positive values. */
  readonly positive?: BucketsInit;
  /** Buckets of the negative values. */
  readonly negative?: BucketsInit;
  /** Bit 0: no value was recorded, the series has ended. */
  readonly flags?: number;
  /** Measurements that stand for those in the point. */
  readonly exemplars?: readonly ExemplarInit[];
  /** Smallest value. */
  readonly min?: number;
  /** Largest value. */
  readonly max?: number;
  /** Values of at most this size count as zero. */
  readonly zeroThreshold?: number;
}

/** Describes a {@link Buckets} to be made. */
export interface BucketsInit {
  /** Index of the first bucket. */
  readonly offset?: number;
  /** Values in each bucket. */
  readonly bucketCounts?: readonly bigint[];
}

/** Describes a {@link SummaryDataPoint} to be made. */
export interface SummaryDataPointInit {
  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  readonly startTimeUnixNano?: bigint;
  /** When it was taken, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** Values that were summed up. */
  readonly count?: bigint;
  /** Sum of the values. */
  readonly sum?: number;
  /** The quantiles. */
  readonly quantileValues?: readonly ValueAtQuantileInit[];
  readonly attributes?: AttributesInit;
  /** Bit 0: no value was recorded, the series has ended. */
  readonly flags?: number;
}

/** Describes a {@link ValueAtQuantile} to be made. */
export interface ValueAtQuantileInit {
  /** From 0 (the minimum) to 1 (the maximum). */
  readonly quantile?: number;
  /** The value there. */
  readonly value?: number;
}

/** Describes a {@link Exemplar} to be made. */
export interface ExemplarInit {
  /** When it was taken, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** The value, if it is a double. */
  readonly asDouble?: number;
  readonly spanId?: string;
  readonly traceId?: string;
  /** The value, if it is an integer. */
  readonly asInt?: bigint;
  /** Attributes that the point left out. */
  readonly filteredAttributes?: AttributesInit;
}

/** Describes a {@link ResourceLogs} to be made. */
export interface ResourceLogsInit {
  /** What the records of this group tell about. */
  readonly resource?: ResourceInit;
  readonly scopeLogs?: readonly ScopeLogsInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link ScopeLogs} to be made. */
export interface ScopeLogsInit {
  /** The instrumentation that made the records of this group. */
  readonly scope?: ScopeInit;
  readonly logRecords?: readonly LogRecordInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link LogRecord} to be made. */
export interface LogRecordInit {
  /** When it happened, in nanoseconds since the epoch; 0 where not known. */
  readonly timeUnixNano?: bigint;
  /** How serious it is. */
  readonly severityNumber?: SeverityNumber;
  /** The severity as the source wrote it. */
  readonly severityText?: string;
  readonly body?: AttributeInput;
  readonly attributes?: AttributesInit;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
  /** Bits 0 to 7: W3C trace flags. */
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  /** When it was seen first, in nanoseconds since the epoch. */
  readonly observedTimeUnixNano?: bigint;
  /** Names the event that the record is, if it is one. */
  readonly eventName?: string;
}

/** Describes a {@link ResourceProfiles} to be made. */
export interface ResourceProfilesInit {
  /** What the records of this group tell about. */
  readonly resource?: ResourceInit;
  readonly scopeProfiles?: readonly ScopeProfilesInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link ScopeProfiles} to be made. */
export interface ScopeProfilesInit {
  /** The instrumentation that made the records of this group. */
  readonly scope?: ScopeInit;
  readonly profiles?: readonly ProfileInit[];
  /** The schema that the records of this group follow. */
  readonly schemaUrl?: string;
}

/** Describes a {@link Profile} to be made. */
export interface ProfileInit {
  readonly sampleType?: ValueTypeInit;
  readonly samples?: readonly SampleInit[];
  /** When it began, in nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
  /** How long it ran, in nanoseconds. */
  readonly durationNano?: bigint;
  readonly periodType?: ValueTypeInit;
  /** Events between two samples. */
  readonly period?: bigint;
  readonly profileId?: string;
  /** Attributes that the source left out, because it had too many. */
  readonly droppedAttributesCount?: number;
  /** Format of the original payload, such as `pprof`. */
  readonly originalPayloadFormat?: string;
  /** The profile as the source wrote it. */
  readonly originalPayload?: Uint8Array;
  /** Into the attribute table of the dictionary. */
  readonly attributeIndices?: readonly number[];
}

/** Describes a {@link Sample} to be made. */
export interface SampleInit {
  readonly stackIndex?: number;
  readonly attributeIndices?: readonly number[];
  readonly linkIndex?: number;
  readonly values?: readonly bigint[];
  readonly timestampsUnixNano?: readonly bigint[];
}

/** Describes a {@link ValueType} to be made. */
export interface ValueTypeInit {
  readonly typeStrindex?: number;
  readonly unitStrindex?: number;
}

/** The instrumentation that made a record: a library, a module, a class. */
export class Scope extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Scope';
  }

  /** Name of the instrumentation; empty where it is not known. */
  get name(): string {
    return this.text(10);
  }
  set name(value: string) {
    this.setField(10, value);
  }

  /** Version of the instrumentation. */
  get version(): string {
    return this.text(18);
  }
  set version(value: string) {
    this.setField(18, value);
  }
  get attributes(): Attributes {
    return this.attributeList(26);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(32);
  }
  set droppedAttributesCount(value: number) {
    this.setField(32, value);
  }
}

/** Names the attributes of a resource that identify and describe an entity. */
export class EntityRef extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'EntityRef';
  }

  /** The schema that the entity follows. */
  get schemaUrl(): string {
    return this.text(10);
  }
  set schemaUrl(value: string) {
    this.setField(10, value);
  }

  /** Type of the entity, such as `service` or `host`. */
  get type(): string {
    return this.text(18);
  }
  set type(value: string) {
    this.setField(18, value);
  }

  /** Keys of the attributes that identify it. */
  get idKeys(): readonly string[] {
    return this.texts(26);
  }
  set idKeys(values: readonly string[]) {
    this.setList(26, values);
  }

  /** Keys of the attributes that describe it. */
  get descriptionKeys(): readonly string[] {
    return this.texts(34);
  }
  set descriptionKeys(values: readonly string[]) {
    this.setList(34, values);
  }
}

/** What telemetry tells about: a service, a host, a container. Shared by all records of its group. */
export class Resource extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Resource';
  }

  get attributes(): Attributes {
    return this.attributeList(10);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(16);
  }
  set droppedAttributesCount(value: number) {
    this.setField(16, value);
  }

  /** Entities that the attributes describe. */
  entityRefs(): Iterable<EntityRef> {
    return this.children(26, EntityRef);
  }
  /** Adds a copy of an EntityRef from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addEntityRef(init: EntityRef | EntityRefInit = {}): EntityRef {
    return this.addMessage(26, EntityRef, 'EntityRef', init);
  }
}

/** Spans of one resource. */
export class ResourceSpans extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ResourceSpans';
  }

  /** What the records of this group tell about. */
  get resource(): Resource {
    return this.part(10, Resource);
  }
  set resource(value: Resource | ResourceInit) {
    this.setPart(10, 'Resource', value);
  }

  scopes(): Iterable<ScopeSpans> {
    return this.children(18, ScopeSpans);
  }
  /** Adds a copy of a ScopeSpans from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addScope(init: ScopeSpans | ScopeSpansInit = {}): ScopeSpans {
    return this.addMessage(18, ScopeSpans, 'ScopeSpans', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** Spans of one instrumentation scope. */
export class ScopeSpans extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ScopeSpans';
  }

  /** Shared by all scopes of the group. */
  get resource(): Resource {
    return (this.parent as ResourceSpans).resource;
  }

  /** The instrumentation that made the records of this group. */
  get scope(): Scope {
    return this.part(10, Scope);
  }
  set scope(value: Scope | ScopeInit) {
    this.setPart(10, 'Scope', value);
  }

  spans(): Iterable<Span> {
    return this.children(18, Span);
  }
  /** Adds a copy of a Span from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  add(init: Span | SpanInit): Span {
    return this.addMessage(18, Span, 'Span', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** One operation within a trace. */
export class Span extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Span';
  }

  /** Shared by all records of the group: an edit here shows on its siblings. */
  get resource(): Resource {
    return (this.parent!.parent as ResourceSpans).resource;
  }
  /** Shared by all records of the group: an edit here shows on its siblings. */
  get scope(): Scope {
    return (this.parent as ScopeSpans).scope;
  }

  /** 32 lower-case hexadecimal digits, or empty. `traceIdBytes` reads without making a string. */
  get traceId(): string {
    return this.hex(10);
  }
  set traceId(value: string) {
    this.setField(10, value);
  }
  /** The ID as it stands in the batch: 16 bytes or none, to be read and not to be kept. */
  get traceIdBytes(): Uint8Array {
    return this.raw(10);
  }

  /** 16 lower-case hexadecimal digits, or empty. `spanIdBytes` reads without making a string. */
  get spanId(): string {
    return this.hex(18);
  }
  set spanId(value: string) {
    this.setField(18, value);
  }
  /** The ID as it stands in the batch: 8 bytes or none, to be read and not to be kept. */
  get spanIdBytes(): Uint8Array {
    return this.raw(18);
  }

  /** W3C `tracestate` of the span. */
  get traceState(): string {
    return this.text(26);
  }
  set traceState(value: string) {
    this.setField(26, value);
  }

  /** 16 lower-case hexadecimal digits, or empty. `parentSpanIdBytes` reads without making a string. */
  get parentSpanId(): string {
    return this.hex(34);
  }
  set parentSpanId(value: string) {
    this.setField(34, value);
  }
  /** The ID as it stands in the batch: 8 bytes or none, to be read and not to be kept. */
  get parentSpanIdBytes(): Uint8Array {
    return this.raw(34);
  }

  /** Name of the operation. */
  get name(): string {
    return this.text(42);
  }
  set name(value: string) {
    this.setField(42, value);
  }

  /** Role of the span between its parent and its children. */
  get kind(): SpanKind {
    return enumNames.SpanKind.name(this.unsigned(48));
  }
  set kind(value: SpanKind) {
    this.setField(48, value);
  }

  /** When it began, in nanoseconds since the epoch. */
  get startTimeUnixNano(): bigint {
    return this.fixed64(57);
  }
  set startTimeUnixNano(value: bigint) {
    this.setField(57, value);
  }

  /** When it ended, in nanoseconds since the epoch. */
  get endTimeUnixNano(): bigint {
    return this.fixed64(65);
  }
  set endTimeUnixNano(value: bigint) {
    this.setField(65, value);
  }
  get attributes(): Attributes {
    return this.attributeList(74);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(80);
  }
  set droppedAttributesCount(value: number) {
    this.setField(80, value);
  }

  /** What happened while it ran. */
  events(): Iterable<SpanEvent> {
    return this.children(90, SpanEvent);
  }
  /** Adds a copy of a SpanEvent from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addEvent(init: SpanEvent | SpanEventInit = {}): SpanEvent {
    return this.addMessage(90, SpanEvent, 'SpanEvent', init);
  }

  /** Events that the source left out. */
  get droppedEventsCount(): number {
    return this.unsigned(96);
  }
  set droppedEventsCount(value: number) {
    this.setField(96, value);
  }

  /** Spans of this or another trace that it belongs to. */
  links(): Iterable<SpanLink> {
    return this.children(106, SpanLink);
  }
  /** Adds a copy of a SpanLink from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addLink(init: SpanLink | SpanLinkInit = {}): SpanLink {
    return this.addMessage(106, SpanLink, 'SpanLink', init);
  }

  /** Links that the source left out. */
  get droppedLinksCount(): number {
    return this.unsigned(112);
  }
  set droppedLinksCount(value: number) {
    this.setField(112, value);
  }

  get status(): Status {
    return this.part(122, Status);
  }
  set status(value: Status | StatusInit) {
    this.setPart(122, 'Status', value);
  }

  /** Bits 0 to 7: W3C trace flags; bits 8 and 9: whether the parent is remote. */
  get flags(): number {
    return this.fixed32(133);
  }
  set flags(value: number) {
    this.setField(133, value);
  }

  /** End minus start; exact to the nanosecond below 104 days, no bigint made. */
  get durationNanos(): number {
    return nanosBetween(this, 57, 65);
  }
}

/** Something that happened at one moment of a span. */
export class SpanEvent extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'SpanEvent';
  }

  /** When it happened, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(9);
  }
  set timeUnixNano(value: bigint) {
    this.setField(9, value);
  }

  /** Name of the event. */
  get name(): string {
    return this.text(18);
  }
  set name(value: string) {
    this.setField(18, value);
  }
  get attributes(): Attributes {
    return this.attributeList(26);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(32);
  }
  set droppedAttributesCount(value: number) {
    this.setField(32, value);
  }
}

/** A pointer from a span to another. */
export class SpanLink extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'SpanLink';
  }

  /** 32 lower-case hexadecimal digits, or empty. `traceIdBytes` reads without making a string. */
  get traceId(): string {
    return this.hex(10);
  }
  set traceId(value: string) {
    this.setField(10, value);
  }
  /** The ID as it stands in the batch: 16 bytes or none, to be read and not to be kept. */
  get traceIdBytes(): Uint8Array {
    return this.raw(10);
  }

  /** 16 lower-case hexadecimal digits, or empty. `spanIdBytes` reads without making a string. */
  get spanId(): string {
    return this.hex(18);
  }
  set spanId(value: string) {
    this.setField(18, value);
  }
  /** The ID as it stands in the batch: 8 bytes or none, to be read and not to be kept. */
  get spanIdBytes(): Uint8Array {
    return this.raw(18);
  }

  /** W3C `tracestate` of the link. */
  get traceState(): string {
    return this.text(26);
  }
  set traceState(value: string) {
    this.setField(26, value);
  }
  get attributes(): Attributes {
    return this.attributeList(34);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(40);
  }
  set droppedAttributesCount(value: number) {
    this.setField(40, value);
  }

  /** W3C trace flags of the linked span, and whether it is remote. */
  get flags(): number {
    return this.fixed32(53);
  }
  set flags(value: number) {
    this.setField(53, value);
  }
}

/** How an operation ended. */
export class Status extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Status';
  }

  /** For developers; set with `error` alone. */
  get message(): string {
    return this.text(18);
  }
  set message(value: string) {
    this.setField(18, value);
  }

  /** The outcome. */
  get code(): StatusCode {
    return enumNames.StatusCode.name(this.unsigned(24));
  }
  set code(value: StatusCode) {
    this.setField(24, value);
  }
}

/** Metrics of one resource. */
export class ResourceMetrics extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ResourceMetrics';
  }

  /** What the records of this group tell about. */
  get resource(): Resource {
    return this.part(10, Resource);
  }
  set resource(value: Resource | ResourceInit) {
    this.setPart(10, 'Resource', value);
  }

  scopes(): Iterable<ScopeMetrics> {
    return this.children(18, ScopeMetrics);
  }
  /** Adds a copy of a ScopeMetrics from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addScope(init: ScopeMetrics | ScopeMetricsInit = {}): ScopeMetrics {
    return this.addMessage(18, ScopeMetrics, 'ScopeMetrics', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** Metrics of one instrumentation scope. */
export class ScopeMetrics extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ScopeMetrics';
  }

  /** Shared by all scopes of the group. */
  get resource(): Resource {
    return (this.parent as ResourceMetrics).resource;
  }

  /** The instrumentation that made the records of this group. */
  get scope(): Scope {
    return this.part(10, Scope);
  }
  set scope(value: Scope | ScopeInit) {
    this.setPart(10, 'Scope', value);
  }

  metrics(): Iterable<Metric> {
    return this.children(18, Metric);
  }
  /** Adds a copy of a Metric from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  add(init: Metric | MetricInit): Metric {
    return this.addMessage(18, Metric, 'Metric', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** A metric and its data points. */
export class Metric extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Metric';
  }

  /** Shared by all records of the group: an edit here shows on its siblings. */
  get resource(): Resource {
    return (this.parent!.parent as ResourceMetrics).resource;
  }
  /** Shared by all records of the group: an edit here shows on its siblings. */
  get scope(): Scope {
    return (this.parent as ScopeMetrics).scope;
  }

  /** Name of the metric. */
  get name(): string {
    return this.text(10);
  }
  set name(value: string) {
    this.setField(10, value);
  }

  /** What it measures. */
  get description(): string {
    return this.text(18);
  }
  set description(value: string) {
    this.setField(18, value);
  }

  /** Unit of its values, in UCUM. */
  get unit(): string {
    return this.text(26);
  }
  set unit(value: string) {
    this.setField(26, value);
  }

  /** The points, if it is a gauge. */
  get gauge(): Gauge | undefined {
    return this.optionalPart(42, Gauge);
  }
  set gauge(value: Gauge | GaugeInit | undefined) {
    this.setPart(42, 'Gauge', value, [58, 74, 82, 90]);
  }

  /** The points, if it is a sum. */
  get sum(): Sum | undefined {
    return this.optionalPart(58, Sum);
  }
  set sum(value: Sum | SumInit | undefined) {
    this.setPart(58, 'Sum', value, [42, 74, 82, 90]);
  }

  /** The points, if it is a histogram with explicit bounds. */
  get histogram(): Histogram | undefined {
    return this.optionalPart(74, Histogram);
  }
  set histogram(value: Histogram | HistogramInit | undefined) {
    this.setPart(74, 'Histogram', value, [42, 58, 82, 90]);
  }

  /** The points, if it is a histogram with exponential bounds. */
  get exponentialHistogram(): ExponentialHistogram | undefined {
    return this.optionalPart(82, ExponentialHistogram);
  }
  set exponentialHistogram(value: ExponentialHistogram | ExponentialHistogramInit | undefined) {
    this.setPart(82, 'ExponentialHistogram', value, [42, 58, 74, 90]);
  }

  /** The points, if it is a summary. */
  get summary(): Summary | undefined {
    return this.optionalPart(90, Summary);
  }
  set summary(value: Summary | SummaryInit | undefined) {
    this.setPart(90, 'Summary', value, [42, 58, 74, 82]);
  }
  /** Additional facts about the metric, no part of its identity. */
  get metadata(): Attributes {
    return this.attributeList(98);
  }

  /** Which kind of points it has; `undefined` where it has none. */
  get kind(): MetricKind | undefined {
    return metricKind(this);
  }
  /** The points, of whichever kind. */
  dataPoints(): Iterable<DataPoint> {
    return dataPointsOf(this);
  }
}

/** Values as they were when they were read. */
export class Gauge extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Gauge';
  }

  dataPoints(): Iterable<NumberDataPoint> {
    return this.children(10, NumberDataPoint);
  }
  /** Adds a copy of a NumberDataPoint from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addDataPoint(init: NumberDataPoint | NumberDataPointInit = {}): NumberDataPoint {
    return this.addMessage(10, NumberDataPoint, 'NumberDataPoint', init);
  }
}

/** Sums of values over time. */
export class Sum extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Sum';
  }

  dataPoints(): Iterable<NumberDataPoint> {
    return this.children(10, NumberDataPoint);
  }
  /** Adds a copy of a NumberDataPoint from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addDataPoint(init: NumberDataPoint | NumberDataPointInit = {}): NumberDataPoint {
    return this.addMessage(10, NumberDataPoint, 'NumberDataPoint', init);
  }

  /** Whether each point counts from the start or from the point before it. */
  get aggregationTemporality(): AggregationTemporality {
    return enumNames.AggregationTemporality.name(this.unsigned(16));
  }
  set aggregationTemporality(value: AggregationTemporality) {
    this.setField(16, value);
  }

  /** Whether it never falls. */
  get isMonotonic(): boolean {
    return this.flag(24);
  }
  set isMonotonic(value: boolean) {
    this.setField(24, value);
  }
}

/** Distributions of values over buckets with explicit bounds. */
export class Histogram extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Histogram';
  }

  dataPoints(): Iterable<HistogramDataPoint> {
    return this.children(10, HistogramDataPoint);
  }
  /** Adds a copy of a HistogramDataPoint from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addDataPoint(init: HistogramDataPoint | HistogramDataPointInit = {}): HistogramDataPoint {
    return this.addMessage(10, HistogramDataPoint, 'HistogramDataPoint', init);
  }

  /** Whether each point counts from the start or from the point before it. */
  get aggregationTemporality(): AggregationTemporality {
    return enumNames.AggregationTemporality.name(this.unsigned(16));
  }
  set aggregationTemporality(value: AggregationTemporality) {
    this.setField(16, value);
  }
}

/** Distributions of values over buckets whose bounds grow by a factor. */
export class ExponentialHistogram extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ExponentialHistogram';
  }

  dataPoints(): Iterable<ExponentialHistogramDataPoint> {
    return this.children(10, ExponentialHistogramDataPoint);
  }
  /** Adds a copy of an ExponentialHistogramDataPoint from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addDataPoint(
    init: ExponentialHistogramDataPoint | ExponentialHistogramDataPointInit = {},
  ): ExponentialHistogramDataPoint {
    return this.addMessage(10, ExponentialHistogramDataPoint, 'ExponentialHistogramDataPoint', init);
  }

  /** Whether each point counts from the start or from the point before it. */
  get aggregationTemporality(): AggregationTemporality {
    return enumNames.AggregationTemporality.name(this.unsigned(16));
  }
  set aggregationTemporality(value: AggregationTemporality) {
    this.setField(16, value);
  }
}

/** Quantiles that the source computed. */
export class Summary extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Summary';
  }

  dataPoints(): Iterable<SummaryDataPoint> {
    return this.children(10, SummaryDataPoint);
  }
  /** Adds a copy of a SummaryDataPoint from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addDataPoint(init: SummaryDataPoint | SummaryDataPointInit = {}): SummaryDataPoint {
    return this.addMessage(10, SummaryDataPoint, 'SummaryDataPoint', init);
  }
}

/** A single number. */
export class NumberDataPoint extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'NumberDataPoint';
  }

  /** The metric that the point belongs to. */
  get metric(): Metric {
    return this.parent!.parent as Metric;
  }

  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  get startTimeUnixNano(): bigint {
    return this.fixed64(17);
  }
  set startTimeUnixNano(value: bigint) {
    this.setField(17, value);
  }

  /** When it was taken, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(25);
  }
  set timeUnixNano(value: bigint) {
    this.setField(25, value);
  }

  /** The value, if it is a double. */
  get asDouble(): number | undefined {
    return this.optionalDouble(33);
  }
  set asDouble(value: number | undefined) {
    this.setField(33, value, [49]);
  }

  /** Measurements that stand for those in the point. */
  exemplars(): Iterable<Exemplar> {
    return this.children(42, Exemplar);
  }
  /** Adds a copy of an Exemplar from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addExemplar(init: Exemplar | ExemplarInit = {}): Exemplar {
    return this.addMessage(42, Exemplar, 'Exemplar', init);
  }

  /** The value, if it is an integer. */
  get asInt(): bigint | undefined {
    return this.optionalSfixed64(49);
  }
  set asInt(value: bigint | undefined) {
    this.setField(49, value, [33]);
  }
  get attributes(): Attributes {
    return this.attributeList(58);
  }

  /** Bit 0: no value was recorded, the series has ended. */
  get flags(): number {
    return this.unsigned(64);
  }
  set flags(value: number) {
    this.setField(64, value);
  }

  /** The value, of whichever type: an integer as bigint. */
  get value(): number | bigint | undefined {
    return this.asDouble ?? this.asInt;
  }
}

/** A distribution over buckets with explicit bounds. */
export class HistogramDataPoint extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'HistogramDataPoint';
  }

  /** The metric that the point belongs to. */
  get metric(): Metric {
    return this.parent!.parent as Metric;
  }

  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  get startTimeUnixNano(): bigint {
    return this.fixed64(17);
  }
  set startTimeUnixNano(value: bigint) {
    this.setField(17, value);
  }

  /** When it was taken, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(25);
  }
  set timeUnixNano(value: bigint) {
    this.setField(25, value);
  }

  /** Values in the distribution. */
  get count(): bigint {
    return this.fixed64(33);
  }
  set count(value: bigint) {
    this.setField(33, value);
  }

  /** Sum of the values. */
  get sum(): number | undefined {
    return this.optionalDouble(41);
  }
  set sum(value: number | undefined) {
    this.setField(41, value);
  }

  /** Values in each bucket: one more than there are bounds, or none. */
  get bucketCounts(): readonly bigint[] {
    return this.numbers(49, 'fixed64');
  }
  set bucketCounts(values: readonly bigint[]) {
    this.setList(49, values);
  }

  /** Upper bounds of the buckets, each within its bucket. */
  get explicitBounds(): readonly number[] {
    return this.numbers(57, 'double');
  }
  set explicitBounds(values: readonly number[]) {
    this.setList(57, values);
  }

  /** Measurements that stand for those in the point. */
  exemplars(): Iterable<Exemplar> {
    return this.children(66, Exemplar);
  }
  /** Adds a copy of an Exemplar from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addExemplar(init: Exemplar | ExemplarInit = {}): Exemplar {
    return this.addMessage(66, Exemplar, 'Exemplar', init);
  }
  get attributes(): Attributes {
    return this.attributeList(74);
  }

  /** Bit 0: no value was recorded, the series has ended. */
  get flags(): number {
    return this.unsigned(80);
  }
  set flags(value: number) {
    this.setField(80, value);
  }

  /** Smallest value. */
  get min(): number | undefined {
    return this.optionalDouble(89);
  }
  set min(value: number | undefined) {
    this.setField(89, value);
  }

  /** Largest value. */
  get max(): number | undefined {
    return this.optionalDouble(97);
  }
  set max(value: number | undefined) {
    this.setField(97, value);
  }
}

/** A distribution over buckets whose bounds grow by the factor 2^(2^-scale). */
export class ExponentialHistogramDataPoint extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ExponentialHistogramDataPoint';
  }

  /** The metric that the point belongs to. */
  get metric(): Metric {
    return this.parent!.parent as Metric;
  }
  get attributes(): Attributes {
    return this.attributeList(10);
  }

  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  get startTimeUnixNano(): bigint {
    return this.fixed64(17);
  }
  set startTimeUnixNano(value: bigint) {
    this.setField(17, value);
  }

  /** When it was taken, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(25);
  }
  set timeUnixNano(value: bigint) {
    this.setField(25, value);
  }

  /** Values in the distribution. */
  get count(): bigint {
    return this.fixed64(33);
  }
  set count(value: bigint) {
    this.setField(33, value);
  }

  /** Sum of the values. */
  get sum(): number | undefined {
    return this.optionalDouble(41);
  }
  set sum(value: number | undefined) {
    this.setField(41, value);
  }

  /** Resolution: the bounds are powers of 2^(2^-scale). */
  get scale(): number {
    return this.zigzag(48);
  }
  set scale(value: number) {
    this.setField(48, value);
  }

  /** Values that count as zero. */
  get zeroCount(): bigint {
    return this.fixed64(57);
  }
  set zeroCount(value: bigint) {
    this.setField(57, value);
  }

  /** Buckets of the positive values. */
  get positive(): Buckets | undefined {
    return this.optionalPart(66, Buckets);
  }
  set positive(value: Buckets | BucketsInit | undefined) {
    this.setPart(66, 'Buckets', value);
  }

  /** Buckets of the negative values. */
  get negative(): Buckets | undefined {
    return this.optionalPart(74, Buckets);
  }
  set negative(value: Buckets | BucketsInit | undefined) {
    this.setPart(74, 'Buckets', value);
  }

  /** Bit 0: no value was recorded, the series has ended. */
  get flags(): number {
    return this.unsigned(80);
  }
  set flags(value: number) {
    this.setField(80, value);
  }

  /** Measurements that stand for those in the point. */
  exemplars(): Iterable<Exemplar> {
    return this.children(90, Exemplar);
  }
  /** Adds a copy of an Exemplar from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addExemplar(init: Exemplar | ExemplarInit = {}): Exemplar {
    return this.addMessage(90, Exemplar, 'Exemplar', init);
  }

  /** Smallest value. */
  get min(): number | undefined {
    return this.optionalDouble(97);
  }
  set min(value: number | undefined) {
    this.setField(97, value);
  }

  /** Largest value. */
  get max(): number | undefined {
    return this.optionalDouble(105);
  }
  set max(value: number | undefined) {
    this.setField(105, value);
  }

  /** Values of at most this size count as zero. */
  get zeroThreshold(): number {
    return this.double(113);
  }
  set zeroThreshold(value: number) {
    this.setField(113, value);
  }
}

/** A run of buckets of an exponential histogram. */
export class Buckets extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Buckets';
  }

  /** Index of the first bucket. */
  get offset(): number {
    return this.zigzag(8);
  }
  set offset(value: number) {
    this.setField(8, value);
  }

  /** Values in each bucket. */
  get bucketCounts(): readonly bigint[] {
    return this.numbers(16, 'uint64');
  }
  set bucketCounts(values: readonly bigint[]) {
    this.setList(16, values);
  }
}

/** Quantiles of values that the source computed. */
export class SummaryDataPoint extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'SummaryDataPoint';
  }

  /** The metric that the point belongs to. */
  get metric(): Metric {
    return this.parent!.parent as Metric;
  }

  /** Start of the interval that the point covers, in nanoseconds since the epoch. */
  get startTimeUnixNano(): bigint {
    return this.fixed64(17);
  }
  set startTimeUnixNano(value: bigint) {
    this.setField(17, value);
  }

  /** When it was taken, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(25);
  }
  set timeUnixNano(value: bigint) {
    this.setField(25, value);
  }

  /** Values that were summed up. */
  get count(): bigint {
    return this.fixed64(33);
  }
  set count(value: bigint) {
    this.setField(33, value);
  }

  /** Sum of the values. */
  get sum(): number {
    return this.double(41);
  }
  set sum(value: number) {
    this.setField(41, value);
  }

  /** The quantiles. */
  quantileValues(): Iterable<ValueAtQuantile> {
    return this.children(50, ValueAtQuantile);
  }
  /** Adds a copy of a ValueAtQuantile from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addQuantileValue(init: ValueAtQuantile | ValueAtQuantileInit = {}): ValueAtQuantile {
    return this.addMessage(50, ValueAtQuantile, 'ValueAtQuantile', init);
  }
  get attributes(): Attributes {
    return this.attributeList(58);
  }

  /** Bit 0: no value was recorded, the series has ended. */
  get flags(): number {
    return this.unsigned(64);
  }
  set flags(value: number) {
    this.setField(64, value);
  }
}

/** The value at one quantile. */
export class ValueAtQuantile extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ValueAtQuantile';
  }

  /** From 0 (the minimum) to 1 (the maximum). */
  get quantile(): number {
    return this.double(9);
  }
  set quantile(value: number) {
    this.setField(9, value);
  }

  /** The value there. */
  get value(): number {
    return this.double(17);
  }
  set value(value: number) {
    this.setField(17, value);
  }
}

/** A measurement that stands for others, with the span in which it was made. */
export class Exemplar extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Exemplar';
  }

  /** When it was taken, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(17);
  }
  set timeUnixNano(value: bigint) {
    this.setField(17, value);
  }

  /** The value, if it is a double. */
  get asDouble(): number | undefined {
    return this.optionalDouble(25);
  }
  set asDouble(value: number | undefined) {
    this.setField(25, value, [49]);
  }

  /** 16 lower-case hexadecimal digits, or empty. `spanIdBytes` reads without making a string. */
  get spanId(): string {
    return this.hex(34);
  }
  set spanId(value: string) {
    this.setField(34, value);
  }
  /** The ID as it stands in the batch: 8 bytes or none, to be read and not to be kept. */
  get spanIdBytes(): Uint8Array {
    return this.raw(34);
  }

  /** 32 lower-case hexadecimal digits, or empty. `traceIdBytes` reads without making a string. */
  get traceId(): string {
    return this.hex(42);
  }
  set traceId(value: string) {
    this.setField(42, value);
  }
  /** The ID as it stands in the batch: 16 bytes or none, to be read and not to be kept. */
  get traceIdBytes(): Uint8Array {
    return this.raw(42);
  }

  /** The value, if it is an integer. */
  get asInt(): bigint | undefined {
    return this.optionalSfixed64(49);
  }
  set asInt(value: bigint | undefined) {
    this.setField(49, value, [25]);
  }
  /** Attributes that the point left out. */
  get filteredAttributes(): Attributes {
    return this.attributeList(58);
  }

  /** The value, of whichever type: an integer as bigint. */
  get value(): number | bigint | undefined {
    return this.asDouble ?? this.asInt;
  }
}

/** Log records of one resource. */
export class ResourceLogs extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ResourceLogs';
  }

  /** What the records of this group tell about. */
  get resource(): Resource {
    return this.part(10, Resource);
  }
  set resource(value: Resource | ResourceInit) {
    this.setPart(10, 'Resource', value);
  }

  scopes(): Iterable<ScopeLogs> {
    return this.children(18, ScopeLogs);
  }
  /** Adds a copy of a ScopeLogs from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addScope(init: ScopeLogs | ScopeLogsInit = {}): ScopeLogs {
    return this.addMessage(18, ScopeLogs, 'ScopeLogs', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** Log records of one instrumentation scope. */
export class ScopeLogs extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ScopeLogs';
  }

  /** Shared by all scopes of the group. */
  get resource(): Resource {
    return (this.parent as ResourceLogs).resource;
  }

  /** The instrumentation that made the records of this group. */
  get scope(): Scope {
    return this.part(10, Scope);
  }
  set scope(value: Scope | ScopeInit) {
    this.setPart(10, 'Scope', value);
  }

  records(): Iterable<LogRecord> {
    return this.children(18, LogRecord);
  }
  /** Adds a copy of a LogRecord from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  add(init: LogRecord | LogRecordInit = {}): LogRecord {
    return this.addMessage(18, LogRecord, 'LogRecord', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** One log record. */
export class LogRecord extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'LogRecord';
  }

  /** Shared by all records of the group: an edit here shows on its siblings. */
  get resource(): Resource {
    return (this.parent!.parent as ResourceLogs).resource;
  }
  /** Shared by all records of the group: an edit here shows on its siblings. */
  get scope(): Scope {
    return (this.parent as ScopeLogs).scope;
  }

  /** When it happened, in nanoseconds since the epoch; 0 where not known. */
  get timeUnixNano(): bigint {
    return this.fixed64(9);
  }
  set timeUnixNano(value: bigint) {
    this.setField(9, value);
  }

  /** How serious it is. */
  get severityNumber(): SeverityNumber {
    return enumNames.SeverityNumber.name(this.unsigned(16));
  }
  set severityNumber(value: SeverityNumber) {
    this.setField(16, value);
  }

  /** The severity as the source wrote it. */
  get severityText(): string {
    return this.text(26);
  }
  set severityText(value: string) {
    this.setField(26, value);
  }

  /** The plain value; `undefined` where there is none. */
  get body(): AttributeValue | undefined {
    return this.anyValue(42);
  }
  set body(value: AttributeInput | undefined) {
    this.setAnyValue(42, value);
  }
  /** The value as a view, for edits within lists and maps. */
  get bodyValue(): Value | undefined {
    return this.valueView(42);
  }
  get attributes(): Attributes {
    return this.attributeList(50);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(56);
  }
  set droppedAttributesCount(value: number) {
    this.setField(56, value);
  }

  /** Bits 0 to 7: W3C trace flags. */
  get flags(): number {
    return this.fixed32(69);
  }
  set flags(value: number) {
    this.setField(69, value);
  }

  /** 32 lower-case hexadecimal digits, or empty. `traceIdBytes` reads without making a string. */
  get traceId(): string {
    return this.hex(74);
  }
  set traceId(value: string) {
    this.setField(74, value);
  }
  /** The ID as it stands in the batch: 16 bytes or none, to be read and not to be kept. */
  get traceIdBytes(): Uint8Array {
    return this.raw(74);
  }

  /** 16 lower-case hexadecimal digits, or empty. `spanIdBytes` reads without making a string. */
  get spanId(): string {
    return this.hex(82);
  }
  set spanId(value: string) {
    this.setField(82, value);
  }
  /** The ID as it stands in the batch: 8 bytes or none, to be read and not to be kept. */
  get spanIdBytes(): Uint8Array {
    return this.raw(82);
  }

  /** When it was seen first, in nanoseconds since the epoch. */
  get observedTimeUnixNano(): bigint {
    return this.fixed64(89);
  }
  set observedTimeUnixNano(value: bigint) {
    this.setField(89, value);
  }

  /** Names the event that the record is, if it is one. */
  get eventName(): string {
    return this.text(98);
  }
  set eventName(value: string) {
    this.setField(98, value);
  }
}

/** Profiles of one resource. */
export class ResourceProfiles extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ResourceProfiles';
  }

  /** What the records of this group tell about. */
  get resource(): Resource {
    return this.part(10, Resource);
  }
  set resource(value: Resource | ResourceInit) {
    this.setPart(10, 'Resource', value);
  }

  scopes(): Iterable<ScopeProfiles> {
    return this.children(18, ScopeProfiles);
  }
  /** Adds a copy of a ScopeProfiles from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addScope(init: ScopeProfiles | ScopeProfilesInit = {}): ScopeProfiles {
    return this.addMessage(18, ScopeProfiles, 'ScopeProfiles', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** Profiles of one instrumentation scope. */
export class ScopeProfiles extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ScopeProfiles';
  }

  /** Shared by all scopes of the group. */
  get resource(): Resource {
    return (this.parent as ResourceProfiles).resource;
  }

  /** The instrumentation that made the records of this group. */
  get scope(): Scope {
    return this.part(10, Scope);
  }
  set scope(value: Scope | ScopeInit) {
    this.setPart(10, 'Scope', value);
  }

  profiles(): Iterable<Profile> {
    return this.children(18, Profile);
  }
  /** Adds a copy of a Profile from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  add(init: Profile | ProfileInit = {}): Profile {
    return this.addMessage(18, Profile, 'Profile', init);
  }

  /** The schema that the records of this group follow. */
  get schemaUrl(): string {
    return this.text(26);
  }
  set schemaUrl(value: string) {
    this.setField(26, value);
  }
}

/** One profile: samples of one type over one stretch of time. */
export class Profile extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Profile';
  }

  /** Shared by all records of the group: an edit here shows on its siblings. */
  get resource(): Resource {
    return (this.parent!.parent as ResourceProfiles).resource;
  }
  /** Shared by all records of the group: an edit here shows on its siblings. */
  get scope(): Scope {
    return (this.parent as ScopeProfiles).scope;
  }

  get sampleType(): ValueType | undefined {
    return this.optionalPart(10, ValueType);
  }
  set sampleType(value: ValueType | ValueTypeInit | undefined) {
    this.setPart(10, 'ValueType', value);
  }

  samples(): Iterable<Sample> {
    return this.children(18, Sample);
  }
  /** Adds a copy of a Sample from any batch, or a new one, and returns it. To move one, `remove()` the original. */
  addSample(init: Sample | SampleInit = {}): Sample {
    return this.addMessage(18, Sample, 'Sample', init);
  }

  /** When it began, in nanoseconds since the epoch. */
  get timeUnixNano(): bigint {
    return this.fixed64(25);
  }
  set timeUnixNano(value: bigint) {
    this.setField(25, value);
  }

  /** How long it ran, in nanoseconds. */
  get durationNano(): bigint {
    return this.unsigned64(32);
  }
  set durationNano(value: bigint) {
    this.setField(32, value);
  }

  get periodType(): ValueType | undefined {
    return this.optionalPart(42, ValueType);
  }
  set periodType(value: ValueType | ValueTypeInit | undefined) {
    this.setPart(42, 'ValueType', value);
  }

  /** Events between two samples. */
  get period(): bigint {
    return this.signed64(48);
  }
  set period(value: bigint) {
    this.setField(48, value);
  }

  /** 32 lower-case hexadecimal digits, or empty. `profileIdBytes` reads without making a string. */
  get profileId(): string {
    return this.hex(58);
  }
  set profileId(value: string) {
    this.setField(58, value);
  }
  /** The ID as it stands in the batch: 16 bytes or none, to be read and not to be kept. */
  get profileIdBytes(): Uint8Array {
    return this.raw(58);
  }

  /** Attributes that the source left out, because it had too many. */
  get droppedAttributesCount(): number {
    return this.unsigned(64);
  }
  set droppedAttributesCount(value: number) {
    this.setField(64, value);
  }

  /** Format of the original payload, such as `pprof`. */
  get originalPayloadFormat(): string {
    return this.text(74);
  }
  set originalPayloadFormat(value: string) {
    this.setField(74, value);
  }

  /** The profile as the source wrote it. */
  get originalPayload(): Uint8Array {
    return this.raw(82);
  }
  set originalPayload(value: Uint8Array) {
    this.setField(82, value);
  }

  /** Into the attribute table of the dictionary. */
  get attributeIndices(): readonly number[] {
    return this.numbers(88, 'int32');
  }
  set attributeIndices(values: readonly number[]) {
    this.setList(88, values);
  }
}

/** What was seen at one stack. */
export class Sample extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'Sample';
  }

  get stackIndex(): number {
    return this.signed(8);
  }
  set stackIndex(value: number) {
    this.setField(8, value);
  }

  get attributeIndices(): readonly number[] {
    return this.numbers(16, 'int32');
  }
  set attributeIndices(values: readonly number[]) {
    this.setList(16, values);
  }

  get linkIndex(): number {
    return this.signed(24);
  }
  set linkIndex(value: number) {
    this.setField(24, value);
  }

  get values(): readonly bigint[] {
    return this.numbers(32, 'int64');
  }
  set values(values: readonly bigint[]) {
    this.setList(32, values);
  }

  get timestampsUnixNano(): readonly bigint[] {
    return this.numbers(41, 'fixed64');
  }
  set timestampsUnixNano(values: readonly bigint[]) {
    this.setList(41, values);
  }
}

/** Type and unit of a value, as indices into the string table. */
export class ValueType extends Message {
  /** @internal */
  override get messageName(): MessageName {
    return 'ValueType';
  }

  get typeStrindex(): number {
    return this.signed(8);
  }
  set typeStrindex(value: number) {
    this.setField(8, value);
  }

  get unitStrindex(): number {
    return this.signed(16);
  }
  set unitStrindex(value: number) {
    this.setField(16, value);
  }
}
