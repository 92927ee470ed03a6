import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync, type FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Collector } from '@tributary/collector';
import { onTestFinished } from 'vitest';
import { repositoryRoot } from '../support/tree.js';

const bin = path.join(repositoryRoot, 'packages/distribution/bin/tributary.js');
/** The command `tributary`, with a folder of its own, until the test has finished. */
export class Running {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly ended: Promise<unknown[]>;
  stderr = '';
  stdout = '';

  constructor(text: string, flags: readonly string[] = []) {
    const folder = mkdtempSync(path.join(tmpdir(), 'tributary-run-'));
    this.folder = folder;
    writeFileSync(this.config, text);
    const argv = [bin, '--config', this.config, '--ready-file', this.readyFile, ...flags];
    const child = spawn(process.execPath, argv, {
      env: { ...process.env, OUT: this.out },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 40_000,
      killSignal: 'SIGKILL',
    });
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += String(chunk)));
    this.ended = once(child, 'close');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.ended;
      rmSync(folder, { recursive: true });
    });
  }

  get config(): string {
    return path.join(this.folder, 'config.yaml');
  }
  get readyFile(): string {
    return path.join(this.folder, 'ready.json');
  }
  get out(): string {
    return path.join(this.folder, 'out.json');
  }

  /** Where the receiver takes HTTP, once it runs. */
  async ready(): Promise<string> {
    let watcher: FSWatcher | undefined;
    const appeared = new Promise<void>((resolve) => {
      const look = (): void => {
        if (existsSync(this.readyFile)) resolve();
      };
      watcher = watch(this.folder, look);
      look();
    });
    await Promise.race([appeared, this.ended]);
    watcher?.close();
    if (!existsSync(this.readyFile)) throw new Error(`did not start: ${this.stderr}`);
    return this.addresses['otlp']!['http']!;
  }

  /** Where its listeners are, by component, as the ready file says now. */
  get addresses(): ReturnType<Collector['addresses']> {
    const { pid, addresses } = JSON.parse(readFileSync(this.readyFile, 'utf8')) as {
      pid: number;
      addresses: ReturnType<Collector['addresses']>;
    };
    if (pid !== this.child.pid) throw new Error(`the ready file is of process ${pid}`);
    return addresses;
  }

  /** Resolves when stderr has this text. */
  async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) {
      const next = await Promise.race([once(this.child.stderr!, 'data'), this.ended.then(() => undefined)]);
      if (next === undefined) throw new Error(`did not say ${text}: ${this.stderr}`);
    }
  }

  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.child.kill(signal);
    const [code] = await this.ended;
    return code;
  }
}
