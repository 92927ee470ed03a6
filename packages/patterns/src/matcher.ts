import { RE2JS } from 're2js';

const defaultCacheSize = 128;
/** Longer texts are not remembered: the cache is bounded in bytes as well. */
const maxCachedLength = 1024;

/**
 * Looks for the first of some regular expressions that matches anywhere in a text; -1 where none does. No text takes
 * more than time in proportion to its length. What was said of the last `cacheSize` texts is remembered; 0 is 128.
 *
 * @throws Error where an expression is none of RE2
 */
export function createMatcher(patterns: readonly string[], cacheSize: number = 0): (text: string) => number {
  const compiled = patterns.map((pattern) => RE2JS.compile(pattern));
  const maxEntries = cacheSize > 0 ? cacheSize : defaultCacheSize;
  const cache = new Map<string, number>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const found = compiled.findIndex((pattern) => pattern.test(text));
    if (text.length > maxCachedLength) return found;
    if (cache.size >= maxEntries) cache.delete(cache.keys().next().value!);
    cache.set(text, found);
    return found;
  };
}
