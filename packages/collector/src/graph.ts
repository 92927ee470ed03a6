import {
  ConfigError,
  declarationOf,
  type ComponentKind,
  type ConfigProblem,
  type Declaration,
  type MakePart,
  type Signal,
} from '@tributary/component';
import { findCycle } from './cycle.js';
import { extensionsOf, type PlannedExtension } from './extensions.js';
import { checkIds, originOf } from './identity.js';
import type { CollectorOptions, Pipeline } from './pipelines.js';

/** A part to be made: a component for one signal (processors: in one pipeline; connectors: for one pair). */
export interface PlannedPart {
  readonly kind: Exclude<ComponentKind, 'extension'>;
  readonly reference: object;
  readonly declaration: Declaration;
  /** What goes in; of receivers, what comes out. */
  readonly signal: Signal;
  /** What comes out of a connector. */
  readonly to: Signal | undefined;
  /** Its id, counted up where a pipeline holds two processors of one id. */
  readonly name: string;
  readonly make: MakePart;
  /** The pipelines that list it; of connectors, as exporter. */
  readonly pipelines: string[];
  /** The pipelines that a receiver or connector gives to. */
  readonly feeds: string[];
}

/** The parts of one pipeline. */
export interface PlannedPipeline {
  readonly id: string;
  readonly signal: Signal;
  readonly receivers: readonly PlannedPart[];
  readonly processors: readonly PlannedPart[];
  /** Exporters, and connectors that lead into other pipelines. */
  readonly exporters: readonly PlannedPart[];
}

/** What is to be made: checked, and nothing made yet. */
export interface Plan {
  readonly pipelines: ReadonlyMap<string, PlannedPipeline>;
  /** Each after those that its config refers to. */
  readonly extensions: readonly PlannedExtension[];
}

const signals: readonly string[] = ['traces', 'metrics', 'logs', 'profiles'] satisfies Signal[];

/** One pipeline as it was written, its references looked up. */
interface Listed {
  readonly id: string;
  readonly signal: Signal;
  readonly receivers: readonly Reference[];
  readonly processors: readonly Reference[];
  readonly exporters: readonly Reference[];
}
interface Reference {
  readonly reference: object;
  readonly declaration: Declaration;
}

/** What is wrong with the way in which components are put together. */
export interface GraphProblem extends ConfigProblem {
  /** The component that it is about; the message does not say where it is written. */
  readonly declaration?: Declaration;
  /** The pipeline that lists it. */
  readonly pipeline?: string;
}

/** Turns references into a plan. @throws {ConfigError} with everything that is wrong */
export function plan(options: CollectorOptions): Plan {
  const result = tryPlan(options);
  if (result.plan !== undefined) return result.plan;
  throw new ConfigError(
    result.problems.map(({ path, message, declaration }) => ({
      path,
      message: declaration === undefined ? message : `${message}${originOf(declaration)}`,
    })),
  );
}

/** Everything that `createCollector` would have against a graph, for a loader; nothing is made. */
export function checkPipelines(
  options: Pick<CollectorOptions, 'pipelines' | 'extensions'>,
): readonly GraphProblem[] {
  return tryPlan(options).problems ?? [];
}

/** The plan, or everything that is wrong. */
function tryPlan({
  pipelines,
  extensions = [],
}: Pick<CollectorOptions, 'pipelines' | 'extensions'>):
  | { readonly plan: Plan; readonly problems?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly GraphProblem[] } {
  const problems: GraphProblem[] = [];
  const listed = Object.entries(pipelines as Readonly<Record<string, Pipeline<Signal> | undefined>>).flatMap(
    ([id, pipeline]) => (pipeline === undefined ? [] : list(id, pipeline, problems)),
  );
  if (Object.values(pipelines).every((pipeline) => pipeline === undefined)) {
    problems.push({
      path: ['service', 'pipelines'],
      message: 'service must have at least one pipeline',
    });
  }
  if (problems.length > 0) return { problems };

  const used = listed.flatMap(({ receivers, processors, exporters }) => [
    ...receivers,
    ...processors,
    ...exporters,
  ]);
  const planned = extensionsOf(extensions, used, problems);
  checkIds([...used, ...planned], problems);
  const parts = new PartTable(listed, problems);
  const result = new Map(listed.map((pipeline) => [pipeline.id, parts.pipeline(pipeline)] as const));
  if (problems.length > 0) return { problems };
  const cycle = findCycle(result);
  if (cycle !== undefined) return { problems: [{ path: ['service', 'pipelines'], ...cycle }] };
  return { plan: { pipelines: result, extensions: planned } };
}

