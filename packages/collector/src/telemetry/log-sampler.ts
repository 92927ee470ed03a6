import type { Entry, EntryLevel } from './log-entry.js';
import type { SamplingSettings } from './settings.js';

/** Messages share that many counters for each level: those that share one are thinned out together. */
const counters = 4096;
const levels: readonly EntryLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Says which entries to write: in each tick the first ones of a level and message, then one in so many. What
 * names dropped items always is: the lines together must name each of them.
 */
export function createSampler({ tick, initial, thereafter }: SamplingSettings): (entry: Entry) => boolean {
  const counts = new Uint32Array(levels.length * counters);
  const ends = new Float64Array(levels.length * counters);
  return ({ level, timeMs, message, fields }) => {
    if ('dropped_items' in fields) return true;
    const at = levels.indexOf(level) * counters + (hash(message) % counters);
    if (timeMs >= ends[at]!) {
      ends[at] = timeMs + tick;
      counts[at] = 0;
    }
    const count = ++counts[at]!;
    if (count <= initial) return true;
    return thereafter > 0 && (count - initial) % thereafter === 0;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
