import { startTime, droppedAttributes, schemaUrl, resource, scope, type MessageRow } from './row.js';

export type TracesMessage =
  'TracesRequest' | 'ResourceSpans' | 'ScopeSpans' | 'Span' | 'SpanEvent' | 'SpanLink' | 'Status';

export const tracesMessages: Readonly<Record<TracesMessage, MessageRow>> = {
  TracesRequest: {
    proto: 'collector.trace.v1.ExportTraceServiceRequest',
    doc: 'An export request for traces.',
    fields: { resource_spans: [1, 'repeated ResourceSpans'] },
  },
  ResourceSpans: {
    proto: 'trace.v1.ResourceSpans',
    doc: 'Spans of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_spans: [2, 'repeated ScopeSpans'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeSpans: {
    proto: 'trace.v1.ScopeSpans',
    doc: 'Spans of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      spans: [2, 'repeated Span'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  Span: {
    proto: 'trace.v1.Span',
    doc: 'One operation within a trace.',
    fields: {
      trace_id: [1, 'bytes16'],
      span_id: [2, 'bytes8'],
      trace_state: [3, 'string', 'W3C `tracestate` of the span.'],
      parent_span_id: [4, 'bytes8'],
      name: [5, 'string', 'Name of the operation.'],
      kind: [6, 'SpanKind', 'Role of the span between its parent and its children.'],
      start_time_unix_nano: [7, 'fixed64', startTime],
      end_time_unix_nano: [8, 'fixed64', 'When it ended, in nanoseconds since the epoch.'],
      attributes: [9, 'repeated KeyValue'],
      dropped_attributes_count: [10, 'uint32', droppedAttributes],
      events: [11, 'repeated SpanEvent', 'What happened while it ran.'],
      dropped_events_count: [12, 'uint32', 'Events that the source left out.'],
      links: [13, 'repeated SpanLink', 'Spans of this or another trace that it belongs to.'],
      dropped_links_count: [14, 'uint32', 'Links that the source left out.'],
      status: [15, 'Status'],
      flags: [16, 'fixed32', 'Bits 0 to 7: W3C trace flags; bits 8 and 9: whether the parent is remote.'],
    },
    required: ['name'],
  },
  SpanEvent: {
    proto: 'trace.v1.Span.Event',
    doc: 'Something that happened at one moment of a span.',
    fields: {
      time_unix_nano: [1, 'fixed64', 'When it happened, in nanoseconds since the epoch.'],
      name: [2, 'string', 'Name of the event.'],
      attributes: [3, 'repeated KeyValue'],
      dropped_attributes_count: [4, 'uint32', droppedAttributes],
    },
  },
  SpanLink: {
    proto: 'trace.v1.Span.Link',
    doc: 'A pointer from a span to another.',
    fields: {
      trace_id: [1, 'bytes16'],
      span_id: [2, 'bytes8'],
      trace_state: [3, 'string', 'W3C `tracestate` of the link.'],
      attributes: [4, 'repeated KeyValue'],
      dropped_attributes_count: [5, 'uint32', droppedAttributes],
      flags: [6, 'fixed32', 'W3C trace flags of the linked span, and whether it is remote.'],
    },
  },
  Status: {
    proto: 'trace.v1.Status',
    doc: 'How an operation ended.',
    fields: {
      message: [2, 'string', 'For developers; set with `error` alone.'],
      code: [3, 'StatusCode', 'The outcome.'],
    },
  },
};