/** Looks the references of a pipeline up; nothing if it cannot be used at all. */
function list(id: string, pipeline: Pipeline<Signal>, problems: GraphProblem[]): Listed[] {
  const path = ['service', 'pipelines', id];
  const [signal] = id.split('/', 1) as [string];
  if (!signals.includes(signal)) {
    problems.push({ path, message: `unknown pipeline signal: "${signal}"` });
    return [];
  }
  const lookUp = (
    references: readonly object[],
    key: 'receivers' | 'processors' | 'exporters',
    kinds: readonly ComponentKind[],
  ): Reference[] =>
    references.flatMap((reference, index) => {
      const wrong = (message: string, about: { readonly declaration?: Declaration } = {}): [] => {
        problems.push({ path: [...path, key, index], message, ...about });
        return [];
      };
      let declaration: Declaration;
      try {
        declaration = declarationOf(reference);
      } catch (error) {
        return wrong((error as Error).message);
      }
      const { kind } = declaration.definition;
      if (kinds.includes(kind)) return [{ reference, declaration }];
      return wrong(`"${declaration.id}" is of kind ${kind}`, { declaration });
    });
  const receivers = lookUp(pipeline.receivers, 'receivers', ['receiver', 'connector']);
  const processors = lookUp(pipeline.processors ?? [], 'processors', ['processor']);
  const exporters = lookUp(pipeline.exporters, 'exporters', ['exporter', 'connector']);

  if (pipeline.receivers.length === 0) problems.push({ path, message: 'must have at least one receiver' });
  if (pipeline.exporters.length === 0) problems.push({ path, message: 'must have at least one exporter' });
  const twice = processors.find(
    ({ reference }, index) => processors.findIndex((other) => other.reference === reference) !== index,
  );
  if (twice !== undefined) {
    const { declaration } = twice;
    problems.push({
      path,
      message: `references processor "${declaration.id}" multiple times`,
      declaration,
    });
  }
  // Named twice in one list, a receiver or exporter is still one.
  return [
    { id, signal: signal as Signal, receivers: unique(receivers), processors, exporters: unique(exporters) },
  ];
}

function unique(references: readonly Reference[]): Reference[] {
  return references.filter(
    ({ reference }, index) => references.findIndex((other) => other.reference === reference) === index,
  );
}

/** Every part once: an object and signal stand for the same part in whichever pipeline. */
class PartTable {
  readonly #listed: readonly Listed[];
  readonly #problems: GraphProblem[];
  readonly #parts = new Map<object, Map<string, PlannedPart>>();

  constructor(listed: readonly Listed[], problems: GraphProblem[]) {
    this.#listed = listed;
    this.#problems = problems;
  }

  pipeline({ id, signal, receivers, processors, exporters }: Listed): PlannedPipeline {
    return {
      id,
      signal,
      receivers: receivers.flatMap((reference) =>
        isConnector(reference)
          ? this.#connectors(reference, id, signal, 'receiver')
          : this.#part(reference, signal, id, 'feeds'),
      ),
      processors: this.#processors(processors, signal, id),
      exporters: exporters.flatMap((reference) =>
        isConnector(reference)
          ? this.#connectors(reference, id, signal, 'exporter')
          : this.#part(reference, signal, id),
      ),
    };
  }

