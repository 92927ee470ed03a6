import type { CollectorOptions } from '@tributary/collector';
import {
  ConfigurationError,
  inspectConfig,
  type Diagnostic,
  type InspectedConfig,
  type MapNode,
} from '@tributary/config';
import type { Invocation } from './cli.js';
import { UsageError } from './command-line.js';
import { applyFeatureGates } from './feature-gates.js';

/** Reads `--feature-gates`, and tells what the user should know about them. @throws UsageError */
export function startGates({ values, stdout }: Invocation): void {
  for (const notice of applyFeatureGates(values.list('feature-gates')).notices) stdout.write(`${notice}\n`);
}

/** What `--config` and `--set` come to, whatever is wrong with it. @throws UsageError where none is named */
export function inspect({ values, options, env }: Invocation): Promise<InspectedConfig> {
  const uris = values.list('config');
  if (uris.length === 0) throw new UsageError('at least one config flag must be provided');
  return inspectConfig(uris, { components: options.components, set: values.list('set'), env, fetch });
}

/** A configuration that can run. */
export interface Checked {
  readonly root: MapNode;
  readonly parts: InspectedConfig['parts'];
  readonly options: CollectorOptions;
  readonly warnings: readonly Diagnostic[];
}

/** As {@link inspect}. @throws ConfigurationError with everything that is wrong */
export async function load(invocation: Invocation): Promise<Checked> {
  const { root, parts, options, diagnostics } = await inspect(invocation);
  if (root === undefined || options === undefined) throw new ConfigurationError(diagnostics);
  return { root, parts, options, warnings: diagnostics };
}
