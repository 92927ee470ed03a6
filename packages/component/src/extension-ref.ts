import { z } from 'zod';
import { declarationOf } from './declaration.js';
import type { ExtensionRef } from './references.js';

/**
 * A zod type for a key that names an extension: a reference in code, whose id a loader finds in
 * YAML and replaces. `E` is what the component gets from `host.extension(ref)`.
 */
export function extensionRef<E>(): z.ZodType<ExtensionRef<E>, ExtensionRef<E>> {
  return z.custom<ExtensionRef<E>>(isExtension, {
    error: 'must be an extension',
    params: { expected: 'extension' },
  });
}

function isExtension(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return declarationOf(value).definition.kind === 'extension';
  } catch {
    return false; // Not a reference of any kind.
  }
}
