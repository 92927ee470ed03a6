import { z } from 'zod';

/**
 * A zod type for a section that can be off, which is `undefined` then: without its key, with
 * `enabled: false` inside, whatever else stands there, and, where `whenNull` says so, with nothing
 * behind its key, as YAML has it. A section has no key `enabled` of its own; a JSON Schema learns of it by the
 * mark `canBeOff`.
 */
export function optionalSection<Z extends z.ZodType>(
  schema: Z,
  whenNull: 'on' | 'off',
): z.ZodType<z.output<Z> | undefined, z.input<Z> | null | undefined> {
  const section = z.preprocess((value, context) => {
    if (value === null) return whenNull === 'on' ? {} : undefined;
    if (typeof value !== 'object' || !('enabled' in value)) return value;
    const { enabled, ...rest } = value as { readonly enabled: unknown };
    if (typeof enabled !== 'boolean') {
      const message = `must be true or false, got ${JSON.stringify(enabled)}`;
      context.addIssue({ code: 'custom', path: ['enabled'], message });
      return rest;
    }
    return enabled ? rest : undefined;
  }, schema.optional());
  return section.meta({ canBeOff: true }) as never;
}
