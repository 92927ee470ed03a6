import {
  ConsumeError,
  type Batch,
  type Clock,
  type Component,
  type Settings,
  type Signal,
  type Timer,
} from '@tributary/component';
import type { Completed } from './config.js';
import { createEncoder, isLines, type Encode } from './encode.js';
import { createGroups } from './groups.js';
import { openRecordFile } from './record-file.js';
import { openRotatingFile } from './rotating-file.js';
import { Writer, type Budget, type Owner } from './writer.js';

/**
 * Bytes that may wait to be written, over all files of an exporter. Accepted are few of them; the rest is
 * that of callers who wait.
 */
const maxPendingBytes = 64 * 2 ** 20;
/** What to tell those who find no room, and pauses between the last attempts. */
const retryMs = 1000;
/** What a write that is under way gets after the end of the grace; the collector waits a second. */
const lastMomentMs = 500;

/** What the signals of one exporter write to. */
export interface Output extends Component {
  /** Takes a batch as it is offered to an exporter. */
  write(batch: Batch<Signal>, owner: Owner, signal: AbortSignal): Promise<void>;
  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined;
}

/** Where batches go: one file, or one for each value of an attribute. */
export interface Target {
  start(): Promise<void>;
  write(batch: Batch<Signal>, encode: Encode, owner: Owner, signal: AbortSignal): Promise<void>;
  readonly writers: Iterable<Writer>;
}

/** Opens the writer of a file. A file that was open before is written on, whatever the config says. */
export type OpenWriter = (path: string, wasOpen: boolean) => Promise<Writer>;

export function createOutput(settings: Settings<Completed>): Output {
  const { config, clock, logger, fs } = settings;
  const { path, append, rotation, groupBy } = config;
  const budget: Budget = { bytes: 0 };
  const writerOptions = {
    clock,
    logger,
    budget,
    flushIntervalMs: rotation === undefined ? config.flushIntervalMs : undefined,
    maxRecordBytes: rotation?.maxBytes ?? Infinity,
  };
  const openWriter: OpenWriter = async (file, wasOpen) => {
    const options = { fs, logger, isLines: isLines(config) };
    const existing = append ? 'share' : wasOpen ? 'continue' : 'empty';
    const opened = await (rotation === undefined
      ? openRecordFile(file, { ...options, existing, mode: 0o644 })
      : openRotatingFile(file, rotation, { ...options, clock }));
    return new Writer(file, opened, writerOptions);
  };
  const target =
    groupBy === undefined ? createSingle(path, openWriter) : createGroups(path, groupBy, openWriter, fs);

  let encode: Encode | undefined;
  let opening: Promise<void> | undefined;
  let isClosed = false;

  return {
    async start() {
      if (opening !== undefined || isClosed) throw new Error('a file exporter starts once');
      encode = createEncoder(config);
      await (opening = target.start());
    },

    async write(batch, owner, signal) {
      if (encode === undefined || isClosed) {
        throw new ConsumeError('refused', `${settings.id} is not open`, { retryAfterMs: retryMs });
      }
      if (budget.bytes > 0 && budget.bytes + batch.byteLength > maxPendingBytes) {
        const message = `${budget.bytes} bytes wait to be written`;
        throw new ConsumeError('refused', message, { retryAfterMs: retryMs });
      }
      await target.write(batch, encode, owner, signal);
    },

    admit(bytes = 1) {
      const isFull = budget.bytes > 0 && budget.bytes + bytes > maxPendingBytes;
      return isClosed || isFull ? { retryAfterMs: retryMs } : undefined;
    },

    async shutdown(grace) {
      isClosed = true;
      const deadline = createDeadline(grace, clock);
      try {
        // What is being opened would stay open.
        if (opening !== undefined) await deadline.within(opening.catch(() => {}));
        const writers = [...target.writers];
        const flush = (): Promise<unknown> => Promise.all(writers.map((writer) => writer.flush()));
        await deadline.within(flush());
        while (!grace.aborted && writers.some(({ unwritten }) => unwritten !== undefined)) {
          await clock.sleep(retryMs, grace).catch(() => {}); // aborted: seen above
          await deadline.within(flush());
        }
        for (const writer of writers) writer.abandon('shutdown');
        await deadline.within(Promise.all(writers.map((writer) => writer.close())));
      } finally {
        deadline.stop();
      }
    },
  };
}

function createSingle(path: string, openWriter: OpenWriter): Target {
  let writer: Writer | undefined;
  return {
    async start() {
      writer = await openWriter(path, false);
    },
    async write(batch, encode, owner, signal) {
      const { itemCount: items } = batch;
      const bytes = await encode(batch);
      await writer!.write({ bytes, items, owner }, signal);
    },
    get writers() {
      return writer === undefined ? [] : [writer];
    },
  };
}

/** Gives up waiting a moment after the grace has ended: a disk may hang for ever. */
function createDeadline(
  grace: AbortSignal,
  clock: Clock,
): { within(work: Promise<unknown>): Promise<void>; stop(): void } {
  let timer: Timer | undefined;
  let startTimer = (): void => {};
  const isOver = new Promise<void>((resolve) => {
    startTimer = () => (timer = clock.after(lastMomentMs, resolve));
  });
  if (grace.aborted) startTimer();
  else grace.addEventListener('abort', startTimer);
  return {
    async within(work) {
      await Promise.race([work, isOver]);
    },
    stop() {
      timer?.stop();
      grace.removeEventListener('abort', startTimer);
    },
  };
}
