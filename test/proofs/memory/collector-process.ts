import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Balance } from '@tributary/collector';
import { forkProgram } from './peer-process.js';

export interface CollectorOptions {
  readonly backend: string;
  /** Without, there is no memory limiter. */
  readonly limitMib?: number | undefined;
  readonly checkInterval?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface LogLine {
  /** Since the epoch. */
  readonly atMs: number;
  readonly level: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

type Message =
  | { readonly type: 'ready'; readonly addresses: Addresses }
  | { readonly type: 'balance'; readonly balance: Balance; readonly memory: NodeJS.MemoryUsage }
  | ({ readonly type: 'log' } & LogLine);
type Addresses = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A collector in a process of its own. */
export class CollectorProcess implements AsyncDisposable {
  readonly log: readonly LogLine[];
  readonly grpc: string;
  readonly http: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | string>;

  private constructor(child: ChildProcess, addresses: Addresses, log: readonly LogLine[]) {
    this.log = log;
    this.#child = child;
    this.grpc = addresses['otlp']!['grpc']!;
    this.http = `http://${addresses['otlp']!['http']!}`;
    this.#exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
    });
  }

  static async start({ execArgv = [], env, ...options }: CollectorOptions): Promise<CollectorProcess> {
    const child = forkProgram('./collector.mjs', JSON.stringify({ checkInterval: '1s', ...options }), {
      execArgv,
      env,
    });
    const log: LogLine[] = [];
    child.on('message', (message: Message) => {
      if (message.type === 'log') log.push(message);
    });
    const addresses = await new Promise<Addresses>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the collector ended with ${code} before it was ready`)));
      child.on('message', (message: Message) => {
        if (message.type === 'ready') resolve(message.addresses);
      });
    });
    return new CollectorProcess(child, addresses, log);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exit(): Promise<number | string> {
    return this.#exit;
  }

  /** From `/proc/<pid>/status`, in MiB: `VmHWM` is the largest resident size so far, `VmRSS` the one now. */
  mib(field: 'VmHWM' | 'VmRSS'): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
  }

  ask(what: 'balance' | 'stop'): Promise<{ readonly balance: Balance; readonly memory: NodeJS.MemoryUsage }> {
    return new Promise((resolve, reject) => {
      const take = (message: Message): void => {
        if (message.type !== 'balance') return;
        this.#child.off('message', take);
        resolve(message);
      };
      this.#child.on('message', take);
      void this.#exit.then((code) => reject(new Error(`the collector ended with ${code}`)));
      this.#child.send(what);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isAlive) this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
