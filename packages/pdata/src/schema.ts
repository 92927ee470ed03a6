import { commonMessages, type CommonMessage } from './schema/common.js';
import { logsMessages, type LogsMessage } from './schema/logs.js';
import { metricsMessages, type MetricsMessage } from './schema/metrics.js';
import { profilesMessages, type ProfilesMessage } from './schema/profiles.js';
import { tracesMessages, type TracesMessage } from './schema/traces.js';
import type { MessageRow } from './schema/row.js';

export type { FieldRow, MessageRow } from './schema/row.js';

/**
 * OTLP 1.11 as data. Views, checks, OTLP/JSON and initialisers are all driven by
 * the tables below and in `schema/`, so that the next release of the protocol is
 * a few lines there and `npm run generate`.
 *
 * A field is `[number, type, doc?]`. A type is a scalar, an enum or a message by
 * name, with `repeated ` or `optional ` before it where the protocol has that.
 * `bytes16` and `bytes8` are `bytes` that hold an ID: that long, or empty.
 */
export type Scalar =
  | 'string'
  | 'bytes'
  | 'bytes8'
  | 'bytes16'
  | 'bool'
  | 'double'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'int32'
  | 'int64'
  | 'sint32'
  | 'uint32'
  | 'uint64';

export type EnumName = 'SpanKind' | 'StatusCode' | 'AggregationTemporality' | 'SeverityNumber';

export type MessageName = CommonMessage | TracesMessage | MetricsMessage | LogsMessage | ProfilesMessage;

export interface EnumRow {
  readonly proto: string;
  /** What stands before each name in the `.proto` text. */
  readonly prefix: string;
  readonly values: Readonly<Record<string, number>>;
}

export const enums: Readonly<Record<EnumName, EnumRow>> = {
  SpanKind: {
    proto: 'trace.v1.Span.SpanKind',
    prefix: 'SPAN_KIND_',
    values: { UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 },
  },
  StatusCode: {
    proto: 'trace.v1.Status.StatusCode',
    prefix: 'STATUS_CODE_',
    values: { UNSET: 0, OK: 1, ERROR: 2 },
  },
  AggregationTemporality: {
    proto: 'metrics.v1.AggregationTemporality',
    prefix: 'AGGREGATION_TEMPORALITY_',
    values: { UNSPECIFIED: 0, DELTA: 1, CUMULATIVE: 2 },
  },
  SeverityNumber: {
    proto: 'logs.v1.SeverityNumber',
    prefix: 'SEVERITY_NUMBER_',
    values: {
      UNSPECIFIED: 0,
      TRACE: 1,
      TRACE2: 2,
      TRACE3: 3,
      TRACE4: 4,
      DEBUG: 5,
      DEBUG2: 6,
      DEBUG3: 7,
      DEBUG4: 8,
      INFO: 9,
      INFO2: 10,
      INFO3: 11,
      INFO4: 12,
      WARN: 13,
      WARN2: 14,
      WARN3: 15,
      WARN4: 16,
      ERROR: 17,
      ERROR2: 18,
      ERROR3: 19,
      ERROR4: 20,
      FATAL: 21,
      FATAL2: 22,
      FATAL3: 23,
      FATAL4: 24,
    },
  },
};

/** Every message of OTLP, by the name that it has here. */
export const messageRows: Readonly<Record<MessageName, MessageRow>> = {
  ...commonMessages,
  ...tracesMessages,
  ...metricsMessages,
  ...logsMessages,
  ...profilesMessages,
};
