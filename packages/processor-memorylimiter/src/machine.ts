import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the limiter measures and does outside. Real by default; a test or a simulation replaces it. */
export interface Machine {
  memory(): MemoryUse;
  /** Memory of the machine, in bytes. */
  totalBytes(): number;
  /** Collects garbage now, all of it; undefined where nobody can. */
  collectGarbage(): (() => void) | undefined;
}

/** Memory of the process. */
export interface MemoryUse {
  /** What JavaScript uses, live or not collected yet: the heap, and buffers outside of it. */
  readonly usedBytes: number;
  /** What the process has of the system. It does not shrink when memory is free again. */
  readonly rssBytes: number;
}

export const thisMachine: Machine = {
  memory() {
    // V8 takes freed buffers off `external` when the next one is made.
    new ArrayBuffer(1);
    const { heapUsed, external, rss } = process.memoryUsage();
    return { usedBytes: heapUsed + external, rssBytes: rss };
  },
  totalBytes: totalmem,
  collectGarbage: () =>
    (collectGarbage ??= findCollector() ?? 'none') === 'none' ? undefined : collectGarbage,
};

let collectGarbage: (() => void) | 'none' | undefined;

/**
 * `gc` is there under `node --expose-gc`, and in every context that is made while the flag is set.
 *
 * V8 frees buffers beside the program and counts them as used until the next collection has begun:
 * hence a short one behind the full one (Node 20 and 24 alike).
 */
function findCollector(): (() => void) | undefined {
  const gc = globalThis.gc ?? gcOfNewContext();
  if (typeof gc !== 'function') return undefined;
  return () => {
    gc();
    gc({ type: 'minor' });
  };
}

function gcOfNewContext(): typeof globalThis.gc {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('globalThis.gc') as typeof globalThis.gc;
  setFlagsFromString('--no-expose-gc');
  return gc;
}
