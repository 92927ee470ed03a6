/**
 * How many traces are split between gateways when one joins, leaves or crashes, with a thousand agents on virtual time:
 *
 *     npm run bench:resharding
 *
 * prints the tables of docs/balancing.md, in many minutes; `-- 3 10` those of three and of ten gateways alone.
 */
import type { Balancing } from './resharding/agents.js';
import { changeNames } from './resharding/changes.js';
import { run, type Outcome, type Plan } from './resharding/run.js';
import { shapes } from './resharding/traces.js';

const seeds = [1, 2, 3];
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [3, 10, 30, 100];

const asGo: Balancing = { ring: 'g3', sticky: '0s', asks: 'anytime' };
const loose: Balancing = { ring: 'tributary', sticky: '0s', asks: 'together' };
const sticky: Balancing = { ring: 'tributary', sticky: '30s', asks: 'together' };
const balancings: readonly Balancing[] = [asGo, loose, sticky];

const usual: Plan = {
  agents: 1000,
  gateways: 3,
  change: 'one joins',
  balancing: sticky,
  shapes,
  inFlight: 3000,
  moment: 'between',
  seed: 1,
};

async function outcomes(plan: Partial<Plan>): Promise<readonly Outcome[]> {
  const all: Outcome[] = [];
  for (const seed of seeds) all.push(await run({ ...usual, ...plan, seed }));
  return all;
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** The mean of the seeds and the most of one. */
function cell(all: readonly Outcome[], of: keyof Outcome): string {
  const numbers = all.map((outcome) => outcome[of]);
  return `${Math.round(meanOf(numbers))}, ${Math.max(...numbers)}`;
}

function shareOf(all: readonly Outcome[]): string {
  const share = meanOf(all.map(({ split }) => split)) / meanOf(all.map(({ inFlight }) => inFlight));
  return `${(100 * share).toFixed(1)} %`;
}

const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);

const named = balancings.map(({ ring, sticky: forTime }) => `${ring}, ${forTime}`);

row('gateways', 'what happens', 'in flight', ...named.flatMap((name) => [`split: ${name}`, '']));
row('---:', '---', '---:', ...named.flatMap(() => ['---:', '---:']));
for (const gateways of sizes) {
  for (const change of changeNames) {
    if (change === 'one crashes') continue;
    const all = [];
    for (const balancing of balancings) all.push(await outcomes({ gateways, change, balancing }));
    row(
      gateways,
      change,
      Math.round(meanOf(all[0]!.map(({ inFlight }) => inFlight))),
      ...all.flatMap((one) => [cell(one, 'split'), shareOf(one)]),
    );
  }
}

console.log('\nOne crashes:\n');
row('gateways', 'agents', 'spans lost with it', 'traces cut', 'split among those that live');
row('---:', '---', '---:', '---:', '---:');
for (const gateways of sizes) {
  for (const [index, balancing] of balancings.entries()) {
    const all = await outcomes({ gateways, change: 'one crashes', balancing });
    row(gateways, named[index]!, cell(all, 'lost'), cell(all, 'split'), cell(all, 'splitAmongLiving'));
  }
}

if (!sizes.includes(3)) process.exit();

console.log('\nOne joins three, by how the calls of a trace follow one another:\n');
row('calls', ...named);
row('---', ...named.map(() => '---:'));
for (const shape of shapes) {
  const cells = [];
  for (const balancing of balancings)
    cells.push(cell(await outcomes({ shapes: [shape], balancing }), 'split'));
  row(shape, ...cells);
}

console.log('\nOf three gateways, by how many agents there are that a trace may pass:\n');
row('agents', 'what happens', named[0]!, named[2]!);
row('---:', '---', '---:', '---:');
for (const agents of [1, 10, 100, 1000]) {
  for (const change of ['one joins', 'one leaves'] as const) {
    const cells = [];
    for (const balancing of [asGo, sticky])
      cells.push(cell(await outcomes({ agents, change, balancing }), 'split'));
    row(agents, change, ...cells);
  }
}

console.log('\nOne joins three, all calls at once, by when the change comes:\n');
row('change', `split: ${named[2]}`);
row('---', '---:');
const atOnce: Partial<Plan> = { shapes: ['at once'] };
row('between lookups', cell(await outcomes({ ...atOnce, moment: 'between' }), 'split'));
row('while agents ask', cell(await outcomes({ ...atOnce, moment: 'amid' }), 'split'));
