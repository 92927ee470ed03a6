import type { ConfigNode, MapNode, ScalarNode } from '@tributary/config';
import { sections } from '../catalog.js';
import type { KeyDoc, KeyDocs } from '../cli.js';
import type { EffectiveConfig } from '../effective-config.js';
import type { Plain } from '../to-yaml.js';
import type { Finding } from './finding.js';

/** How the doc comment of a key says that the Go Collector does not know it. */
const oursAlone = /\b(?:Ours|Not a key of the Collector)\./;
/** How it says so of some of its values. */
const oursAmongValues = /\bOurs: ((?:`[^`]+`(?:, )?)+)\./;
/** How it says that the Go Collector knows it behind a gate. */
const gated = /\bThe Collector needs the gate `([\w.]+)`\./;

type Path = readonly (string | number)[];
type Docs = Readonly<Record<string, KeyDoc>>;

/** What is written and the Go Collector would refuse: components, keys and values that there are here alone. */
export function unportable(root: MapNode, config: EffectiveConfig, docs: KeyDocs): Finding[] {
  const kinds = new Map(sections.map(([kind, section]) => [section, kind]));
  const ofComponents = config.components.flatMap((component): Finding[] => {
    const { section, id, definition } = component;
    if (definition === undefined) return [];
    const known = docs[`${kinds.get(section)!}/${definition.type}`];
    if (known !== undefined) return findIn(nodeAt(root, section, id), component.config, known, [section, id]);
    return [
      finding(
        [section, id],
        `${definition.type} is no component of the Collector`,
        'it is a component of this program',
      ),
    ];
  });
  const telemetry = nodeAt(root, 'service', 'telemetry');
  const ofTelemetry = docs['service/telemetry'] ?? {};
  return [
    ...ofComponents,
    ...findIn(telemetry, config.telemetry, ofTelemetry, ['service', 'telemetry']),
    ...config.pipelines.flatMap(({ id }) => findProfiles(id)),
  ];
}

/** `read` is what was made of `node`, `key` what leads there, as in the documentation. */
function findIn(
  node: ConfigNode | undefined,
  read: Plain | undefined,
  docs: Docs,
  path: Path,
  key = '',
): Finding[] {
  switch (node?.kind) {
    case 'map':
      return [...node.entries].flatMap(([name, { node: inner }]) => {
        const at = [...path, name];
        const dotted = key === '' ? name : `${key}.${name}`;
        const ofKey = findKey(docs[dotted], at);
        return ofKey.length > 0 ? ofKey : findIn(inner, below(read, name), docs, at, dotted);
      });
    case 'list':
      return node.items.flatMap((item, index) =>
        findIn(item, below(read, index), docs, [...path, index], `${key}[]`),
      );
    case 'scalar':
      return findValue(node, read, docs[key.replace(/\[\]$/, '')], path);
    case undefined:
      return [];
  }
}

function findKey(doc: KeyDoc | undefined, path: Path): Finding[] {
  if (doc === undefined) return [];
  const [, gate] = gated.exec(doc.doc) ?? [];
  if (gate !== undefined) return [behindGate(path, 'this key', gate)];
  if (!oursAlone.test(doc.doc)) return [];
  const hint = 'leave it out to run this configuration there';
  return [finding(path, 'the Collector does not know this key', hint)];
}

function findValue(
  node: ScalarNode,
  read: Plain | undefined,
  doc: KeyDoc | undefined,
  path: Path,
): Finding[] {
  const [, values = ''] = oursAmongValues.exec(doc?.doc ?? '') ?? [];
  const ours = [...values.matchAll(/`'?([^`]*?)'?`/g)].map(([, value]) => value);
  if (ours.includes(node.text)) {
    return [finding(path, 'the Collector does not know this value', 'it is a value of this program')];
  }
  // A number is a duration there, too, and what comes out of a reference is whichever is wanted.
  if (typeof read !== 'string' || doc?.type === 'duration' || node.via.length > 0 || !isNoText(node))
    return [];
  return [finding(path, 'the Collector wants text here, and this is none', 'put quotes around it')];
}

/** What go-yaml takes for a time. */
const time =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))|(?: +\d\d?:\d\d?:\d\d?(?:\.\d+)?))?$/;

function isNoText({ value, place: { source, start, end } }: ScalarNode): boolean {
  if (typeof value !== 'string') return value !== null;
  return time.test(value) && source.text.slice(start, end) === value;
}

function findProfiles(id: string): Finding[] {
  if (id.split('/', 1)[0]!.trim() !== 'profiles') return [];
  return [behindGate(['service', 'pipelines', id], 'a pipeline of profiles', 'service.profilesSupport')];
}

function behindGate(path: Path, what: string, gate: string): Finding {
  return finding(
    path,
    `the Collector takes ${what} behind a gate alone`,
    `run it with --feature-gates=${gate}`,
  );
}

function finding(path: Path, message: string, hint: string): Finding {
  return { code: 'not-portable', path, message, hint };
}

function nodeAt(root: MapNode, section: string, key: string): ConfigNode | undefined {
  const node = root.entries.get(section)?.node;
  return node?.kind === 'map' ? node.entries.get(key)?.node : undefined;
}

function below(read: Plain | undefined, key: string | number): Plain | undefined {
  if (typeof read !== 'object' || read === null) return undefined;
  return (read as Readonly<Record<string, Plain>>)[key];
}
