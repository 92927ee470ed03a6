import { parseDuration, type Duration } from '@tributary/component';

/** Milliseconds of what a test gives as a time. @throws RangeError that names the asker */
export function toMs(time: Duration | number, asker: string): number {
  const ms = typeof time === 'number' ? time : parseDuration(time);
  if (ms === undefined || !(ms >= 0) || ms === Infinity) {
    throw new RangeError(`${asker} needs a duration such as '30s', or milliseconds, got ${String(time)}`);
  }
  return ms;
}
