import { decodeMessage, encodeMessage } from './messages.js';

/** A `google.rpc.Status`, and the delay of its `RetryInfo`. */
export interface Status {
  /** gRPC code, 1 to 16. */
  readonly code: number;
  readonly message: string;
  /** Milliseconds after which the peer may send again. */
  readonly retryAfterMs?: number | undefined;
}

/** The gRPC codes that this kit deals in. */
export const codes = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

const retryInfoUrl = 'type.googleapis.com/google.rpc.RetryInfo';

interface RawStatus {
  readonly code?: number;
  readonly message?: string;
  readonly details?: readonly { readonly typeUrl?: string; readonly value?: Uint8Array }[];
}
interface RawRetryInfo {
  readonly retryDelay?: { readonly seconds?: number; readonly nanos?: number };
}

export function encodeStatus({ code, message, retryAfterMs }: Status): Uint8Array {
  if (retryAfterMs === undefined) return encodeMessage('Status', { code, message });
  const seconds = Math.floor(retryAfterMs / 1000);
  const nanos = Math.round((retryAfterMs - seconds * 1000) * 1e6);
  const value = encodeMessage('RetryInfo', { retryDelay: { seconds, nanos } });
  return encodeMessage('Status', { code, message, details: [{ typeUrl: retryInfoUrl, value }] });
}

/** What a peer sent as a status; `undefined` where it is none. */
export function decodeStatus(bytes: Uint8Array): Status | undefined {
  try {
    const { code = 0, message = '', details = [] } = decodeMessage<RawStatus>('Status', bytes);
    const retryInfo = details.find(({ typeUrl }) => typeUrl === retryInfoUrl)?.value;
    return { code, message, retryAfterMs: retryInfo && readDelay(retryInfo) };
  } catch {
    // It comes beside the code that counts; a peer that garbles it loses the hint.
    return undefined;
  }
}

/** A zero delay is no hint: clients and servers alike send it for "unset". */
function readDelay(retryInfo: Uint8Array): number | undefined {
  const { retryDelay = {} } = decodeMessage<RawRetryInfo>('RetryInfo', retryInfo);
  const ms = (retryDelay.seconds ?? 0) * 1000 + (retryDelay.nanos ?? 0) / 1e6;
  return ms > 0 ? ms : undefined;
}

/** The status in proto3 JSON. The hint travels in the `Retry-After` header. */
export function statusJson({ code, message }: Status): string {
  return JSON.stringify({ code, message });
}

/** The HTTP status of a gRPC code (OTLP specification, "Failures"). */
export function httpStatusOf(code: number): number {
  switch (code) {
    case codes.cancelled:
    case codes.deadlineExceeded:
    case codes.aborted:
    case codes.outOfRange:
    case codes.unavailable:
    case codes.dataLoss:
      return 503;
    case codes.resourceExhausted:
      return 429;
    case codes.invalidArgument:
      return 400;
    case codes.unauthenticated:
      return 401;
    case codes.permissionDenied:
      return 403;
    case codes.unimplemented:
      return 404;
    default:
      return 500;
  }
}

/** The gRPC code that an HTTP status stands for. */
export function codeOfHttpStatus(status: number): number {
  switch (status) {
    case 400:
      return codes.invalidArgument;
    case 401:
      return codes.unauthenticated;
    case 403:
      return codes.permissionDenied;
    case 404:
      return codes.unimplemented;
    case 429:
      return codes.resourceExhausted;
    case 502:
    case 503:
    case 504:
      return codes.unavailable;
    default:
      return codes.unknown;
  }
}

const retryable: ReadonlySet<number> = new Set([
  codes.cancelled,
  codes.deadlineExceeded,
  codes.aborted,
  codes.outOfRange,
  codes.unavailable,
  codes.dataLoss,
]);

/**
 * Whether an OTLP client sends again after a status. RESOURCE_EXHAUSTED is worth
 * it only if the server said when (OTLP specification, "Failures").
 */
export function isRetryable({ code, retryAfterMs }: Status): boolean {
  return retryable.has(code) || (code === codes.resourceExhausted && retryAfterMs !== undefined);
}
