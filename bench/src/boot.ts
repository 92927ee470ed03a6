/**
 * How long the command `tributary` takes to answer and to accept, and what it holds when nothing happens.
 *
 *     node bench/dist/boot.js [--check]
 *
 * Each run is a process of its own, with the configuration of a gateway and its metrics on. Beside it stands a
 * process that does nothing: a busy machine makes both slower. `--check` exits 1 where the best run misses a target.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/distribution/bin/tributary.js', import.meta.url));
const runs = 9;
/** Milliseconds, and MiB. */
const targets = { version: 100, boot: 400, idleMiB: 100 };
const readyLimitMs = 20_000;
/** After this, what only the start needed has been let go. */
const idleMs = 3_000;

const isCheck = process.argv.includes('--check');
const folder = mkdtempSync(path.join(tmpdir(), 'tributary-boot-'));
const config = path.join(folder, 'gateway.yaml');
writeFileSync(
  config,
  `
receivers:
  otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" }, http: { endpoint: "127.0.0.1:0" } } }
processors:
  memory_limiter: { check_interval: 1s, limit_mib: 512 }
  batch:
exporters:
  otlp_grpc: { endpoint: "127.0.0.1:1", tls: { insecure: true } }
service:
  telemetry:
    logs: { level: error }
    metrics: { readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: 0 } } } }] }
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc] }
    metrics: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc] }
    logs: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc] }
`,
);

/** Milliseconds from the start of a process to its end. */
function timeOf(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}`);
  return performance.now() - start;
}

/** Milliseconds from the start of a process until its receivers take data, and MiB that it then holds. */
async function boot(isMeasured: boolean): Promise<{ readonly ms: number; readonly idleMiB: number }> {
  const ready = path.join(folder, 'ready.json');
  const start = performance.now();
  const child = spawn(process.execPath, [bin, '--config', config, '--ready-file', ready], {
    stdio: 'inherit',
  });
  const ended = once(child, 'exit');
  while (!existsSync(ready)) {
    if (child.exitCode !== null || performance.now() - start > readyLimitMs) throw new Error('did not boot');
    await sleep(1);
  }
  const ms = performance.now() - start;
  let idleMiB = 0;
  if (isMeasured) {
    await sleep(idleMs);
    idleMiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
  }
  child.kill('SIGTERM');
  await ended;
  return { ms, idleMiB };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const empty: number[] = [];
const version: number[] = [];
const boots: number[] = [];
for (let run = 0; run < runs; run++) {
  empty.push(timeOf(['-e', '0']));
  version.push(timeOf([bin, '--version']));
  boots.push((await boot(false)).ms);
}
const { idleMiB } = await boot(true);
rmSync(folder, { recursive: true });

console.log(`Node ${process.version}, ${runs} runs each`);
const emptyMs = median(empty);
const row = (times: readonly number[], target: number | undefined): object => ({
  median: Math.round(median(times)),
  best: Math.round(Math.min(...times)),
  'empty processes': Number((median(times) / emptyMs).toFixed(1)),
  target,
});
console.table({
  'an empty process, ms': row(empty, undefined),
  '--version, ms': row(version, targets.version),
  'start to accepting, ms': row(boots, targets.boot),
  'idle, MiB': { median: Math.round(idleMiB), target: targets.idleMiB },
});
const best = { version: Math.min(...version), boot: Math.min(...boots), idleMiB };
const missed = (Object.keys(targets) as (keyof typeof targets)[]).filter((key) => best[key] > targets[key]);
if (missed.length > 0) console.log(`Missed: ${missed.join(', ')}`);
if (isCheck && missed.length > 0) process.exitCode = 1;
