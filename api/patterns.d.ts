// @tributary/patterns: what the package exports, written by scripts/api.mjs.
import { z } from 'zod';

export declare function createMatcher(
  patterns: readonly string[],
  cacheSize?: number,
): (text: string) => number;
export declare function createRenamer(
  pattern: string,
  template: string,
): (text: string) => string | undefined;
export declare function pattern(): z.ZodType<string, string>;
