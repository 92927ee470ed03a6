/**
 * Where the time of passing telemetry on goes: `npm run bench:profile`.
 *
 *     node bench/dist/profile.js [--only text] [--markdown]
 *
 * Floods the command `tributary` with the loads of `npm run bench` while V8 notes, twice a millisecond, what its main
 * thread is doing, and puts the notes together by step. What the kernel and other threads do for it (collecting
 * garbage, compressing) is the difference to the CPU time of the process. `--markdown` writes what is printed to
 * docs/performance.md.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collectLater } from '@tributary/collector';
import { Load } from './load/load.js';
import { passThroughCases, type PassThroughCase } from './pass-through/cases.js';
import { readProfile } from './profile/read.js';
import { steps } from './profile/steps.js';
import { machine, Report } from './report.js';
import { Sink } from './sink/sink.js';
import { startSubject, tributary, type SubjectKind } from './subject/subject.js';
import { Tally } from './tally.js';

const document = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const warmUpMs = 2000;
const floodMs = 5000;
const intervalUs = 500;
const defaultCases = [
  'gRPC, 1,000 spans a request',
  'gRPC, 10 spans a request, 100 connections',
  'HTTP, 1,000 spans a request',
];

const { only, markdown } = parseArgs({
  options: { only: { type: 'string' }, markdown: { type: 'boolean', default: false } },
}).values;
const cases = passThroughCases.filter(({ name }) =>
  only === undefined ? defaultCases.includes(name) : name.includes(only),
);
collectLater();
const report = new Report();
report.say(`${machine()}, ${new Date().toISOString().slice(0, 10)}`);
for (const subject of cases) await profile(subject);
if (markdown) report.writeTo(document, `Node ${process.versions.node.split('.')[0]}`);

async function profile({ name, traffic, isBatched }: PassThroughCase): Promise<void> {
  const { protocol, compression, signal, itemsPerRequest } = traffic;
  const tally = new Tally(signal, itemsPerRequest);
  const sink = await Sink.start({ protocol, compression, tally });
  try {
    let folder = '';
    const profiled: SubjectKind = {
      ...tributary,
      command(setup, listen, scratch) {
        folder = scratch;
        const flags = `--cpu-prof --cpu-prof-dir=${scratch} --cpu-prof-interval=${intervalUs}`;
        return tributary
          .command(setup, listen, scratch)
          .replace(process.execPath, `${process.execPath} ${flags}`);
      },
    };
    const subject = await startSubject(profiled, {
      protocol,
      compression,
      isBatched,
      backend: sink.address,
    });
    try {
      const load = await Load.start(subject.address, traffic, tally);
      await load.flood(warmUpMs);
      await sink.settle();
      const cpu = subject.process.cpuSeconds();
      const begin = process.hrtime.bigint();
      const items = await load.flood(floodMs);
      await sink.settle();
      const end = process.hrtime.bigint();
      const cpuUs = (subject.process.cpuSeconds() - cpu) * 1e6;
      load.close();
      // It writes the profile when it ends.
      await subject.process.stop();
      const file = readdirSync(folder).find((entry) => entry.endsWith('.cpuprofile'))!;
      print(name, items, itemsPerRequest, cpuUs, readProfile(path.join(folder, file), begin, end));
    } finally {
      await subject.stop();
    }
  } finally {
    sink.close();
  }
}

function print(
  name: string,
  items: number,
  itemsPerRequest: number,
  cpuUs: number,
  profiled: ReadonlyMap<string, number>,
): void {
  const row = report.table([name, 'share %', 'µs a request', 'ns an item']);
  const write = (step: string, us: number): void =>
    row([step, (us / cpuUs) * 100, (us / items) * itemsPerRequest, (us / items) * 1000]);
  let mainThreadUs = 0;
  for (const { name: step } of steps) {
    const us = profiled.get(step) ?? 0;
    mainThreadUs += us;
    if (us > 0) write(step, us);
  }
  write('other threads, and the kernel while this one waits', Math.max(0, cpuUs - mainThreadUs));
  write('together', cpuUs);
}
