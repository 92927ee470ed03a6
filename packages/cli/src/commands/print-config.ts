import { ConfigurationError } from '@tributary/config';
import type { Invocation } from '../cli.js';
import { UsageError, type Values } from '../command-line.js';
import { inspect, startGates } from '../configuration.js';
import { effectiveConfig } from '../effective-config.js';
import { escapeDollars } from '../escape-dollars.js';
import { redacted } from '../secrets.js';
import { toYaml } from '../to-yaml.js';
import { defaultReader } from '../with-defaults.js';

/** `print-config`: what a configuration comes to. @throws ConfigurationError */
export async function printConfig(invocation: Invocation): Promise<number> {
  const { values, options, stdout } = invocation;
  const format = choice(values, 'format', ['yaml', 'json']);
  const mode = choice(values, 'mode', ['redacted', 'unredacted']);
  const isChecked = choice(values, 'validate', ['true', 'false']) === 'true';
  startGates(invocation);
  const { root, parts, diagnostics } = await inspect(invocation);
  const isRefused = isChecked && diagnostics.some(({ severity }) => severity === 'error');
  if (root === undefined || isRefused) throw new ConfigurationError(diagnostics);
  const effective = await effectiveConfig(root, parts, options.components);
  const whole = effective.whole(defaultReader);
  const shown = escapeDollars(mode === 'redacted' ? redacted(whole) : whole);
  stdout.write(format === 'json' ? `${JSON.stringify(shown, asJson, 2)}\n` : toYaml(shown));
  return 0;
}

/** JSON has no whole numbers as large. */
function asJson(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** The value of a flag; the first one where it is not given. @throws UsageError */
function choice<V extends string>(values: Values, flag: string, allowed: readonly [V, ...V[]]): V {
  const given = values.get(flag);
  if (given === undefined) return allowed[0];
  const found = allowed.find((each) => each === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `invalid argument ${JSON.stringify(given)} for "--${flag}": must be ${allowed.join(' or ')}`,
  );
}
