import { ConsumeError, type TooLarge } from '@tributary/component';
import { codes } from './codes.js';
import { mayPass, type Status } from './status.js';
import { tooLargeIn } from './too-large.js';

/** The request that failed. */
export interface FailedRequest {
  readonly cause?: unknown;
  /** Its size before compression, where it is known. */
  readonly bytes?: number | undefined;
}

/** The error of a request that a peer answered with a status. */
export function failureOf(status: Status, { cause, bytes }: FailedRequest = {}): ConsumeError {
  const { message, retryAfterMs } = status;
  const kind = mayPass(status) ? 'retryable' : 'permanent';
  const tooLarge = aboutRequest(tooLargeIn(status), bytes);
  return new ConsumeError(kind, message, {
    ...(cause !== undefined && { cause }),
    retryAfterMs: kind === 'retryable' ? retryAfterMs : undefined,
    // Whoever is in front must not take it for something that passes, as OUT_OF_RANGE is.
    status: { code: tooLarge === undefined ? status.code : codes.resourceExhausted, message },
    tooLarge,
  });
}

/**
 * A limit far above the request was met by something else: by the answer, or behind the peer by what
 * it merged the request into. Cutting this request would not help. (Compressed, a request may be larger
 * than it is, but never by so much.)
 */
export function aboutRequest(tooLarge: TooLarge | undefined, bytes: number = Infinity): TooLarge | undefined {
  return bytes < (tooLarge?.maxBytes ?? 0) / 2 ? undefined : tooLarge;
}
