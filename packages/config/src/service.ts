import {
  checkPipelines,
  type CollectorOptions,
  type GraphProblem,
  telemetrySchema,
} from '@tributary/collector';
import { declarationOf, type ComponentKind } from '@tributary/component';
import { decode } from './decode.js';
import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import { hintOfId, hintOfListedId, parseId, type Id } from './ids.js';
import { kinds, type Configured, type Instance } from './instances.js';
import { keyDiagnostic, nodeDiagnostic, redacted } from './problem.js';
import { hintOf, meantBy } from './suggest.js';
import type { ConfigNode, MapEntry, MapNode } from './tree.js';
import { isNull, nodeWords } from './words.js';

type Path = readonly (string | number)[];
type ListName = 'receivers' | 'processors' | 'exporters';

/** The keys of the section `service`. */
export const serviceKeys: readonly string[] = ['extensions', 'pipelines', 'telemetry'];
const listNames: readonly ListName[] = ['receivers', 'processors', 'exporters'];
const signals = ['traces', 'metrics', 'logs', 'profiles'];

/** An id in a list, and what it stands for. */
interface Item {
  readonly node: ConfigNode;
  readonly path: Path;
  readonly instance: Instance;
}
interface WrittenPipeline {
  readonly id: string;
  readonly entry: MapEntry;
  readonly path: Path;
  readonly items: Readonly<Record<ListName, readonly Item[]>>;
}

/**
 * Puts the section `service` together. What is wrong is added to the diagnostics; then the options are of
 * no use. `misspelt` are the sections that stand there under a name that is none.
 */
export function buildService(
  root: MapNode,
  configured: Configured,
  misspelt: ReadonlySet<string>,
  diagnostics: Diagnostic[],
): CollectorOptions {
  return new Service(configured, misspelt, diagnostics).build(root);
}

class Service {
  readonly #configured: Configured;
  readonly #misspelt: ReadonlySet<string>;
  readonly #diagnostics: Diagnostic[];
  /** Something that a list names is not there, which has been told: the graph has holes. */
  #hasHoles = false;

  constructor(configured: Configured, misspelt: ReadonlySet<string>, diagnostics: Diagnostic[]) {
    this.#configured = configured;
    this.#misspelt = misspelt;
    this.#diagnostics = diagnostics;
  }

  build(root: MapNode): CollectorOptions {
    this.#missingSections(root);
    this.#ambiguousIds();
    const service = root.entries.get('service');
    const node = this.#map(service?.node, ['service']);
    const isReadable = node !== undefined || service === undefined || isNull(service.node);
    const meant = this.#unknownKeys(node, ['service'], serviceKeys);
    const isMisspelt = meant.has('pipelines') || this.#misspelt.has('pipelines');
    const telemetry = this.#telemetry(node?.entries.get('telemetry'));
    const listed = node?.entries.get('extensions');
    const extensions = this.#items(listed?.node, ['service', 'extensions'], ['extension']);
    this.#duplicates(extensions, 'warning');
    const written = node?.entries.get('pipelines');
    const pipelines = isReadable && !isMisspelt ? this.#pipelines(written, service) : [];

    const options = {
      pipelines: Object.fromEntries(
        pipelines
          .map(({ id, items }) => [id, referencesOf(items)] as const)
          .filter(([, { receivers, exporters }]) => receivers.length > 0 && exporters.length > 0),
      ),
      ...(extensions.length > 0 && { extensions: extensions.flatMap(referenceOf) }),
      ...(telemetry !== undefined && { telemetry }),
    } as unknown as CollectorOptions;
    if (Object.keys(options.pipelines).length > 0) {
      for (const problem of checkPipelines(options)) this.#graphProblem(problem, pipelines, written);
    }
    return options;
  }

