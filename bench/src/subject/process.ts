import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const startLimitMs = 30_000;
const stopLimitMs = 30_000;

/** None of them outlives the bench. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A program under measurement, running. */
export class SubjectProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #ended: Promise<unknown>;
  /** From its start to the moment in which it accepted a connection. */
  readonly bootMs: number;

  private constructor(
    name: string,
    child: ChildProcess,
    logFile: string,
    ended: Promise<unknown>,
    bootMs: number,
  ) {
    this.#name = name;
    this.#child = child;
    this.#logFile = logFile;
    this.#ended = ended;
    this.bootMs = bootMs;
  }

  /** Starts a command of the shell; resolves when it accepts connections at `address`. What it prints goes to a file. */
  static async start(
    name: string,
    command: string,
    address: string,
    folder: string,
  ): Promise<SubjectProcess> {
    const logFile = path.join(folder, 'log');
    const log = openSync(logFile, 'w');
    const begin = performance.now();
    const child = spawn(`exec ${command}`, { shell: true, stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(child);
    const ended = once(child, 'exit').finally(() => running.delete(child));
    while (!(await accepts(address))) {
      if (!isRunning(child)) throw new Error(`${name} ended before it was ready:\n${tail(logFile)}`);
      if (performance.now() - begin > startLimitMs) {
        child.kill('SIGKILL');
        throw new Error(`${name} does not listen on ${address}:\n${tail(logFile)}`);
      }
      await sleep(1);
    }
    return new SubjectProcess(name, child, logFile, ended, performance.now() - begin);
  }

  /** CPU time that it has used, in seconds; the kernel counts in hundredths. */
  cpuSeconds(): number {
    // Behind the name, which may hold anything: user time is field 14, system time 15 (proc(5)).
    const fields = this.#read('stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** The memory that it has now, or has had at most, in MiB. */
  mib(which: 'now' | 'peak'): number {
    const field = which === 'now' ? 'VmRSS' : 'VmHWM';
    return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(this.#read('status'))![1]) / 1024;
  }

  /** Asks it to end, and waits. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs);
    this.#child.kill('SIGTERM');
    await this.#ended;
    clearTimeout(timer);
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0)
      throw new Error(`${this.#name} ended with ${exitCode ?? signalCode}:\n${tail(this.#logFile)}`);
  }

  /** Ends it at once, if it has not ended. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #read(file: string): string {
    if (!isRunning(this.#child)) throw new Error(`${this.#name} has ended:\n${tail(this.#logFile)}`);
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

/** An address that is free at this moment. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `127.0.0.1:${port}`;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-20).join('\n');
}

async function accepts(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // Not there yet.
  } finally {
    socket.destroy();
  }
}
