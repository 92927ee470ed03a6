import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Figures } from './figures.js';
import type { Counts, ServiceReport } from './messages.js';
import { startProcess, type DemoProcess } from './processes.js';

/** The agent or a gateway, in a process of its own. */
export interface Service extends DemoProcess {
  /** Where it listens, `host:port`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Items that it took. Complete when it has ended. */
  received(): Counts;
  /** Items that it got rid of. Complete when it has ended. */
  exported(): Counts;
  /** Spans that its tail sampling did not keep. Complete when it has ended. */
  sampledAway(): number;
  /** Where it tells its metrics, and why it kept a trace. */
  readonly telemetry: string;
}

/** A service that is to be started. */
export interface ServiceOptions {
  /** Its program or its file. */
  readonly role: 'agent' | 'gateway';
  /** Tells the gateway from the one after it. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it loses one span. */
  readonly isBroken: boolean;
  readonly onLine: (line: string) => void;
}

/** Starts a service, and resolves when it listens. */
export type StartService = (options: ServiceOptions) => Promise<Service>;

/** Services as programs that are written in code; they tell their books to this process. */
export async function startFromCode({ role, name, env, isBroken, onLine }: ServiceOptions): Promise<Service> {
  let latest: ServiceReport | undefined;
  let listens: () => void = () => {};
  const first = new Promise<void>((resolve) => (listens = resolve));
  const service = startProcess({
    name,
    program: fileURLToPath(new URL(`../${role}.js`, import.meta.url)),
    env: { ...env, SERVICE_NAME: name, DEMO_BREAK: isBroken ? '1' : '0' },
    onLine,
    onMessage(message) {
      if (message.kind !== 'service') return;
      latest = message;
      listens();
    },
  });
  await Promise.race([first, service.ended]);
  return {
    ...service,
    endpoints: latest!.addresses['otlp']!,
    received: () => latest!.received,
    exported: () => latest!.exported,
    sampledAway: () => latest!.sampledAway,
    telemetry: telemetryOf(latest!.addresses),
  };
}

const packages = new URL('../../../packages/', import.meta.url);
const configs = new URL('../../agent-to-gateway/', import.meta.url);
/** What the files expect to be said, where nothing but the demo listens. */
const plaintext = {
  GATEWAY_INSECURE: 'true',
  BACKEND_INSECURE: 'true',
  BACKEND_API_KEY: 'demo',
  HTTP_ENDPOINT: 'localhost:0',
};
const filesOf = {
  agent: ['agent-loadbalancing.yaml', 'demo.yaml', 'demo-agent.yaml'],
  gateway: ['gateway.yaml', 'demo.yaml', 'demo-gateway.yaml'],
} as const;
/** What makes a gateway lose a span: a third configuration, which brings the processor in. */
const loses =
  'yaml:{processors: {lose_one: {}}, service: {pipelines: {traces: {processors: [memory_limiter, lose_one, tail_sampling, batch]}}}}';

/** Services as the command `tributary` with YAML files; what they did is known by the figures that they send. */
export function startFromYaml(figures: Figures, figuresEndpoint: string): StartService {
  return async ({ role, name, env, isBroken, onLine }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tributary-demo-'));
    const readyFile = path.join(folder, 'ready.json');
    try {
      const program = isBroken
        ? new URL('losing-collector.js', import.meta.url)
        : new URL('distribution/bin/tributary.js', packages);
      const files = filesOf[role].map((file) => fileURLToPath(new URL(file, configs)));
      const given = [...files, ...(isBroken ? [loses] : [])].flatMap((config) => ['--config', config]);
      const service = startProcess({
        name,
        program: fileURLToPath(program),
        args: [...given, '--ready-file', readyFile],
        env: { ...plaintext, SERVICE_NAME: name, FIGURES_ENDPOINT: figuresEndpoint, ...env },
        onLine,
      });
      const { addresses } = await Promise.race([
        ready(readyFile),
        service.ended.then(() => neverReady(name)),
      ]);
      return {
        ...service,
        endpoints: addresses['otlp']!,
        received: () => figures.received(name),
        exported: () => figures.exported(name),
        sampledAway: () => figures.sampledAway(name),
        telemetry: telemetryOf(addresses),
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

function telemetryOf(addresses: ServiceReport['addresses']): string {
  return `http://${addresses['service.telemetry']?.['prometheus']}`;
}

/** What the ready file says, as soon as it is there. */
async function ready(file: string): Promise<Pick<ServiceReport, 'addresses'>> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as Pick<ServiceReport, 'addresses'>;
    await sleep(20);
  }
}

function neverReady(name: string): never {
  throw new Error(`${name} ended before it listened`);
}