  #missingSections(root: MapNode): void {
    for (const kind of ['receiver', 'exporter'] as const) {
      const section = `${kind}s`;
      const entry = root.entries.get(section);
      const isEmpty =
        entry === undefined ||
        isNull(entry.node) ||
        (entry.node.kind === 'map' && entry.node.entries.size === 0);
      if (isEmpty && !this.#misspelt.has(section)) {
        this.#tell('missing-section', entry, [section], `no ${kind} configuration specified in config`);
      }
    }
  }

  #ambiguousIds(): void {
    for (const [id, { entry, path }] of this.#configured.instances.connector) {
      for (const kind of ['exporter', 'receiver'] as const) {
        const other = this.#configured.instances[kind].get(id);
        if (other === undefined) continue;
        this.#hasHoles = true;
        const message =
          `ambiguous ID: Found both "${id}" ${kind} and "${id}" connector. ` +
          "Change one of the components' IDs to eliminate ambiguity";
        const found = keyDiagnostic(entry.key, entry.node, 'ambiguous-id', path, message);
        this.#diagnostics.push({
          ...found,
          hint: `rename the connector, for example to "${id}/connector"`,
          related: [...(found.related ?? []), { message: `the ${kind}`, place: other.entry.key }],
        });
      }
    }
  }

  /** A map; undefined where there is none, and told where there is something else. */
  #map(node: ConfigNode | undefined, path: Path): MapNode | undefined {
    if (node === undefined || isNull(node)) return undefined;
    if (node.kind === 'map') return node;
    this.#diagnostics.push(nodeDiagnostic(node, 'wrong-type', path, `must be a map, got ${nodeWords(node)}`));
    return undefined;
  }

  /** Tells of keys that do not exist; returns those that were meant. */
  #unknownKeys(node: MapNode | undefined, path: Path, known: readonly string[]): Set<string | undefined> {
    const meant = new Set<string | undefined>();
    for (const [name, { key, node: value }] of node?.entries ?? []) {
      if (known.includes(name)) continue;
      const found = keyDiagnostic(key, value, 'unknown-key', [...path, name], 'unknown key');
      this.#diagnostics.push({ ...found, hint: hintOf(name, known) });
      meant.add(meantBy(name, known));
    }
    return meant;
  }

  #telemetry(entry: MapEntry | undefined): unknown {
    if (entry === undefined || isNull(entry.node)) return undefined;
    const decoded = decode(entry.node, {
      path: ['service', 'telemetry'],
      key: entry.key,
      schema: telemetrySchema,
      extension: () => undefined,
    });
    if (decoded.diagnostics === undefined) return decoded.value;
    this.#diagnostics.push(...decoded.diagnostics);
    return undefined;
  }

  #pipelines(entry: MapEntry | undefined, service: MapEntry | undefined): WrittenPipeline[] {
    const path = ['service', 'pipelines'];
    const section = this.#map(entry?.node, path);
    if (section !== undefined && section.entries.size > 0) {
      const ids = new Map<string, MapEntry>();
      return [...section.entries].flatMap(([key, written]) => this.#pipeline(key, written, ids));
    }
    const isMissing = section !== undefined || entry === undefined || isNull(entry.node);
    const hint = 'such as "pipelines: { traces: { receivers: [otlp], exporters: [debug] } }"';
    if (isMissing) {
      this.#tell('missing-section', entry ?? service, path, 'service must have at least one pipeline', hint);
    }
    return [];
  }

  #pipeline(key: string, entry: MapEntry, ids: Map<string, MapEntry>): WrittenPipeline[] {
    const path = ['service', 'pipelines', key];
    const id = parseId(key);
    if (typeof id === 'string') {
      this.#tell('invalid-id', entry, path, id, pipelineHint(key));
      return [];
    }
    if (!signals.includes(id.type)) {
      const hint = hintOf(id.type, signals);
      this.#tell('unknown-signal', entry, path, `unknown pipeline signal: "${id.type}"`, hint);
      return [];
    }
    if (ids.has(id.text)) {
      this.#tell(
        'duplicate-id',
        entry,
        path,
        `duplicate name ${JSON.stringify(key)}: another key is the id ${id.text}, too`,
      );
      return [];
    }
    ids.set(id.text, entry);
    const node = this.#map(entry.node, path);
    if (node === undefined && !isNull(entry.node)) return [];
    const meant = this.#unknownKeys(node, path, listNames);
    const list = (name: ListName, itemKinds: readonly ComponentKind[]): readonly Item[] =>
      this.#items(node?.entries.get(name)?.node, [...path, name], itemKinds);
    const items = {
      receivers: list('receivers', ['receiver', 'connector']),
      processors: list('processors', ['processor']),
      exporters: list('exporters', ['exporter', 'connector']),
    };
    for (const name of ['receivers', 'exporters'] as const) {
      const written = node?.entries.get(name);
      const isEmpty =
        written === undefined ||
        isNull(written.node) ||
        (written.node.kind === 'list' && written.node.items.length === 0);
      if (!isEmpty || meant.has(name)) continue;
      const message = `must have at least one ${name.slice(0, -1)}`;
      this.#tell('missing-component', written ?? entry, path, message);
    }
    if (this.#duplicates(items.processors, 'error')) this.#hasHoles = true;
    this.#duplicates(items.receivers, 'warning');
    this.#duplicates(items.exporters, 'warning');
    return [{ id: id.text, entry, path, items }];
  }

  /** Tells of components that a list names again, where that is wrong or changes nothing; whether there were some. */
  #duplicates(items: readonly Item[], severity: Diagnostic['severity']): boolean {
    const firsts = new Map<Instance, Item>();
    for (const item of items) {
      const first = firsts.get(item.instance);
      if (first === undefined) {
        firsts.set(item.instance, item);
        continue;
      }
      const { kind, id } = item.instance;
      const message = `references ${kind} "${id.text}" multiple times`;
      const found = nodeDiagnostic(item.node, 'duplicate-reference', item.path, message);
      const related = [{ message: 'the first time', place: first.node.place }];
      const hint =
        severity === 'warning' ? 'once is enough: remove it, or name the one that was meant' : undefined;
      this.#diagnostics.push({ ...found, severity, hint, related });
    }
    return firsts.size < items.length;
  }

  /** The components that a list names. What it names and there is not is told. */
  #items(node: ConfigNode | undefined, path: Path, itemKinds: readonly ComponentKind[]): Item[] {
    if (node === undefined || isNull(node)) return [];
    if (node.kind !== 'list') {
      this.#hasHoles = true;
      const message = `must be a list of ids, got ${nodeWords(node)}`;
      const hint = node.kind === 'scalar' && node.isSecret !== true ? listHint(node.text) : undefined;
      this.#diagnostics.push(nodeDiagnostic(node, 'wrong-type', path, message, hint));
      return [];
    }
    return node.items.flatMap((item, index) => {
      const at = [...path, index];
      const instance = this.#item(item, at, itemKinds);
      if (instance?.reference === undefined) this.#hasHoles = true;
      if (instance === undefined) return [];
      instance.isUsed = true;
      return [{ node: item, path: at, instance }];
    });
  }

  #item(node: ConfigNode, path: Path, [kind, ...others]: readonly ComponentKind[]): Instance | undefined {
    const refuse = (code: ErrorCode, message: string, hint?: string): undefined => {
      this.#diagnostics.push(nodeDiagnostic(node, code, path, message, hint));
    };
    if (node.kind !== 'scalar' || isNull(node)) {
      return refuse('wrong-type', `must be the id of a component, got ${nodeWords(node)}`);
    }
    const wanted = [kind!, ...others];
    if (wanted.some((possible) => this.#configured.isTold(possible, node.text.trim()))) return undefined;
    const id = parseId(node.text);
    const isSecret = node.isSecret === true;
    if (typeof id === 'string') {
      return refuse('invalid-id', isSecret ? notAnId : id, isSecret ? undefined : hintOfListedId(node.text));
    }
    for (const possible of wanted) {
      const instance = this.#configured.instances[possible].get(id.text);
      if (instance !== undefined) return instance;
    }
    const message = `references ${kind} "${isSecret ? redacted : id.text}" which is not configured`;
    const hint = this.#undefinedHint(id, wanted);
    return refuse('undefined-component', message, isSecret && hint.includes(id.text) ? undefined : hint);
  }

  /** What was meant by an id that is not configured. */
  #undefinedHint({ text, type }: Id, wanted: readonly ComponentKind[]): string {
    const { instances, kindsOfType } = this.#configured;
    const elsewhere = kinds.find((other) => instances[other].has(text));
    if (elsewhere !== undefined) return `"${text}" is configured as ${articleOf(elsewhere)} ${elsewhere}`;
    const ids = wanted.flatMap((kind) => [...instances[kind].values()].map(({ id }) => id));
    const near =
      meantBy(
        text,
        ids.map((id) => id.text),
      ) ?? ids.find((id) => id.type === type)?.text;
    if (near !== undefined) return `did you mean ${near}?`;
    const kind = wanted.find((possible) => kindsOfType(type).includes(possible)) ?? wanted[0]!;
    return `add "${text}:" to the section ${kind}s`;
  }

  #graphProblem(
    { path, message, pipeline, declaration }: GraphProblem,
    pipelines: readonly WrittenPipeline[],
    entry: MapEntry | undefined,
  ): void {
    const isCycle = declaration === undefined && pipeline !== undefined;
    const isConnector = declaration?.definition.kind === 'connector';
    // What is missing may be the other side of a connector; what else is wrong has been told here.
    if (this.#hasHoles && (isConnector || pipeline === undefined)) return;
    const code = isCycle ? 'pipeline-cycle' : isConnector ? 'unconnected-connector' : 'unsupported-signal';
    const items = pipelines.find(({ id }) => id === pipeline)?.items;
    const item = isCycle
      ? items?.exporters.find(({ instance }) => instance.kind === 'connector')
      : Object.values(items ?? {})
          .flat()
          .find(
            ({ instance: { reference } }) =>
              reference !== undefined && declarationOf(reference) === declaration,
          );
    if (item === undefined) return this.#tell(code, entry, path, message);
    const found = nodeDiagnostic(item.node, code, item.path, message);
    const side = item.path.includes('exporters') ? 'receivers' : 'exporters';
    this.#diagnostics.push({
      ...found,
      hint: isConnector
        ? `list it under ${side} of another pipeline, of a signal that goes with this one`
        : undefined,
      related: [
        ...(found.related ?? []),
        { message: `the ${item.instance.kind}`, place: item.instance.entry.key },
      ],
    });
  }

  /** Tells what is wrong behind a key, or with a key that is not there. */
  #tell(code: ErrorCode, entry: MapEntry | undefined, path: Path, message: string, hint?: string): void {
    this.#diagnostics.push(
      entry === undefined
        ? { code, severity: 'error', path, message, hint, place: undefined }
        : { ...keyDiagnostic(entry.key, entry.node, code, path, message), hint },
    );
  }
}

function referencesOf(items: WrittenPipeline['items']): Record<ListName, object[]> {
  return {
    receivers: items.receivers.flatMap(referenceOf),
    processors: items.processors.flatMap(referenceOf),
    exporters: items.exporters.flatMap(referenceOf),
  };
}

function referenceOf({ instance }: Item): object[] {
  return instance.reference === undefined ? [] : [instance.reference];
}

/** Said of what an environment variable holds. */
const notAnId = 'must be an id: `type` or `type/name`';

function articleOf(kind: ComponentKind): string {
  return /^[aeiou]/.test(kind) ? 'an' : 'a';
}

/** `traces-internal` is `traces/internal`. */
function pipelineHint(key: string): string | undefined {
  const [, signal, name] = /^(\w+)[-.: ](.+)$/.exec(key) ?? [];
  return signal !== undefined && signals.includes(signal) ? `did you mean ${signal}/${name}?` : hintOfId(key);
}

function listHint(text: string): string {
  return /^-\S/.test(text) ? 'put a space behind "-"' : `write [${text}]`;
}
