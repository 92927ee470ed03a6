import type { Batch, Signal } from '@tributary/component';
import { writeMetric } from './detailed-metric.js';
import { Lines } from './lines.js';
import { attributesAt } from './normal.js';
import {
  contentsOf,
  type Dictionary,
  type EntityRef,
  type Group,
  type LogRecord,
  type Metric,
  type Profile,
  type ScopeGroup,
  type Span,
  type SpanEvent,
  type SpanLink,
} from './otlp-json.js';
import { time, typedValue } from './text.js';

/** Every field of every record. */
export function detailedText(batch: Batch<Signal>): string {
  switch (batch.signal) {
    case 'traces':
      return write<Span>(batch, 'ResourceSpans', 'ScopeSpans', writeSpan);
    case 'metrics':
      return write<Metric>(batch, 'ResourceMetrics', 'ScopeMetrics', writeMetric);
    case 'logs':
      return write<LogRecord>(batch, 'ResourceLog', 'ScopeLogs', writeLogRecord);
    case 'profiles':
      return write<Profile>(batch, 'ResourceProfiles', 'ScopeProfiles', writeProfile);
  }
}

function write<R>(
  batch: Batch<Signal>,
  groupName: string,
  scopeName: string,
  writeRecord: (lines: Lines, record: R, index: number, dictionary: Dictionary) => void,
): string {
  const { groups, dictionary } = contentsOf<R>(batch);
  const lines = new Lines();
  for (const [i, group] of groups.entries()) {
    lines.add(`${groupName} #${i}`);
    writeResource(lines, group);
    for (const [j, scope] of group.scopes.entries()) {
      lines.add(`${scopeName} #${j}`);
      writeScope(lines, scopeName, scope);
      for (const [k, record] of scope.records.entries()) writeRecord(lines, record, k, dictionary);
    }
  }
  return lines.toString();
}

function writeResource(lines: Lines, { resource, schemaUrl = '' }: Group<unknown>): void {
  lines.add(`Resource SchemaURL: ${schemaUrl}`);
  lines.attributes('Resource attributes', resource?.attributes);
  const refs = resource?.entityRefs ?? [];
  if (refs.length > 0) lines.add('Resource entity refs:');
  for (const [i, ref] of refs.entries()) writeEntityRef(lines, ref, i);
}

function writeEntityRef(lines: Lines, ref: EntityRef, index: number): void {
  const { type = '', schemaUrl, idKeys, descriptionKeys } = ref;
  lines.add(`     -> Entity ref #${index}:`);
  lines.add(`          -> Type: ${type}`);
  if (schemaUrl !== undefined) lines.add(`          -> Schema URL: ${schemaUrl}`);
  for (const [heading, keys] of [
    ['ID keys', idKeys],
    ['Description keys', descriptionKeys],
  ] as const) {
    if (keys === undefined || keys.length === 0) continue;
    lines.add(`          -> ${heading}:`);
    for (const key of keys) lines.add(`               -> ${key}`);
  }
}

function writeScope(lines: Lines, name: string, { scope, schemaUrl = '' }: ScopeGroup<unknown>): void {
  lines.add(`${name} SchemaURL: ${schemaUrl}`);
  lines.add(`InstrumentationScope ${scope?.name ?? ''} ${scope?.version ?? ''}`);
  lines.attributes('InstrumentationScope attributes', scope?.attributes);
}

const spanKinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const statusCodes = ['Unset', 'Ok', 'Error'];

