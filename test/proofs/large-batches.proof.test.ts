import { afterEach, describe, expect, it } from 'vitest';
import type { CollectorProgramOptions } from './programs/src/collector.js';
import { backendOptions, host, isLong, recordFile } from './support/chain.js';
import { Load } from './support/load.js';
import { outcomeOf, type Outcome } from './support/outcome.js';
import { BackendProcess, CollectorProcess, killAll, until } from './support/processes.js';
import { readRecord, type BackendRecord } from './support/record.js';
import { printTable } from './support/table.js';

// A gateway that makes batches of 10,000 spans, before a backend that takes requests of 4 MiB: gRPC's default.

const items = isLong ? 1_000_000 : 60_000;
const textBytes = 450;
/** The default of `sending_queue`. */
const numConsumers = 10;

interface Run {
  readonly name: string;
  readonly outcome: Outcome;
  readonly requests: BackendRecord['requests'];
  readonly code: number | null;
}

async function run(name: string, compression: 'gzip' | 'none', tooLarge?: string): Promise<Run> {
  const file = recordFile();
  const backend = await BackendProcess.start({
    ...backendOptions(file),
    ...(tooLarge !== undefined && { tooLarge }),
  });
  const options: CollectorProgramOptions = {
    name: 'gateway',
    grpc: { endpoint: `${host}:0` },
    batch: { send_batch_size: 10_000, send_batch_max_size: 20_000, timeout: '10s' },
    exporter: { endpoint: backend.address, tls: { insecure: true }, compression },
  };
  const gateway = await CollectorProcess.start('gateway', 'test/proofs/programs/dist/collector.js', {
    COLLECTOR_OPTIONS: JSON.stringify(options),
  });
  const load = new Load({
    endpoint: gateway.address,
    // 2.6 MB: two that come together are a batch, of more than the backend takes.
    spansPerRequest: 5_000,
    textBytes,
    senders: 4,
    requestsPerSecond: 5,
  });
  await until(() => load.items >= items, `${items} items`, 120_000);
  await load.end(10_000);
  const { code } = await gateway.kill('SIGTERM');
  await backend.kill();
  const record = readRecord(file);
  return { name, outcome: outcomeOf(load, record, [gateway]), requests: record.requests, code };
}

/** What is wrong with a run; nothing, if everything is delivered, once. */
function problemsOf({ outcome, code }: Run): string[] {
  const { lost, duplicated, loggedDrops, refused, unanswered, wrong } = outcome;
  const problems = [...wrong];
  if (lost > 0) problems.push(`${lost} acknowledged items were lost`);
  if (duplicated > 0) problems.push(`${duplicated} items came twice`);
  if (loggedDrops > 0) problems.push(`${loggedDrops} items were dropped`);
  if (refused + unanswered > 0) problems.push(`${refused} items refused, ${unanswered} unanswered`);
  if (code !== 0) problems.push(`not a clean end: ${code}`);
  return problems;
}

function printRuns(runs: readonly Run[]): void {
  printTable(
    'Batches of 10,000 to 20,000 spans, a backend that takes 4 MiB',
    runs.map(({ name, outcome, requests }) => ({
      '': name,
      sent: outcome.sent,
      acknowledged: outcome.acknowledged,
      delivered: outcome.delivered,
      lost: outcome.lost,
      'drops logged': outcome.loggedDrops,
      duplicated: outcome.duplicated,
      'requests taken': requests.took,
      'requests too large': requests['too large'],
    })),
  );
}

describe('batches that are larger than a backend takes', () => {
  afterEach(killAll);

  it('are delivered in pieces, and nothing is lost', async () => {
    const runs = await Promise.all([run('gzip', 'gzip'), run('not compressed', 'none')]);
    printRuns(runs);
    expect(runs.flatMap((each) => problemsOf(each).map((problem) => `${each.name}: ${problem}`))).toEqual([]);
    for (const { requests } of runs) {
      // Or no batch was too large.
      expect(requests['too large']).toBeGreaterThan(0);
      // What a request may have is learnt: only those that were on their way together were too large.
      expect(requests['too large']).toBeLessThanOrEqual(numConsumers);
    }
  });

  it('negative control: where the backend does not say that it is the size, the check sees the loss', async () => {
    const runs = [await run('other words', 'none', 'quota exceeded')];
    printRuns(runs);
    expect(runs.flatMap(problemsOf)).toContainEqual(expect.stringMatching(/acknowledged items were lost/));
  });
});
