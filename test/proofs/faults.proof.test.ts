import { afterEach, describe, expect, it } from 'vitest';
import type { Behaviour } from './programs/src/backend-messages.js';
import type { CollectorProgramOptions } from './programs/src/collector.js';
import { backendOptions, host, isLong, recordFile } from './support/chain.js';
import { Load } from './support/load.js';
import { outcomeOf, type Outcome } from './support/outcome.js';
import { BackendProcess, CollectorProcess, heldIn, killAll, until } from './support/processes.js';
import { readRecord } from './support/record.js';
import { printTable } from './support/table.js';

// A backend that answers with whatever can go wrong. Nothing is lost but what it refuses for good
// (INVALID_ARGUMENT here): such items cannot be delivered. Where callers wait they are refused to their sender,
// who so was never told that they are taken; else they are dropped, each in a log line and in the books.

const items = isLong ? 100_000 : 2_500;
const unavailable = 14;
const resourceExhausted = 8;
const invalidArgument = 3;

/** Half of the answers are good; of the others some take the data and some do not. */
const faults: Behaviour['answers'] = [
  { takes: true, says: 'ok', weight: 10 },
  { takes: false, says: { code: unavailable, message: 'not now' }, weight: 2 },
  { takes: false, says: { code: unavailable, message: 'not now', retryAfterMs: 150 }, weight: 2 },
  { takes: false, says: { code: resourceExhausted, message: 'quota', retryAfterMs: 150 }, weight: 2 },
  { takes: false, says: { code: resourceExhausted, message: 'quota' }, weight: 2 },
  { takes: false, says: 'reset', weight: 1 },
  { takes: true, says: 'reset', weight: 1 },
  { takes: false, says: 'silence', weight: 1 },
  { takes: true, says: 'silence', weight: 1 },
];
const forGood: Behaviour['answers'][number] = {
  takes: false,
  says: { code: invalidArgument, message: 'not like this' },
  weight: 1,
};

interface Run {
  readonly name: string;
  readonly outcome: Outcome;
  readonly drops: ReadonlyMap<string, number>;
  readonly codes: readonly (number | null)[];
}

async function run(
  name: string,
  answers: Behaviour['answers'],
  { waits, retries = true }: { readonly waits: boolean; readonly retries?: boolean },
): Promise<Run> {
  const file = recordFile();
  const backend = await BackendProcess.start(backendOptions(file, { seed: isLong ? 2 : 1, answers }));
  const start = (name: string, to: string, timeout: '3s' | '60s'): Promise<CollectorProcess> => {
    const options: CollectorProgramOptions = {
      name,
      grpc: { endpoint: `${host}:0` },
      // Small batches: many answers.
      batch: { timeout: '20ms', send_batch_size: 100, wait_for_result: waits },
      exporter: {
        endpoint: to,
        tls: { insecure: true },
        timeout,
        retry_on_failure: { enabled: retries, initial_interval: '50ms', max_interval: '250ms' },
        sending_queue: { wait_for_result: waits },
      },
    };
    return CollectorProcess.start(name, 'test/proofs/programs/dist/collector.js', {
      COLLECTOR_OPTIONS: JSON.stringify(options),
      SHUTDOWN_GRACE_MS: '20000',
    });
  };
  // What ends the silences. Longer than a busy machine delays an answer, which then came twice for no fault.
  const gateway = await start('gateway', backend.address, '3s');
  // The gateway's answers are not lost: it may take as long as its own retries do.
  const agent = await start('agent', gateway.address, '60s');
  const collectors = [agent, gateway];
  const load = new Load({ endpoint: agent.address, senders: 16, requestsPerSecond: 10, timeoutMs: 60_000 });
  await until(() => load.items >= items, `${items} items`, 600_000);
  await load.end(600_000);
  for (const collector of collectors) {
    await until(() => heldIn(collector.latest.balance) === 0, `${collector.name} to drain`, 600_000);
  }
  const endings = [await agent.kill('SIGTERM'), await gateway.kill('SIGTERM')];
  await backend.kill();
  const outcome = outcomeOf(load, readRecord(file), collectors);
  const drops = new Map<string, number>();
  for (const { countedDrops } of collectors) {
    for (const [reason, items] of countedDrops) drops.set(reason, (drops.get(reason) ?? 0) + items);
  }
  return {
    name,
    outcome,
    drops,
    codes: endings.map(({ code }) => code),
  };
}

