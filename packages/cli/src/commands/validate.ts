import { createCollector } from '@tributary/collector';
import type { Logger } from '@tributary/component';
import { formatDiagnostics } from '@tributary/config';
import { isColored, type Invocation } from '../cli.js';
import { UsageError } from '../command-line.js';
import { load, startGates } from '../configuration.js';
import { effectiveConfig } from '../effective-config.js';
import { diagnosticOf } from '../validate/finding.js';
import { lossesOf } from '../validate/losses.js';
import { unportable } from '../validate/portable.js';
import { withDefaults } from '../with-defaults.js';

/**
 * `validate`: reads, checks and builds everything; nothing is started. Warnings do not change the exit code,
 * but what `--portable` finds does.
 *
 * @throws ConfigurationError
 */
export async function validate(invocation: Invocation): Promise<number> {
  const { values, options, stderr, env } = invocation;
  startGates(invocation);
  const { root, parts, options: built, warnings: ofLoading } = await load(invocation);
  // What a component has to say against being made is said here.
  const collector = createCollector({ ...withDefaults(built, options), runtime: { logger: silent } });
  await collector.shutdown({ graceMs: 0 });

  const config = await effectiveConfig(root, parts, options.components);
  const own = values.has('portable') ? unportable(root, config, await docsOf(invocation)) : [];
  const warnings = [
    ...ofLoading,
    ...[...lossesOf(config), ...own].map((finding) => diagnosticOf(finding, root)),
  ];
  if (warnings.length > 0) {
    stderr.write(`${formatDiagnostics(warnings, { color: isColored(stderr, env) })}\n`);
  }
  return own.length === 0 ? 0 : 1;
}

async function docsOf({
  options: { name, docs },
}: Invocation): Promise<Awaited<ReturnType<NonNullable<typeof docs>>>> {
  if (docs === undefined)
    throw new UsageError(`${name} has no documentation of keys, which --portable needs`);
  return docs();
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
