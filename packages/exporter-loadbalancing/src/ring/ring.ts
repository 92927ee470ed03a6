/**
 * Which ring: the three generations of the Go exporter, `g3` of v0.160 and later, or our own, for fleets in which no
 * Go Collector balances beside ours.
 */
export type RingKind = 'g1' | 'g2' | 'g3' | 'tributary';

/** Assigns keys to backends, the same in every process that knows the same backends. */
export interface Ring {
  /** Each once, sorted. What `owner` says is an index in it. */
  readonly backends: readonly string[];
  /**
   * The backend of a key, -1 where there is none. `isOut` leaves backends out, as if they were not in the ring; their
   * keys spread over the others, and no other key moves.
   */
  owner(key: Uint8Array, start: number, end: number, isOut?: (backend: number) => boolean): number;
}
