import { z } from 'zod';

/** How names are compared: `strict` is the whole name, `regexp` anywhere in it. */
export type MatchType = 'strict' | 'regexp';

/** Whether a name passes. */
export type Passes = (name: string) => boolean;

/** One side of a filter, completed. */
export interface Side {
  readonly names: readonly string[];
  readonly match_type: MatchType;
}

/** Passes what is included, or all where nothing says so, and is not excluded. */
export function createFilter(include: Side | undefined, exclude: Side | undefined): Passes {
  const includes = include && matcher(include);
  const excludes = exclude && matcher(exclude);
  return (name) => (includes?.(name) ?? true) && !(excludes?.(name) ?? false);
}

function matcher({ names, match_type }: Side): Passes {
  if (match_type === 'strict') {
    const all = new Set(names);
    return (name) => all.has(name);
  }
  const patterns = names.map(regExp);
  return (name) => patterns.some((pattern) => pattern.test(name));
}

/** A pattern of RE2: the flags of all of it stand at its beginning, and `\A` and `\z` are its ends. */
function regExp(pattern: string): RegExp {
  const [, flags, rest] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern)!;
  const translated = rest!
    .replaceAll('(?P<', '(?<')
    .replace(/\\([\s\S])/g, (escape, letter: string) => ({ A: '^', z: '$' })[letter] ?? escape);
  return new RegExp(translated, flags);
}

/** A pattern that JavaScript takes and RE2 has, too. */
export function pattern(): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    const foreign = /\(\?[=!]|\(\?<[=!]|\\[1-9]|\\k</.exec(text)?.[0];
    try {
      if (foreign !== undefined) throw new Error(`${foreign} is no part of RE2`);
      regExp(text);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `invalid regular expression ${JSON.stringify(text)}: ${(error as Error).message}`,
      });
    }
  });
}
