import { setTimeout as sleep } from 'node:timers/promises';
import type { OtlpExporterConfig } from '@tributary/exporter-otlp';
import { afterEach, describe, expect, it } from 'vitest';
import type { Behaviour } from './programs/src/backend-messages.js';
import type { CollectorProgramOptions } from './programs/src/collector.js';
import { always, backendOptions, good, host, isLong, recordFile } from './support/chain.js';
import { Load } from './support/load.js';
import { outcomeOf, type Outcome } from './support/outcome.js';
import { BackendProcess, CollectorProcess, heldIn, killAll, until } from './support/processes.js';
import { readRecord } from './support/record.js';
import { printTable } from './support/table.js';

// A signal ends an agent or a gateway under load: what it could not deliver is in its log and its books.

const graceMs = isLong ? 25_000 : 2_500;
const loadMs = isLong ? 10_000 : 800;
/** In the short form, for machines that are busy with other tests: a process may have to wait for its turn. */
const beyondMs = isLong ? 0 : 4_000;

const backends: Readonly<Record<string, Behaviour | undefined>> = {
  good,
  slow: always({ takes: true, says: 'ok', afterMs: 300 }),
  stalled: always({ takes: false, says: 'silence' }),
  dead: undefined,
};

interface Termination {
  readonly target: 'agent' | 'gateway';
  readonly backend: string;
  readonly outcome: Outcome;
  /** How long each process took to end: the target, then those that were left. */
  readonly endedMs: readonly number[];
  readonly codes: readonly (number | null)[];
}

/** A collector that passes on what it gets. */
function start(
  name: string,
  endpoint: string,
  exporter: OtlpExporterConfig,
  shutdownGraceMs: number,
): Promise<CollectorProcess> {
  const options: CollectorProgramOptions = {
    name,
    grpc: { endpoint },
    exporter: { ...exporter, tls: { insecure: true } },
  };
  return CollectorProcess.start(name, 'test/proofs/programs/dist/collector.js', {
    COLLECTOR_OPTIONS: JSON.stringify(options),
    SHUTDOWN_GRACE_MS: String(shutdownGraceMs),
  });
}

/** Load, agent, gateway and backend; the target ends in the middle (a gateway is started again), then the rest. */
async function terminate(
  target: 'agent' | 'gateway',
  backend: string,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<Termination> {
  const record = recordFile();
  const behaviour = backends[backend];
  const server = await BackendProcess.start(backendOptions(record, behaviour));
  // From here on its port is closed.
  if (behaviour === undefined) await server.kill();
  const startGateway = (endpoint: string): Promise<CollectorProcess> =>
    start('gateway', endpoint, { endpoint: server.address }, graceMs);
  const gateway = await startGateway(`${host}:0`);
  const agent = await start(
    'agent',
    `${host}:0`,
    { endpoint: gateway.address, retry_on_failure: { initial_interval: '100ms', max_interval: '1s' } },
    graceMs,
  );
  const load = new Load({ endpoint: agent.address, senders: 4, requestsPerSecond: 10 });
  await sleep(loadMs);
  const started = [agent, gateway];
  const endings = [await (target === 'agent' ? agent : gateway).kill(signal)];
  if (target === 'agent') {
    await load.end(500);
    endings.push(await gateway.kill('SIGTERM'));
  } else {
    // The agent keeps what it has for the next one.
    const next = await startGateway(gateway.address);
    started.push(next);
    await sleep(loadMs);
    await load.end(5_000);
    if (backend === 'good') await until(() => heldIn(agent.latest.balance) === 0, 'the agent to drain');
    endings.push(await agent.kill('SIGTERM'), await next.kill('SIGTERM'));
  }
  await server.kill();
  return {
    target,
    backend,
    outcome: outcomeOf(load, readRecord(record), started),
    endedMs: endings.map(({ ms }) => ms),
    codes: endings.map(({ code }) => code),
  };
}

/** What is wrong with a termination; nothing, if what was acknowledged is delivered, or logged and counted. */
function problemsOf({ outcome, endedMs, codes }: Termination): string[] {
  const { lost, loggedDrops, countedDrops, wrong } = outcome;
  const problems = [...wrong];
  const silent = lost - loggedDrops;
  if (silent > 0) problems.push(`${silent} acknowledged items were lost without a line in a log`);
  if (loggedDrops !== countedDrops)
    problems.push(`${loggedDrops} drops in the logs, ${countedDrops} in the books`);
  for (const ms of endedMs) {
    if (ms > graceMs + beyondMs) problems.push(`a process took ${ms} ms to end`);
  }
  for (const code of codes) if (code !== 0 && code !== 1) problems.push(`a process ended with ${code}`);
  if (countedDrops === 0 && codes.some((code) => code !== 0)) problems.push('a clean drain must end with 0');
  if (countedDrops > 0 && codes.every((code) => code === 0)) problems.push('drops must not end with 0');
  return problems;
}

function printTerminations(title: string, terminations: readonly Termination[]): void {
  printTable(
    `${title}, grace ${graceMs} ms`,
    terminations.map(({ target, backend, outcome, endedMs, codes }) => ({
      target,
      backend,
      sent: outcome.sent,
      acknowledged: outcome.acknowledged,
      delivered: outcome.delivered,
      lost: outcome.lost,
      'drops logged': outcome.loggedDrops,
      'drops counted': outcome.countedDrops,
      duplicated: outcome.duplicated,
      'ended after ms': endedMs.map((ms) => ms.toFixed(0)).join(', '),
      'exit codes': codes.join(', '),
    })),
  );
}

describe('SIGTERM under load', () => {
  afterEach(killAll);

  it.each(['agent', 'gateway'] as const)(
    'loses nothing of the %s in silence, whatever the backend does',
    async (target) => {
      const terminations = await Promise.all(
        Object.keys(backends).map((backend) => terminate(target, backend)),
      );
      printTerminations(`SIGTERM of the ${target}`, terminations);
      expect(
        terminations.flatMap((each) => problemsOf(each).map((problem) => `${each.backend}: ${problem}`)),
      ).toEqual([]);
      expect(
        Object.fromEntries(terminations.map(({ backend, outcome }) => [backend, outcome.lost > 0])),
      ).toMatchObject({
        // Or the check has had nothing to look at.
        dead: true,
        stalled: true,
      });
      expect(terminations.find(({ backend }) => backend === 'good')!.outcome).toMatchObject({
        lost: 0,
        loggedDrops: 0,
      });
    },
  );

  it('ends at once on a second signal', async () => {
    // Nobody listens there: the drain would take all of its grace.
    const agent = await start('agent', `${host}:0`, { endpoint: `${host}:1` }, 600_000);
    const load = new Load({ endpoint: agent.address, senders: 1 });
    await until(
      () => load.requests.some(({ outcome }) => outcome === 'acknowledged'),
      'a request to be taken',
    );
    const first = agent.kill('SIGTERM');
    await until(
      () => agent.lines.some((line) => JSON.stringify(line).includes('Shutting down.')),
      'the drain',
    );
    const second = await agent.kill('SIGTERM');
    await load.end(0);
    expect(second).toMatchObject({ code: 128 + 15 });
    await first;
  });

  it('negative control: a process that is killed loses in silence, and the check sees it', async () => {
    const killed = await terminate('gateway', 'dead', 'SIGKILL');
    printTerminations('SIGKILL of the gateway', [killed]);
    expect(problemsOf(killed)).toContainEqual(
      expect.stringMatching(/acknowledged items were lost without a line/),
    );
  });
});
