import { systemRuntime, type CollectorOptions } from '@tributary/collector';
import { buildOptions, type BuildSettings, type BuiltOptions } from './build-options.js';
import type { Diagnostic } from './diagnostic.js';
import { formatDiagnostics } from './format.js';
import { readConfig } from './read.js';
import type { Surroundings } from './source.js';
import type { MapNode } from './tree.js';

/** What a configuration is loaded with. */
export interface LoadSettings extends BuildSettings, Partial<Surroundings> {
  /** `a.b=value`, put over everything else in order, as the command line's `--set`. Default none. */
  readonly set?: readonly string[] | undefined;
}

/** A configuration as it was read and built, and everything there is to say about it. */
export interface InspectedConfig {
  /** Merged, its references replaced; undefined where it could not be read. */
  readonly root: MapNode | undefined;
  /** Undefined where anything is wrong. */
  readonly options: CollectorOptions | undefined;
  /** What was written for each component, as code would write it: see {@link BuiltOptions}. */
  readonly parts: BuiltOptions['parts'];
  readonly diagnostics: readonly Diagnostic[];
}

const brand: unique symbol = Symbol.for('tributary/ConfigurationError') as never;

/** A configuration that cannot be used: all that is wrong with it. Recognised by `ConfigurationError.is`. */
export class ConfigurationError extends Error {
  /** Errors, and the warnings beside them. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`invalid configuration:\n\n${formatDiagnostics(diagnostics)}`);
    this.name = 'ConfigurationError';
    this.diagnostics = diagnostics;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is ConfigurationError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/**
 * Loads a configuration of the Collector: what is returned is what code would have written, and
 * goes to `createCollector`. A location is a file, or a URI of scheme `file`, `env`, `yaml`, `http` or
 * `https`; later ones are merged over earlier ones.
 *
 * @throws ConfigurationError with everything that is wrong
 */
export async function loadConfig(uris: readonly string[], settings: LoadSettings): Promise<CollectorOptions> {
  const { options, diagnostics } = await inspectConfig(uris, settings);
  if (options === undefined) throw new ConfigurationError(diagnostics);
  return options;
}

/** As {@link loadConfig}, for those who want the warnings too, and do not want it thrown. */
export async function inspectConfig(
  uris: readonly string[],
  { components, set, ...surroundings }: LoadSettings,
): Promise<InspectedConfig> {
  const read = await readConfig(uris, {
    env: process.env,
    fs: systemRuntime().fs,
    ...surroundings,
    set,
  });
  const unread = read.diagnostics.filter(({ severity }) => severity === 'error');
  // Where a source is missing, nobody knows what it would have said; where a value is, what is said of it there
  // would be a second complaint about one mistake.
  const isWhole = unread.every(({ path }) => path.length > 0);
  const built = isWhole ? await buildOptions(read.root, { components }) : nothing;
  const isUnread = ({ path }: Diagnostic): boolean =>
    unread.some((above) => above.path.every((key, index) => path[index] === key));
  const diagnostics = bounded([
    ...read.diagnostics,
    ...built.diagnostics.filter((found) => !isUnread(found)),
  ]);
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return { root: read.root, options: isWrong ? undefined : built.options, parts: built.parts, diagnostics };
}

/** Nobody reads more, and each costs a look through its file. */
const maxTold = 500;

function bounded(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const rest = diagnostics.length - maxTold;
  if (rest <= 0) return diagnostics;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return [
    ...[...errors, ...warnings].slice(0, maxTold),
    {
      code: 'too-many-mistakes',
      severity: errors.length > 0 ? 'error' : 'warning',
      path: [],
      message: `${rest} more are not told`,
      place: undefined,
    },
  ];
}

const nothing: BuiltOptions = { options: undefined, parts: new Map(), diagnostics: [] };
