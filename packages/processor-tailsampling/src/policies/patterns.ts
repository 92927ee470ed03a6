import { RE2JS } from 're2js';

/** What is wrong with an expression, or undefined. */
export function problemOf(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const defaultCacheSize = 128;
/** Longer texts are not remembered: the cache is bounded in bytes as well. */
const maxCachedLength = 1024;

/**
 * Looks for the first of some expressions that matches anywhere in a text; -1 where none does. They are RE2's, as
 * in the Collector, so that no text takes more than time in proportion to its length. What they said of the last
 * texts is remembered.
 */
export function createMatcher(patterns: readonly string[], cacheSize: number): (text: string) => number {
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
