/** `Retry-After`, in whole seconds: rounded up, so that nobody comes too early, and at least one. */
export function formatRetryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}

/** Milliseconds of a `Retry-After` in seconds or as a date; `undefined` where it is neither or lies in the past. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? ms : undefined;
}
