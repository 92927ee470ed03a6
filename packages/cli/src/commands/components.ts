import type { ComponentDefinition } from '@tributary/component';
import { definitionsOf, sections } from '../catalog.js';
import type { Invocation } from '../cli.js';
import { toYaml, type Plain } from '../to-yaml.js';

/** `components`: what the program is made of, as YAML. */
export async function components({ options, stdout }: Invocation): Promise<number> {
  const { name, version, description = `${name}, an OpenTelemetry collector` } = options;
  const definitions = await definitionsOf(options.components);
  const lists = sections.map(([kind, section]): [string, Plain] => [
    section,
    definitions
      .filter((each) => each.kind === kind)
      .map((each) => ({ name: each.type, stability: stabilityOf(each) })),
  ]);
  const schemes = ['env', 'file', 'http', 'https', 'yaml'];
  stdout.write(
    toYaml({
      buildinfo: { command: name, description, version },
      ...Object.fromEntries(lists),
      providers: schemes.map((scheme) => ({ scheme })),
    }),
  );
  return 0;
}

/** By what a component can do, in the Collector's spelling: `logs-to-metrics` of connectors. */
function stabilityOf({ kind, parts, pairs, stability }: ComponentDefinition): Plain {
  const level = stability[0]!.toUpperCase() + stability.slice(1);
  const abilities =
    kind === 'extension'
      ? ['extension']
      : [
          ...Object.keys(parts),
          ...Object.entries(pairs).flatMap(([from, targets]) =>
            Object.keys(targets).map((to) => `${from}-to-${to}`),
          ),
        ];
  return Object.fromEntries(abilities.toSorted().map((ability) => [ability, level]));
}
