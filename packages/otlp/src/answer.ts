import { ConsumeError, type TooLarge } from '@tributary/component';
import { MalformedTelemetryError } from '@tributary/pdata';
import type { PartialSuccess } from './partial-success.js';
import { codes } from './codes.js';
import { isRetryable, type Status } from './status.js';
import { tooLargeIn } from './too-large.js';

/** Where nobody below said when: some clients give up at once unless they are told. */
const defaultRetryAfterMs = 1000;

/** What a server answers to a request that was not taken whole. */
export type Answer =
  | { readonly kind: 'partial'; readonly partial: PartialSuccess }
  | { readonly kind: 'failed'; readonly status: Status };

/**
 * The answer that makes a client do the right thing after an error of the pipeline.
 *
 * - What may pass (refused, retryable) keeps the status from downstream if clients
 *   send again after it, else it is UNAVAILABLE; with the hint from below, or a second.
 * - A part that failed for good is partial success.
 * - What was refused for its size alone is RESOURCE_EXHAUSTED in words that clients know, without a
 *   hint: they may cut it, and must not send it again as it is.
 * - What failed for good keeps its status, or is INTERNAL: also where the status is
 *   one after which clients would send again, for ever.
 *
 * `items` is the size of the request. What is no ConsumeError is a fault of ours and thrown on.
 */
export function answerTo(error: unknown, items: number): Answer {
  if (!ConsumeError.is(error)) throw error;
  const { kind, message, retryAfterMs = defaultRetryAfterMs, rejected, status, tooLarge } = error;
  if (kind !== 'permanent') {
    const code = status?.code ?? codes.unavailable;
    const kept = isRetryable({ code, message, retryAfterMs }) ? code : codes.unavailable;
    return failed({ code: kept, message, retryAfterMs });
  }
  if (rejected !== undefined && rejected.itemCount < items) {
    return { kind: 'partial', partial: { rejected: rejected.itemCount, message } };
  }
  if (tooLarge !== undefined) return failed(statusOfTooLarge(message, tooLarge));
  const code = status?.code ?? codes.internal;
  return failed({ code: isRetryable({ code, message }) ? codes.internal : code, message });
}

function statusOfTooLarge(message: string, { maxBytes }: TooLarge): Status {
  const code = codes.resourceExhausted;
  const said = tooLargeIn({ code, message });
  // Whoever is in front reads it from the text, and the limit with it.
  if (said !== undefined && (maxBytes === undefined || said.maxBytes === maxBytes)) return { code, message };
  const limit = maxBytes === undefined ? '' : `message larger than max ${maxBytes}: `;
  return { code, message: `request too large: ${limit}${message}` };
}

/** The answer to a request that could not be read. What is no MalformedTelemetryError is thrown on. */
export function statusOfUnreadable(error: unknown): Status {
  if (!MalformedTelemetryError.is(error)) throw error;
  const { code, message } = error;
  const isTooMuch = code === 'too_many_items' || code === 'too_large';
  return isTooMuch
    ? { code: codes.resourceExhausted, message: `request too large: ${message}` }
    : { code: codes.invalidArgument, message };
}

/** The answer where the pipeline has no room, before the request was read. */
export function statusOfFull(retryAfterMs: number): Status {
  return { code: codes.unavailable, message: 'the pipeline takes no data now', retryAfterMs };
}

/** The answer to a request that was cut off while it came. */
export function statusOfCutOff(message: string): Status {
  return { code: codes.unavailable, message, retryAfterMs: defaultRetryAfterMs };
}

function failed(status: Status): Answer {
  return { kind: 'failed', status };
}
