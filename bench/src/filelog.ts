/**
 * What a line of a log file costs: CPU of the process at 20 MiB a second, for three kinds of lines; and what a poll
 * costs that finds 1,000 files in which nothing has changed.
 *
 *     node bench/dist/filelog.js [--check]
 *
 * A process of its own writes the lines (`bench/src/filelog/writer.ts`), every 50 ms what is due. The receiver runs in
 * a collector, before an exporter that takes all. `--check` exits 1 where a target is missed.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCollector } from '@tributary/collector';
import { nopExporter } from '@tributary/exporter-nop';
import { fileLogReceiver, type FileLogReceiverConfig } from '@tributary/receiver-filelog';
import type { WriterOptions } from './filelog/writer.js';

const bytesPerSecond = 20 * 2 ** 20;
const warmUpMs = 3_000;
const measuredMs = 8_000;

interface Case {
  readonly kind: WriterOptions['kind'];
  readonly config: Partial<FileLogReceiverConfig>;
  /** CPU microseconds a line. */
  readonly target: number;
}

const cases: readonly Case[] = [
  { kind: 'plain', config: {}, target: 2 },
  { kind: 'json', config: { operators: [{ type: 'json_parser' }] }, target: 5 },
  { kind: 'cri', config: { include_file_path: true, operators: [{ type: 'container' }] }, target: 6 },
];
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const isChecking = process.argv.includes('--check');

async function measure({ kind, config }: Case): Promise<{ readonly us: number; readonly lines: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'filelog-bench-'));
  const file = path.join(folder, 'app.log');
  const receiver = fileLogReceiver({ include: [file], start_at: 'beginning', ...config });
  const collector = createCollector({
    runtime: { logger },
    pipelines: { logs: { receivers: [receiver], exporters: [nopExporter()] } },
  });
  const options: WriterOptions = { kind, file, bytesPerSecond, ms: warmUpMs + measuredMs + 1_000 };
  const writer = fork(fileURLToPath(new URL('./filelog/writer.js', import.meta.url)), [
    JSON.stringify(options),
  ]);
  const read = (): number => collector.balance().components.find((line) => line.kind === 'receiver')!.passed;
  await collector.start();
  await sleep(warmUpMs);
  const [before, linesBefore] = [process.cpuUsage(), read()];
  await sleep(measuredMs);
  const { user, system } = process.cpuUsage(before);
  const lines = read() - linesBefore;
  writer.kill();
  await once(writer, 'exit');
  await collector.shutdown();
  rmSync(folder, { recursive: true });
  return { us: (user + system) / lines, lines };
}

/** CPU milliseconds of a poll of files that do not change. */
async function measureIdle(files: number): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'filelog-bench-'));
  for (let i = 0; i < files; i++) writeFileSync(path.join(folder, `${i}.log`), `${i}\n`);
  const receiver = fileLogReceiver({ include: [path.join(folder, '*.log')], start_at: 'beginning' });
  const collector = createCollector({
    runtime: { logger },
    pipelines: { logs: { receivers: [receiver], exporters: [nopExporter()] } },
  });
  await collector.start();
  await sleep(warmUpMs);
  const before = process.cpuUsage();
  await sleep(measuredMs);
  const { user, system } = process.cpuUsage(before);
  await collector.shutdown();
  rmSync(folder, { recursive: true });
  return (user + system) / 1000 / (measuredMs / 200);
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`);
console.log(`CPU a line at ${bytesPerSecond / 2 ** 20} MiB a second, over ${measuredMs / 1000} s`);
for (const each of cases) {
  const { us, lines } = await measure(each);
  const perSecond = Math.round(lines / (measuredMs / 1000));
  console.log(`${each.kind.padEnd(8)} ${us.toFixed(2)} µs (${perSecond} lines a second)`);
  if (isChecking && us > each.target) {
    console.error(`missed: ${each.target} µs`);
    process.exitCode = 1;
  }
}
console.log(
  `a poll of 1,000 files in which nothing has changed: ${(await measureIdle(1_000)).toFixed(2)} ms`,
);
