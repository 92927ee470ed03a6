import type { Clock } from '@tributary/component';

const secondMs = 1000;
/** Different messages that are told apart; beyond that all are forgotten, and count as new. */
const maxMessages = 4096;

/** Says of each message whether to write it: of equal ones within a second of their first, the first ones, then every nth. */
export function createSampler(
  {
    sampling_initial: initial,
    sampling_thereafter: thereafter,
  }: {
    readonly sampling_initial: number;
    readonly sampling_thereafter: number;
  },
  clock: Clock,
): (message: string) => boolean {
  if (thereafter === 1) return () => true;
  const seen = new Map<string, { count: number; endMs: number }>();
  return (message) => {
    const nowMs = clock.monotonic();
    let entry = seen.get(message);
    if (entry === undefined) {
      if (seen.size >= maxMessages) seen.clear();
      seen.set(message, (entry = { count: 0, endMs: nowMs + secondMs }));
    } else if (nowMs >= entry.endMs) {
      entry.count = 0;
      entry.endMs = nowMs + secondMs;
    }
    const count = ++entry.count;
    if (count <= initial) return true;
    return thereafter > 0 && (count - initial) % thereafter === 0;
  };
}
