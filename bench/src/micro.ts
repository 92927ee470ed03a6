/**
 * What work on a batch costs on one core: `npm run bench:micro`.
 *
 *     node bench/dist/micro.js [--check] [--only 'check']
 *
 * The rows are run in turns, five rounds, and their medians printed. Costs are CPU
 * time of the process, garbage collection included, so that a busy machine disturbs
 * little. `--check` exits 1 where a row misses its target; `--only` runs the rows
 * whose names contain a text.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { makeRequest, spansPerRequest } from './micro/load.js';
import { makeRows, type Row } from './micro/rows.js';

const rounds = 5;
const roundMs = 200;

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const request = makeRequest();
const rows = makeRows(request).filter(({ name }) => name.includes(options.only));
const results = measureAll(rows);

console.log(`${cpus()[0]!.model}, Node ${process.version}`);
console.log(
  `${spansPerRequest} spans of ${Math.round(request.length / spansPerRequest)} bytes, ten attributes each\n`,
);
console.log(`${'median of five'.padEnd(50)} million spans/s       target`);
const missed = rows.filter((row) => {
  const rate = results.get(row)!;
  const isMissed = row.target !== undefined && rate < row.target;
  const target = row.target === undefined ? '' : `${row.target}${isMissed ? ', missed' : ''}`;
  console.log(
    `${row.name.padEnd(50)} ${rate.toFixed(rate < 10 ? 2 : 1).padStart(15)} ${target.padStart(12)}`,
  );
  return isMissed;
});
if (options.check && missed.length > 0) process.exitCode = 1;

/** Median rate of each row, in million spans a second. */
function measureAll(all: readonly Row[]): ReadonlyMap<Row, number> {
  const rates = new Map<Row, number[]>(all.map((row) => [row, []]));
  for (const row of all) rateOf(row);
  for (let round = 0; round < rounds; round++) for (const row of all) rates.get(row)!.push(rateOf(row));
  return new Map([...rates].map(([row, values]) => [row, values.sort((a, b) => a - b)[rounds >> 1]!]));
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
