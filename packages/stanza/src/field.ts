import { z } from 'zod';
import {
  emptyMap,
  isMap,
  layOver,
  layUnder,
  put,
  type Entry,
  type EntryMap,
  type EntryValue,
} from './entry.js';

/** A place in an entry: `body`, `body.a.b`, `attributes["log.file.path"]`, `resource.x`. */
export interface Field {
  /** As it was written. */
  readonly name: string;
  /** Whether it is all of the body, the attributes or the resource. */
  readonly isRoot: boolean;
  /** `undefined` where there is nothing. */
  get(entry: Entry): EntryValue | undefined;
  /**
   * Puts a value there, and the maps that lead to it. A map is laid over one that is there already. The value is the
   * entry's from then on.
   *
   * @throws Error where something else than a map is to be all attributes
   */
  set(entry: Entry, value: EntryValue): void;
  /** Takes what is there away. @returns it, `undefined` where there was nothing */
  delete(entry: Entry): EntryValue | undefined;
}

type Root = 'body' | 'attributes' | 'resource';

/** @throws Error for what is no field */
export function parseField(name: string): Field {
  const [root, ...keys] = splitPath(name);
  switch (root) {
    case 'body':
    case '$body':
    case '$':
      return createField(name, 'body', keys);
    case 'attributes':
    case '$attributes':
      return createField(name, 'attributes', keys);
    case 'resource':
    case '$resource':
      return createField(name, 'resource', keys);
    default:
      throw new Error(
        `unrecognized prefix in ${JSON.stringify(name)}: a field begins with body, attributes or resource`,
      );
  }
}

/** A zod type for a field. */
export function field(): z.ZodType<Field, string> {
  return z.string().transform((name, context) => {
    try {
      return parseField(name);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
}

const part = /(?:^|\.)([^.[\]]+)|\[(?:"([^"]*)"|'([^']*)'|([^\]"']+))\]/y;

function splitPath(name: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < name.length;) {
    part.lastIndex = at;
    const match = part.exec(name);
    if (match === null) throw new Error(`bad field ${JSON.stringify(name)}`);
    parts.push((match[1] ?? match[2] ?? match[3] ?? match[4])!);
    at += match[0].length;
  }
  return parts;
}

function createField(name: string, root: Root, keys: readonly string[]): Field {
  const last = keys.at(-1);
  if (last === undefined) return createRoot(name, root);
  const before = keys.slice(0, -1);

  function parent(entry: Entry): EntryMap | undefined {
    let map: EntryValue | undefined = entry[root];
    for (const key of before) map = isMap(map) && Object.hasOwn(map, key) ? map[key] : undefined;
    return isMap(map) ? map : undefined;
  }

  return {
    name,
    isRoot: false,
    get(entry) {
      const map = parent(entry);
      return map !== undefined && Object.hasOwn(map, last) ? map[last] : undefined;
    },
    set(entry, value) {
      let map = entry[root];
      if (!isMap(map)) map = entry[root] = emptyMap();
      for (const key of before) {
        const next: EntryValue | undefined = Object.hasOwn(map, key) ? map[key] : undefined;
        map = isMap(next) ? next : put(map, key, emptyMap());
      }
      const there = Object.hasOwn(map, last) ? map[last] : undefined;
      if (isMap(value) && isMap(there)) layOver(there, value);
      else put(map, last, value);
    },
    delete(entry) {
      const map = parent(entry);
      if (map === undefined || !Object.hasOwn(map, last)) return undefined;
      const value = map[last];
      delete map[last];
      return value;
    },
  };
}

function createRoot(name: string, root: Root): Field {
  return {
    name,
    isRoot: true,
    get: (entry) => entry[root],
    set(entry, value) {
      const there = entry[root];
      // The larger of the two is mostly the new one, and nobody else's.
      if (isMap(value) && isMap(there)) entry[root] = layUnder(value, there);
      else if (root === 'body') entry.body = value;
      else throw new Error(`cannot set ${root} root`);
    },
    delete(entry) {
      const value = entry[root];
      if (root === 'body') entry.body = null;
      else entry[root] = emptyMap();
      return value;
    },
  };
}
