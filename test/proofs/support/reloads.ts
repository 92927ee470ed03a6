import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Running } from '../../cli/running.js';
import { parsePrometheusText } from '../../support/prometheus-text.js';
import type { Behaviour } from '../programs/src/backend-messages.js';
import type { Addresses } from '../programs/src/clients-messages.js';
import { backendOptions, good, host, recordFile } from './chain.js';
import { Clients } from './clients.js';
import { preciseNow } from './load.js';
import { BackendProcess, until } from './processes.js';
import { readRecord } from './record.js';

export interface Scenario {
  readonly changes: number;
  /** From the end of a change to the next. */
  readonly everyMs: number;
  readonly connectionsPerSecond: number;
  /** Whether the receiver is at another address after each; clients know both. */
  readonly moves?: boolean;
  /** What is done wrong: the process ends, and another begins. */
  readonly restarts?: boolean;
  readonly behaviour?: Behaviour;
}

export interface Outcome {
  readonly connections: number;
  /** From the first change to the last. */
  readonly perSecond: number;
  readonly inSlowestSecond: number;
  /** Clients that were refused at one address and taken at the other. */
  readonly movedOn: number;
  readonly acknowledged: number;
  readonly refusals: readonly string[];
  /** Acknowledged items that the backend has never taken. */
  readonly lost: number;
  /** Those that it has taken more than once. */
  readonly doubled: number;
  /** Spans that came in and went out, by the metrics of the last process. */
  readonly accepted: number;
  readonly sent: number;
  /** Errors and drops in its log. */
  readonly complaints: readonly string[];
  /** With which it ended: 0 where everything was delivered. */
  readonly code: unknown;
}

/** Changes the configuration of the command `tributary` while clients come, each with a connection of its own. */
export async function changeUnderLoad(scenario: Scenario): Promise<Outcome> {
  const { changes, everyMs, connectionsPerSecond, moves = false, restarts = false } = scenario;
  const record = recordFile();
  const backend = await BackendProcess.start(backendOptions(record, scenario.behaviour ?? good));
  let running = new Running(configText(0, anyPort, backend.address));
  await running.ready();
  const first = otlpOf(running);
  const addresses = moves ? [first, await freeAddresses()] : [first];

  async function change(n: number): Promise<void> {
    // A listener that is opened again without need is at another port.
    const at = moves || restarts ? addresses[n % addresses.length]! : anyPort;
    const config = configText(n, at, backend.address);
    if (restarts) {
      await running.end('SIGTERM');
      running = new Running(config);
      await running.ready();
    } else {
      writeFileSync(running.config, config);
      running.child.kill('SIGHUP');
      await until(() => running.stderr.split('Configuration reloaded').length > n, `reload ${n}`);
    }
  }

  // What stays refuses nobody. Where it moves, the queue of a listener goes with it.
  const clients = new Clients({ addresses, connectionsPerSecond, attempts: moves ? 4 : 1 });
  await sleep(everyMs);
  const startMs = preciseNow();
  for (let n = 1; n <= changes; n++) {
    await change(n);
    await sleep(everyMs);
  }
  const endMs = preciseNow();
  const { connectedAt, acknowledged, refusals, movedOn } = await clients.end();
  const books = await drained(running);
  const code = await running.end('SIGTERM');
  await backend.kill();
  const received = readRecord(record);
  return {
    connections: connectedAt.length,
    ...pace(connectedAt, startMs, endMs),
    movedOn,
    acknowledged: acknowledged.length,
    refusals,
    lost: acknowledged.filter((item) => received.took(item) === 0).length,
    doubled: acknowledged.filter((item) => received.took(item) > 1).length,
    ...books,
    complaints: running.stderr.split('\n').filter((line) => /"level":"error"|dropped_items/.test(line)),
    code,
  };
}

/** What is wrong with a run; nothing, if nobody was refused and everything arrived once. */
export function problemsOf(outcome: Outcome): string[] {
  const { refusals, complaints, acknowledged, lost, doubled, accepted, sent, code } = outcome;
  const problems = [...refusals, ...complaints];
  if (lost > 0) problems.push(`${lost} acknowledged items lost`);
  if (doubled > 0) problems.push(`${doubled} items doubled`);
  if (accepted !== acknowledged) problems.push(`${acknowledged} items acknowledged, ${accepted} accepted`);
  if (sent !== accepted) problems.push(`${accepted} items accepted, ${sent} sent`);
  if (code !== 0) problems.push(`ended with ${String(code)}`);
  return problems;
}

const anyPort: Addresses = { grpc: `${host}:0`, http: `${host}:0` };

/** The configuration after the n-th change: all that stands behind the receiver is another. */
function configText(n: number, { grpc, http }: Addresses, backend: string): string {
  const retry = { initial_interval: '50ms' };
  const exporter = {
    endpoint: backend,
    tls: { insecure: true },
    timeout: `${30 + n}s`,
    retry_on_failure: retry,
  };
  const traces = { receivers: ['otlp'], processors: ['batch'], exporters: ['otlp_grpc'] };
  const logs = { receivers: ['otlp'], exporters: ['otlp_grpc'] };
  return JSON.stringify({
    receivers: { otlp: { protocols: { grpc: { endpoint: grpc }, http: { endpoint: http } } } },
    processors: { batch: { timeout: '10ms', send_batch_size: 100 + n, wait_for_result: n % 3 === 0 } },
    exporters: { otlp_grpc: exporter },
    service: {
      telemetry: {
        // Each line is counted.
        logs: { encoding: 'json', sampling: { enabled: false } },
        metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: 0 } } } }] },
      },
      pipelines: { traces, ...(n % 2 === 1 && { logs }) },
    },
  });
}

function otlpOf({ addresses }: Running): Addresses {
  const { grpc, http } = addresses['otlp']!;
  return { grpc: grpc!, http: http! };
}

/** Two that were free a moment ago. */
async function freeAddresses(): Promise<Addresses> {
  const [grpc, http] = await Promise.all([freeAddress(), freeAddress()]);
  return { grpc, http };
}

function freeAddress(): Promise<string> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(`${host}:${port}`));
    }),
  );
}

/** Waits until a collector has sent what it took. */
async function drained({ addresses }: Running): Promise<Pick<Outcome, 'accepted' | 'sent'>> {
  const url = `http://${addresses['service.telemetry']!['prometheus']!}/metrics`;
  const endMs = performance.now() + 10_000;
  for (;;) {
    const families = parsePrometheusText(await (await fetch(url)).text());
    const total = (name: string): number =>
      (families.get(name)?.samples ?? []).reduce((sum, { value }) => sum + value, 0);
    const accepted = total('otelcol_receiver_accepted_spans');
    const sent = total('otelcol_exporter_sent_spans');
    if (sent === accepted || performance.now() > endMs) return { accepted, sent };
    await sleep(20);
  }
}

/** Connections that stood in a second: all in all, and in the second that had the fewest. */
function pace(
  connectedAt: Float64Array,
  startMs: number,
  endMs: number,
): Pick<Outcome, 'perSecond' | 'inSlowestSecond'> {
  const times = connectedAt.filter((at) => at >= startMs && at < endMs).sort();
  let inSlowestSecond = times.length;
  let end = 0;
  // A second without any is noticed by the one that ends with the first connection after it.
  for (let begin = 0; begin < times.length && times[begin]! + 1000 < endMs; begin++) {
    while (end < times.length && times[end]! <= times[begin]! + 1000) end++;
    inSlowestSecond = Math.min(inSlowestSecond, end - begin - 1);
  }
  return { perSecond: (times.length * 1000) / (endMs - startMs), inSlowestSecond };
}
