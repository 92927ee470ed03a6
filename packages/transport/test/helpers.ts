import * as dns from 'node:dns/promises';
import fs, { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Logger } from '@tributary/component';
import { onTestFinished } from 'vitest';
import type { Server, UnaryMethod, UnaryRequest } from '../src/index.js';

/** The real clock: these tests wait for real sockets. */
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return { stop: () => clearTimeout(timer) };
  },
  every(ms, run) {
    const timer = setInterval(() => void run(), ms).unref();
    return { stop: () => clearInterval(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

/** A runtime that keeps its log. */
export function testRuntime(): {
  clock: Clock;
  dns: typeof dns;
  fs: typeof fs;
  logger: Logger;
  lines: LogLine[];
} {
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: unknown): number =>
      lines.push({ level, message, fields });
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { clock, dns, fs, logger, lines };
}

/** Listens until the test is over. */
export async function serving(server: Server): Promise<string> {
  const address = await server.listen();
  onTestFinished(() => server.close(AbortSignal.abort()));
  return address;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-transport-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** What `localhost` stands for here, as the host of a URL; not every machine has IPv6. */
export const loopbacks: readonly string[] = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ address }) => address === '127.0.0.1' || address === '::1')
  .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));

/** A promise and the handle to settle it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

export const echoPath = '/test.Echo/Call';

/** A method map with one method at {@link echoPath}. */
export function method(
  handle: UnaryMethod['handle'],
  admit?: UnaryMethod['admit'],
): ReadonlyMap<string, UnaryMethod> {
  return new Map([[echoPath, admit === undefined ? { handle } : { handle, admit }]]);
}

export const echo = (request: UnaryRequest): Uint8Array => request.message;

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export const plaintext = { insecure: true, insecure_skip_verify: false } as const;

export const never: AbortSignal = new AbortController().signal;
