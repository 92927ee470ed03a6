/**
 * What passing telemetry on costs: `npm run bench`.
 *
 *     node bench/dist/bench.js [--short] [--only text] [--list] [--rounds 5] [--check] [--break]
 *       [--peer 'command'] [--node path] [--json file] [--markdown]
 *
 * Runs the command `tributary` with the YAML of a gateway, a bare forwarder, which only glues bytes, and with
 * `--peer` another collector with the same YAML, in turns on the same load, and prints the medians. Exits 1 where an
 * item is lost, with `--check` also where a target is missed; `--break` makes ours lose one. `--node` runs all in
 * another Node; `--markdown` writes what is printed to docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collectLater } from '@tributary/collector';
import { balancingSection } from './balancing/section.js';
import { overloadSection, recoverySection } from './overload/section.js';
import { readOptions } from './options.js';
import { passThroughSection } from './pass-through/section.js';
import { machine } from './report.js';
import { samplingSection } from './sampling/section.js';
import { Session } from './session.js';
import { startSection } from './start/section.js';

const document = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const sections = [
  passThroughSection,
  samplingSection,
  balancingSection,
  overloadSection,
  recoverySection,
  startSection,
];

const args = process.argv.slice(2);
const options = readOptions(args);
if (options.list) for (const name of sections.flatMap(({ cases }) => cases)) console.log(name);
else if (options.node !== undefined) runIn(options.node);
else await run();

/** Runs the whole bench in another Node. */
function runIn(node: string): void {
  const rest = args.filter((arg, i) => !/^--node(?:=|$)/.test(arg) && args[i - 1] !== '--node');
  const { status, error } = spawnSync(node, [fileURLToPath(import.meta.url), ...rest], { stdio: 'inherit' });
  if (error !== undefined) console.error(`--node ${node}: ${error.message}`);
  process.exitCode = status ?? 1;
}

async function run(): Promise<void> {
  // The load must cost little, too.
  collectLater();
  const session = new Session(options);
  const { report, measured, failures } = session;
  const date = new Date().toISOString().slice(0, 10);
  report.say(`${machine()}, ${date}, \`${['npm run bench', ...shownArgs()].join(' ')}\``);
  // The first of all, or of those that are asked for, is the one that a change is looked at with.
  const isShort = options.short || options.break;
  const asked = sections
    .map((section) => ({ section, cases: section.cases.filter((name) => name.includes(options.only)) }))
    .filter(({ cases }) => cases.length > 0);
  for (const { section, cases } of isShort ? asked.slice(0, 1) : asked)
    await section.run(session, isShort ? cases.slice(0, 1) : cases);
  if (options.json !== undefined)
    writeFileSync(options.json, JSON.stringify({ machine: machine(), date, args, measured, failures }));
  if (options.markdown) report.writeTo(document, `Node ${process.versions.node.split('.')[0]}`);
  for (const failure of failures) console.log(failure);
  if (failures.length > 0) process.exitCode = 1;
}

function shownArgs(): string[] {
  const shown = args.filter((arg) => arg !== '--markdown');
  return shown.length === 0 ? [] : ['--', ...shown.map((arg) => (/[^\w./=-]/.test(arg) ? `'${arg}'` : arg))];
}
