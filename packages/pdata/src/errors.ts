/** Why telemetry could not be read. A closed set; the comment is the whole contract. */
export type MalformedTelemetryCode =
  /** A field ends behind the message around it. */
  | 'truncated'
  /** A varint is longer than its kind allows or does not fit 64 bits. */
  | 'varint'
  /** A field number is 0 or above 2^29 - 1. */
  | 'tag'
  /** A wire type that does not exist any more, or not that of the field. */
  | 'wire_type'
  /** A trace, span or profile ID that is neither empty nor of its length. */
  | 'id_length'
  /** Packed numbers whose length is no multiple of their size. */
  | 'packed_length'
  /** Values within values, deeper than common decoders read. */
  | 'nesting'
  /** More groups and records than the reader allows. */
  | 'too_many_items'
  /** A request that is longer than the longest string (512 MiB). */
  | 'too_large'
  /** Text that is not JSON. */
  | 'json'
  /** A JSON value that does not fit its field. */
  | 'value';

const brand: unique symbol = Symbol.for('tributary/MalformedTelemetryError') as never;

/** Where it was found. */
export interface MalformedTelemetryPlace {
  /** Protobuf: bytes from the start of the request to the field. */
  readonly offset?: number | undefined;
  /** Protobuf: `resource_spans.scope_spans.spans.trace_id`; an unknown field by its number. */
  readonly field?: string | undefined;
  /** OTLP/JSON: `$.resourceSpans[0].scopeSpans[0]`. */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Thrown where untrusted telemetry cannot be read. Recognised by
 * `MalformedTelemetryError.is`, across copies of the package.
 */
export class MalformedTelemetryError extends Error {
  readonly code: MalformedTelemetryCode;
  /** Bytes from the start of the request to the field; `undefined` for JSON. */
  readonly offset: number | undefined;
  /** Dotted names from the request down: `resource_spans.scope_spans.spans.trace_id`; `undefined` for JSON. */
  readonly field: string | undefined;
  /** `$.resourceSpans[0].scopeSpans[0]`; `undefined` for protobuf. */
  readonly path: string | undefined;

  /** `problem` says what is wrong and with which value; the place is put before and behind it. */
  constructor(code: MalformedTelemetryCode, problem: string, place: MalformedTelemetryPlace = {}) {
    const { offset, field, path } = place;
    const before = path ?? field;
    super(
      `${before === undefined ? '' : `${before}: `}${problem}${offset === undefined ? '' : ` (byte ${offset})`}`,
      'cause' in place ? { cause: place.cause } : undefined,
    );
    this.name = 'MalformedTelemetryError';
    this.code = code;
    this.offset = offset;
    this.field = field;
    this.path = path;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is MalformedTelemetryError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
