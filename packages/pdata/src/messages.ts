/** The schema made ready to be worked with: fields with their tags, messages with their indices. */
import {
  enums,
  messageRows,
  type EnumName,
  type FieldRow,
  type MessageName,
  type MessageRow,
  type Scalar,
} from './schema.js';
import type { Signal } from './telemetry.js';

export type { MessageName } from './schema.js';

/** One field, ready to be worked with. */
export interface Field {
  readonly number: number;
  /** As in the `.proto` text: `start_time_unix_nano`. */
  readonly name: string;
  /** As in OTLP/JSON and in views: `startTimeUnixNano`. */
  readonly jsonName: string;
  readonly type: Scalar | EnumName | MessageName;
  readonly kind: 'scalar' | 'enum' | 'message';
  readonly repeated: boolean;
  /** `optional` in the `.proto` text: absent and zero are two things. */
  readonly optional: boolean;
  /** Name of the oneof that it belongs to. */
  readonly oneof: string | undefined;
  /** 8 or 16 for an ID; else `undefined`. */
  readonly idBytes: 8 | 16 | undefined;
  /** Wire type of one value: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Number and wire type as they stand on the wire; of one value, where values may also be packed. */
  readonly tag: number;
  /** Tag of the packed form; `undefined` where there is none. */
  readonly packedTag: number | undefined;
  readonly required: boolean;
  readonly doc: string;
}

export interface Message {
  readonly name: MessageName;
  readonly proto: string;
  readonly doc: string;
  /** In the order of their numbers. */
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  /** By `jsonName` and by `name`: OTLP/JSON accepts both. */
  readonly byJsonName: ReadonlyMap<string, Field>;
}

const wireTypes: Readonly<Record<Scalar, 0 | 1 | 2 | 5>> = {
  string: 2,
  bytes: 2,
  bytes8: 2,
  bytes16: 2,
  bool: 0,
  double: 1,
  fixed32: 5,
  fixed64: 1,
  sfixed64: 1,
  int32: 0,
  int64: 0,
  sint32: 0,
  uint32: 0,
  uint64: 0,
};

/** Every message of OTLP by its name. */
export const messages: Readonly<Record<MessageName, Message>> = Object.fromEntries(
  Object.entries(messageRows).map(([name, row]) => [name, readMessage(name as MessageName, row)]),
) as Record<MessageName, Message>;

/** What stands around the items of a signal: the tags to go down from the request, the last ones the items. */
export interface SignalPath {
  readonly request: MessageName;
  /** Level by level: the tags that lead to the next. Metrics have a level that depends on their kind. */
  readonly levels: readonly (readonly number[])[];
}

/** Where the items of each signal stand. */
export const signalPaths: Readonly<Record<Signal, SignalPath>> = {
  traces: { request: 'TracesRequest', levels: [[10], [18], [18]] },
  metrics: { request: 'MetricsRequest', levels: [[10], [18], [18], [42, 58, 74, 82, 90], [10]] },
  logs: { request: 'LogsRequest', levels: [[10], [18], [18]] },
  profiles: { request: 'ProfilesRequest', levels: [[10], [18], [18], [18]] },
};

function readMessage(name: MessageName, row: MessageRow): Message {
  const fields = Object.entries(row.fields)
    .map(([fieldName, field]) => readField(fieldName, field, row))
    .sort((a, b) => a.number - b.number);
  return {
    name,
    proto: row.proto,
    doc: row.doc,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byJsonName: new Map(
      fields.flatMap((field) => [[field.jsonName, field] as const, [field.name, field] as const]),
    ),
  };
}

function readField(name: string, [number, text, doc = '']: FieldRow, row: MessageRow): Field {
  const words = text.split(' ');
  const type = words.at(-1) as Field['type'];
  const kind = type in enums ? 'enum' : type in wireTypes ? 'scalar' : 'message';
  const wireType = kind === 'enum' ? 0 : kind === 'message' ? 2 : wireTypes[type as Scalar];
  const repeated = words.includes('repeated');
  return {
    number,
    name,
    jsonName: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    type,
    kind,
    repeated,
    optional: words.includes('optional'),
    oneof: Object.entries(row.oneofs ?? {}).find(([, members]) => members.includes(name))?.[0],
    idBytes: type === 'bytes16' ? 16 : type === 'bytes8' ? 8 : undefined,
    wireType,
    tag: (number << 3) | wireType,
    packedTag: repeated && wireType !== 2 ? (number << 3) | 2 : undefined,
    required: row.required?.includes(name) ?? false,
    doc,
  };
}
