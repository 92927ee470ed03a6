import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Behaviour } from './programs/src/backend-messages.js';
import type { CollectorProgramOptions } from './programs/src/collector.js';
import { always, backendOptions, good, host, isLong, recordFile } from './support/chain.js';
import { Load, preciseNow } from './support/load.js';
import { outcomeOf, type Outcome } from './support/outcome.js';
import { BackendProcess, CollectorProcess, heldIn, killAll, until } from './support/processes.js';
import { readRecord } from './support/record.js';
import { printTable } from './support/table.js';

// SIGKILL of agent, gateway and backend in turn, twice each.

const loadMs = isLong ? 5_000 : 700;
const victims = ['agent', 'gateway', 'backend'] as const;
type Victim = (typeof victims)[number];

/** One kill, and what came of it. */
interface Kill {
  readonly victim: Victim;
  /** Items in the killed process by its last balance. */
  readonly held: number;
  /** Items that it acknowledged after that. */
  readonly acceptedSince: number;
  readonly outcome: Outcome;
}

function program(
  name: string,
  endpoint: string,
  to: string,
  waits: boolean,
): [string, string, Record<string, string>] {
  const options: CollectorProgramOptions = {
    name,
    grpc: { endpoint },
    batch: { timeout: '100ms', wait_for_result: waits },
    exporter: {
      endpoint: to,
      tls: { insecure: true },
      // Recovery is not what is waited for here.
      retry_on_failure: { initial_interval: '50ms', max_interval: '250ms' },
      sending_queue: { wait_for_result: waits },
    },
  };
  return [
    name,
    'test/proofs/programs/dist/collector.js',
    { COLLECTOR_OPTIONS: JSON.stringify(options), SHUTDOWN_GRACE_MS: '10000' },
  ];
}

/**
 * Load, agent, gateway and backend. Each victim is killed under load and started again at its address; then
 * everything drains, so that what is lost is the work of this kill.
 */
async function kill(
  waits: Readonly<Record<'agent' | 'gateway', boolean>>,
  sequence: readonly Victim[],
  behaviour: { readonly first: Behaviour; readonly afterKill: Behaviour } = { first: good, afterKill: good },
): Promise<Kill[]> {
  const record = recordFile();
  const options = backendOptions(record, behaviour.first);
  let backend = await BackendProcess.start(options);
  const startGateway = (endpoint: string): Promise<CollectorProcess> =>
    CollectorProcess.start(...program('gateway', endpoint, backend.address, waits.gateway));
  let gateway = await startGateway(`${host}:0`);
  const startAgent = (endpoint: string): Promise<CollectorProcess> =>
    CollectorProcess.start(...program('agent', endpoint, gateway.address, waits.agent));
  let agent = await startAgent(`${host}:0`);
  const kills: Kill[] = [];
  let firstId = 0;

  for (const victim of sequence) {
    const started = [agent, gateway];
    const before = { passed: agent.latest.exported.traces, received: gateway.latest.received.traces };
    // Not five a second, as many as there are reports: each of these might come while nothing is there.
    const load = new Load({ endpoint: agent.address, firstId, senders: 32, requestsPerSecond: 7 });
    await sleep(loadMs);
    if (victim !== 'backend') await untilBusy(victim === 'agent' ? agent : gateway);
    let held = 0;
    let acceptedSince = 0;
    switch (victim) {
      case 'agent':
        await agent.kill('SIGKILL');
        held = heldIn(agent.latest.balance);
        acceptedSince = acknowledgedSince(load, agent.latest.at);
        started.push((agent = await startAgent(agent.address)));
        break;
      case 'gateway': {
        await gateway.kill('SIGKILL');
        held = heldIn(gateway.latest.balance);
        // While there is no gateway, what the agent has got rid of is what that one had acknowledged.
        await nextReport(agent);
        const acknowledged = agent.latest.exported.traces - before.passed;
        const reported = gateway.latest.received.traces - before.received;
        acceptedSince = Math.max(0, acknowledged - reported);
        started.push((gateway = await startGateway(gateway.address)));
        break;
      }
      case 'backend':
        await backend.kill();
        backend = await BackendProcess.start({ ...options, port: Number(backend.address.split(':')[1]) });
        break;
    }
    backend.behave(behaviour.afterKill);
    await sleep(loadMs / 2);
    await load.end(60_000);
    for (const collector of [agent, gateway]) {
      await nextReport(collector);
      await until(() => heldIn(collector.latest.balance) === 0, `${collector.name} to drain`);
    }
    kills.push({ victim, held, acceptedSince, outcome: outcomeOf(load, readRecord(record), started) });
    firstId += load.items;
  }
  await agent.kill('SIGTERM');
  await gateway.kill('SIGTERM');
  await backend.kill();
  return kills;
}

