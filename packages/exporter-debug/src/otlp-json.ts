import type { Batch, Signal } from '@tributary/component';

// The parts of OTLP/JSON that are written out. Fields of the value zero are absent;
// 64-bit integers are decimal text, special doubles are "NaN", "Infinity", "-Infinity".

export type Long = string | number;
export type Double = number | 'NaN' | 'Infinity' | '-Infinity';

export interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: Long;
  readonly doubleValue?: Double;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly Value[] };
  readonly kvlistValue?: { readonly values?: readonly Pair[] };
}
export interface Pair {
  readonly key?: string;
  readonly value?: Value;
}
export type Attributes = readonly Pair[] | undefined;

export interface EntityRef {
  readonly schemaUrl?: string;
  readonly type?: string;
  readonly idKeys?: readonly string[];
  readonly descriptionKeys?: readonly string[];
}
export interface Group<S> {
  readonly resource?: { readonly attributes?: Attributes; readonly entityRefs?: readonly EntityRef[] };
  readonly schemaUrl?: string;
  readonly scopes: readonly ScopeGroup<S>[];
}
export interface ScopeGroup<R> {
  readonly scope?: { readonly name?: string; readonly version?: string; readonly attributes?: Attributes };
  readonly schemaUrl?: string;
  readonly records: readonly R[];
}

export interface Span {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: Long;
  readonly endTimeUnixNano?: Long;
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
  readonly events?: readonly SpanEvent[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly SpanLink[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly code?: number; readonly message?: string };
}
export interface SpanEvent {
  readonly timeUnixNano?: Long;
  readonly name?: string;
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
}
export interface SpanLink {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
}

export interface LogRecord {
  readonly timeUnixNano?: Long;
  readonly observedTimeUnixNano?: Long;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

export interface Metric {
  readonly name?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly metadata?: Attributes;
  readonly gauge?: Points<NumberPoint>;
  readonly sum?: Points<NumberPoint>;
  readonly histogram?: Points<HistogramPoint>;
  readonly exponentialHistogram?: Points<ExponentialPoint>;
  readonly summary?: Points<SummaryPoint>;
}
export interface Points<P> {
  readonly dataPoints?: readonly P[];
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}
export interface Point {
  readonly attributes?: Attributes;
  readonly startTimeUnixNano?: Long;
  readonly timeUnixNano?: Long;
  readonly exemplars?: readonly Exemplar[];
}
export interface NumberPoint extends Point {
  readonly asInt?: Long;
  readonly asDouble?: Double;
}
interface Distribution extends Point {
  readonly count?: Long;
  readonly sum?: Double;
  readonly min?: Double;
  readonly max?: Double;
}
export interface HistogramPoint extends Distribution {
  readonly bucketCounts?: readonly Long[];
  readonly explicitBounds?: readonly Double[];
}
export interface Buckets {
  readonly offset?: number;
  readonly bucketCounts?: readonly Long[];
}
export interface ExponentialPoint extends Distribution {
  readonly scale?: number;
  readonly zeroCount?: Long;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
}
export interface SummaryPoint extends Point {
  readonly count?: Long;
  readonly sum?: Double;
  readonly quantileValues?: readonly { readonly quantile?: Double; readonly value?: Double }[];
}
export interface Exemplar {
  readonly timeUnixNano?: Long;
  readonly asInt?: Long;
  readonly asDouble?: Double;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly filteredAttributes?: Attributes;
}

export interface Profile {
  readonly profileId?: string;
  readonly timeUnixNano?: Long;
  readonly durationNano?: Long;
  readonly droppedAttributesCount?: number;
  readonly originalPayloadFormat?: string;
  readonly attributeIndices?: readonly number[];
  readonly samples?: readonly Sample[];
}
export interface Sample {
  readonly stackIndex?: number;
  readonly linkIndex?: number;
  readonly attributeIndices?: readonly number[];
  readonly values?: readonly Long[];
  readonly timestampsUnixNano?: readonly Long[];
}
export interface Dictionary {
  readonly stringTable?: readonly string[];
  readonly attributeTable?: readonly { readonly keyStrindex?: number; readonly value?: Value }[];
}

/** What a batch holds, in one shape for all signals. */
export interface Contents<R> {
  readonly groups: readonly Group<R>[];
  readonly dictionary: Dictionary;
}

const names: Readonly<Record<Signal, readonly [groups: string, scopes: string, records: string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  profiles: ['resourceProfiles', 'scopeProfiles', 'profiles'],
};

/** Decodes all of a batch: for what is read by people. */
export function contentsOf<R>(batch: Batch<Signal>): Contents<R> {
  const [groupsKey, scopesKey, recordsKey] = names[batch.signal];
  type Json = Readonly<Record<string, unknown>>;
  const list = (holder: Json, key: string): readonly Json[] => (holder[key] ?? []) as readonly Json[];
  const request = JSON.parse(batch.toJson()) as Json;
  const groups = list(request, groupsKey).map((group) => ({
    ...group,
    scopes: list(group, scopesKey).map((scope) => ({ ...scope, records: list(scope, recordsKey) })),
  }));
  return { groups: groups as unknown as readonly Group<R>[], dictionary: request['dictionary'] ?? {} };
}
