import type { Clock, Ledger } from '@tributary/component';
import { beforeEach, expect, it } from 'vitest';
import type { RecordFile } from './record-file.js';
import { Writer, type FileRecord, type Owner } from './writer.js';

/** A file whose writes the test lets end. */
class SlowFile implements RecordFile {
  size = 0;
  readonly written: string[] = [];
  readonly pending: { readonly succeed: () => void; readonly fail: (error: Error) => void }[] = [];

  append(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const succeed = (): void => {
        this.written.push(Buffer.from(bytes).toString());
        resolve();
      };
      this.pending.push({ succeed, fail: reject });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Nothing here waits for time. */
const clock = { after: () => ({ stop() {} }) } as unknown as Clock;
const never = new AbortController().signal;

let file: SlowFile;
let dropped: number;
let owner: Owner;
let budget: { bytes: number };

beforeEach(() => {
  file = new SlowFile();
  dropped = 0;
  budget = { bytes: 0 };
  const ledger = { dropped: (items: number) => void (dropped += items) } as unknown as Ledger;
  owner = { ledger, heldItems: 0, heldBytes: 0 };
});

function writerOf(flushIntervalMs: number | undefined): Writer {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  return new Writer('file', file, { clock, logger, budget, flushIntervalMs, maxRecordBytes: Infinity });
}

function record(text: string): FileRecord {
  return { bytes: Buffer.from(text), items: 1, owner };
}

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('does not write for a caller that has left before', async () => {
  await expect(writerOf(undefined).write(record('a'), AbortSignal.abort())).rejects.toThrow(
    'the caller waits no longer',
  );
  expect([file.pending.length, budget.bytes]).toEqual([0, 0]);
});

it('takes back the record of a caller that leaves, unless it is being written', async () => {
  const writer = writerOf(undefined);
  const leaving = new AbortController();
  const first = writer.write(record('a'), leaving.signal);
  const second = writer.write(record('b'), leaving.signal);
  const third = writer.write(record('c'), never);
  leaving.abort();
  await expect(second).rejects.toMatchObject({ kind: 'retryable' });
  file.pending[0]?.succeed();
  await first;
  await settle();
  file.pending[1]?.succeed();
  await third;
  expect(file.written).toEqual(['a', 'c']);
  expect(budget.bytes).toBe(0);
});

it('writes what comes between the failure of a write and the end of its flush', async () => {
  const writer = writerOf(undefined);
  const first = writer.write(record('a'), never);
  file.pending[0]?.fail(new Error('ENOSPC'));
  const second = Promise.resolve().then(() => writer.write(record('b'), never));
  await expect(first).rejects.toThrow('cannot write to file: ENOSPC');
  await settle();
  file.pending[1]?.succeed();
  await second;
  expect(file.written).toEqual(['b']);
});

it('does not answer twice for what it has given up while it was written', async () => {
  const writer = writerOf(1000);
  await writer.write(record('a'), never);
  const flushing = writer.flush();
  writer.abandon('shutdown');
  expect([dropped, owner.heldItems, owner.heldBytes, budget.bytes]).toEqual([1, 0, 0, 0]);
  file.pending[0]?.succeed();
  await flushing;
  expect([dropped, owner.heldItems, owner.heldBytes, budget.bytes]).toEqual([1, 0, 0, 0]);
});
