import type { ComponentDefinition, ComponentKind } from '@tributary/component';
import { resolve, type ComponentTable, type Factory } from './components.js';
import { decode } from './decode.js';
import type { Diagnostic } from './diagnostic.js';
import { hintOfId, parseId, type Id } from './ids.js';
import { isKnownToCollector } from './known-components.js';
import { originAt } from './position.js';
import { keyDiagnostic, nodeDiagnostic, redacted } from './problem.js';
import { hintOf, nearestHint } from './suggest.js';
import type { MapEntry, MapNode, ScalarNode } from './tree.js';
import { isNull, nodeWords } from './words.js';

/** A component of a configuration. */
export interface Instance {
  readonly kind: ComponentKind;
  readonly id: Id;
  /** The key that its config stands behind. */
  readonly entry: MapEntry;
  readonly path: readonly string[];
  /** Undefined where the component or its config is wrong, which has been told. */
  reference: object | undefined;
  /** As code would write it. */
  config: unknown;
  definition: ComponentDefinition | undefined;
  /** A pipeline, the list of extensions or another component's config names it. */
  isUsed: boolean;
}

/** The components of a configuration. */
export interface Configured {
  /** By kind, and then by id. */
  readonly instances: Readonly<Record<ComponentKind, ReadonlyMap<string, Instance>>>;
  /** Whether what keeps a name from standing for a component has been told where it is configured. */
  readonly isTold: (kind: ComponentKind, name: string) => boolean;
  /** The kinds that have components of a type, configured or not. */
  readonly kindsOfType: (type: string) => readonly ComponentKind[];
}

/** In the order in which they are told. */
export const kinds: readonly ComponentKind[] = [
  'receiver',
  'processor',
  'exporter',
  'connector',
  'extension',
];

/** A component to be decoded: its factory is there. */
interface Loaded {
  readonly factory: Factory;
  readonly definition: ComponentDefinition;
}

/**
 * Makes a reference of every component that a configuration has; tells what is wrong. `misspelt` are the
 * sections that stand there under a name that is none.
 */
export function loadInstances(
  root: MapNode,
  table: ComponentTable,
  misspelt: ReadonlySet<string>,
  diagnostics: Diagnostic[],
): Promise<Configured> {
  return new Loader(table, misspelt, diagnostics).load(root);
}

class Loader {
  readonly #table: ComponentTable;
  readonly #diagnostics: Diagnostic[];
  readonly #loaded = new Map<Instance, Loaded>();
  /** Extensions that are being decoded: one that names itself by way of others is told once. */
  readonly #under = new Set<Instance>();
  readonly #decoded = new Set<Instance>();
  #extensions: ReadonlyMap<string, Instance> = new Map();

  /** Keys that are no ids, behind their kind; of a section that cannot be read, the kind alone. */
  readonly #told = new Set<string>();

  constructor(table: ComponentTable, misspelt: ReadonlySet<string>, diagnostics: Diagnostic[]) {
    this.#table = table;
    for (const kind of kinds) if (misspelt.has(`${kind}s`)) this.#told.add(kind);
    this.#diagnostics = diagnostics;
  }

  async load(root: MapNode): Promise<Configured> {
    const found = Object.fromEntries(kinds.map((kind) => [kind, this.#section(root, kind)])) as Record<
      ComponentKind,
      Map<string, Instance>
    >;
    const all = kinds.flatMap((kind) => [...found[kind].values()]);
    await Promise.all(all.map((instance) => this.#load(instance)));
    this.#extensions = found.extension;
    for (const instance of all) this.#decode(instance);
    return {
      instances: found,
      isTold: (kind, name) => this.#told.has(kind) || this.#told.has(`${kind} ${name}`),
      kindsOfType: (type) => this.#table.kindsOf(type),
    };
  }

  #section(root: MapNode, kind: ComponentKind): Map<string, Instance> {
    const section = `${kind}s`;
    const instances = new Map<string, Instance>();
    const node = root.entries.get(section)?.node;
    if (node === undefined || isNull(node)) return instances;
    if (node.kind !== 'map') {
      const message = `must be a map of ${kind} ids to their settings, got ${nodeWords(node)}`;
      this.#diagnostics.push(nodeDiagnostic(node, 'wrong-type', [section], message));
      this.#told.add(kind);
      return instances;
    }
    for (const [text, entry] of node.entries) {
      const path = [section, text];
      const id = parseId(text);
      if (typeof id === 'string') {
        this.#diagnostics.push({
          ...keyDiagnostic(entry.key, entry.node, 'invalid-id', path, id),
          hint: this.#idHint(kind, text),
        });
        this.#told.add(`${kind} ${text.trim()}`);
        continue;
      }
      const other = instances.get(id.text);
      if (other !== undefined) {
        const message = `duplicate name ${JSON.stringify(text)}: another key is the id ${id.text}, too`;
        const duplicate = keyDiagnostic(entry.key, entry.node, 'duplicate-id', path, message);
        this.#diagnostics.push({
          ...duplicate,
          related: [...(duplicate.related ?? []), { message: 'the other key', place: other.entry.key }],
        });
        continue;
      }
      instances.set(id.text, {
        kind,
        id,
        entry,
        path,
        reference: undefined,
        config: undefined,
        definition: undefined,
        isUsed: false,
      });
    }
    return instances;
  }

