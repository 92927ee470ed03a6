import { GoRing } from './go-ring.js';
import { OwnRing } from './own-ring.js';
import type { Ring, RingKind } from './ring.js';
import type { Xxh64 } from './xxh64.js';

/** A ring over backends, each once and sorted. */
export function createRing(kind: RingKind, backends: readonly string[], xxh64: Xxh64): Ring {
  return kind === 'tributary' ? new OwnRing(backends, xxh64) : new GoRing(kind, backends);
}
