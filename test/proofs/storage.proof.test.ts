import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@tributary/testkit';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Behaviour } from './programs/src/backend-messages.js';
import { always, backendOptions, good, host, isLong, recordFile } from './support/chain.js';
import { command, CommandProcess, telemetry } from './support/command-process.js';
import { Load, preciseNow } from './support/load.js';
import { outcomeOf, type Outcome } from './support/outcome.js';
import { BackendProcess, killAll, until } from './support/processes.js';
import { readRecord } from './support/record.js';
import { printTable } from './support/table.js';

// A collector whose sending queue is in files is killed at random points under load, and started again.

const kills = isLong ? 200 : 8;
const spansPerRequest = 50;
const consumers = 4;

/** Busy enough that something always waits, and fails now and then. */
const busy: Behaviour = {
  seed: 1,
  answers: [
    { takes: true, says: 'ok', afterMs: 15, weight: 8 },
    { takes: false, says: { code: 14, message: 'not now' }, weight: 1 },
  ],
};

interface Setting {
  readonly backend: string;
  /** Where the queue is; absent where it is in memory. */
  readonly storage?: string;
  /** Whether a `batch` stands before it, which answers before the queue has anything. */
  readonly batches?: boolean;
  readonly fsync?: boolean;
}

function config({ backend, storage, batches = false, fsync = false }: Setting, endpoint: string): string {
  return `
receivers: { otlp: { protocols: { grpc: { endpoint: "${endpoint}" } } } }
${batches ? 'processors: { batch: { timeout: 300ms } }' : ''}
exporters:
  otlp:
    endpoint: ${backend}
    tls: { insecure: true }
    retry_on_failure: { initial_interval: 20ms, max_interval: 200ms, max_elapsed_time: 0s }
    sending_queue:
      num_consumers: ${consumers}
      queue_size: 10000
      ${storage === undefined ? '' : 'storage: file_storage'}
${storage === undefined ? '' : `extensions: { file_storage: { directory: "${storage}", fsync: ${fsync} } }`}
service:
  ${storage === undefined ? '' : 'extensions: [file_storage]'}
  pipelines:
    traces: { receivers: [otlp], ${batches ? 'processors: [batch], ' : ''}exporters: [otlp] }
`;
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'tributary-storage-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

interface Killed {
  readonly kills: number;
  readonly outcome: Outcome;
  /** Of what its sender has sent once, what was taken again. */
  readonly doubled: number;
  /** Items that were under way at most, over all kills. */
  readonly underWay: number;
}

/** Kills and starts a collector under load, lets it drain, and compares. */
async function killOften(setting: Omit<Setting, 'backend'>, times: number, seed: number): Promise<Killed> {
  const random = seededRandom(seed);
  const record = recordFile();
  const backend = await BackendProcess.start(backendOptions(record, busy));
  let endpoint = `${host}:0`;
  const start = (): Promise<CommandProcess> =>
    CommandProcess.start(command, [config({ ...setting, backend: backend.address }, endpoint), telemetry]);
  let collector = await start();
  endpoint = collector.grpc;
  const load = new Load({ endpoint, spansPerRequest, senders: 16, requestsPerSecond: 20, timeoutMs: 5_000 });
  for (let i = 0; i < times; i++) {
    // A client that has lost its connection takes its time: nothing is killed before something has come in.
    const since = preciseNow();
    await until(() => load.requests.some(({ at }) => at > since), 'a request to be acknowledged');
    await sleep(random() * 300);
    await collector.kill();
    collector = await start();
  }
  await load.end(60_000);
  backend.behave(good);
  const balance = await collector.drained(60_000);
  await collector.end();
  await backend.kill();
  expect(balance.imbalances).toEqual([]);
  const taken = readRecord(record);
  const outcome = outcomeOf(load, taken, []);
  let doubled = 0;
  for (const { firstId, items, attempts } of load.requests) {
    // What its sender has not heard of is sent by it again, and stored again.
    if (attempts > 1) continue;
    for (let id = firstId; id < firstId + items; id++) doubled += Math.max(0, taken.took(id) - 1);
  }
  return { kills: times, outcome, doubled, underWay: times * consumers * spansPerRequest };
}

function problemsOf({ outcome }: Killed): string[] {
  const { lost, unanswered, refused } = outcome;
  const problems: string[] = [];
  if (lost > 0) problems.push(`lost ${lost} acknowledged items`);
  if (unanswered + refused > 0) problems.push(`${unanswered} items unanswered, ${refused} refused`);
  return problems;
}

function print(title: string, { kills: count, outcome, doubled, underWay }: Killed): void {
  printTable(title, [
    {
      kills: count,
      sent: outcome.sent,
      acknowledged: outcome.acknowledged,
      lost: outcome.lost,
      'taken again': doubled,
      'under way at most': underWay,
    },
  ]);
}

describe('SIGKILL of a collector whose queue is in files', () => {
  afterEach(killAll);

  it(`loses nothing that was acknowledged, over ${kills} kills`, async () => {
    const killed = await killOften({ storage: folder() }, kills, 1);
    print('SIGKILL, sending_queue.storage', killed);
    expect(problemsOf(killed)).toEqual([]);
    // What was under way when it was killed, and nothing else.
    expect(killed.doubled).toBeLessThanOrEqual(killed.underWay);
  });

  it('negative controls: the check sees a queue in memory, and a batch before the queue', async () => {
    const memory = await killOften({}, 4, 2);
    print('SIGKILL, queue in memory', memory);
    const batched = await killOften({ storage: folder(), batches: true }, 4, 3);
    print('SIGKILL, batch before a queue in files', batched);
    expect(problemsOf(memory)).toEqual([expect.stringMatching(/^lost \d+ acknowledged items$/)]);
    expect(problemsOf(batched)).toEqual([expect.stringMatching(/^lost \d+ acknowledged items$/)]);
  });
});

describe('a destination that is down', () => {
  afterEach(killAll);

  it('gets after a restart what waited for it at the shutdown', async () => {
    const storage = folder();
    const record = recordFile();
    const options = backendOptions(record, always({ takes: false, says: { code: 14, message: 'down' } }));
    const backend = await BackendProcess.start(options);
    let collector = await CommandProcess.start(command, [
      config({ backend: backend.address, storage }, `${host}:0`),
      telemetry,
    ]);
    const load = new Load({ endpoint: collector.grpc, spansPerRequest });
    await sleep(500);
    await load.end(5_000);
    const startMs = performance.now();
    expect(await collector.end()).toBe(0);
    const endedMs = performance.now() - startMs;
    backend.behave(good);
    collector = await CommandProcess.start(command, [
      config({ backend: backend.address, storage }, `${host}:0`),
      telemetry,
    ]);
    await collector.drained(30_000);
    await collector.end();
    await backend.kill();
    const { acknowledged, lost, duplicated } = outcomeOf(load, readRecord(record), []);
    printTable('Shutdown while the destination is down', [
      { acknowledged, lost, 'taken again': duplicated, 'shutdown took, ms': Math.round(endedMs) },
    ]);
    expect(acknowledged).toBeGreaterThan(1_000);
    expect([lost, duplicated]).toEqual([0, 0]);
  });
});

describe('a disk that is full', () => {
  afterEach(killAll);

  it('refuses, loses nothing that was acknowledged, and takes more when there is room', async ({ skip }) => {
    const disk = smallDisk(8);
    if (disk === undefined) return skip('needs the right to mount a small file system');
    const record = recordFile();
    const down = always({ takes: false, says: { code: 14, message: 'down' } });
    const backend = await BackendProcess.start(backendOptions(record, down));
    let collector = await CommandProcess.start(command, [
      config({ backend: backend.address, storage: disk }, `${host}:0`),
      telemetry,
    ]);
    const load = new Load({
      endpoint: collector.grpc,
      spansPerRequest,
      textBytes: 2_000,
      requestsPerSecond: 50,
    });
    await sleep(3_000);
    const acknowledgedBefore = load.requests.filter(({ outcome }) => outcome === 'acknowledged').length;
    expect(load.attemptsAgain).toBeGreaterThan(0);
    expect(load.hints).toBeGreaterThan(0);
    // What cannot be written at the end must not be in the way of a start.
    await collector.kill();
    backend.behave(good);
    collector = await CommandProcess.start(command, [
      config({ backend: backend.address, storage: disk }, collector.grpc),
      telemetry,
    ]);
    await sleep(2_000);
    await load.end(30_000);
    await collector.drained(30_000);
    await collector.end();
    await backend.kill();
    const { acknowledged, lost, unanswered, refused } = outcomeOf(load, readRecord(record), []);
    printTable('A full disk', [
      {
        'requests before it was full': acknowledgedBefore,
        acknowledged,
        lost,
        'sent again': load.attemptsAgain,
      },
    ]);
    expect([lost, unanswered, refused]).toEqual([0, 0, 0]);
    const [store] = readdirSync(disk);
    expect(readdirSync(path.join(disk, store!)).filter((file) => file.endsWith('.seg')).length).toBeLessThan(
      3,
    );
  });
});

/** A file system of so many MiB, or `undefined` where there is no right to one. */
function smallDisk(mib: number): string | undefined {
  const mounted = path.join(folder(), 'disk');
  mkdirSync(mounted);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', mounted], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', mounted]));
  return mounted;
}
