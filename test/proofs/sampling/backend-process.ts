import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** What a backend has taken. */
export interface Taken {
  readonly requests: number;
  readonly largestBytes: number;
  /** By the number of the span: how often, and how often of these without an answer. */
  readonly took: Uint8Array;
  readonly unanswered: Uint8Array;
}

/** An OTLP backend that goes and comes back at its address, in a process of its own until the test has finished. */
export class Backend {
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(numbers: number): Promise<Backend> {
    const file = fileURLToPath(new URL('./backend.mjs', import.meta.url));
    const child = fork(file, [String(numbers)], { serialization: 'advanced', execArgv: [] });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    const [address] = (await once(child, 'message')) as [string];
    return new Backend(child, address);
  }

  /** Takes a little more without an answer, and breaks its connections. */
  go(): Promise<void> {
    return this.#ask('go');
  }

  come(): Promise<void> {
    return this.#ask('come');
  }

  counts(): Promise<Taken> {
    return this.#ask('counts');
  }

  async #ask<T>(what: string): Promise<T> {
    this.#child.send(what);
    const [answer] = (await once(this.#child, 'message')) as [T];
    return answer;
  }
}