function writeSpan(lines: Lines, span: Span, index: number): void {
  lines.add(`Span #${index}`);
  lines.field('Trace ID', span.traceId);
  lines.field('Parent ID', span.parentSpanId);
  lines.field('ID', span.spanId);
  lines.field('Name', span.name);
  lines.field('Kind', spanKinds[span.kind ?? 0]);
  if (span.traceState !== undefined) lines.field('TraceState', span.traceState);
  lines.field('Start time', time(span.startTimeUnixNano));
  lines.field('End time', time(span.endTimeUnixNano));
  lines.field('Status code', statusCodes[span.status?.code ?? 0]);
  lines.field('Status message', span.status?.message);
  lines.field('DroppedAttributesCount', String(span.droppedAttributesCount ?? 0));
  lines.field('DroppedEventsCount', String(span.droppedEventsCount ?? 0));
  lines.field('DroppedLinksCount', String(span.droppedLinksCount ?? 0));
  lines.attributes('Attributes', span.attributes);
  const { events = [], links = [] } = span;
  if (events.length > 0) lines.add('Events:');
  for (const [i, event] of events.entries()) writeEvent(lines, event, i);
  if (links.length > 0) lines.add('Links:');
  for (const [i, link] of links.entries()) writeLink(lines, link, i);
}

function writeEvent(lines: Lines, event: SpanEvent, index: number): void {
  lines.add(`SpanEvent #${index}`);
  lines.add(`     -> Name: ${event.name ?? ''}`);
  lines.add(`     -> Timestamp: ${time(event.timeUnixNano)}`);
  lines.add(`     -> DroppedAttributesCount: ${event.droppedAttributesCount ?? 0}`);
  lines.attributes('     -> Attributes:', event.attributes);
}

function writeLink(lines: Lines, link: SpanLink, index: number): void {
  lines.add(`SpanLink #${index}`);
  lines.add(`     -> Trace ID: ${link.traceId ?? ''}`);
  lines.add(`     -> ID: ${link.spanId ?? ''}`);
  lines.add(`     -> TraceState: ${link.traceState ?? ''}`);
  lines.add(`     -> DroppedAttributesCount: ${link.droppedAttributesCount ?? 0}`);
  lines.attributes('     -> Attributes:', link.attributes);
}

const severities = ['Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal'];

/** 1 is `Trace`, 2 to 4 are `Trace2` to `Trace4`, 5 is `Debug`, and so on. */
function severityName(severity: number): string {
  const name = severities[Math.floor((severity - 1) / 4)];
  if (severity < 1 || name === undefined) return severity === 0 ? 'Unspecified' : '';
  const step = (severity - 1) % 4;
  return step === 0 ? name : `${name}${step + 1}`;
}

function writeLogRecord(lines: Lines, record: LogRecord, index: number): void {
  const { severityNumber = 0 } = record;
  lines.add(`LogRecord #${index}`);
  lines.add(`ObservedTimestamp: ${time(record.observedTimeUnixNano)}`);
  lines.add(`Timestamp: ${time(record.timeUnixNano)}`);
  lines.add(`SeverityText: ${record.severityText ?? ''}`);
  lines.add(`SeverityNumber: ${severityName(severityNumber)}(${severityNumber})`);
  if (record.eventName !== undefined) lines.add(`EventName: ${record.eventName}`);
  lines.add(`Body: ${typedValue(record.body)}`);
  lines.attributes('Attributes', record.attributes);
  lines.add(`Trace ID: ${record.traceId ?? ''}`);
  lines.add(`Span ID: ${record.spanId ?? ''}`);
  lines.add(`Flags: ${record.flags ?? 0}`);
}

function writeProfile(lines: Lines, profile: Profile, index: number, dictionary: Dictionary): void {
  lines.add(`Profile #${index}`);
  lines.field('Profile ID', profile.profileId);
  lines.field('Start time', time(profile.timeUnixNano));
  lines.field('Duration', `${profile.durationNano ?? 0}ns`);
  lines.field('DroppedAttributesCount', String(profile.droppedAttributesCount ?? 0));
  lines.attributes('Attributes', attributesAt(profile.attributeIndices, dictionary));
  for (const [i, sample] of (profile.samples ?? []).entries()) {
    lines.add(`Sample #${i}`);
    lines.field('Stack index', String(sample.stackIndex ?? 0));
    lines.field('Values', `[${(sample.values ?? []).join(', ')}]`);
    lines.field('Timestamps', `[${(sample.timestampsUnixNano ?? []).map(time).join(', ')}]`);
    lines.attributes('Attributes', attributesAt(sample.attributeIndices, dictionary));
  }
}
