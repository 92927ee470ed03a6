import { ConsumeError } from '@tributary/component';
import { isRetryable, type Status } from './status.js';

/** The error of a request that a peer answered with a status. */
export function failureOf(status: Status, cause?: unknown): ConsumeError {
  const { code, message, retryAfterMs } = status;
  const kind = isRetryable(status) ? 'retryable' : 'permanent';
  return new ConsumeError(kind, message, {
    ...(cause !== undefined && { cause }),
    retryAfterMs: kind === 'retryable' ? retryAfterMs : undefined,
    status: { code, message },
  });
}
