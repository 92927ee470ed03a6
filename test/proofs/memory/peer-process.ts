import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One of the programs beside this file. */
export function forkProgram(
  name: string,
  argument: string,
  {
    execArgv = [],
    env,
  }: { execArgv?: readonly string[] | undefined; env?: NodeJS.ProcessEnv | undefined } = {},
): ChildProcess {
  return fork(fileURLToPath(new URL(name, import.meta.url)), [argument], {
    execArgv: [...execArgv],
    env: { ...process.env, ...env },
    serialization: 'advanced',
  });
}

/** An OTLP backend that counts how often each span has come, and can stop answering. */
export class Backend implements AsyncDisposable {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.endpoint = endpoint;
  }

  static async start(spans: number): Promise<Backend> {
    const child = forkProgram('./backend.mjs', String(spans));
    const [endpoint] = (await once(child, 'message')) as [string];
    return new Backend(child, endpoint);
  }

  stall(): Promise<void> {
    return this.#ask('stall');
  }

  /** Answers those who wait, and from then on at once. */
  resume(): Promise<void> {
    return this.#ask('resume');
  }

  /** How often each span has come, by its number. */
  arrivals(): Promise<Uint8Array> {
    return this.#ask('arrivals');
  }

  async #ask<T>(what: string): Promise<T> {
    this.#child.send(what);
    const [answer] = (await once(this.#child, 'message')) as [T];
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}
