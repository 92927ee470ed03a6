import { parseDuration, type Duration } from './duration.js';

/** Milliseconds of a time that is given as either. @throws RangeError that names the asker */
export function toMs(time: Duration | number, asker: string): number {
  const ms = typeof time === 'number' ? time : parseDuration(time);
  if (ms === undefined || !(ms >= 0) || ms === Infinity) {
    throw new RangeError(`${asker} needs a duration such as '30s', or milliseconds, got ${String(time)}`);
  }
  return ms;
}
