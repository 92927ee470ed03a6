import type { CollectorOptions } from '@tributary/collector';
import {
  buildOptions,
  ConfigurationError,
  readConfig,
  type ComponentEntry,
  type ConfigNode,
  type Diagnostic,
  type MapNode,
  type Surroundings,
} from '@tributary/config';
import { sections } from '../catalog.js';
import { UsageError } from '../command-line.js';

/** Decisions of which the reasons are remembered, unless the configuration says more. */
const rememberedDecisions = 1_000_000;
const type = 'tail_sampling';

/** What the policies are read with. */
export interface PolicySettings extends Surroundings {
  /** What the program is made of. */
  readonly program: readonly ComponentEntry[];
  /** The receiver and the exporter `replay`. */
  readonly ends: readonly ComponentEntry[];
  /** Which `tail_sampling` of a configuration is meant, where it has several. */
  readonly processor: string | undefined;
}

/**
 * A pipeline of the `tail_sampling` of a file between the receiver and the exporter `replay`. The file is the
 * configuration of a collector, or of that processor alone.
 *
 * @throws ConfigurationError with all that is wrong
 * @throws UsageError where the file has no such processor, or it is not said which
 * @throws Error where the program has no `tail_sampling`
 */
export async function readPolicies(
  uri: string,
  { program, ends, processor, ...surroundings }: PolicySettings,
): Promise<{ readonly options: CollectorOptions; readonly warnings: readonly Diagnostic[] }> {
  if (!program.some((entry) => entry.kind === 'processor' && entry.type === type)) {
    throw new Error(
      `this program has no ${type}: add tailSampling of @tributary/processor-tailsampling to it`,
    );
  }
  const { root, diagnostics: ofReading } = await readConfig([uri], surroundings);
  const diagnostics = ofReading.map(ofThisFlag);
  if (root === undefined) throw new ConfigurationError(diagnostics);
  const { id, node } = processorOf(root, uri, processor);
  const frame = await frameOf(id, surroundings);
  const { options, diagnostics: found } = await buildOptions(
    { ...frame, entries: new Map([...frame.entries, ['processors', entryOf({ [id]: node }, root)]]) },
    { components: [...program, ...ends] },
  );
  // Of the rest of the file nothing is used.
  const own = diagnostics.filter(({ path }) => path[0] === undefined || !isOther(String(path[0]), root));
  const all = [...own, ...found];
  if (options === undefined || all.some(({ severity }) => severity === 'error'))
    throw new ConfigurationError(all);
  return { options, warnings: all };
}

function isOther(key: string, root: MapNode): boolean {
  return isWhole(root) && key !== 'processors';
}

/** Whether it is the configuration of a collector: else it has keys of the processor. */
function isWhole({ entries }: MapNode): boolean {
  return entries.has('service') || sections.some(([, section]) => entries.has(section));
}

function processorOf(
  root: MapNode,
  uri: string,
  wanted: string | undefined,
): { readonly id: string; readonly node: ConfigNode } {
  if (!isWhole(root)) {
    if (wanted !== undefined) throw new UsageError(`${uri} has no processors, of which one is ${wanted}`);
    return { id: type, node: remembering(root) };
  }
  const processors = root.entries.get('processors')?.node;
  const all = processors?.kind === 'map' ? [...processors.entries] : [];
  const candidates = all.filter(([id]) => id === type || id.startsWith(`${type}/`));
  const names = candidates.map(([id]) => id).join(', ');
  const [first, second] = wanted === undefined ? candidates : candidates.filter(([id]) => id === wanted);
  if (first === undefined) {
    throw new UsageError(`${uri} has no processor ${wanted ?? type}${names === '' ? '' : `, but ${names}`}`);
  }
  if (second !== undefined) throw new UsageError(`--processor must say which is meant: ${names}`);
  const [id, { node }] = first;
  return { id, node: node.kind === 'map' ? remembering(node) : node };
}

/** With `why.max_records` as large as a replay needs it. What is wrong with it is told when it is built. */
function remembering(node: MapNode): MapNode {
  const why = node.entries.get('why')?.node;
  if (why !== undefined && why.kind !== 'map' && !isNull(why)) return node;
  const others: MapNode['entries'] = why?.kind === 'map' ? why.entries : new Map();
  const given = others.get('max_records')?.node;
  if (given !== undefined && !isLess(given)) return node;
  const { place, via } = why ?? node;
  const size: ConfigNode = {
    kind: 'scalar',
    value: rememberedDecisions,
    text: String(rememberedDecisions),
    place,
    via,
  };
  const entries = new Map([...others, ['max_records', { key: place, node: size }]]);
  const whole: MapNode = { kind: 'map', entries, place, via };
  return { ...node, entries: new Map([...node.entries, ['why', { key: place, node: whole }]]) };
}

/** What is wrong with the location itself was read as that of `--config`. */
function ofThisFlag(found: Diagnostic): Diagnostic {
  const { place } = found;
  if (place?.source.name !== '--config') return found;
  return { ...found, place: { ...place, source: { ...place.source, name: '--policies' } } };
}

function isLess(node: ConfigNode): boolean {
  const value = node.kind === 'scalar' ? node.value : undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < rememberedDecisions;
}

function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function entryOf(
  nodes: Readonly<Record<string, ConfigNode>>,
  { place, via }: MapNode,
): { readonly key: MapNode['place']; readonly node: MapNode } {
  const entries = new Map(Object.entries(nodes).map(([key, node]) => [key, { key: node.place, node }]));
  return { key: place, node: { kind: 'map', entries, place, via } };
}

/** The configuration around the processor. */
async function frameOf(id: string, surroundings: Surroundings): Promise<MapNode> {
  const pipeline = `{receivers: [replay], processors: [${JSON.stringify(id)}], exporters: [replay]}`;
  const text = `{receivers: {replay: }, exporters: {replay: }, service: {pipelines: {traces: ${pipeline}}}}`;
  const { root } = await readConfig([`yaml:${text}`], surroundings);
  return root!;
}
