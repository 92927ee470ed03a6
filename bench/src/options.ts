import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The first case alone, in less than a minute. */
  readonly short: boolean;
  /** The cases whose names contain it. */
  readonly only: string;
  /** Names the cases, and runs none. */
  readonly list: boolean;
  /** Exits 1 where a target is missed. */
  readonly check: boolean;
  /** Makes the collector under test lose a span. */
  readonly break: boolean;
  readonly rounds: number;
  /** The command of another collector. */
  readonly peer: string | undefined;
  /** Another Node, for the bench and all programs of ours. */
  readonly node: string | undefined;
  /** Where all measurements are written. */
  readonly json: string | undefined;
  /** Writes the tables into docs/benchmarks.md. */
  readonly markdown: boolean;
}

/** @throws Error where the arguments are not what the bench takes */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      break: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      peer: { type: 'string' },
      node: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.break ? 1 : values.short ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new Error(`--rounds: a whole number from 1 to 100, got ${values.rounds}`);
  return { ...values, rounds, peer: values.peer, node: values.node, json: values.json };
}
