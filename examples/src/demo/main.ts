/**
 * Two agents and three gateways as processes, a load, and a backend that counts: `npm run demo`.
 *
 *     node examples/dist/demo/main.js [--code] [--break]
 *
 * The spans of a trace come to both agents, and the agents give all of them to one gateway, which keeps traces with
 * errors and a tenth of the others. The agents find the gateways by SRV records at a DNS server of the demo, from which
 * the third is taken away and to which it comes back in the middle. Agents and gateways are the command `tributary` with
 * the files of `examples/agent-to-gateway`, and with `--code` the programs `agent.ts` and `gateway.ts`. Exits 0 if
 * nothing was lost and no trace was split, else 1. `--break` makes a gateway lose one span: the demo must notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dnsServer } from '@tributary/testkit';
import { Arrivals } from './arrivals.js';
import { createBackend } from './backend.js';
import { Figures } from './figures.js';
import { pointsPerCollection, type Counts, type LoadReport, type RequestSent } from './messages.js';
import { startProcess } from './processes.js';
import { createScreen } from './screen.js';
import { startFromCode, startFromYaml, type Service } from './services.js';
import { votesOf } from './votes.js';
import { add, formatTable, percentile, total } from './table.js';
import { judge, keptShare, spansPerTrace, tolerance } from './traces.js';
import { askWhy } from './why.js';

const seconds = 20;
const spans = 60_000;
const records = 40_000;
/** Above every ID that the load can make, its collections of points included. */
const idLimit = spans + pointsPerCollection * seconds * 10;
const timeLimitMs = 120_000;
const names = { service: '_otlp._tcp.gateways.example', host: 'gateways.example' } as const;
/** The gateway is taken out of the DNS, stopped when nothing belongs to it any more, and started again. */
const changesAtS = { out: 5, stop: 12 } as const;
/** Of one of them, a gateway that still runs will know. */
const tries = 10;
/** Until the last traces are decided, and passed on. */
const decisionMs = 4_500;

const isBroken = process.argv.includes('--break');
const isCode = process.argv.includes('--code');
const screen = createScreen();
const arrivals = new Arrivals(idLimit);
const figures = new Figures();
const requests: RequestSent[] = [];
let firstTraces: readonly string[] = [];
let loadReport: LoadReport = {
  kind: 'load',
  sent: { traces: 0, metrics: 0, logs: 0 },
  failedExports: 0,
  isDone: false,
};

const timeLimit = setTimeout(() => {
  screen.line(`The demo did not end within ${timeLimitMs / 1000} s.`);
  process.exit(1);
}, timeLimitMs);

await using dns = await dnsServer();
await using backend = createBackend(arrivals, figures);
await backend.start();
const addresses = backend.addresses();
const start = isCode ? startFromCode : startFromYaml(figures, addresses['otlp/figures']!['grpc']!);
const startGateway = (name: string, losesOne = false): Promise<Service> =>
  start({
    role: 'gateway',
    name,
    env: { BACKEND_ENDPOINT: addresses['otlp']!['grpc']!, GRPC_ENDPOINT: '127.0.0.1:0' },
    isBroken: losesOne,
    onLine: showLine,
  });
const startAgent = (name: string): Promise<Service> =>
  start({
    role: 'agent',
    name,
    env: {
      GATEWAY_NAME: names.service,
      DNS_SERVER: dns.address,
      GRPC_ENDPOINT: 'localhost:0',
      HTTP_ENDPOINT: 'localhost:0',
    },
    isBroken: false,
    onLine: showLine,
  });

dns.set(names.host, { a: ['127.0.0.1'] });
const [first, second, third] = await Promise.all([
  startGateway('gateway 1', isBroken),
  startGateway('gateway 2'),
  startGateway('gateway 3'),
]);
nameGateways([first, second, third]);
const [agent, otherAgent] = await Promise.all([startAgent('agent 1'), startAgent('agent 2')]);
const load = startProcess({
  name: 'load',
  program: fileURLToPath(new URL('load.js', import.meta.url)),
  env: {
    AGENT_GRPC: agent.endpoints['grpc']!,
    AGENT_HTTP: agent.endpoints['http']!,
    OTHER_AGENT_GRPC: otherAgent.endpoints['grpc']!,
    SECONDS: String(seconds),
    SPANS: String(spans),
    RECORDS: String(records),
  },
  onLine: showLine,
  onMessage(message) {
    if (message.kind === 'request') requests.push(message);
    else if (message.kind === 'load') loadReport = message;
    else if (message.kind === 'traces') firstTraces = message.ids;
  },
});
const progress = setInterval(showProgress, 250);

await sleep(changesAtS.out * 1000);
await betweenLookups();
screen.line('Gateway 3 is taken out of the DNS: new traces go to the others ...');
nameGateways([first, second]);
await sleep((changesAtS.stop - changesAtS.out) * 1000);
const votesBefore = await votesOf([third.telemetry]);
await third.stop();
const again = await startGateway('gateway 3 again');
await betweenLookups();
nameGateways([first, second, again]);
screen.line('... it was stopped (SIGTERM), runs again, and is back in the DNS.');

