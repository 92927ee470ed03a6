import type { Completed } from './config.js';

type Condition = Completed['filter']['labels'][number];

/** What the API server is to list and watch of the pods. */
export interface Selectors {
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
}

export function selectorsOf({ labels, fields }: Completed['filter'], node: string): Selectors {
  const ofFields = fields.map(selector);
  if (node !== '') ofFields.unshift(`spec.nodeName=${node}`);
  return { labelSelector: joined(labels.map(selector)), fieldSelector: joined(ofFields) };
}

function selector({ key, value, op }: Condition): string {
  switch (op) {
    case 'exists':
      return key;
    case 'does-not-exist':
      return `!${key}`;
    case 'not-equals':
      return `${key}!=${value}`;
    default:
      return `${key}=${value}`;
  }
}

const joined = (parts: readonly string[]): string | undefined =>
  parts.length === 0 ? undefined : parts.join(',');
