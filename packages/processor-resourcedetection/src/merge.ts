import type { AttributeInput } from '@tributary/component';
import type { DetectedResource } from './detection.js';
import type { Found } from './detector.js';

/** One resource of several: the first to set an attribute wins, and the first schema URL. */
export function merged(all: readonly Found[]): DetectedResource {
  const attributes = new Map<string, AttributeInput>();
  let schemaUrl = '';
  for (const found of all) {
    if (schemaUrl === '') ({ schemaUrl } = found);
    for (const [key, value] of Object.entries(found.attributes)) {
      if (value !== undefined && !attributes.has(key)) attributes.set(key, value);
    }
  }
  return { attributes: [...attributes], schemaUrl };
}
