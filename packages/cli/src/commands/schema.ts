import { definitionsOf } from '../catalog.js';
import type { Invocation } from '../cli.js';
import { configurationSchema } from '../schema/configuration-schema.js';

/** `schema`: the JSON Schema of whole configurations, for editors. */
export async function schema({ options, stdout }: Invocation): Promise<number> {
  const definitions = await definitionsOf(options.components);
  const docs = (await options.docs?.()) ?? {};
  stdout.write(`${JSON.stringify(configurationSchema(options.name, definitions, docs), undefined, 2)}\n`);
  return 0;
}