  #part(reference: Reference, signal: Signal, pipeline: string, feeds?: 'feeds'): PlannedPart[] {
    const { kind, parts } = reference.declaration.definition;
    const make = parts[signal];
    if (make === undefined) {
      this.#unsupported(reference, signal, pipeline);
      return [];
    }
    const part = this.#once(reference, signal, () =>
      planned(reference, kind as 'receiver' | 'exporter', signal, make),
    );
    part.pipelines.push(pipeline);
    if (feeds !== undefined) part.feeds.push(pipeline);
    return [part];
  }

  #processors(references: readonly Reference[], signal: Signal, pipeline: string): PlannedPart[] {
    const seen = new Map<string, number>();
    return references.flatMap((reference) => {
      const { id, definition } = reference.declaration;
      const count = (seen.get(id) ?? 0) + 1;
      seen.set(id, count);
      const make = definition.parts[signal];
      if (make === undefined) {
        this.#unsupported(reference, signal, pipeline);
        return [];
      }
      const part = planned(reference, 'processor', signal, make);
      part.pipelines.push(pipeline);
      return [count === 1 ? part : { ...part, name: `${id}#${count}` }];
    });
  }

  /** The parts of a connector that have `signal` on the given side and a pipeline on the other. */
  #connectors(
    reference: Reference,
    pipeline: string,
    signal: Signal,
    side: 'exporter' | 'receiver',
  ): PlannedPart[] {
    const { id, definition } = reference.declaration;
    const others = this.#listed.filter((listed) =>
      listed[side === 'exporter' ? 'receivers' : 'exporters'].some(
        (other) => other.reference === reference.reference,
      ),
    );
    const parts = [...new Set(others.map((other) => other.signal))].flatMap((other) => {
      const [from, to] = side === 'exporter' ? [signal, other] : [other, signal];
      const make = definition.pairs[from]?.[to];
      if (make === undefined) return [];
      const part = this.#once(reference, `${from} to ${to}`, () => ({
        ...planned(reference, 'connector', from, make),
        to,
      }));
      part[side === 'exporter' ? 'pipelines' : 'feeds'].push(pipeline);
      return [part];
    });
    if (parts.length === 0) {
      const otherSide = side === 'exporter' ? 'receiver' : 'exporter';
      this.#problems.push({
        path: ['connectors', id],
        message:
          `connector "${id}" used as ${side} in [${pipeline}] pipeline ` +
          `but not used in any supported ${otherSide} pipeline`,
        declaration: reference.declaration,
        pipeline,
      });
    }
    return parts;
  }

  #once(reference: Reference, key: string, make: () => PlannedPart): PlannedPart {
    let parts = this.#parts.get(reference.reference);
    if (parts === undefined) this.#parts.set(reference.reference, (parts = new Map()));
    let part = parts.get(key);
    if (part === undefined) parts.set(key, (part = make()));
    return part;
  }

  #unsupported({ declaration }: Reference, signal: Signal, pipeline: string): void {
    const { definition, id } = declaration;
    const where =
      definition.kind === 'processor' ? `, in pipeline "${pipeline}"` : ` for data type "${signal}"`;
    const known = Object.keys(definition.parts).join(', ');
    this.#problems.push({
      path: [`${definition.kind}s`, id],
      message:
        `failed to create "${id}" ${definition.kind}${where}: telemetry type is not supported; ` +
        `${definition.type} has ${known === '' ? 'none' : known}`,
      declaration,
      pipeline,
    });
  }
}

function planned(
  { reference, declaration }: Reference,
  kind: PlannedPart['kind'],
  signal: Signal,
  make: MakePart,
): PlannedPart {
  return {
    kind,
    reference,
    declaration,
    signal,
    to: undefined,
    name: declaration.id,
    make,
    pipelines: [],
    feeds: [],
  };
}

function isConnector({ declaration }: Reference): boolean {
  return declaration.definition.kind === 'connector';
}
