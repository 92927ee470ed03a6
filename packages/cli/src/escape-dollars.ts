import { isList, type Plain } from './to-yaml.js';

/** A configuration whose texts are read back as they are: what begins a reference, or stands for another `$`, is escaped. */
export function escapeDollars(value: Plain): Plain {
  if (typeof value === 'string') return value.replaceAll('$', () => '$$');
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(escapeDollars);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapeDollars(inner)]));
}
