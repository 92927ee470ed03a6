import {
  definitionOf,
  type AnyFactory,
  type ComponentDefinition,
  type ComponentKind,
} from '@tributary/component';

/** A component that a configuration may name: its factory, or where to get it. */
export type ComponentEntry = AnyFactory | LazyFactory;

/**
 * A component whose package is imported when a configuration names it.
 *
 * @example
 * const lazyBatch: LazyFactory = {
 *   kind: 'processor',
 *   type: 'batch',
 *   load: async () => (await import('@tributary/processor-batch')).batch,
 * };
 */
export interface LazyFactory {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly load: () => Promise<AnyFactory>;
}

/** Kind and names stand twice, in the list and in the package; they must not drift apart. */
async function load(entry: LazyFactory): Promise<AnyFactory> {
  const factory = await entry.load();
  const given = nameOf(entry.kind, entry.type, entry.aliases);
  const { kind, type, aliases } = definitionOf(factory);
  const found = nameOf(kind, type, aliases);
  if (given !== found) throw new TypeError(`the list of components has ${given}, its package ${found}`);
  return factory;
}

function nameOf(kind: ComponentKind, type: string, aliases: readonly string[] = []): string {
  return [`${kind} ${type}`, ...aliases].join(', alias ');
}

/** What the loader calls to make a reference. */
export type Factory = (
  config: unknown,
  options: { readonly name?: string; readonly alias?: string; readonly origin: object },
) => object;

/** The components of a program, by kind and name. */
export class ComponentTable {
  readonly #entries: readonly {
    readonly kind: ComponentKind;
    readonly type: string;
    readonly names: readonly string[];
    readonly entry: ComponentEntry;
  }[];

  constructor(entries: readonly ComponentEntry[]) {
    this.#entries = entries.map((entry) => {
      const { kind, type } = entry;
      const aliases = isLazy(entry) ? entry.aliases : definitionOf(entry).aliases;
      return { kind, type, names: [type, ...(aliases ?? [])], entry };
    });
  }

  /** The component that has this type or alias. */
  find(
    kind: ComponentKind,
    name: string,
  ): { readonly type: string; readonly entry: ComponentEntry } | undefined {
    return this.#entries.find((entry) => entry.kind === kind && entry.names.includes(name));
  }

  /** All types of a kind, without aliases. */
  types(kind: ComponentKind): string[] {
    return this.#entries
      .filter((entry) => entry.kind === kind)
      .map(({ type }) => type)
      .toSorted();
  }

  /** All types of a kind, and their aliases. */
  names(kind: ComponentKind): string[] {
    return this.#entries.filter((entry) => entry.kind === kind).flatMap(({ names }) => names);
  }

  /** The kinds that have a component of this name. */
  kindsOf(name: string): ComponentKind[] {
    return this.#entries.filter(({ names }) => names.includes(name)).map(({ kind }) => kind);
  }
}

/** The factory behind an entry, and its definition. */
export async function resolve(
  entry: ComponentEntry,
): Promise<{ readonly factory: Factory; readonly definition: ComponentDefinition }> {
  const factory = isLazy(entry) ? await load(entry) : entry;
  return { factory: factory as unknown as Factory, definition: definitionOf(factory) };
}

function isLazy(entry: ComponentEntry): entry is LazyFactory {
  return 'load' in entry;
}
