/**
 * An agent and a gateway as two processes, a load, and a backend that counts: `npm run demo`.
 *
 *     node examples/dist/demo/main.js [--break]
 *
 * The gateway is stopped and started again in the middle. Exits 0 if the backend got every item, else 1.
 * `--break` makes the gateway lose one span: the demo must notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Arrivals } from './arrivals.js';
import { createBackend } from './backend.js';
import { pointsPerCollection, type LoadReport, type RequestSent } from './messages.js';
import { startProcess, startService, type ServiceProcess } from './processes.js';
import { createScreen } from './screen.js';
import { add, formatTable, percentile, total } from './table.js';

const seconds = 20;
const spans = 110_000;
const records = 80_000;
/** Above every ID that the load can make, its collections of points included. */
const idLimit = spans + pointsPerCollection * seconds * 10;
const timeLimitMs = 120_000;

const isBroken = process.argv.includes('--break');
const screen = createScreen();
const arrivals = new Arrivals(idLimit);
const requests: RequestSent[] = [];
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

await using backend = createBackend(arrivals);
await backend.start();
const startGateway = (endpoint: string, losesOne: boolean): Promise<ServiceProcess> =>
  startService(
    'gateway',
    {
      BACKEND_ENDPOINT: backend.addresses()['otlp']!['grpc']!,
      GRPC_ENDPOINT: endpoint,
      DEMO_BREAK: losesOne ? '1' : '0',
    },
    showLine,
  );

const firstGateway = await startGateway('localhost:0', isBroken);
const gatewayAddress = firstGateway.latest().addresses['otlp']!['grpc']!;
const agent = await startService(
  'agent',
  { GATEWAY_ENDPOINT: gatewayAddress, GRPC_ENDPOINT: 'localhost:0', HTTP_ENDPOINT: 'localhost:0' },
  showLine,
);
const { grpc, http } = agent.latest().addresses['otlp']!;
const load = startProcess({
  name: 'load',
  program: 'demo/load.js',
  env: {
    AGENT_GRPC: grpc!,
    AGENT_HTTP: http!,
    SECONDS: String(seconds),
    SPANS: String(spans),
    RECORDS: String(records),
  },
  onLine: showLine,
  onMessage(message) {
    if (message.kind === 'request') requests.push(message);
    else if (message.kind === 'load') loadReport = message;
  },
});
const progress = setInterval(showProgress, 250);

await sleep((seconds * 1000) / 2);
screen.line('The gateway is stopped (SIGTERM) ...');
await firstGateway.stop();
const secondGateway = await startGateway(gatewayAddress, false);
screen.line('... and runs again.');

await load.ended;
await agent.stop();
await secondGateway.stop();
clearInterval(progress);
clearTimeout(timeLimit);
screen.end();
process.exitCode = showResult() ? 0 : 1;

/** What the programs write, but for the records of their log below "warn": here a retry is no news. */
function showLine(line: string): void {
  if (!/\| \{"level":"(debug|info)",/.test(line)) screen.line(line);
}

function showProgress(): void {
  const sent = total(loadReport.sent);
  const received = total(arrivals.received());
  screen.progress(
    `sent ${sent.toLocaleString('en')}, received by the backend ${received.toLocaleString('en')}, ` +
      `under way ${Math.max(0, sent - received).toLocaleString('en')}`,
  );
}

/** Prints the result; true if nothing was lost. */
function showResult(): boolean {
  const { sent, failedExports } = loadReport;
  const gateways = [firstGateway.latest(), secondGateway.latest()] as const;
  const lost = arrivals.lost(sent);
  console.log(
    formatTable([
      ['sent by the load', sent],
      ['received by the agent', agent.latest().received],
      ['exported by the agent', agent.latest().exported],
      ['received by the gateway', add(gateways[0].received, gateways[1].received)],
      ['exported by the gateway', add(gateways[0].exported, gateways[1].exported)],
      ['received by the backend', arrivals.received()],
      ['lost', lost],
      ['duplicated', arrivals.duplicated()],
    ]),
  );
  const latencies = requests
    .map(({ signal, id, at }) => (arrivals.when(signal, id) ?? NaN) - at)
    .filter((latency) => !Number.isNaN(latency))
    .sort((a, b) => a - b);
  console.log(
    `  added latency: p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms` +
      ` (${latencies.length} requests; two batches of up to 200 ms each, and the restart)`,
  );
  if (failedExports > 0) console.log(`  exports that the load's SDK gave up: ${failedExports}`);
  const isComplete = loadReport.isDone && total(lost) === 0;
  console.log(isComplete ? 'Nothing was lost.' : `LOST: ${total(lost)} items.`);
  return isComplete;
}
