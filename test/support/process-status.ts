/** What Linux says of a process. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Whether this system says anything: Linux alone has `/proc`. */
export const hasProcessStatus: boolean = existsSync('/proc/self/status');

/** In MiB: `VmHWM` is the largest resident size so far, `VmRSS` the one now. */
export function residentMib(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
}

/** From here on `VmHWM` is the largest since now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Files and sockets that the process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
