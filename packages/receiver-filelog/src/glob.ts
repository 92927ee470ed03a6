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
): () => readonly string[] {
  const searches = include.map(searchOf);
  const excluded = exclude.map((glob) => matcherOf(path.normalize(glob)));
  /** What was there the last time, and what it came to: mostly nothing has changed, and names need not be matched. */
  let lastNames: readonly string[] = [];
  let lastFound: readonly string[] = [];

  return () => {
    const visits: Visit[] = [];
    for (const search of searches) visit(search, search.base, 0, visits);
    const names = visits.flatMap(({ folder, files: inside }) => [folder, ...inside]);
    if (names.length === lastNames.length && names.every((name, i) => name === lastNames[i]))
      return lastFound;
    const found = new Set<string>();
    for (const { search, folder, files: inside } of visits) {
      for (const name of inside) {
        const whole = folder === '.' ? name : path.join(folder, name);
        if (search.matches(whole) && !excluded.some((matches) => matches(whole))) found.add(whole);
      }
    }
    lastNames = names;
    return (lastFound = [...found].sort());
  };

  function visit(search: Search, folder: string, depth: number, visits: Visit[]): void {
    const inside: string[] = [];
    visits.push({ search, folder, files: inside });
    for (const { name, isFolder } of listed(folder)) {
      if (!isFolder) inside.push(name);
      else if (depth < search.maxDepth) {
        visit(search, folder === '.' ? name : path.join(folder, name), depth + 1, visits);
      }
    }
  }

  function listed(folder: string): readonly Listed[] {
    try {
      return files.list(folder);
    } catch (error) {
      unreadable(folder, error);
      return [];
    }
  }
}

/** The files of a folder that a search has come through. */
interface Visit {
  readonly search: Search;
  readonly folder: string;
  readonly files: readonly string[];
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
