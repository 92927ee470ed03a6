import { RE2JS } from 're2js';
import type { Field } from './config.js';
import { objectAt, type JsonObject } from './json.js';
import type { Origin } from './metadata.js';

/** Attributes to be added, by name. */
export type Found = Map<string, string>;

type Take = (named: JsonObject, found: Found) => void;

/** Which labels and annotations of an object become which attributes. */
export interface FieldRules {
  /** Whether any is taken of such objects. */
  has(origin: Origin): boolean;
  /** Adds those of an object. */
  take(origin: Origin, object: JsonObject, found: Found): void;
}

export function fieldRules(labels: readonly Field[], annotations: readonly Field[]): FieldRules {
  const rules = [
    ...labels.map((field) => ({ from: field.from, kind: 'labels', take: taking(field, 'labels') })),
    ...annotations.map((field) => ({
      from: field.from,
      kind: 'annotations',
      take: taking(field, 'annotations'),
    })),
  ];
  return {
    has: (origin) => rules.some(({ from }) => from === origin),
    take(origin, object, found) {
      for (const { from, kind, take } of rules) {
        if (from === origin) take(objectAt(object, 'metadata', kind), found);
      }
    },
  };
}

function taking(field: Field, kind: 'labels' | 'annotations'): Take {
  const { key, from } = field;
  const prefix = `k8s.${from}.${kind}.`;
  if (key !== '') {
    const name = field.tag_name === '' ? prefix + key : field.tag_name;
    return (named, found) => {
      const value = named[key];
      if (typeof value === 'string') found.set(name, value);
    };
  }
  const pattern = RE2JS.compile(`^(?:${field.key_regex})$`);
  return (named, found) => {
    for (const [name, value] of Object.entries(named)) {
      if (typeof value !== 'string' || !pattern.test(name)) continue;
      const attribute =
        field.tag_name === '' ? prefix + name : pattern.matcher(name).replaceAll(field.tag_name);
      found.set(attribute, value);
    }
  };
}
