import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BalanceReport } from '@tributary/collector';
import { onTestFinished } from 'vitest';
import { residentMib } from '../../support/process-status.js';
import { parsePrometheusText } from '../../support/prometheus-text.js';
import { repositoryRoot } from '../../support/tree.js';
import { until } from './processes.js';

/** The command that users run, and the same with faults to choose: see `programs/src/faulty-command.ts`. */
export const command = 'packages/distribution/bin/tributary.js';
export const faultyCommand = 'test/proofs/programs/dist/faulty-command.js';

/** Serves its books and metrics; to be merged into a configuration. */
export const telemetry = `
service:
  telemetry:
    logs: { encoding: json }
    metrics: { readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: 0 } } } }] }
`;

/** A collector of YAML files in a process of its own, until the test has finished. */
export class CommandProcess {
  readonly #child: ChildProcess;
  readonly #readyFile: string;
  readonly #closed: Promise<unknown>;
  stderr = '';

  private constructor(program: string, configs: readonly string[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'tributary-proof-'));
    this.#readyFile = path.join(folder, 'ready.json');
    const files = configs.map((text, i) => {
      const file = path.join(folder, `${i}.yaml`);
      writeFileSync(file, text);
      return ['--config', file];
    });
    this.#child = spawn(
      process.execPath,
      [path.join(repositoryRoot, program), ...files.flat(), '--ready-file', this.#readyFile],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, BACKEND_API_KEY: 'key' } },
    );
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.stderr += String(chunk)));
    this.#closed = once(this.#child, 'close');
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#closed;
      rmSync(folder, { recursive: true });
    });
  }

  /** Resolves when it listens. @throws Error with what it wrote, where it ends before */
  static async start(program: string, configs: readonly string[]): Promise<CommandProcess> {
    const started = new CommandProcess(program, configs);
    await until(() => started.isOver || existsSync(started.#readyFile), 'the collector to listen');
    if (started.isOver) throw new Error(`the collector ended: ${started.stderr}`);
    return started;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get grpc(): string {
    return this.#address('otlp', 'grpc');
  }

  /** Resident memory, in MiB. */
  get residentMib(): number {
    return residentMib(this.#child.pid!, 'VmRSS');
  }

  async balance(): Promise<BalanceReport> {
    return (await (await this.#get('/balance')).json()) as BalanceReport;
  }

  /** The sum of the series with that name after `otelcol_processor_tail_sampling_`. */
  async metric(name: string): Promise<number> {
    const families = parsePrometheusText(await (await this.#get('/metrics')).text());
    const whole = `otelcol_processor_tail_sampling_${name}`;
    let sum = 0;
    for (const [family, { samples }] of families) {
      if (family === whole || family === `${whole}_total`) for (const { value } of samples) sum += value;
    }
    return sum;
  }

  /** The books when nothing is held any more. */
  async drained(limitMs: number): Promise<BalanceReport> {
    const endMs = performance.now() + limitMs;
    for (;;) {
      const balance = await this.balance();
      const held = balance.components.reduce((sum, line) => sum + line.held, 0);
      if (held === 0 || performance.now() > endMs) return balance;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /** Asks it to end; resolves with its exit code. */
  async end(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#closed;
    return this.#child.exitCode;
  }

  #get(page: string): Promise<Response> {
    return fetch(`http://${this.#address('service.telemetry', 'prometheus')}${page}`);
  }

  #address(component: string, listener: string): string {
    const { addresses } = JSON.parse(readFileSync(this.#readyFile, 'utf8')) as {
      readonly addresses: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    return addresses[component]![listener]!;
  }
}
