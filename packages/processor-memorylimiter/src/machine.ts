import { totalmem } from 'node:os';
import type { Runtime } from '@tributary/component';

/** What the limiter measures and does outside. Real by default; a test or a simulation replaces it. */
export interface Machine {
  /**
   * Bytes that JavaScript uses: the heap, and buffers outside of it. Not the resident size of the process,
   * which does not shrink when memory is free again.
   */
  usedBytes(): number;
  /** Memory of the machine, in bytes. */
  totalBytes(): number;
  /** Collects garbage now; undefined where nobody can. */
  collectGarbage(): (() => void) | undefined;
}

export const thisMachine: Machine = {
  usedBytes() {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  totalBytes: totalmem,
  collectGarbage() {
    // There with `node --expose-gc` alone.
    const { gc } = globalThis;
    if (gc === undefined) return undefined;
    return () => {
      gc();
    };
  },
};

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
