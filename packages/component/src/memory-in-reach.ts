import type { Runtime } from './runtime.js';

/** Limits of the cgroup of this process: version 2, then version 1. */
const limitFiles = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Memory that this process may use, in bytes: what its cgroup allows, else what the machine has. */
export async function memoryInReach(
  totalBytes: number,
  fs: Pick<Runtime['fs'], 'readFile'>,
): Promise<number> {
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
