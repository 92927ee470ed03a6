import type { ComponentEntry } from '@tributary/config';
import { parseCommandLine, UsageError, type Parsed } from './command-line.js';

/** Where text goes: `process.stdout`, or what a test looks at. */
export interface CliOutput {
  write(text: string): unknown;
  /** Colours are for terminals alone. */
  readonly isTTY?: boolean | undefined;
  /** Of a terminal. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** What a command may use. */
export interface CliStreams {
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
}

/** A command that a program adds to those of every collector. */
export interface CliCommand {
  /** As it is called. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Gets what stands behind its name. Resolves with the exit code; what it throws is printed, and the code is 1. */
  run(args: readonly string[], streams: CliStreams): number | Promise<number>;
}

/** What a doc comment says of a key. */
export interface KeyDoc {
  /**
   * For `validate --portable`, ``Ours.`` in it is a key that the Go Collector does not know, ``Ours: `'a'`, `'b'`.``
   * values that it does not know, and ``The Collector needs the gate `x`.`` one that it takes behind a gate.
   */
  readonly doc: string;
  /** In words. */
  readonly type: string;
  readonly required?: true | undefined;
  /** As the doc comment says it. */
  readonly default?: string | undefined;
  /** All that are allowed. */
  readonly values?: readonly string[] | undefined;
}

/** By `service/telemetry` or the kind and type of a component (`receiver/otlp`), then by dotted key. */
export type KeyDocs = Readonly<Record<string, Readonly<Record<string, KeyDoc>>>>;

/** What makes a program of {@link runCli}. */
export interface CliOptions {
  /** What the program is called: in messages, in `components`, and as `service.name` of its own telemetry. */
  readonly name: string;
  readonly version: string;
  /** Default `name` with "OpenTelemetry collector". */
  readonly description?: string | undefined;
  /** What configurations can name: factories, or entries that load one when it is named. */
  readonly components: readonly ComponentEntry[];
  /** Commands of its own. Default none. */
  readonly commands?: readonly CliCommand[] | undefined;
  /** What `schema` says of the keys. Default nothing. */
  readonly docs?: (() => Promise<KeyDocs>) | undefined;
  /** Default: that of the process, without the program and its script. */
  readonly argv?: readonly string[] | undefined;
  /** Default: that of the process. */
  readonly stdout?: CliOutput | undefined;
  /** Default: that of the process. */
  readonly stderr?: CliOutput | undefined;
  /** Default: that of the process. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** What `${env:NAME}` reads, and `NO_COLOR`. Default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A command that is about to run. */
export interface Invocation extends Parsed, CliStreams {
  readonly options: CliOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The whole command line of a collector, over a set of components.
 *
 * Resolves with the exit code when the command has ended: 0, or 1 where something was wrong, which is told on
 * stderr. Without a command it runs the collector until a signal ends it; should a component then keep the process
 * alive, it is ended half a second later.
 *
 * @example
 * process.exitCode = await runCli({ name: 'acme-collector', version: '1.0.0', components: [otlpReceiver, batch, otlpExporter] });
 */
export async function runCli(options: CliOptions): Promise<number> {
  const { argv = process.argv.slice(2), env = process.env, commands = [] } = options;
  const streams = { stdout: options.stdout ?? process.stdout, stderr: options.stderr ?? process.stderr };
  try {
    const own = commands.map(({ name }) => name);
    const parsed = parseCommandLine(argv, options.name, own);
    const invocation = { ...parsed, ...streams, options, env };
    const ownCommand = commands.find(({ name }) => name === parsed.command);
    return await (ownCommand === undefined
      ? runBuiltIn(invocation)
      : ownCommand.run(parsed.operands, streams));
  } catch (error) {
    streams.stderr.write(await failureText(error, streams.stderr, env));
    return 1;
  }
}

/** Loads the command that is meant, and nothing else: `--version` is to answer at once. */
async function runBuiltIn(invocation: Invocation): Promise<number> {
  const { command, values, options, stdout } = invocation;
  if (values.has('help')) {
    stdout.write((await import('./help.js')).helpText(command, options));
    return 0;
  }
  if (values.has('version')) {
    stdout.write(`${options.name} version ${options.version}\n`);
    return 0;
  }
  switch (command) {
    case undefined:
      return (await import('./commands/run.js')).run(invocation);
    case 'validate':
      return (await import('./commands/validate.js')).validate(invocation);
    case 'components':
      return (await import('./commands/components.js')).components(invocation);
    case 'print-config':
      return (await import('./commands/print-config.js')).printConfig(invocation);
    case 'schema':
      return (await import('./commands/schema.js')).schema(invocation);
    case 'top':
      return (await import('./commands/top.js')).top(invocation);
    case 'why':
      return (await import('./commands/why.js')).why(invocation);
    case 'replay':
      return (await import('./commands/replay.js')).replay(invocation);
    case 'featuregate':
      return (await import('./commands/featuregate.js')).featuregate(invocation);
    default:
      throw new UsageError(`unknown command ${JSON.stringify(command)}`);
  }
}

async function failureText(error: unknown, stderr: CliOutput, env: Invocation['env']): Promise<string> {
  if (error instanceof UsageError) return `Error: ${error.message}\n`;
  const { ConfigurationError, formatDiagnostics } = await import('@tributary/config');
  if (!ConfigurationError.is(error))
    return `Error: ${error instanceof Error ? error.message : String(error)}\n`;
  const text = formatDiagnostics(error.diagnostics, { color: isColored(stderr, env) });
  return `Error: invalid configuration\n\n${text}\n`;
}

/** By https://no-color.org: set and not empty means no. */
export function isColored(output: CliOutput, env: Invocation['env']): boolean {
  return output.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}
