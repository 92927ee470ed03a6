/** Whether a consumer answers later. What else an arrow function may return means "done". */
export function isPromise(value: unknown): value is Promise<unknown> {
  return value !== undefined && typeof (value as { then?: unknown } | null)?.then === 'function';
}
