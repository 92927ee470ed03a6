/** The longest time of a timer of Node, 24.8 days. For ages and grace @grpc/grpc-js takes this very number for "never". */
const longestMs = 2 ** 31 - 1;

/**
 * A time as @grpc/grpc-js may be given it. It hands times to Node's timers, which
 * fire at once where one is too long; and it makes ages longer by up to a tenth first.
 */
export function grpcTimeMs(ms: number): number {
  return ms > longestMs / 1.1 ? longestMs : ms;
}

/**
 * A deadline as it may be told to a server: those on @grpc/grpc-js take it for a
 * 32-bit number of milliseconds, and for passed where it is longer. Whole seconds,
 * since the header has no room for so many milliseconds.
 */
export function grpcDeadlineMs(ms: number): number {
  return Math.min(ms, 2_147_483_000);
}

/** A time as a socket may be given it, to which Node's HTTP server may add a second. */
export function socketTimeMs(ms: number): number {
  return Math.min(ms, longestMs - 1000);
}