await load.ended;
await agent.stop();
await otherAgent.stop();
await sleep(decisionMs);
const reasons = await askWhy(
  [first, second, again].map(({ telemetry }) => telemetry),
  firstTraces.filter((_, trace) => cameIn(trace)).slice(0, tries),
  firstTraces.filter((_, trace) => !cameIn(trace)).slice(0, tries),
);
const votes = await votesOf(
  [first, second, again].map(({ telemetry }) => telemetry),
  votesBefore,
);
for (const gateway of [first, second, again]) await gateway.stop();
clearInterval(progress);
clearTimeout(timeLimit);
screen.end();
process.exitCode = showResult() ? 0 : 1;

/**
 * Agents ask the DNS in the first fiftieth of each second. What changes in there may reach one of them a second before the
 * other, and traces that begin meanwhile are split.
 */
async function betweenLookups(): Promise<void> {
  const betweenMs = 500;
  await sleep((1000 + betweenMs - (Date.now() % 1000)) % 1000);
}

function nameGateways(named: readonly Service[]): void {
  const srv = named.map(({ endpoints }) => ({
    target: names.host,
    port: Number(endpoints['grpc']!.split(':').at(-1)),
  }));
  dns.set(names.service, { srv });
}

/** Whether a span of it arrived at the backend. */
function cameIn(trace: number): boolean {
  return Array.from({ length: spansPerTrace }, (_, i) => trace * spansPerTrace + i).some(
    (span) => arrivals.gatewayOf(span) > 0,
  );
}

/** What the programs write, but for the records of their log below "warn": here a retry is no news. */
function showLine(line: string): void {
  if (!/\| \{"level":"(debug|info)",/.test(line)) screen.line(line);
}

function showProgress(): void {
  const sent = total(loadReport.sent);
  const received = total(arrivals.received());
  screen.progress(
    `sent ${sent.toLocaleString('en')}, received by the backend ${received.toLocaleString('en')} (most spans are not kept)`,
  );
}

/** Prints the result; true if nothing was lost and no trace was split. */
function showResult(): boolean {
  const { sent, failedExports } = loadReport;
  const agents = [agent, otherAgent];
  const all = [first, second, third, again];
  const traces = judge(sent.traces / spansPerTrace, (span) => arrivals.gatewayOf(span));
  const sampledAway = all.reduce((sum, gateway) => sum + gateway.sampledAway(), 0);
  // Of traces that are to be kept, what is missing; of the others, what no gateway says that it did not keep.
  const unexplained = traces.absent * spansPerTrace - sampledAway;
  const lost: Counts = { ...arrivals.lost(sent), traces: traces.missingSpans + Math.max(0, unexplained) };
  const sum = (of: (service: Service) => Counts, services: readonly Service[]): Counts =>
    services.map(of).reduce(add);
  console.log(
    formatTable([
      ['sent by the load', sent],
      ['received by the agents', sum((each) => each.received(), agents)],
      ['exported by the agents', sum((each) => each.exported(), agents)],
      ['received by the gateways', sum((gateway) => gateway.received(), all)],
      ['not kept by sampling', { traces: sampledAway, metrics: 0, logs: 0 }],
      ['exported by the gateways', sum((gateway) => gateway.exported(), all)],
      ['received by the backend', arrivals.received()],
      ['lost', lost],
      ['duplicated', arrivals.duplicated()],
    ]),
  );
  const share = traces.othersKept / traces.others;
  const isShareRight = Math.abs(share - keptShare) <= tolerance(traces.others);
  console.log(
    [
      `  traces with errors: ${traces.failedKept} of ${traces.failed} kept`,
      `  other traces: ${traces.othersKept} of ${traces.others} kept, ${percent(share)} (10 % ± ${percent(tolerance(traces.others))})`,
      `  traces split between gateways: ${traces.split}`,
      ...[...votes].map(
        ([policy, { sampled, notSampled }]) =>
          `  policy ${policy}: ${sampled} traces sampled, ${notSampled} not`,
      ),
      `  added latency of points and records: ${latency()}`,
    ].join('\n'),
  );
  if (failedExports > 0) console.log(`  exports that the load's SDK gave up: ${failedExports}`);
  console.log(reasons.text);
  const isComplete = loadReport.isDone && total(lost) === 0 && traces.failedKept === traces.failed;
  console.log(isComplete ? 'Nothing was lost.' : `LOST: ${total(lost)} items.`);
  if (traces.split > 0) console.log(`SPLIT: ${traces.split} traces.`);
  if (!isShareRight) console.log('WRONG SHARE of traces without errors.');
  if (!reasons.isKnown) console.log('UNKNOWN: no gateway says why.');
  return isComplete && traces.split === 0 && isShareRight && reasons.isKnown;
}

function latency(): string {
  const latencies = requests
    .filter(({ signal }) => signal !== 'traces')
    .map(({ signal, id, at }) => (arrivals.when(signal, id) ?? NaN) - at)
    .filter((ms) => !Number.isNaN(ms))
    .sort((a, b) => a - b);
  const batches = isCode ? 'two batches of up to 200 ms each' : 'two batches of up to 1 s each';
  const [p50, p99] = [0.5, 0.99].map((part) => percentile(latencies, part).toFixed(0));
  return `p50 ${p50} ms, p99 ${p99} ms (${latencies.length} requests; ${batches})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
