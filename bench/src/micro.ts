/**
 * What work on a batch costs on one core: `npm run bench:micro`.
 *
 *     node bench/dist/micro.js [--check] [--only 'check']
 *
 * Runs the rows in turns, five rounds, and prints the median and the best. Costs are
 * CPU time of the process, garbage collection included. A busy machine makes a round
 * slower and never faster, so `--check` exits 1 where the best misses its target.
 * `--only` runs the rows whose names contain a text.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { makeRequest } from './load.js';
import { makeRows, type Row } from './micro/rows.js';

const rounds = 5;
const roundMs = 200;

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const spansPerRequest = 1000;
const request = makeRequest(spansPerRequest, 1);
const rows = makeRows(request).filter(({ name }) => name.includes(options.only));
const results = measureAll(rows);

console.log(`${cpus()[0]!.model}, Node ${process.version}`);
console.log(
  `${spansPerRequest} spans of ${Math.round(request.length / spansPerRequest)} bytes, ten attributes each\n`,
);
console.log(line('million spans a second', 'median of 5', 'best', 'target'));
let missed = 0;
for (const row of rows) {
  const { median, best } = results.get(row)!;
  const isMissed = row.target !== undefined && best < row.target;
  if (isMissed) missed++;
  console.log(line(row.name, shown(median), shown(best), `${row.target ?? ''}${isMissed ? ' MISSED' : ''}`));
}
if (options.check && missed > 0) process.exitCode = 1;

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
      values.sort((a, b) => a - b);
      return [row, { median: values[rounds >> 1]!, best: values[rounds - 1]! }];
    }),
  );
}

function rateOf({ run }: Row): number {
  let passes = 0;
  const before = process.cpuUsage();
  const end = performance.now() + roundMs;
  do {
    if (run() === undefined) throw new Error('a row must return what it has made');
    passes++;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (passes * spansPerRequest) / (user + system);
}
