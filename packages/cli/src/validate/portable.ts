import { sections } from '../catalog.js';
import type { KeyDoc, KeyDocs } from '../cli.js';
import type { EffectiveConfig } from '../effective-config.js';
import type { Plain } from '../to-yaml.js';
import type { Finding } from './finding.js';

/** How the doc comment of a key says that the Go Collector does not know it. */
const ours = /\b(?:Ours|Not a key of the Collector)\./;

/** What is written and the Go Collector would refuse: components and keys that there are here alone. */
export function unportable(config: EffectiveConfig, docs: KeyDocs): Finding[] {
  const kinds = new Map(sections.map(([kind, section]) => [section, kind]));
  const ofComponents = config.components.flatMap(({ section, id, definition, written }): Finding[] => {
    if (definition === undefined) return [];
    const known = docs[`${kinds.get(section)!}/${definition.type}`];
    if (known !== undefined) return findKeys(written, known, [section, id]);
    return [
      finding(
        [section, id],
        `${definition.type} is no component of the Collector`,
        'it is a component of this program',
      ),
    ];
  });
  const telemetry = config.service['telemetry'] ?? null;
  return [...ofComponents, ...findKeys(telemetry, docs['service/telemetry'] ?? {}, ['service', 'telemetry'])];
}

function findKeys(
  value: Plain,
  docs: Readonly<Record<string, KeyDoc>>,
  path: readonly (string | number)[],
  prefix = '',
): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: Plain, index) => findKeys(item, docs, [...path, index], `${prefix}[]`));
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const dotted = prefix === '' ? key : `${prefix}.${key}`;
    const doc = docs[dotted]?.doc;
    if (doc === undefined || !ours.test(doc)) return findKeys(inner, docs, [...path, key], dotted);
    return [
      finding(
        [...path, key],
        'the Collector does not know this key',
        'leave it out to run this configuration there',
      ),
    ];
  });
}

function finding(path: readonly (string | number)[], message: string, hint: string): Finding {
  return { code: 'not-portable', path, message, hint };
}
