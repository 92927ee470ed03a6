import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createCollector, type Collector } from '@tributary/collector';
import type { ExtensionRef, StorageProvider } from '@tributary/component';
import { fileLogReceiver, type FileLogReceiverConfig } from '@tributary/receiver-filelog';
import { memoryExporter, virtualClock, type VirtualClock } from '@tributary/testkit';
import { onTestFinished } from 'vitest';
import { countingFiles } from '../support/counting-files.js';
import { measured, type Measurements } from '../support/measured.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A folder with log files, and who writes to them. */
export interface Files {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string | Buffer) => void;
  readonly append: (name: string, text: string | Buffer) => void;
}

export function logFiles(folder: string = temporaryFolder()): Files {
  const at = (name: string): string => path.join(folder, name);
  return {
    folder,
    path: at,
    write: (name, text) => writeFileSync(at(name), text),
    append: (name, text) => appendFileSync(at(name), text),
  };
}

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A collector that reads files. */
export interface Reading {
  readonly clock: VirtualClock;
  readonly sink: ReturnType<typeof memoryExporter>;
  readonly collector: Collector;
  readonly lines: readonly Line[];
  readonly metrics: Measurements;
  /** Polls so often, and lets what was read get to the sink. */
  readonly poll: (times?: number) => Promise<void>;
  /** Bodies of what has arrived. */
  readonly bodies: () => unknown[];
  readonly stop: () => Promise<void>;
  /** Lets what is being read come to its end. */
  readonly settle: () => Promise<void>;
}

export async function read(
  config: FileLogReceiverConfig,
  options: { readonly storage?: ExtensionRef<StorageProvider> } = {},
): Promise<Reading> {
  const clock = virtualClock({ startMs: Date.UTC(2026, 10, 27, 12) });
  const sink = memoryExporter();
  const metrics = measured();
  const { fs, settle } = countingFiles();
  const lines: Line[] = [];
  const note =
    (level: string) =>
    (message: string, fields: Line['fields'] = {}): void =>
      void lines.push({ level, message, fields });
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const collector = createCollector({
    runtime: { clock, logger, fs, meterProvider: metrics.provider },
    ...(options.storage !== undefined && { extensions: [options.storage] }),
    pipelines: { logs: { receivers: [fileLogReceiver(config)], exporters: [sink] } },
  });
  await collector.start();
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    const ending = collector.shutdown();
    let isOver = false;
    void ending.then(() => (isOver = true));
    while (!isOver) {
      await clock.advance(100);
      await settle();
    }
    await ending;
  };
  onTestFinished(stop);
  const reading: Reading = {
    clock,
    sink,
    collector,
    lines,
    metrics,
    async poll(times = 1) {
      for (let i = 0; i < times; i++) {
        await settle();
        await clock.advance(200);
        await settle();
      }
    },
    bodies: () => sink.logRecords.map(({ body }) => body),
    stop,
    settle,
  };
  await settle();
  return reading;
}
