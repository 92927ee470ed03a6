import { decimal, fieldsOf } from './fields.js';

/** The first three numbers of /proc/loadavg; `undefined` where they are none. */
export function parseLoad(bytes: Buffer): readonly [number, number, number] | undefined {
  const [one, five, fifteen] = fieldsOf(bytes.toString('latin1')).slice(0, 3).map(decimal);
  const isComplete = [one, five, fifteen].every((value) => value !== undefined && !Number.isNaN(value));
  return isComplete ? [one!, five!, fifteen!] : undefined;
}

/** Seconds since boot of /proc/uptime; NaN where it says none. */
export function parseUptime(bytes: Buffer): number {
  return decimal(fieldsOf(bytes.toString('latin1'))[0]);
}
