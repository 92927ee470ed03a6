import type { Clock } from '@tributary/component';

const secondMs = 1000;
/** Different messages that are told apart in a second; what comes above counts as new. */
const maxMessages = 4096;

/** Says of each message whether to write it: of equal ones in a second the first, then every nth. */
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
  const counts = new Map<string, number>();
  let endMs = -Infinity;
  return (message) => {
    const nowMs = clock.monotonic();
    if (nowMs >= endMs) {
      counts.clear();
      endMs = nowMs + secondMs;
    }
    const count = (counts.get(message) ?? 0) + 1;
    if (count > 1 || counts.size < maxMessages) counts.set(message, count);
    if (count <= initial) return true;
    return thereafter > 0 && (count - initial) % thereafter === 0;
  };
}
