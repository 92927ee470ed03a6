import { ConsumeError, type Signal } from '@tributary/component';

// The few messages that an OTLP server answers with, written by hand.

/** What a server answers with: nothing wrong, some items rejected for good, or a status. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'partial'; readonly rejected: number; readonly message: string }
  | {
      readonly kind: 'failed';
      readonly code: number;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    };

const unavailable = 14;
const internal = 13;

/** What an OTLP client is to be told of an outcome. */
export function verdictOn(error: unknown, items: number): Verdict {
  if (!ConsumeError.is(error))
    return { kind: 'failed', code: internal, message: String(error), retryAfterMs: undefined };
  const { kind, message, rejected, status, retryAfterMs } = error;
  if (kind === 'permanent' && rejected !== undefined && rejected.itemCount < items) {
    return { kind: 'partial', rejected: rejected.itemCount, message };
  }
  const code = status?.code ?? (kind === 'permanent' ? internal : unavailable);
  return { kind: 'failed', code, message, retryAfterMs };
}

/** `Export…ServiceResponse`. */
export function responseBytes(verdict: Verdict): Uint8Array {
  if (verdict.kind !== 'partial') return new Uint8Array();
  return field(1, concat(varintField(1, verdict.rejected), field(2, text(verdict.message))));
}

/** `Export…ServiceResponse` in OTLP/JSON. */
export function responseJson(signal: Signal, verdict: Verdict): string {
  if (verdict.kind !== 'partial') return '{"partialSuccess":{}}';
  const { rejected, message } = verdict;
  return JSON.stringify({
    partialSuccess: { [rejectedKeys[signal]]: String(rejected), errorMessage: message },
  });
}

const rejectedKeys: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
  profiles: 'rejectedProfiles',
};

/** `google.rpc.Status`, with a RetryInfo where there is a hint. */
export function statusBytes(code: number, message: string, retryAfterMs: number | undefined): Uint8Array {
  const status = concat(varintField(1, code), field(2, text(message)));
  if (retryAfterMs === undefined) return status;
  const seconds = Math.floor(retryAfterMs / 1000);
  const delay = concat(varintField(1, seconds), varintField(2, Math.round((retryAfterMs % 1000) * 1e6)));
  const info = concat(field(1, text('type.googleapis.com/google.rpc.RetryInfo')), field(2, field(1, delay)));
  return concat(status, field(3, info));
}

/** The HTTP status of a gRPC code (OTLP specification, "Failures"). */
export function httpStatusOf(code: number): number {
  return httpStatuses.get(code) ?? 500;
}

const httpStatuses: ReadonlyMap<number, number> = new Map([
  [1, 503],
  [3, 400],
  [4, 503],
  [7, 403],
  [8, 429],
  [10, 503],
  [11, 503],
  [12, 404],
  [14, 503],
  [15, 503],
  [16, 401],
]);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** A field of bytes. */
function field(number: number, body: Uint8Array): Uint8Array {
  return concat(Uint8Array.from([(number << 3) | 2, ...varint(body.length)]), body);
}

function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([number << 3, ...varint(value)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 128);
  }
}
