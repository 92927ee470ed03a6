import type { Machine } from './machine.js';

/** Memory at one moment. */
export interface Reading {
  /** What JavaScript uses beyond what it used when idle, and the resident size of the idle process. */
  readonly usedBytes: number;
  readonly rssBytes: number;
}

/**
 * What the resident size of a machine has beyond what JavaScript uses, the code of Node above all: the
 * least that was seen at a start. A process that has been busy keeps memory that it does not use, and a
 * limiter that starts again must not count that.
 */
const overheads = new WeakMap<Machine, number>();

/** Reads memory on the scale of the resident size. To be made while the process is idle. */
export function createGauge(machine: Machine): () => Reading {
  machine.collectGarbage()?.();
  const idle = machine.memory();
  const overhead = Math.min(overheads.get(machine) ?? Infinity, Math.max(0, idle.rssBytes - idle.usedBytes));
  overheads.set(machine, overhead);
  return () => {
    const { usedBytes, rssBytes } = machine.memory();
    return { usedBytes: usedBytes + overhead, rssBytes };
  };
}
