// @tributary/patterns: what the package exports, written by scripts/api.mjs.
import { z } from 'zod';

export interface Extractor {
  readonly names: readonly string[];
  readonly extract: (text: string) => readonly string[] | undefined;
}
export declare function createExtractor(pattern: string): Extractor;
export declare function createMatcher(
  patterns: readonly string[],
  cacheSize?: number,
): (text: string) => number;
export declare function createRenamer(
  pattern: string,
  template: string,
): (text: string) => string | undefined;
export declare function createReplacer(pattern: string, template: string): (text: string) => string;
export declare function createSearcher(
  pattern: string,
): (text: string) => Iterable<readonly [number, number]>;
export declare function pattern(): z.ZodType<string, string>;
