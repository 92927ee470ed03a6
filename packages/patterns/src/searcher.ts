import { RE2JS } from 're2js';

/**
 * Finds all places in a text that a regular expression matches, none within another, in order: where each begins and
 * where it ends.
 *
 * @throws Error where the expression is none of RE2
 */
export function createSearcher(pattern: string): (text: string) => Iterable<readonly [number, number]> {
  const compiled = RE2JS.compile(pattern);
  return function* (text) {
    const matcher = compiled.matcher(text);
    while (matcher.find()) yield [matcher.start(), matcher.end()];
  };
}