/** A process that is killed while nothing is in it proves nothing. */
async function untilBusy(collector: CollectorProcess): Promise<void> {
  await until(() => heldIn(collector.latest.balance) > 0, `something to be held by the ${collector.name}`);
}

/** Waits for a report that tells of now. */
async function nextReport(collector: CollectorProcess): Promise<void> {
  const now = preciseNow();
  await until(() => collector.latest.at > now, `a report of ${collector.name}`);
}

/** Items that the first one after the load has acknowledged since a moment. */
function acknowledgedSince(load: Load, at: number): number {
  let items = 0;
  for (const request of load.requests) {
    if (request.outcome === 'acknowledged' && request.at >= at) items += request.items;
  }
  return items;
}

/** What is wrong with a kill; nothing, if no more was lost than `most`, and no more doubled than a kill explains. */
function problemsOf({ victim, outcome }: Kill, most: number): string[] {
  const { lost, unanswered, refused, loggedDrops, wrong } = outcome;
  const problems = [...wrong];
  if (lost > most) problems.push(`${victim}: lost ${lost} acknowledged items, at most ${most} may be`);
  if (unanswered + refused > 0)
    problems.push(`${victim}: ${unanswered} items unanswered, ${refused} refused`);
  if (loggedDrops > 0) problems.push(`${victim}: ${loggedDrops} items dropped`);
  return problems;
}

const bound = ({ held, acceptedSince }: Kill): number => held + acceptedSince;

function printKills(title: string, kills: readonly Kill[]): void {
  printTable(
    title,
    kills.map((kill) => ({
      killed: kill.victim,
      sent: kill.outcome.sent,
      acknowledged: kill.outcome.acknowledged,
      delivered: kill.outcome.delivered,
      lost: kill.outcome.lost,
      'held by last balance': kill.held,
      'accepted since': kill.acceptedSince,
      'drops logged': kill.outcome.loggedDrops,
      duplicated: kill.outcome.duplicated,
    })),
  );
}

const twiceEach = [...victims, ...victims];

describe('SIGKILL under load', () => {
  afterEach(killAll);

  it('loses nothing where callers wait, and else at most what the killed process had', async () => {
    const [waiting, defaults] = await Promise.all([
      kill({ agent: true, gateway: true }, twiceEach),
      kill({ agent: false, gateway: false }, twiceEach),
    ]);
    printKills('SIGKILL, wait_for_result of batch and sending_queue everywhere', waiting);
    printKills('SIGKILL, defaults', defaults);
    expect(waiting.flatMap((each) => problemsOf(each, 0))).toEqual([]);
    expect(defaults.flatMap((each) => problemsOf(each, bound(each)))).toEqual([]);
    // Or there was nothing in the processes that were killed.
    expect(defaults.reduce((sum, each) => sum + bound(each), 0)).toBeGreaterThan(0);
  });

  it('negative controls: the checks see one hop that does not wait, and a backend that lies', async () => {
    // What the gateway has acknowledged is in it when it is killed.
    const refusing = always({ takes: false, says: { code: 14, message: 'not now' } });
    const lying = always({ takes: false, says: 'ok' });
    const [oneHop, liar] = await Promise.all([
      kill({ agent: true, gateway: false }, ['gateway'], { first: refusing, afterKill: good }),
      kill({ agent: false, gateway: false }, ['backend'], { first: lying, afterKill: lying }),
    ]);
    printKills('SIGKILL, the gateway does not wait', oneHop);
    printKills('SIGKILL, defaults, a backend that lies', liar);
    expect(oneHop.flatMap((each) => problemsOf(each, 0))).toEqual([
      expect.stringMatching(/^gateway: lost \d+/),
    ]);
    expect(liar.flatMap((each) => problemsOf(each, bound(each)))).toEqual([
      expect.stringMatching(/^backend: lost \d+/),
    ]);
  });
});
