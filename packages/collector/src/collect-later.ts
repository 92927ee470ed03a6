import { setFlagsFromString } from 'node:v8';

/**
 * For programs whose whole job is a collector, called once at their start: V8 collects
 * garbage less often, for a third less CPU time and some dozens of MiB more memory.
 *
 * Telemetry passes as buffers outside of V8's heap. V8 counts them as if they were
 * in it and lets the sum grow in proportion to what was alive last time; a collector's
 * heap is small, so a few requests are enough for a full collection. This makes it
 * five times instead (`npm run bench`). It sets a flag of the whole process
 * (`--heap-growing-percent`), so an embedding service decides for itself.
 */
export function collectLater(): void {
  setFlagsFromString('--heap-growing-percent=400');
}
