import type { CliOptions } from './cli.js';
import { builtIns, flags, root } from './command-line.js';

/** What `--help` prints, of the program or of one command. */
export function helpText(command: string | undefined, { name, commands = [] }: CliOptions): string {
  const { summary, flags: allowed, operand } = command === undefined ? root : builtIns[command]!;
  const usage = [name, command, '[flags]', operand].filter((word) => word !== undefined).join(' ');
  const others =
    command === undefined
      ? [
          '',
          'Commands:',
          ...table([
            ...Object.entries(builtIns).map(([key, built]): Row => [key, built.summary]),
            ...commands.map((own): Row => [own.name, own.summary]),
          ]),
        ]
      : [];
  const rows = allowed.map((flag): Row => {
    const { value, help } = flags[flag]!;
    return [value === undefined ? `--${flag}` : `--${flag} ${value}`, help];
  });
  return [summary, '', 'Usage:', `  ${usage}`, ...others, '', 'Flags:', ...table(rows), ''].join('\n');
}

type Row = readonly [string, string];

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
