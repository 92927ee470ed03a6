import { nearest } from '@tributary/component';
import type { z } from 'zod';

/** A list that is longer says nothing to a reader. */
const maxListed = 12;
/** A shorter beginning may be that of anything. */
const minPart = 4;
/** No config is deeper; a schema that contains itself is. */
const maxDepth = 8;

/** What was probably meant by a name, or else all there is. */
export function hintOf(name: string, candidates: readonly string[]): string | undefined {
  // Text that comes from a web page may have them; they look like an indentation and are part of the key.
  if (/^[^\S ]/u.test(name)) return 'it begins with a space of another kind: indent with the space bar';
  const meant = meantBy(name, candidates);
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (candidates.length === 0 || candidates.length > maxListed) return undefined;
  return candidates.length === 1 ? `the only one is ${candidates[0]}` : `known are ${candidates.join(', ')}`;
}

/** `did you mean …?`, where a candidate is near. */
export function nearestHint(name: string, candidates: readonly string[]): string | undefined {
  const meant = meantBy(name, candidates);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

/** The candidate that a name was probably meant to be: misspelt, or half of it. */
export function meantBy(name: string, candidates: readonly string[]): string | undefined {
  const near = nearest(name, candidates);
  const begun = name.length < minPart ? [] : candidates.filter((candidate) => candidate.startsWith(name));
  if (begun.length > 0) return begun.reduce((a, b) => (b.length < a.length ? b : a));
  return near ?? candidates.find((candidate) => name.startsWith(`${candidate}_`));
}

/**
 * Where a key belongs that stands in the wrong section: `queue_size` beside `sending_queue`. `above`
 * are the keys from the top of `schema` to where it stands.
 */
export function homeOf(
  key: string,
  above: readonly (string | number)[],
  schema: z.ZodType,
): string | undefined {
  const homes = homesOf(key, schema);
  const shared = (home: readonly string[]): number => {
    const differs = home.findIndex((step, index) => step !== above[index]);
    return differs < 0 ? home.length : differs;
  };
  // The nearest: the longest way that both have in common, then the shortest from there.
  const [nearestHome] = homes.toSorted((a, b) => shared(b) - shared(a) || a.length - b.length);
  if (nearestHome === undefined) return undefined;
  if (nearestHome.length > 0) return `into ${nearestHome.join('.')}`;
  return above.length === 1 ? 'one level further out' : 'out to the top';
}

/** Whether the section to which `way` leads can be switched on and off from within. */
export function canBeOff(way: readonly (string | number)[], schema: z.ZodType): boolean {
  return homesOf('enabled', schema).some(
    (home) => home.length === way.length && home.every((step, index) => step === way[index]),
  );
}

/** The sections of a schema that have a key, by the keys that lead to each. */
function homesOf(key: string, root: z.ZodType): string[][] {
  const found: string[][] = [];
  function visit(schema: z.ZodType, way: readonly string[], depth: number): void {
    if (depth > maxDepth) return;
    if (key === 'enabled' && schema.meta()?.['canBeOff'] === true) found.push([...way]);
    const { shape, innerType, in: input, out, options, getter } = schema._zod.def as Definition;
    if (shape !== undefined) {
      // What is refused by name is no home.
      if (Object.hasOwn(shape, key) && !isRefused(shape[key]!)) found.push([...way]);
      for (const [name, inner] of Object.entries(shape)) visit(inner, [...way, name], depth + 1);
    }
    // Not into lists: there is no way that keys alone could name.
    const inner = [innerType, input, out, getter?.(), ...(options ?? [])];
    for (const part of inner) if (part !== undefined) visit(part, way, depth + 1);
  }
  visit(root, [], 0);
  return found;
}

function isRefused(schema: z.ZodType): boolean {
  const { innerType, type } = schema._zod.def as Definition & { readonly type: string };
  return type === 'undefined' || (innerType !== undefined && isRefused(innerType));
}

/** The parts of zod's definitions that hold other schemas. */
interface Definition {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly getter?: () => z.ZodType;
}
