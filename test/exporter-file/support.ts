import * as fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MeterProvider } from '@opentelemetry/api';
import { createCollector, type Collector } from '@tributary/collector';
import type { ExporterRef, Signal } from '@tributary/component';
import { testReceiver, virtualClock, type TestSource, type VirtualClock } from '@tributary/testkit';

/** A line of the log. */
export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A collector whose pipelines end in the exporter. */
export interface Bench extends AsyncDisposable {
  readonly source: TestSource;
  readonly clock: VirtualClock;
  readonly collector: Collector;
  readonly log: readonly Line[];
}

/** What the disk does instead of writing. */
export interface Disk {
  readonly fs: typeof fs;
  /** Bytes that there is room for, over all files; what is above fails with `code`. */
  room: number;
  code: string;
  /** Called before each write, and awaited. */
  beforeWrite: (() => void | Promise<void>) | undefined;
  /** Whether cutting a file off fails as well. */
  failsToTruncate: boolean;
  /** Ends all writing for good, as the end of the process does. */
  kill(): Promise<void>;
  /** What was written, in bytes, call by call. */
  readonly writes: number[];
}

export function tearableDisk(): Disk {
  const handles: FileHandle[] = [];
  const disk: Disk = {
    room: Infinity,
    code: 'ENOSPC',
    beforeWrite: undefined,
    failsToTruncate: false,
    writes: [],
    async kill() {
      disk.beforeWrite = () => new Promise(() => {});
      await Promise.all(handles.map((handle) => handle.close()));
    },
    fs: { ...fs, open: openTearable },
  };

  async function openTearable(...args: Parameters<typeof fs.open>): Promise<FileHandle> {
    const handle = await fs.open(...args);
    handles.push(handle);
    const write = handle.write.bind(handle) as (
      ...of: [Uint8Array, number, number, number | null]
    ) => unknown;
    const truncate = handle.truncate.bind(handle);
    handle.write = (async (bytes: Uint8Array, offset: number, length: number, position: number | null) => {
      await disk.beforeWrite?.();
      const taken = Math.min(length, disk.room);
      if (taken === 0) throw failure(disk.code);
      disk.room -= taken;
      disk.writes.push(taken);
      return write(bytes, offset, taken, position);
    }) as never;
    handle.truncate = async (size) => {
      if (disk.failsToTruncate) throw failure(disk.code);
      await truncate(size);
    };
    return handle;
  }
  return disk;
}

export function failure(code: string): Error {
  return Object.assign(new Error(`${code}: the disk says so`), { code });
}

export async function bench(
  exporter: ExporterRef<Signal>,
  disk?: Disk,
  meterProvider?: MeterProvider,
): Promise<Bench> {
  const source = testReceiver();
  const clock = virtualClock({ startMs: Date.UTC(2022, 8, 14, 5, 2, 14, 173) });
  const log: Line[] = [];
  const add =
    (level: Line['level']) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void log.push({ level, message, fields });
  const pipeline = { receivers: [source], exporters: [exporter] };
  const collector = createCollector({
    runtime: {
      clock,
      ...(disk !== undefined && { fs: disk.fs }),
      ...(meterProvider !== undefined && { meterProvider }),
      logger: { debug() {}, info: add('info'), warn: add('warn'), error: add('error') },
    },
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline, profiles: pipeline },
  });
  await collector.start();
  return { source, clock, collector, log, [Symbol.asyncDispose]: () => collector.shutdown({ graceMs: 0 }) };
}

/** Makes a folder for one test; `await using` removes it. */
export async function scratch(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await fs.mkdtemp(path.join(tmpdir(), 'tributary-file-'));
  return { folder, [Symbol.asyncDispose]: () => fs.rm(folder, { recursive: true }) };
}

/** The payloads of a file of records with their length before them. @throws where it does not end with a whole one */
export function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error(`the record at ${at} is not whole`);
    frames.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return frames;
}

/** The lines of a file. @throws where the last is not whole */
export function linesOf(bytes: Buffer): string[] {
  if (bytes.length === 0) return [];
  const text = bytes.toString();
  if (!text.endsWith('\n')) throw new Error('the last line is not whole');
  return text.slice(0, -1).split('\n');
}