/** What is wrong with a run; nothing, if all is delivered but what the backend refused for good. */
function problemsOf({ outcome, drops, codes }: Run): string[] {
  const { lostWithoutRefusal, refusedForGood, unexplained, unanswered, loggedDrops, countedDrops, wrong } =
    outcome;
  const problems = [...wrong];
  if (lostWithoutRefusal > 0) problems.push(`${lostWithoutRefusal} acknowledged items were lost`);
  if (unexplained > 0) problems.push(`${unexplained} items came twice although no answer was lost`);
  if (unanswered > 0) problems.push(`${unanswered} items were never answered`);
  if (loggedDrops !== countedDrops) {
    problems.push(`${loggedDrops} drops in the logs, ${countedDrops} in the books`);
  }
  const permanent = drops.get('permanent') ?? 0;
  if (permanent !== refusedForGood) {
    problems.push(`${refusedForGood} items refused for good, ${permanent} dropped as permanent`);
  }
  if (codes.some((code) => code !== 0)) problems.push(`not a clean end: ${codes.join(', ')}`);
  for (const reason of drops.keys()) if (reason !== 'permanent') problems.push(`dropped: ${reason}`);
  return problems;
}

function printRuns(runs: readonly Run[]): void {
  printTable(
    'A backend with faults',
    runs.map(({ name, outcome, drops }) => ({
      '': name,
      sent: outcome.sent,
      acknowledged: outcome.acknowledged,
      'refused to the sender': outcome.refused,
      delivered: outcome.delivered,
      lost: outcome.lost,
      'drops logged': outcome.loggedDrops,
      'by reason': [...drops].map(([reason, items]) => `${reason} ${items}`).join(', '),
      duplicated: outcome.duplicated,
      unexplained: outcome.unexplained,
    })),
  );
}

describe('a backend that answers with faults', () => {
  afterEach(killAll);

  it('loses nothing but what the backend refuses for good, which is told or logged', async () => {
    const runs = await Promise.all([
      run('faults that pass, defaults', faults, { waits: false }),
      run('faults that pass, callers wait', faults, { waits: true }),
      run('refusals for good too, defaults', [...faults, forGood], { waits: false }),
      run('refusals for good too, callers wait', [...faults, forGood], { waits: true }),
    ]);
    printRuns(runs);
    expect(runs.flatMap((each) => problemsOf(each).map((problem) => `${each.name}: ${problem}`))).toEqual([]);
    const [passing, waiting, dropped, refused] = runs.map(({ outcome }) => outcome);
    expect(passing).toMatchObject({ lost: 0, refused: 0 });
    expect(waiting).toMatchObject({ lost: 0, refused: 0 });
    expect(refused).toMatchObject({ lost: 0, loggedDrops: 0 });
    // Or the backend has had no chance.
    expect(passing!.duplicated).toBeGreaterThan(0);
    expect(waiting!.duplicated).toBeGreaterThan(0);
    expect(dropped!.loggedDrops).toBeGreaterThan(0);
    expect(refused!.refused).toBeGreaterThan(0);
  });

  it('negative controls: the check sees what is not sent again, and a backend that forgets', async () => {
    const runs = await Promise.all([
      run('no retries', faults, { waits: false, retries: false }),
      run('a backend that forgets', [...faults, { takes: false, says: 'ok', weight: 1 }], { waits: false }),
    ]);
    printRuns(runs);
    for (const each of runs) {
      expect(problemsOf(each)).toContainEqual(expect.stringMatching(/acknowledged items were lost/));
    }
  });
});
