import { parseResourceAttributes } from '../resource-attributes.js';
import type { Detect } from '../detector.js';

/** What `OTEL_RESOURCE_ATTRIBUTES` says, else what `OTEL_RESOURCE` does. */
export const detectEnv: Detect = async ({ config: { env: config }, surroundings: { env } }) => {
  const text = (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').trim() || (env['OTEL_RESOURCE'] ?? '').trim();
  const parsed = parseResourceAttributes(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  const { allow_list } = config;
  const kept = [...parsed.attributes].filter(([key]) => allow_list === undefined || allow_list.includes(key));
  return { attributes: Object.fromEntries(kept), schemaUrl: '' };
};
