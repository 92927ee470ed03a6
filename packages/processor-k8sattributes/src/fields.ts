import { createRenamer } from '@tributary/patterns';
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
  const rename = createRenamer(field.key_regex, field.tag_name);
  return (named, found) => {
    for (const [name, value] of Object.entries(named)) {
      const renamed = rename(name);
      if (renamed === undefined || typeof value !== 'string') continue;
      found.set(field.tag_name === '' ? prefix + name : renamed, value);
    }
  };
}