  /** `otlp-grpc` is `otlp_grpc`, and `debug-verbose` is `debug/verbose`. */
  #idHint(kind: ComponentKind, text: string): string | undefined {
    const [before = '', behind] = text.split('/');
    // Behind a type that there is, the mistake is in the name.
    if (behind !== undefined && this.#table.find(kind, before.trim()) !== undefined) {
      return hintOfId(text) ?? `did you mean ${before.trim()}?`;
    }
    const near = nearestHint(text, this.#table.names(kind));
    const [, type = '', name = ''] = /^([a-z][a-z0-9_]*)[-.: ](.+)$/i.exec(text) ?? [];
    return (
      near ??
      (this.#table.find(kind, type) === undefined ? hintOfId(text) : `did you mean ${type}/${name.trim()}?`)
    );
  }

  async #load(instance: Instance): Promise<void> {
    const { kind, id, entry, path } = instance;
    const found = this.#table.find(kind, id.type);
    if (found === undefined) return void this.#diagnostics.push(this.#unknown(instance));
    try {
      const loaded = await resolve(found.entry);
      this.#loaded.set(instance, loaded);
      instance.definition = loaded.definition;
    } catch (error) {
      const message = `the package of this ${kind} could not be loaded: ${(error as Error).message}`;
      this.#diagnostics.push(keyDiagnostic(entry.key, entry.node, 'broken-component', path, message));
    }
  }

  #unknown({ kind, id, entry, path }: Instance): Diagnostic {
    const types = this.#table.types(kind);
    const of = (
      code: 'unknown-component' | 'unavailable-component',
      message: string,
      hint?: string,
    ): Diagnostic => ({
      ...keyDiagnostic(entry.key, entry.node, code, path, message),
      hint,
    });
    if (isKnownToCollector(kind, id.type)) {
      return of(
        'unavailable-component',
        `the ${kind} ${id.type} of the Collector does not exist here`,
        'remove it, here and where it is listed',
      );
    }
    const others = this.#table.kindsOf(id.type);
    if (others.length > 0) {
      const hint = `${id.type} is of kind ${others.join(' and ')}: move it to ${others.map((other) => `${other}s`).join(' or ')}`;
      return of(
        'unknown-component',
        `unknown type: "${id.type}" for id: "${id.text}": there is no such ${kind}`,
        hint,
      );
    }
    if (id.type === 'logging') {
      return of(
        'unknown-component',
        'the logging exporter has been deprecated, use the debug exporter instead',
        'debug has "verbosity" in place of "loglevel"',
      );
    }
    const hint = hintOf(id.type, types);
    return of('unknown-component', `unknown type: "${id.type}" for id: "${id.text}"`, hint);
  }

  #decode(instance: Instance): void {
    const loaded = this.#loaded.get(instance);
    if (loaded === undefined || this.#decoded.has(instance)) return;
    this.#decoded.add(instance);
    this.#under.add(instance);
    const { factory, definition } = loaded;
    const { id, path, entry } = instance;
    const decoded = decode(entry.node, {
      path,
      key: entry.key,
      schema: definition.config,
      extension: (node, at) => this.#extension(node, at),
    });
    if (decoded.diagnostics === undefined) {
      instance.config = decoded.value;
      instance.reference = factory(decoded.value, {
        ...(id.name !== undefined && { name: id.name }),
        alias: id.type,
        origin: originAt(entry.key),
      });
    } else this.#diagnostics.push(...decoded.diagnostics);
    this.#under.delete(instance);
  }

  /** The extension that a config names. */
  #extension(node: ScalarNode, path: readonly (string | number)[]): object | undefined {
    const refuse = (message: string, hint?: string): undefined => {
      this.#diagnostics.push(nodeDiagnostic(node, 'undefined-extension', path, message, hint));
    };
    const id = parseId(node.text);
    if (typeof id === 'string') return refuse(node.isSecret === true ? 'must be the id of an extension' : id);
    const instance = this.#extensions.get(id.text);
    if (instance === undefined) {
      const shown = node.isSecret === true ? redacted : id.text;
      const message = `references extension "${shown}" which is not configured`;
      return refuse(message, nearestHint(id.text, [...this.#extensions.keys()]));
    }
    instance.isUsed = true;
    if (this.#under.has(instance)) {
      return refuse('the extension needs itself, directly or through others');
    }
    this.#decode(instance);
    return instance.reference;
  }
}
