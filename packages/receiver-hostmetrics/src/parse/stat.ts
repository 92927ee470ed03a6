import { count, fieldsOf } from './fields.js';

/** What one CPU has spent its time with, in ticks since boot. */
export interface CpuTimes {
  /** `cpu0` */
  readonly cpu: string;
  /** Among it that of guests. */
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly wait: number;
  readonly interrupt: number;
  readonly softirq: number;
  readonly steal: number;
}

/** /proc/stat. */
export interface Stat {
  readonly cpus: readonly CpuTimes[];
  /** Seconds since the epoch; NaN where it is not said. */
  readonly bootTime: number;
  /** NaN where they are not said. */
  readonly created: number;
  readonly running: number;
  readonly blocked: number;
}

/** Reads /proc/stat. The line of all CPUs is left out, as are lines that are unknown or cut off. */
export function parseStat(bytes: Buffer): Stat {
  const cpus: CpuTimes[] = [];
  const others = { btime: NaN, processes: NaN, procs_running: NaN, procs_blocked: NaN };
  // The line `intr` has thousands of numbers on large machines: only what is wanted is looked at.
  for (const [, line] of bytes.toString('latin1').matchAll(/^((?:cpu\d|btime|processes|procs_)[^\n]*)/gm)) {
    const [name, ...values] = fieldsOf(line!);
    if (name!.startsWith('cpu')) {
      // Old kernels know neither stolen time nor that of guests.
      const [user, nice, system, idle, wait, interrupt, softirq, steal = 0] = values.map(count);
      const times = { user, nice, system, idle, wait, interrupt, softirq, steal };
      if (isComplete(times)) cpus.push({ cpu: name!, ...times });
    } else if (name! in others) others[name as keyof typeof others] = count(values[0]);
  }
  return {
    cpus,
    bootTime: others.btime,
    created: others.processes,
    running: others.procs_running,
    blocked: others.procs_blocked,
  };
}

function isComplete(
  times: Readonly<Record<keyof Omit<CpuTimes, 'cpu'>, number | undefined>>,
): times is Omit<CpuTimes, 'cpu'> {
  return Object.values(times).every((value) => value !== undefined && !Number.isNaN(value));
}
