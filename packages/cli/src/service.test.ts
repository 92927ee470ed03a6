import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Collector, CollectorOptions } from '@tributary/collector';
import { defineReceiver, type Logger } from '@tributary/component';
import { memoryExporter, sampleTraces, testReceiver, virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ServiceProcess, ServiceSignal } from './process.js';
import { createReadyFile } from './ready-file.js';
import { runService } from './service.js';

/** A process whose signals the test sends. */
class TestProcess implements ServiceProcess {
  readonly pid = 4711;
  readonly exits: number[] = [];
  readonly listeners = new Map<ServiceSignal, () => void>();
  isAlive = false;

  onSignal(signal: ServiceSignal, listener: () => void): () => void {
    this.listeners.set(signal, listener);
    return () => this.listeners.delete(signal);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  keepAlive(): () => void {
    this.isAlive = true;
    return () => (this.isAlive = false);
  }

  nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  send(signal: ServiceSignal): void {
    this.listeners.get(signal)?.();
  }
}

function folderForTest(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A service under way. `isReady` resolves when its ready file is there. */
function service(options: CollectorOptions | (() => CollectorOptions), { graceMs = 10_000 } = {}) {
  const folder = folderForTest();
  const host = new TestProcess();
  const clock = virtualClock();
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  const says = (message: string): Promise<void> => new Promise((resolve) => waiting.set(message, resolve));
  const write = (message: string): void => {
    lines.push(message);
    waiting.get(message)?.();
  };
  const logger: Logger = { debug() {}, info: write, warn: write, error: write };
  const file = createReadyFile(path.join(folder, 'ready.json'), host.pid, fs);
  let tellReady: () => void = () => {};
  const written = (): Promise<void> => new Promise((resolve) => (tellReady = resolve));
  const isReady = written();
  const done = runService({
    load: async () => ({
      options: { ...(typeof options === 'function' ? options() : options), runtime: { clock, logger } },
      warnings: [],
    }),
    graceMs,
    readyFile: {
      async write(addresses: ReturnType<Collector['addresses']>) {
        await file.write(addresses);
        tellReady();
      },
      remove: () => file.remove(),
    },
    host,
    clock,
  });
  return { done, host, clock, lines, isReady, written, says, folder };
}

describe('a collector as the job of a process', () => {
  it('ends on the first signal when everything has been delivered', async () => {
    const source = testReceiver();
    const sink = memoryExporter();
    const { done, host, clock, isReady } = service({
      pipelines: { traces: { receivers: [source], exporters: [sink] } },
    });
    await isReady;
    expect(host.isAlive).toBe(true);
    await source.send(sampleTraces({ spans: 3 }));
    host.send('SIGTERM');
    await done;
    expect([sink.items, host.isAlive, host.listeners.size]).toEqual([3, false, 0]);
    expect(host.exits).toEqual([]);
    await clock.advance('1s');
    expect(host.exits, 'a component that was given up').toEqual([0]);
  });

  it('tells where it listens and who it is while it runs, in a file that is never there in part', async () => {
    const { done, host, isReady, folder } = service({
      pipelines: { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } },
    });
    await isReady;
    expect(readdirSync(folder)).toEqual(['ready.json']);
    const text = readFileSync(path.join(folder, 'ready.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ pid: 4711, addresses: {} });
    host.send('SIGINT');
    await done;
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends at once on a second signal', async () => {
    const { stuck, release } = stuckReceiver();
    const { done, host, isReady } = service({
      pipelines: { traces: { receivers: [stuck], exporters: [memoryExporter()] } },
    });
    await isReady;
    host.send('SIGTERM');
    expect(host.exits).toEqual([]);
    host.send('SIGINT');
    expect(host.exits).toEqual([130]);
    release();
    await done;
  });

  it('ends within its grace where a component does not end', async () => {
    const { stuck, release } = stuckReceiver();
    const { done, host, clock, isReady, says } = service(
      { pipelines: { traces: { receivers: [stuck], exporters: [memoryExporter()] } } },
      { graceMs: 5_000 },
    );
    await isReady;
    const isEnding = says('Starting shutdown...');
    host.send('SIGTERM');
    await isEnding;
    let isDone = false;
    const ended = done.then(() => (isDone = true));
    await clock.advance('4999ms');
    expect(isDone).toBe(false);
    await clock.advance('1ms');
    await ended;
    release();
  });

  it('says with numbers what could not be delivered', async () => {
    const holding = defineReceiver({
      type: 'holding',
      config: z.strictObject({}),
      traces: ({ ledger }) => {
        ledger.held(() => 7);
        return {
          start: () => ledger.created(10),
          shutdown() {
            ledger.dropped(3, 'test');
            // What is removed on purpose is no loss.
            ledger.filtered(5);
          },
        };
      },
    });
    const { done, host, isReady } = service({
      pipelines: { traces: { receivers: [holding()], exporters: [memoryExporter()] } },
    });
    await isReady;
    host.send('SIGTERM');
    await expect(done).rejects.toThrow('not everything was delivered: 3 items dropped, 7 items left behind');
  });

  it('fails with the reason where a component cannot go on', async () => {
    let fail: () => void = () => {};
    const failing = defineReceiver({
      type: 'failing',
      config: z.strictObject({}),
      traces: () => ({
        start(host) {
          fail = () => host.report({ status: 'fatal_error', error: new Error('the disk is gone') });
        },
      }),
    });
    const { done, host, clock, isReady } = service({
      pipelines: { traces: { receivers: [failing()], exporters: [memoryExporter()] } },
    });
    await isReady;
    fail();
    await expect(done).rejects.toThrow('the disk is gone');
    await clock.advance('1s');
    expect(host.exits).toEqual([1]);
  });

  it('fails with the reason where it cannot start', async () => {
    const failing = defineReceiver({
      type: 'failing',
      config: z.strictObject({}),
      traces: () => ({
        start() {
          throw new Error('no disk');
        },
      }),
    });
    const { done, host } = service({
      pipelines: { traces: { receivers: [failing()], exporters: [memoryExporter()] } },
    });
    await expect(done).rejects.toThrow('failed to start "failing" receiver');
    expect([host.isAlive, host.listeners.size]).toEqual([false, 0]);
  });
});

describe('a reload', () => {
  it('runs the new configuration', async () => {
    const source = testReceiver();
    const sinks = [memoryExporter(), memoryExporter()];
    let loads = 0;
    const { done, host, isReady, written } = service(() => ({
      pipelines: { traces: { receivers: [source], exporters: [sinks[loads++]!] } },
    }));
    await isReady;
    await source.send(sampleTraces({ spans: 1 }));
    const isReloaded = written();
    host.send('SIGHUP');
    await isReloaded;
    await source.send(sampleTraces({ spans: 2 }));
    host.send('SIGTERM');
    await done;
    expect([loads, ...sinks.map(({ items }) => items)]).toEqual([2, 1, 2]);
  });

  it('of a configuration that is wrong leaves the old one running, and says why', async () => {
    const source = testReceiver();
    const sink = memoryExporter();
    let loads = 0;
    const { done, host, lines, isReady, says } = service(() => {
      if (loads++ > 0) throw new Error('no such file');
      return { pipelines: { traces: { receivers: [source], exporters: [sink] } } };
    });
    await isReady;
    const isTold = says('The new configuration is not used; what ran before runs on.');
    host.send('SIGHUP');
    await isTold;
    await source.send(sampleTraces({ spans: 2 }));
    host.send('SIGTERM');
    await done;
    expect([loads, sink.items, lines.includes('Received signal from OS')]).toEqual([2, 2, true]);
  });

  it('is one for several signals that come while another is under way', async () => {
    const source = testReceiver();
    const sink = memoryExporter();
    let loads = 0;
    const { done, host, isReady, written, says } = service(() => {
      loads++;
      return { pipelines: { traces: { receivers: [source], exporters: [sink] } } };
    });
    await isReady;
    const isUnderWay = says('Received signal from OS');
    const first = written();
    host.send('SIGHUP');
    await isUnderWay;
    for (let i = 0; i < 5; i++) host.send('SIGHUP');
    await first;
    await written();
    host.send('SIGTERM');
    await done;
    expect(loads).toBe(3);
  });
});

/** A receiver that does not shut down before it is released. */
function stuckReceiver() {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const define = defineReceiver({
    type: 'stuck',
    config: z.strictObject({}),
    traces: () => ({ shutdown: () => released }),
  });
  return { stuck: define(), release };
}
