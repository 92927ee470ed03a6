/** Bounds of the time between two forced collections, in milliseconds. */
export interface BackOffLimits {
  readonly minMs: number;
  /** 0: it does not grow. */
  readonly maxMs: number;
}

/** Time to stay away from a collection that frees little, so that the process can do something else. */
export interface BackOff {
  readonly ms: number;
  grow(): void;
  reset(): void;
}

/**
 * Doubles from the shortest time on, at least from a little less than one check: a
 * collection at every check would be no back-off.
 */
export function createBackOff({ minMs, maxMs }: BackOffLimits, checkMs: number): BackOff {
  const floorMs = Math.max(minMs, 0.95 * checkMs);
  let grownMs = 0;
  return {
    get ms() {
      return Math.max(minMs, grownMs);
    },
    grow() {
      grownMs = maxMs === 0 ? minMs : Math.min(Math.max(grownMs, floorMs) * 2, Math.max(maxMs, minMs));
    },
    reset() {
      grownMs = 0;
    },
  };
}
