import { parseArgs } from 'node:util';

/** A flag of the command line. */
interface Flag {
  /** What stands behind it in the help; without one it takes no value. */
  readonly value?: string;
  /** It may stand alone, which means true; a value then needs an equal sign. */
  readonly isSwitch?: boolean;
  /** May be given more than once. */
  readonly isList?: boolean;
  readonly help: string;
}

/** Every flag, by its name. */
export const flags: Readonly<Record<string, Flag>> = {
  config: {
    value: 'uri',
    isList: true,
    help: 'Where the configuration is: a path, or file:, env:, yaml:, http:, https:. May be repeated; later ones win.',
  },
  set: {
    value: 'key=value',
    isList: true,
    help: 'Sets one value after all --config, as in processors.batch.timeout=2s. May be repeated.',
  },
  'feature-gates': {
    value: 'list',
    isList: true,
    help: 'Gates to turn on, or off with - before the name, separated by commas.',
  },
  'ready-file': {
    value: 'path',
    help: 'Written once everything runs: JSON with the process id and the bound addresses. Removed at the end.',
  },
  'shutdown-grace': {
    value: 'duration',
    help: 'How long the end may take after SIGTERM or SIGINT. Default 25s.',
  },
  portable: { help: 'Lists keys and values that the Go Collector does not know, too.' },
  format: { value: 'yaml|json', help: 'Default yaml.' },
  mode: { value: 'redacted|unredacted', help: 'Whether secrets are shown. Default redacted.' },
  validate: {
    value: 'true|false',
    isSwitch: true,
    help: 'Whether a configuration with errors is refused. Default true.',
  },
  endpoint: {
    value: 'url',
    help: 'Where the collector tells its metrics. Default http://localhost:8888.',
  },
  interval: { value: 'duration', help: 'Time between two looks. Default 2s.' },
  once: { help: 'Prints the books once, as plain text.' },
  json: { help: 'Prints the answers as JSON.' },
  policies: {
    value: 'uri',
    help: 'The configuration of a collector with tail_sampling, or of that processor alone.',
  },
  processor: { value: 'id', help: 'Which tail_sampling of the configuration is meant, if it has several.' },
  traces: { help: 'Prints a line for each decision, too.' },
  trace: { value: 'traceId', help: 'Prints why this trace would be kept, or not, instead of all.' },
  version: { help: 'Prints the version.' },
  help: { help: 'Prints this.' },
};

/** Those that say which configuration is meant. */
const source = ['config', 'set', 'feature-gates'];

/** A command of the program itself. */
interface BuiltIn {
  readonly summary: string;
  readonly flags: readonly string[];
  /** What it takes besides flags, as in the help: one, or with three dots any number. */
  readonly operand?: string;
  readonly aliases?: readonly string[];
}

/** What the program does with no command named. */
export const root: BuiltIn = {
  summary: 'Runs the collector.',
  flags: [...source, 'ready-file', 'shutdown-grace', 'version', 'help'],
};

/** The built-in commands, by their names. */
export const builtIns: Readonly<Record<string, BuiltIn>> = {
  validate: {
    summary: 'Checks the configuration without running it, and warns of what loses data.',
    flags: [...source, 'portable', 'help'],
  },
  components: { summary: 'Prints what this program is made of.', flags: ['help'] },
  'print-config': {
    summary: 'Prints the configuration, merged, substituted and with its defaults.',
    flags: [...source, 'format', 'mode', 'validate', 'help'],
    aliases: ['print-initial-config'],
  },
  top: {
    summary: 'Shows where the items of a collector that runs are: edges, queues, refusals, drops.',
    flags: ['endpoint', 'interval', 'once', 'help'],
  },
  why: {
    summary: 'Tells why a collector that runs has kept a trace, or has not.',
    flags: ['endpoint', 'json', 'help'],
    operand: '<traceId>',
  },
  replay: {
    summary: 'Runs recorded traces through policies of tail_sampling: what would be kept, and why.',
    flags: ['policies', 'processor', 'traces', 'trace', 'json', 'help'],
    operand: '<file>...',
  },
  schema: { summary: 'Prints the JSON Schema of the configuration.', flags: ['help'] },
  featuregate: { summary: 'Prints the feature gates, or one of them.', flags: ['help'], operand: '[id]' },
};

/** A command line taken apart. */
export interface Parsed {
  /** A built-in one, one of the program's own, or undefined: run. */
  readonly command: string | undefined;
  readonly values: Values;
  /** What stood there besides flags. */
  readonly operands: readonly string[];
}

/** The values of the flags, each in the order of writing. */
export class Values {
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(given: ReadonlyMap<string, readonly string[]>) {
    this.#given = given;
  }

  has(flag: string): boolean {
    return this.#given.has(flag);
  }

  list(flag: string): readonly string[] {
    return this.#given.get(flag) ?? [];
  }

  /** The last one. */
  get(flag: string): string | undefined {
    return this.list(flag).at(-1);
  }
}

/** The user's mistake, told in one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Takes a command line apart. What follows the name of one of the program's own commands is that command's affair.
 *
 * @throws UsageError
 */
export function parseCommandLine(argv: readonly string[], name: string, own: readonly string[]): Parsed {
  const first = argv[0];
  if (first !== undefined && own.includes(first)) {
    return { command: first, values: new Values(new Map()), operands: argv.slice(1) };
  }
  // Not strict: there a value that begins with a dash, as in `--feature-gates -x`, is refused, and flags that
  // do not belong to the command are not.
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        Object.entries(flags).map(([key, { value, isSwitch }]) => [
          key,
          { type: value === undefined || isSwitch === true ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const known = flags[token.name];
    if (known === undefined) throw new UsageError(`unknown flag: ${token.rawName}`);
    if (token.value === undefined && known.value !== undefined && known.isSwitch !== true) {
      throw new UsageError(`flag needs an argument: ${token.rawName}`);
    }
    if (token.value !== undefined && known.value === undefined) {
      throw new UsageError(`flag takes no value: ${token.rawName}`);
    }
    const value = token.value ?? 'true';
    const values = given.get(token.name);
    if (values === undefined) given.set(token.name, [value]);
    else if (known.isList === true) values.push(value);
    else values[0] = value;
  }
  const [called, ...operands] = positionals;
  const command = called === undefined ? undefined : builtInOf(called);
  if (called !== undefined && command === undefined) {
    throw new UsageError(`unknown command ${JSON.stringify(called)} for ${JSON.stringify(name)}`);
  }
  const { flags: allowed, operand } = command === undefined ? root : builtIns[command]!;
  const misplaced = [...given.keys()].find((flag) => !allowed.includes(flag));
  if (misplaced !== undefined) {
    const where = [name, command].filter((word) => word !== undefined).join(' ');
    throw new UsageError(`unknown flag: --${misplaced} (not one of "${where}")`);
  }
  const most = operand === undefined ? 0 : operand.endsWith('...') ? Infinity : 1;
  if (operands.length > most) throw new UsageError(`unexpected argument ${JSON.stringify(operands.at(-1))}`);
  return { command, values: new Values(given), operands };
}

function builtInOf(called: string): string | undefined {
  return Object.entries(builtIns).find(([name, { aliases = [] }]) =>
    [name, ...aliases].includes(called),
  )?.[0];
}
