import { droppedAttributes, schemaUrl, resource, scope, type MessageRow } from './row.js';

export type LogsMessage = 'LogsRequest' | 'ResourceLogs' | 'ScopeLogs' | 'LogRecord';

export const logsMessages: Readonly<Record<LogsMessage, MessageRow>> = {
  LogsRequest: {
    proto: 'collector.logs.v1.ExportLogsServiceRequest',
    doc: 'An export request for logs.',
    fields: { resource_logs: [1, 'repeated ResourceLogs'] },
  },
  ResourceLogs: {
    proto: 'logs.v1.ResourceLogs',
    doc: 'Log records of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_logs: [2, 'repeated ScopeLogs'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeLogs: {
    proto: 'logs.v1.ScopeLogs',
    doc: 'Log records of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      log_records: [2, 'repeated LogRecord'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  LogRecord: {
    proto: 'logs.v1.LogRecord',
    doc: 'One log record.',
    fields: {
      time_unix_nano: [1, 'fixed64', 'When it happened, in nanoseconds since the epoch; 0 where not known.'],
      severity_number: [2, 'SeverityNumber', 'How serious it is.'],
      severity_text: [3, 'string', 'The severity as the source wrote it.'],
      body: [5, 'AnyValue'],
      attributes: [6, 'repeated KeyValue'],
      dropped_attributes_count: [7, 'uint32', droppedAttributes],
      flags: [8, 'fixed32', 'Bits 0 to 7: W3C trace flags.'],
      trace_id: [9, 'bytes16'],
      span_id: [10, 'bytes8'],
      observed_time_unix_nano: [11, 'fixed64', 'When it was seen first, in nanoseconds since the epoch.'],
      event_name: [12, 'string', 'Names the event that the record is, if it is one.'],
    },
  },
};
