import path from 'node:path';
import picomatch from 'picomatch';
import type { Listed, LogFiles } from './files.js';

/** What is wrong with a glob; `undefined` where nothing is. */
export function globProblem(glob: string): string | undefined {
  if (glob === '') return 'it is empty';
  const open = { '[': 0, '{': 0 };
  for (let i = 0; i < glob.length; i++) {
    const character = glob[i]!;
    if (character === '\\') i++;
    else if (character === '[' && open['['] === 0) open['[']++;
    else if (character === ']' && open['['] > 0) open['[']--;
    else if (open['['] > 0) continue;
    else if (character === '{') open['{']++;
    else if (character === '}' && --open['{'] < 0) return 'syntax error in pattern';
  }
  return open['['] + open['{'] > 0 ? 'syntax error in pattern' : undefined;
}

const options = { dot: true, nonegate: true, noextglob: true, noquantifiers: true } as const;

/** A glob, ready to be looked for. */
interface Search {
  /** The folder below which all matches lie. */
  readonly base: string;
  readonly matches: (file: string) => boolean;
  /** Folders below `base` that may have matches; without a limit where the glob has `**`. */
  readonly maxDepth: number;
}

/** Finds the files that some globs match and others do not. Each once, sorted by name. Tells of what it may not read. */
export function createFinder(
  include: readonly string[],
  exclude: readonly string[],
  files: Pick<LogFiles, 'list'>,
  unreadable: (folder: string, error: unknown) => void,
): () => string[] {
  const searches = include.map(searchOf);
  const excluded = exclude.map((glob) => matcherOf(path.normalize(glob)));

  return () => {
    const found = new Set<string>();
    for (const search of searches) collect(search, search.base, 0, found);
    return [...found].filter((file) => !excluded.some((matches) => matches(file))).sort();
  };

  function listed(folder: string): readonly Listed[] {
    try {
      return files.list(folder);
    } catch (error) {
      unreadable(folder, error);
      return [];
    }
  }

  function collect(search: Search, folder: string, depth: number, found: Set<string>): void {
    for (const { name, isFolder } of listed(folder)) {
      const whole = folder === '.' ? name : path.join(folder, name);
      if (isFolder) {
        if (depth < search.maxDepth) collect(search, whole, depth + 1, found);
      } else if (search.matches(whole)) found.add(whole);
    }
  }
}

function matcherOf(glob: string): (file: string) => boolean {
  // Both ways to turn a class round are known to the Collector, and one of them here.
  return picomatch(glob.replaceAll('[!', '[^'), options);
}

function searchOf(glob: string): Search {
  const normal = path.normalize(glob);
  const parts = normal.split(path.sep);
  const magic = parts.findIndex((part) => /[*?[\]{}\\]/.test(part));
  // The last part is the name of the file, magic or not.
  const first = magic < 0 ? parts.length - 1 : Math.min(magic, parts.length - 1);
  const base = parts.slice(0, first).join(path.sep);
  const rest = parts.slice(first);
  return {
    base: base === '' ? (path.isAbsolute(normal) ? path.sep : '.') : base,
    matches: matcherOf(normal),
    // An alternative may have folders of its own: `{a,b/c}`.
    maxDepth: rest.some((part) => part.includes('**') || /[{}]/.test(part)) ? Infinity : rest.length - 1,
  };
}
