import type { Signal } from '@tributary/pdata';
import { z } from 'zod';
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
const typePattern = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/;
const namePattern = /^[^\p{Z}\p{C}\p{S}]+$/u;

/** Makes the factory that a `define*` function returns. */
export function createFactory(kind: ComponentKind, given: AnyDefinition): object {
  const { type, handle: makeHandle } = given;
  if (!typePattern.test(type)) {
    throw new TypeError(`type ${JSON.stringify(type)}: must be a letter and up to 62 letters, digits or _`);
  }
  assertStrict(given.config, `${kind} ${type}`);
  const supported = signals.filter((signal) => signal in given);
  const made = Object.fromEntries(supported.map((signal) => [signal, given[signal as keyof AnyDefinition]]));
  const definition = {
    kind,
    type,
    aliases: given.aliases ?? [],
    stability: given.stability ?? 'development',
    config: given.config,
    shared: given.shared,
    parts: kind === 'connector' ? {} : made,
    pairs: kind === 'connector' ? made : {},
    create: given.create,
  } as ComponentDefinition;
  const supports = supportsOf(definition, supported);

  function factory(config: unknown = {}, options: Named = {}): object {
    const id = options.name === undefined ? type : `${type}/${checkName(options.name)}`;
    const completed = completeConfig(given.config, config, [`${kind}s`, id]);
    const handle = makeHandle?.();
    const origin = options.origin ?? callSite(factory);
    // A handle may have getters: a sink's `spans` is read anew each time.
    const reference = Object.defineProperties(
      { kind, id, ...supports },
      Object.getOwnPropertyDescriptors(handle ?? {}),
    );
    return Object.freeze(declare(reference, { definition, id, config: completed, handle, origin }));
  }
  Object.defineProperty(factory, 'name', { value: type });
  return define(Object.assign(factory, { kind, type, signals: supported }), definition);
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

function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '') throw new TypeError('a name must not be empty');
  if (!namePattern.test(trimmed)) {
    throw new TypeError(`invalid character(s) in name ${JSON.stringify(name)}`);
  }
  if (Buffer.byteLength(trimmed) > 1024) throw new TypeError('a name is longer than 1024 bytes');
  return trimmed;
}

/** Where `caller` was called. The engine names it in errors. */
function callSite(caller: (...args: never[]) => unknown): Origin | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, caller);
  const match = /\n\s+at (?:.*\()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?(?:\n|$)/.exec(holder.stack ?? '');
  if (match === null) return undefined;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}
