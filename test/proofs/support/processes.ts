import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { imbalances, type Balance } from '@tributary/collector';
import type { ServiceReport } from '../../../examples/src/demo/messages.js';
import type { BackendListens, BackendOptions, Behave, Behaviour } from '../programs/src/backend-messages.js';
import type { EndClients } from '../programs/src/clients-messages.js';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Everything that was started and may still run. */
const running = new Set<ChildProcess>();

/** For `afterEach`: ends whatever a test that failed has left behind. */
export async function killAll(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  await until(() => running.size === 0, 'the end of all processes');
}

/** Polls: what other processes do has no event here. */
export async function until(isTrue: () => boolean, what: string, limitMs: number = 30_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(10);
  }
}

/** A Node process of a built program. */
export class Program {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  constructor(
    program: string,
    env: Readonly<Record<string, string>>,
    onMessage: (message: unknown) => void,
    onLine: (line: string) => void,
  ) {
    const child = fork(fileURLToPath(new URL(`../../../${program}`, import.meta.url)), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Keeps the maps in the books.
      serialization: 'advanced',
      execArgv: [],
    });
    this.#child = child;
    running.add(child);
    child.on('message', onMessage);
    for (const stream of [child.stdout!, child.stderr!]) createInterface(stream).on('line', onLine);
    // Not 'exit': the last messages and lines may come after it.
    this.ended = once(child, 'close').then(() => {
      running.delete(child);
      return { code: child.exitCode, signal: child.signalCode };
    });
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ending & { readonly ms: number }> {
    const startMs = performance.now();
    this.#child.kill(signal);
    const ending = await this.ended;
    return { ...ending, ms: performance.now() - startMs };
  }

  send(message: Behave | EndClients): void {
    this.#child.send(message);
  }
}

/** An agent, a gateway or another collector, with its reports and what it logged. */
export class CollectorProcess {
  readonly name: string;
  readonly ended: Promise<Ending>;
  /** Lines of the log, as objects, and what else was written, as text. */
  readonly lines: (Readonly<Record<string, unknown>> | string)[] = [];
  /** What did not add up in any of the reports. */
  readonly wrong = new Set<string>();
  /** Where its OTLP receiver takes gRPC. */
  address = '';
  readonly #program: Program;
  #latest: ServiceReport | undefined;

  private constructor(name: string, program: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#program = new Program(
      program,
      env,
      (message) => this.#report(message as ServiceReport),
      (line) => this.lines.push(line.startsWith('{') ? (JSON.parse(line) as {}) : line),
    );
    this.ended = this.#program.ended;
  }

  /** Resolves when it listens. @throws Error with what it wrote, where it ends before */
  static async start(
    name: string,
    program: string,
    env: Readonly<Record<string, string>>,
  ): Promise<CollectorProcess> {
    const started = new CollectorProcess(name, program, env);
    let isOver = false;
    void started.ended.then(() => (isOver = true));
    await until(() => isOver || started.#latest !== undefined, `${name} to listen`);
    if (started.#latest === undefined) throw new Error(`${name} ended: ${JSON.stringify(started.lines)}`);
    return started;
  }

  get latest(): ServiceReport {
    return this.#latest!;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): ReturnType<Program['kill']> {
    return this.#program.kill(signal);
  }

  /** Items that its log names as dropped. */
  get loggedDrops(): number {
    let items = 0;
    for (const line of this.lines) {
      if (typeof line === 'object') items += Number(line['dropped_items'] ?? 0);
    }
    return items;
  }

  /** Items that its last report counts as dropped, by reason. */
  get countedDrops(): Map<string, number> {
    const counted = new Map<string, number>();
    for (const { dropped } of this.latest.balance.components) {
      for (const [reason, items] of dropped) counted.set(reason, (counted.get(reason) ?? 0) + items);
    }
    return counted;
  }

  #report(report: ServiceReport): void {
    // None any more when it has shut down.
    this.address ||= report.addresses['otlp']!['grpc']!;
    this.#latest = report;
    for (const line of imbalances(report.balance)) this.wrong.add(`${this.name}: ${line}`);
  }
}

/** Items that are somewhere in the collector. */
export function heldIn({ components }: Balance): number {
  return components.reduce((sum, { held }) => sum + held, 0);
}

/** The backend, which may be killed and started again at the same address. */
export class BackendProcess {
  readonly address: string;
  readonly #program: Program;

  private constructor(program: Program, address: string) {
    this.#program = program;
    this.address = address;
  }

  static async start(options: BackendOptions): Promise<BackendProcess> {
    let address: string | undefined;
    const errors: string[] = [];
    const program = new Program(
      'test/proofs/programs/dist/backend.js',
      { BACKEND_OPTIONS: JSON.stringify(options) },
      (message) => (address = (message as BackendListens).address),
      (line) => errors.push(line),
    );
    let isOver = false;
    void program.ended.then(() => (isOver = true));
    await until(() => isOver || address !== undefined, 'the backend to listen');
    if (address === undefined) throw new Error(`the backend ended: ${errors.join('\n')}`);
    return new BackendProcess(program, address);
  }

  behave(behaviour: Behaviour): void {
    this.#program.send({ kind: 'behave', behaviour });
  }

  kill(): ReturnType<Program['kill']> {
    return this.#program.kill('SIGKILL');
  }
}
