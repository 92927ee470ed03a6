/** As client-go waits between two attempts to list or to watch. */
const firstMs = 800;
const maxMs = 30_000;

/** Waits that double, with as much again by chance, so that the pods of a cluster do not come back together. */
export interface Backoff {
  nextMs(): number;
  reset(): void;
}

export function createBackoff(random: () => number): Backoff {
  let baseMs = firstMs;
  return {
    nextMs() {
      const ms = baseMs * (1 + random());
      baseMs = Math.min(baseMs * 2, maxMs);
      return ms;
    },
    reset() {
      baseMs = firstMs;
    },
  };
}
