import { once } from 'node:events';
import { createServer } from 'node:net';
import { createCollector, type Collector } from '@tributary/collector';
import { loadBalancingExporter, type LoadBalancingExporterConfig } from '@tributary/exporter-loadbalancing';
import { tailSampling } from '@tributary/processor-tailsampling';
import { otlpReceiver } from '@tributary/receiver-otlp';
import {
  dnsServer,
  memoryExporter,
  testReceiver,
  type DnsServer,
  type MemorySink,
  type TestSource,
} from '@tributary/testkit';
import { onTestFinished, vi } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';

const name = 'otel-gateway-headless';

/** A gateway with tail sampling that keeps everything, so that what it puts out says what it has decided about. */
export interface Gateway {
  readonly address: string;
  readonly collector: Collector;
  readonly sink: MemorySink;
}

/** An agent of the third configuration of the seed. */
export interface Agent {
  readonly collector: Collector;
  readonly source: TestSource;
}

/** Gateways at 127.0.0.1, .2, .3 and .4, all on one port, and agents that find them by name. Real sockets, real time. */
export class GatewayFleet {
  readonly gateways: Gateway[] = [];
  readonly agents: Agent[] = [];
  readonly lines: string[] = [];
  readonly #dns: DnsServer;
  readonly #port: number;

  private constructor(dns: DnsServer, port: number) {
    this.#dns = dns;
    this.#port = port;
  }

  /** Starts the gateways, of which the first three have the name, and two agents. */
  static async start(
    gateways: number,
    balancing: Partial<LoadBalancingExporterConfig> = {},
  ): Promise<GatewayFleet> {
    const dns = await dnsServer();
    onTestFinished(() => dns.close());
    const fleet = new GatewayFleet(dns, await freePort());
    for (let index = 0; index < gateways; index++) await fleet.#addGateway();
    fleet.#name(Math.min(3, gateways));
    for (let index = 0; index < 2; index++) await fleet.#addAgent(balancing);
    return fleet;
  }

  /** Gives the name to the first so many gateways, and resolves when every agent knows. */
  async scaleTo(count: number): Promise<void> {
    const before = this.#dns.questions.length;
    this.#name(count);
    // A lookup asks two questions. That which was under way may have the old answer; when an agent asks the next
    // but one, it has dealt with the new one.
    const enough = before + this.agents.length * 2 * 3;
    await vi.waitFor(
      () => {
        if (this.#dns.questions.length < enough) throw new Error('not asked often enough yet');
      },
      { timeout: 10_000 },
    );
  }

  /** Ends agents, then gateways, so that everything has been put out. */
  async end(): Promise<void> {
    for (const { collector } of this.agents) await collector.shutdown();
    await Promise.all(this.gateways.map(({ collector }) => collector.shutdown()));
  }

  #name(count: number): void {
    const a = this.gateways.slice(0, count).map(({ address }) => address.split(':')[0]!);
    this.#dns.set(name, { a });
  }

  async #addGateway(): Promise<void> {
    const address = `127.0.0.${this.gateways.length + 1}:${this.#port}`;
    const sink = memoryExporter();
    const sampling = tailSampling({
      decision_wait: '2s',
      policies: [{ name: 'all', type: 'always_sample' }],
    });
    const receiver = otlpReceiver({ protocols: { grpc: { endpoint: address } } });
    const collector = await this.#run({ receivers: [receiver], processors: [sampling], exporters: [sink] });
    this.gateways.push({ address, collector, sink });
  }

  async #addAgent(balancing: Partial<LoadBalancingExporterConfig>): Promise<void> {
    const source = testReceiver();
    const exporter = loadBalancingExporter({
      protocol: { otlp: { tls: { insecure: true } } },
      resolver: {
        dns: { hostname: name, port: this.#port, interval: '100ms', server: this.#dns.address },
      },
      routing_key: 'traceID',
      ...balancing,
    });
    this.agents.push({ source, collector: await this.#run({ receivers: [source], exporters: [exporter] }) });
  }

  async #run(
    traces: NonNullable<Parameters<typeof createCollector>[0]['pipelines']['traces']>,
  ): Promise<Collector> {
    const collector = createCollector({
      pipelines: { traces },
      runtime: { logger: keepingLogger(this.lines) },
    });
    onTestFinished(() => collector.shutdown());
    await collector.start();
    return collector;
  }
}

/** A port that is free at 127.0.0.1, and so most likely at its neighbours. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
