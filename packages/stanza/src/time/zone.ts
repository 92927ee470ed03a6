/** How far a zone is ahead of UTC at a moment, in milliseconds. */
export type Zone = (localMs: number) => number;

export const utc: Zone = () => 0;

/** The zone of this process. */
export const local: Zone = (localMs) => {
  const date = new Date(localMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const meant = new Date(year, month, day, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds());
  return localMs - date.getUTCMilliseconds() - meant.getTime();
};

/** Moments of which the offset is remembered: one for each quarter of an hour of a month. */
const maxRemembered = 3_000;
const quarterMs = 900_000;

/** A zone by its name at the IANA. @throws RangeError for one that there is not */
export function zoneOf(name: string): Zone {
  if (name === 'UTC' || name === '') return utc;
  if (name === 'Local') return local;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  const remembered = new Map<number, number>();

  function offsetAt(utcMs: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(utcMs)) parts[type] = value;
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
    const shown = Date.UTC(
      year,
      Number(parts['month']) - 1,
      Number(parts['day']),
      Number(parts['hour']),
      Number(parts['minute']),
      Number(parts['second']),
    );
    return shown - Math.floor(utcMs / 1000) * 1000;
  }

  return (localMs) => {
    // Zones change their offset at quarters of an hour.
    const quarter = Math.floor(localMs / quarterMs);
    const known = remembered.get(quarter);
    if (known !== undefined) return known;
    // What is skipped in spring and what comes twice in autumn is taken as the time before the change.
    const first = offsetAt(localMs - offsetAt(localMs));
    const offset = offsetAt(localMs - first) === first ? first : offsetAt(localMs - first);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(quarter, offset);
    return offset;
  };
}
