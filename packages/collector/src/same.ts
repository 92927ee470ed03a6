import { isDeepStrictEqual } from 'node:util';
import { declarationOf, type Declaration } from '@tributary/component';
import type { Plan, PlannedPart } from './graph.js';

/** Which components of a plan are those of another, that run. */
export interface Sameness {
  /** By part of the new plan. */
  readonly parts: ReadonlyMap<PlannedPart, PlannedPart>;
  /** By reference of the new plan: what parts share, and extensions. */
  readonly references: ReadonlyMap<object, object>;
  /** How those that stay with another config go on with it. */
  readonly adoptions: readonly (() => void)[];
}

/** Asks a part that runs whether it goes on with another config: how, or undefined. */
export type AskForAdoption = (part: PlannedPart, config: unknown) => (() => void) | undefined;

interface Declared {
  readonly reference: object;
  readonly declaration: Declaration;
}

/**
 * Two references are the same component when they are the same object, or have equal kind, id and completed
 * config and no handle: who holds a handle holds on to that object. A part of it is the same
 *
 * - of receivers and exporters, when its signal is,
 * - of connectors, when both its signals and the pipelines behind it are: they are what it chooses from,
 * - of processors, when its pipeline is. Where a pipeline holds several of one id, order decides.
 *
 * An extension in a config must itself be the same.
 *
 * A processor whose config differs is the same all the same where it says that it goes on with the new one.
 */
export function sameIn(next: Plan, before: Plan, askForAdoption: AskForAdoption = () => undefined): Sameness {
  const references = new Map<object, object>();
  const parts = new Map<PlannedPart, PlannedPart>();
  const { named: oldNamed, parts: oldParts } = listed(before);
  const { named, parts: newParts } = listed(next);

  // Extensions come first, each after those that it refers to: configs are compared by what is known of them.
  for (const [key, declared] of named) {
    const old = oldNamed.get(key);
    if (old !== undefined && isSame(declared, old)) references.set(declared.reference, old.reference);
  }
  for (const part of newParts) {
    const reference = references.get(part.reference);
    const old = oldParts.find((other) => other.reference === reference && isSamePlace(part, other));
    if (old !== undefined) parts.set(part, old);
  }
  // The same object is the same in all its pipelines; only what is left may be taken for another.
  const taken = new Set<PlannedPart>();
  const adoptions: (() => void)[] = [];
  for (const match of [isIdentical, isSame, isAdopted]) {
    for (const [id, { processors }] of next.pipelines) {
      for (const part of processors) {
        if (parts.has(part)) continue;
        const old = before.pipelines
          .get(id)
          ?.processors.find((other) => !taken.has(other) && match(part, other) && mayBeOne(part, other));
        if (old === undefined) continue;
        parts.set(part, old);
        taken.add(old);
        references.set(part.reference, old.reference);
      }
    }
  }
  return { parts, references, adoptions };

  function isSame(one: Declared, other: Declared): boolean {
    if (isIdentical(one, other)) return true;
    const { definition, id, config, handle } = one.declaration;
    const old = other.declaration;
    return (
      definition === old.definition &&
      id === old.id &&
      handle === undefined &&
      old.handle === undefined &&
      isEqual(config, old.config)
    );
  }

  function isAdopted(part: PlannedPart, old: PlannedPart): boolean {
    const { definition, id, config, handle } = part.declaration;
    if (definition !== old.declaration.definition || id !== old.declaration.id) return false;
    if (definition.shared !== undefined || handle !== undefined) return false;
    const adopt = askForAdoption(old, config);
    if (adopt !== undefined) adoptions.push(adopt);
    return adopt !== undefined;
  }

  /** What parts share goes with one object: two must not become one, nor one two. */
  function mayBeOne({ reference, declaration }: Declared, old: Declared): boolean {
    if (declaration.definition.shared === undefined) return true;
    const partner = references.get(reference);
    if (partner !== undefined) return partner === old.reference;
    return ![...references.values()].includes(old.reference);
  }

  function isEqual(one: unknown, other: unknown): boolean {
    if (Object.is(one, other)) return true;
    if (!isObject(one) || !isObject(other)) return false;
    if (isReference(one) || isReference(other)) return references.get(one) === other;
    if (Array.isArray(one) && Array.isArray(other)) {
      return one.length === other.length && one.every((value, index) => isEqual(value, other[index]));
    }
    if (!isPlain(one) || !isPlain(other)) return isDeepStrictEqual(one, other);
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].every((key) => isEqual(one[key], other[key]));
  }
}

/** What has an id of its own, extensions first, and the parts of it. */
function listed({ pipelines, extensions }: Plan): {
  readonly named: ReadonlyMap<string, Declared>;
  readonly parts: readonly PlannedPart[];
} {
  const parts = new Set<PlannedPart>();
  for (const { receivers, exporters } of pipelines.values()) {
    for (const part of [...receivers, ...exporters]) parts.add(part);
  }
  const named = [...extensions, ...parts].map(
    (each) => [`${each.declaration.definition.kind} ${each.declaration.id}`, each] as const,
  );
  return { named: new Map(named), parts: [...parts] };
}

function isSamePlace(one: PlannedPart, other: PlannedPart): boolean {
  return (
    one.signal === other.signal &&
    one.to === other.to &&
    (one.kind !== 'connector' || isDeepStrictEqual(new Set(one.feeds), new Set(other.feeds)))
  );
}

function isIdentical(one: Declared, other: Declared): boolean {
  return one.reference === other.reference;
}

function isReference(value: object): boolean {
  try {
    declarationOf(value);
    return true;
  } catch {
    // It is a section of a config like any other.
    return false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return Object.getPrototypeOf(value) === Object.prototype;
}
