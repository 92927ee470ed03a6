import { ConsumeError } from '@tributary/component';
import { MalformedTelemetryError } from '@tributary/pdata';
import type { PartialSuccess } from './partial-success.js';
import { codes, isRetryable, type Status } from './status.js';

/** For a client that would not send again unless it is told when. */
const defaultRetryAfterMs = 1000;

/** What a server answers to a request that was not taken whole. */
export type Answer =
  | { readonly kind: 'partial'; readonly partial: PartialSuccess }
  | { readonly kind: 'failed'; readonly status: Status };

/**
 * The answer that makes a client do the right thing after an error of the pipeline.
 *
 * - What may pass (refused, retryable) keeps the status from downstream if clients
 *   send again after it, else it is UNAVAILABLE; the hint goes along.
 * - A part that failed for good is partial success.
 * - What failed for good keeps its status, or is INTERNAL: also where the status is
 *   one after which clients would send again, for ever.
 *
 * `items` is the size of the request.
 */
export function answerTo(error: unknown, items: number): Answer {
  if (!ConsumeError.is(error)) {
    return { kind: 'failed', status: { code: codes.internal, message: messageOf(error) } };
  }
  const { kind, message, retryAfterMs, rejected, status } = error;
  if (kind !== 'permanent') {
    const code = status?.code ?? codes.unavailable;
    if (code === codes.resourceExhausted) {
      return failed({ code, message, retryAfterMs: retryAfterMs ?? defaultRetryAfterMs });
    }
    const kept = isRetryable({ code, message }) ? code : codes.unavailable;
    return failed({ code: kept, message, retryAfterMs });
  }
  if (rejected !== undefined && rejected.itemCount < items) {
    return { kind: 'partial', partial: { rejected: rejected.itemCount, message } };
  }
  const code = status?.code ?? codes.internal;
  return failed({ code: isRetryable({ code, message }) ? codes.internal : code, message });
}

/** The answer to a request that could not be read. */
export function statusOfUnreadable(error: unknown): Status {
  const message = messageOf(error);
  if (!MalformedTelemetryError.is(error)) return { code: codes.internal, message };
  const isTooMuch = error.code === 'too_many_items' || error.code === 'too_large';
  return { code: isTooMuch ? codes.resourceExhausted : codes.invalidArgument, message };
}

/** The answer where the pipeline has no room, before the request was read. */
export function statusOfFull(retryAfterMs: number): Status {
  return { code: codes.unavailable, message: 'the pipeline takes no data now', retryAfterMs };
}

function failed(status: Status): Answer {
  return { kind: 'failed', status };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
