import { UsageError } from '../command-line.js';
import { featureGates, isOnByDefault } from '../feature-gates.js';
import type { Invocation } from '../cli.js';

/** `featuregate [id]`: a table of all, or what there is to say of one. */
export function featuregate({ operands, stdout }: Invocation): number {
  const [id] = operands;
  if (id !== undefined) {
    const gate = featureGates.find((known) => known.id === id);
    if (gate === undefined) throw new UsageError(`feature ${JSON.stringify(id)} not found`);
    const { stage, description } = gate;
    stdout.write(
      `Feature: ${id}\nEnabled: ${isOnByDefault(gate)}\nStage: ${stage}\nDescription: ${description}\n`,
    );
    return 0;
  }
  const rows = [
    ['ID', 'Enabled', 'Stage', 'Description'],
    ...featureGates.map((gate) => [gate.id, String(isOnByDefault(gate)), gate.stage, gate.description]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
