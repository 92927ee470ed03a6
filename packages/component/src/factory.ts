import { fileURLToPath } from 'node:url';
import type { Signal } from '@tributary/pdata';
import type { z } from 'zod';
import { completeConfig } from './config-error.js';
import { declare, define, type ComponentDefinition, type ComponentKind, type Origin } from './declaration.js';
import type { Named } from './references.js';
import { assertStrict } from './strict-schema.js';

/** What `define*` is given, of whichever kind. */
interface AnyDefinition {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly stability?: ComponentDefinition['stability'];
  readonly config: z.ZodType;
  readonly shared?: unknown;
  readonly handle?: () => object;
  readonly create?: unknown;
}

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];
const commonKeys = ['type', 'aliases', 'stability', 'config', 'shared'];
const ownKeys: Readonly<Record<ComponentKind, readonly string[]>> = {
  receiver: [...signals, 'handle'],
  processor: signals,
  exporter: [...signals, 'handle'],
  connector: signals,
  extension: ['create'],
};
const typePattern = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/;
const maxNameBytes = 1024;
const namePattern = /^[^\p{Z}\p{C}\p{S}]+$/u;

/** Makes the factory that a `define*` function returns. */
export function createFactory(kind: ComponentKind, given: AnyDefinition): object {
  const { type, aliases = [], handle: makeHandle } = given;
  for (const name of [type, ...aliases]) {
    if (!typePattern.test(name)) {
      throw new TypeError(`type ${JSON.stringify(name)}: must be a letter and up to 62 letters, digits or _`);
    }
  }
  const where = `${kind} ${type}`;
  checkKeys(kind, given, where);
  assertStrict(given.config, where);
  const supported = signals.filter((signal) => signal in given);
  const made = Object.fromEntries(supported.map((signal) => [signal, given[signal as keyof AnyDefinition]]));
  const definition = Object.freeze({
    kind,
    type,
    aliases,
    stability: given.stability ?? 'development',
    config: given.config,
    shared: given.shared,
    parts: kind === 'connector' ? {} : made,
    pairs: kind === 'connector' ? made : {},
    create: given.create,
  }) as ComponentDefinition;
  const supports = supportsOf(definition, supported);

  function factory(config: unknown = {}, options: Named = {}): object {
    const spelling = options.alias ?? type;
    if (spelling !== type && !aliases.includes(spelling)) {
      throw new TypeError(`${where}: ${JSON.stringify(spelling)} is not an alias of it`);
    }
    const id = options.name === undefined ? spelling : `${spelling}/${checkName(options.name, spelling)}`;
    const completed = completeConfig(given.config, config, [`${kind}s`, id]);
    const handle = makeHandle?.();
    const origin = options.origin ?? callSite(factory);
    const reference = { kind, id, ...supports };
    if (handle !== undefined) mixIn(reference, handle, where);
    const declaration = Object.freeze({ definition, id, config: completed, handle, origin });
    return Object.freeze(declare(reference, declaration));
  }
  Object.defineProperty(factory, 'name', { value: type });
  return Object.freeze(define(Object.assign(factory, { kind, type, signals: supported }), definition));
}

/** What the compiler tells those who write TypeScript, for everybody else. */
function checkKeys(kind: ComponentKind, given: object, where: string): void {
  const known = [...commonKeys, ...ownKeys[kind]];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`${where}: unknown key ${unknown}; known are ${known.join(', ')}`);
  }
  if (kind === 'extension' ? !('create' in given) : !signals.some((signal) => signal in given)) {
    const missing = kind === 'extension' ? 'create' : 'one of traces, metrics, logs, profiles';
    throw new TypeError(`${where}: needs ${missing}`);
  }
}

/**
 * Lays the members of a handle over a reference. They keep working on the handle
 * itself: a getter is read anew each time (a sink's `spans`), a method can be
 * taken off, and an instance of a class finds its private fields.
 */
function mixIn(reference: object, handle: object, where: string): void {
  for (const [key, { value }] of membersOf(handle)) {
    if (key in reference) throw new TypeError(`${where}: a handle must not have a member ${String(key)}`);
    Object.defineProperty(reference, key, {
      enumerable: true,
      ...(typeof value === 'function'
        ? { value: value.bind(handle) as unknown }
        : { get: () => Reflect.get(handle, key) as unknown }),
    });
  }
}

/** All members, those of its classes included. */
function membersOf(handle: object): Map<PropertyKey, { readonly value?: unknown }> {
  const members = new Map<PropertyKey, { readonly value?: unknown }>();
  let owner: object | null = handle;
  while (owner !== null && owner !== Object.prototype) {
    for (const key of Reflect.ownKeys(owner)) {
      if (key === 'constructor' || members.has(key)) continue;
      members.set(key, Object.getOwnPropertyDescriptor(owner, key) ?? {});
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return members;
}

/** The keys by which the compiler and a reader of a reference see its signals. */
function supportsOf({ kind, pairs }: ComponentDefinition, supported: readonly Signal[]): object {
  const those = (list: readonly Signal[]): object => Object.fromEntries(list.map((signal) => [signal, true]));
  switch (kind) {
    case 'receiver':
      return { emits: those(supported) };
    case 'processor':
      return { processes: those(supported) };
    case 'exporter':
      return { accepts: those(supported) };
    case 'connector':
      return {
        accepts: those(supported),
        emits: those(signals.filter((to) => supported.some((from) => pairs[from]?.[to] !== undefined))),
      };
    case 'extension':
      return {};
  }
}

/** The rules of the Collector's ids for the part behind the slash. */
function checkName(name: string, type: string): string {
  const trimmed = name.trim();
  const problem =
    trimmed === ''
      ? 'the part after / should not be empty'
      : !namePattern.test(trimmed)
        ? `invalid character(s) in name ${JSON.stringify(trimmed)}`
        : Buffer.byteLength(trimmed) > maxNameBytes
          ? `the name is longer than ${maxNameBytes} bytes`
          : undefined;
  if (problem !== undefined) throw new TypeError(`in ${JSON.stringify(`${type}/${name}`)} id: ${problem}`);
  return trimmed;
}
/** Where `caller` was called. The engine names it in errors. */
function callSite(caller: (...args: never[]) => unknown): Origin | undefined {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, caller);
  // A program may have its own idea of a stack (`Error.prepareStackTrace`).
  const match = /\n\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?(?:\n|$)/.exec(String(holder.stack));
  if (match === null) return undefined;
  const [, place = '', line, column] = match;
  const file = place.startsWith('file://') ? fileURLToPath(place) : place;
  return { file, line: Number(line), column: Number(column) };
}
