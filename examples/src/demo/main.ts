/**
 * An agent and a gateway as two processes, a load, and a backend that counts: `npm run demo`.
 *
 *     node examples/dist/demo/main.js [--code] [--break]
 *
 * Agent and gateway are the command `tributary` with the files of `examples/agent-to-gateway`, and with `--code`
 * the programs `agent.ts` and `gateway.ts`. The gateway is stopped and started again in the middle. Exits 0 if
 * the backend got every item, else 1. `--break` makes the gateway lose one span: the demo must notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Arrivals } from './arrivals.js';
import { createBackend } from './backend.js';
import { Figures } from './figures.js';
import { pointsPerCollection, type LoadReport, type RequestSent } from './messages.js';
import { startProcess } from './processes.js';
import { createScreen } from './screen.js';
import { startFromCode, startFromYaml, type Service } from './services.js';
import { add, formatTable, percentile, total } from './table.js';

const seconds = 20;
const spans = 110_000;
const records = 80_000;
/** Above every ID that the load can make, its collections of points included. */
const idLimit = spans + pointsPerCollection * seconds * 10;
const timeLimitMs = 120_000;

const isBroken = process.argv.includes('--break');
const isCode = process.argv.includes('--code');
const screen = createScreen();
const arrivals = new Arrivals(idLimit);
const figures = new Figures();
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

await using backend = createBackend(arrivals, figures);
await backend.start();
const addresses = backend.addresses();
const start = isCode ? startFromCode : startFromYaml(figures, addresses['otlp/figures']!['grpc']!);
const startGateway = (name: string, endpoint: string, losesOne: boolean): Promise<Service> =>
  start({
    role: 'gateway',
    name,
    env: { BACKEND_ENDPOINT: addresses['otlp']!['grpc']!, GRPC_ENDPOINT: endpoint },
    isBroken: losesOne,
    onLine: showLine,
  });

const firstGateway = await startGateway('gateway', 'localhost:0', isBroken);
const gatewayAddress = firstGateway.endpoints['grpc']!;
const agent = await start({
  role: 'agent',
  name: 'agent',
  env: { GATEWAY_ENDPOINT: gatewayAddress, GRPC_ENDPOINT: 'localhost:0', HTTP_ENDPOINT: 'localhost:0' },
  isBroken: false,
  onLine: showLine,
});
const { grpc, http } = agent.endpoints;
const load = startProcess({
  name: 'load',
  program: fileURLToPath(new URL('load.js', import.meta.url)),
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
const secondGateway = await startGateway('gateway again', gatewayAddress, false);
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
  const lost = arrivals.lost(sent);
  console.log(
    formatTable([
      ['sent by the load', sent],
      ['received by the agent', agent.received()],
      ['exported by the agent', agent.exported()],
      ['received by the gateway', add(firstGateway.received(), secondGateway.received())],
      ['exported by the gateway', add(firstGateway.exported(), secondGateway.exported())],
      ['received by the backend', arrivals.received()],
      ['lost', lost],
      ['duplicated', arrivals.duplicated()],
    ]),
  );
  const latencies = requests
    .map(({ signal, id, at }) => (arrivals.when(signal, id) ?? NaN) - at)
    .filter((latency) => !Number.isNaN(latency))
    .sort((a, b) => a - b);
  const batches = isCode ? 'two batches of up to 200 ms each' : 'batches of up to 1 s and 10 s';
  console.log(
    `  added latency: p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms` +
      ` (${latencies.length} requests; ${batches}, and the restart)`,
  );
  if (failedExports > 0) console.log(`  exports that the load's SDK gave up: ${failedExports}`);
  const isComplete = loadReport.isDone && total(lost) === 0;
  console.log(isComplete ? 'Nothing was lost.' : `LOST: ${total(lost)} items.`);
  return isComplete;
}
