import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Runtime } from '@tributary/component';

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

/** Limits of the cgroup of this process: version 2, then version 1. */
const limitFiles = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Memory that this process may use: what its cgroup allows, else what the machine has. */
export async function memoryInReach(machine: Machine, fs: Pick<Runtime['fs'], 'readFile'>): Promise<number> {
  const totalBytes = machine.totalBytes();
  for (const file of limitFiles) {
    let text: string;
    try {
      text = await fs.readFile(file, 'utf8');
    } catch {
      continue; // No such cgroup, or another system: what follows still holds.
    }
    // Version 2 says "max" for no limit, version 1 a number beyond all memory.
    const limit = /^\d+\s*$/.test(text) ? Number(text) : Infinity;
    return Math.min(limit, totalBytes);
  }
  return totalBytes;
}
