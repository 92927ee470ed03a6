import { codes } from './codes.js';
import { eachField, message as encode } from './messages.js';
import { tooLargeIn } from './too-large.js';

/** A `google.rpc.Status`, and the delay of its `RetryInfo`. */
export interface Status {
  /** gRPC code, 1 to 16. */
  readonly code: number;
  readonly message: string;
  /** Milliseconds after which the peer may send again; 0 is "at once". */
  readonly retryAfterMs?: number | undefined;
}

const retryInfoUrl = 'type.googleapis.com/google.rpc.RetryInfo';

export function encodeStatus({ code, message, retryAfterMs }: Status): Uint8Array {
  return encode((status) => {
    status.uint32(8).int32(code).uint32(18).string(message);
    if (retryAfterMs === undefined) return;
    const seconds = Math.floor(retryAfterMs / 1000);
    const nanos = Math.round((retryAfterMs - seconds * 1000) * 1e6);
    const duration = encode((writer) => writer.uint32(8).int64(seconds).uint32(16).int32(nanos));
    const retryInfo = encode((writer) => writer.uint32(10).bytes(duration));
    status.uint32(26).bytes(encode((any) => any.uint32(10).string(retryInfoUrl).uint32(18).bytes(retryInfo)));
  });
}

/** What a peer sent as a status; `undefined` where it is none. */
export function decodeStatus(bytes: Uint8Array): Status | undefined {
  let code = 0;
  let message = '';
  let retryAfterMs: number | undefined;
  try {
    eachField(bytes, (tag, reader) => {
      if (tag === 8) code = reader.int32();
      else if (tag === 18) message = reader.string();
      else if (tag === 26) retryAfterMs ??= readRetryInfo(reader.bytes());
      else return false;
      return true;
    });
  } catch {
    // It comes beside a code that counts; a peer that garbles it loses the hint.
    return undefined;
  }
  return { code, message, retryAfterMs };
}

/** The delay of a detail, if it is a RetryInfo. */
function readRetryInfo(detail: Uint8Array): number | undefined {
  let url = '';
  let value: Uint8Array = new Uint8Array();
  eachField(detail, (tag, reader) => {
    if (tag === 10) url = reader.string();
    else if (tag === 18) value = reader.bytes();
    else return false;
    return true;
  });
  if (url !== retryInfoUrl) return undefined;
  let ms = 0;
  eachField(value, (tag, reader) => {
    if (tag !== 10) return false;
    ms = readDuration(reader.bytes());
    return true;
  });
  return Math.max(0, ms);
}

function readDuration(bytes: Uint8Array): number {
  let ms = 0;
  eachField(bytes, (tag, reader) => {
    if (tag === 8) ms += Number(reader.int64()) * 1000;
    else if (tag === 16) ms += reader.int32() / 1e6;
    else return false;
    return true;
  });
  return ms;
}

/** The status in proto3 JSON. The hint travels in the `Retry-After` header. */
export function encodeStatusJson({ code, message }: Status): string {
  return JSON.stringify({ code, message });
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
 * Whether any OTLP client sends again after a status. RESOURCE_EXHAUSTED is worth
 * it only if the server said when (OTLP specification, "Failures"), and never if
 * the request is larger than the server takes.
 */
export function isRetryable(status: Status): boolean {
  const { code, retryAfterMs } = status;
  const mayPass = code === codes.resourceExhausted ? retryAfterMs !== undefined : retryable.has(code);
  return mayPass && !isTooLarge(status);
}

/**
 * Whether to send again after a status. More than OTLP asks of a client: RESOURCE_EXHAUSTED
 * without RetryInfo is what quotas and full queues of many servers say. It may pass, and not
 * to try would be a loss; `retry_on_failure` bounds the trying.
 */
export function mayPass(status: Status): boolean {
  const { code } = status;
  return (code === codes.resourceExhausted || retryable.has(code)) && !isTooLarge(status);
}

/** Whether it says that the request is larger than the server takes. */
export function isTooLarge(status: Status): boolean {
  return tooLargeIn(status) !== undefined;
}
