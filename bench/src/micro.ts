/**
 * What work on a batch costs on one core: `npm run bench:micro`.
 *
 *     node bench/dist/micro.js [--check] [--only 'check'] [--against commit]
 *
 * Runs the rows in turns, five rounds, and prints the median and the best. Costs are
 * CPU time of the process, garbage collection included. A busy machine makes a round
 * slower and never faster, so `--check` exits 1 where the best misses its target.
 * `--only` runs the rows whose names contain a text. `--against` runs them in turns
 * with the `pdata` of another commit, too, and prints the best of both and their ratio:
 * `HEAD` is what a change that is not committed yet is compared with. The rows by hand
 * and of protobufjs use nothing of it: what their ratio differs from 1 by is noise.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { makeTraces } from './load/telemetry.js';
import { makeBalancingRows } from './micro/balancing-rows.js';
import { compare } from './micro/compare.js';
import { rateOf } from './micro/rate.js';
import { makeRows, spansPerRequest, type Row } from './micro/rows.js';

const rounds = 5;
/** The ratio is one of bests, which need more. */
const comparedRounds = 9;

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    against: { type: 'string' },
  },
});

const request = makeTraces(spansPerRequest, 1);
// Of another commit there is the `pdata` alone.
const balancing = options.against === undefined ? await makeBalancingRows() : [];
const rows = [...makeRows(request), ...balancing].filter(({ name }) => name.includes(options.only));

console.log(`${cpus()[0]!.model}, Node ${process.version}`);
console.log(
  `${spansPerRequest} spans of ${Math.round(request.length / spansPerRequest)} bytes, ten attributes each\n`,
);
if (options.against === undefined) printRates();
else
  await printComparison(options.against).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });

function printRates(): void {
  const results = measureAll(rows);
  console.log(line('million spans a second', 'median of 5', 'best', 'target'));
  let missed = 0;
  for (const row of rows) {
    const { median, best } = results.get(row)!;
    const isMissed = row.target !== undefined && best < row.target;
    if (isMissed) missed++;
    console.log(
      line(row.name, shown(median), shown(best), `${row.target ?? ''}${isMissed ? ' MISSED' : ''}`),
    );
  }
  if (options.check && missed > 0) process.exitCode = 1;
}

async function printComparison(commit: string): Promise<void> {
  const names = rows.map(({ name }) => name);
  console.log(
    line(`million spans a second, best of ${comparedRounds}`, 'here', commit.slice(0, 12), 'ratio'),
  );
  for await (const [name, { here, there, problem }] of compare(names, commit, comparedRounds)) {
    const [own, other] = [Math.max(...here), Math.max(...there)];
    console.log(
      problem === undefined
        ? line(name, shown(own), shown(other), shown(own / other))
        : `${name}: ${problem}`,
    );
  }
}

function line(name: string, ...columns: readonly string[]): string {
  return name.padEnd(50) + columns.map((column) => column.padStart(13)).join('');
}

function shown(rate: number): string {
  return rate.toFixed(rate < 10 ? 2 : 1);
}

interface Result {
  readonly median: number;
  readonly best: number;
}

/** What each row reaches, in million spans a second. */
function measureAll(all: readonly Row[]): ReadonlyMap<Row, Result> {
  const rates = new Map<Row, number[]>(all.map((row) => [row, []]));
  for (let warmUp = 0; warmUp < 2; warmUp++) for (const row of all) rateOf(row);
  for (let round = 0; round < rounds; round++) for (const row of all) rates.get(row)!.push(rateOf(row));
  return new Map(
    [...rates].map(([row, values]) => {
      return [row, { median: medianOf(values), best: Math.max(...values) }];
    }),
  );
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
