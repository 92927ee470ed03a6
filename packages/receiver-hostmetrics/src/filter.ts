import { createMatcher } from '@tributary/patterns';

/** How names are compared: `strict` is the whole name, `regexp` anywhere in it. */
export type MatchType = 'strict' | 'regexp';

/** Whether a name passes. */
export type Passes = (name: string) => boolean;

/** One side of a filter, completed. */
export interface Side {
  readonly names: readonly string[];
  readonly match_type: MatchType;
  /** Of a `regexp`: names whose answer is remembered. Default 128. */
  readonly cacheSize?: number | undefined;
}

/** Passes what is included, or all where nothing says so, and is not excluded. */
export function createFilter(include: Side | undefined, exclude: Side | undefined): Passes {
  const includes = include && matcher(include);
  const excludes = exclude && matcher(exclude);
  return (name) => (includes?.(name) ?? true) && !(excludes?.(name) ?? false);
}

function matcher({ names, match_type, cacheSize }: Side): Passes {
  if (match_type === 'strict') {
    const all = new Set(names);
    return (name) => all.has(name);
  }
  const match = createMatcher(names, cacheSize);
  return (name) => match(name) >= 0;
}
