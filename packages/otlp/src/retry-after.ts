/** No server means more than a day; a longer wait would be a mistake that nobody notices. */
const maxRetryAfterMs = 86_400_000;

/** `Retry-After`, in whole seconds: rounded up, so that nobody comes too early, and at least one. */
export function formatRetryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}

/**
 * Milliseconds of a `Retry-After` in seconds or as an HTTP date, at most a day;
 * `undefined` where it is neither or has passed.
 */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  // `Date.parse` takes nearly anything that has a year in it.
  const ms = /^\d+$/.test(trimmed)
    ? Number(trimmed) * 1000
    : trimmed.endsWith('GMT')
      ? Date.parse(trimmed) - now
      : NaN;
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : undefined;
}
