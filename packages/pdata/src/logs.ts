import { BatchBase, createFactory, Records, Request } from './batch.js';
import type { Chunk } from './edit.js';
import { LogRecord, ResourceLogs, ScopeLogs, type ResourceLogsInit } from './generated/views.js';
import type { BatchFactory, Telemetry } from './telemetry.js';

/** A batch of log records. */
export interface Logs extends Telemetry<'logs'> {
  /** Every record in order. Records removed meanwhile are skipped, added ones are not visited. */
  records(): Iterable<LogRecord>;
  resourceLogs(): Iterable<ResourceLogs>;
  /** Adds a copy of a group from any batch, or a new one, and returns it. */
  addResourceLogs(init?: ResourceLogs | ResourceLogsInit): ResourceLogs;
  /** Removes the records for which `keep` is false. */
  filter(keep: (record: LogRecord) => boolean): void;
}

/** @internal */
export class LogsBatch extends BatchBase<'logs'> implements Logs {
  override readonly signal = 'logs';

  protected override make(chunks: Chunk[]): Logs {
    return new LogsBatch(chunks);
  }

  records(): Iterable<LogRecord> {
    return new Records('logs', this.chunks, [ResourceLogs, ScopeLogs, LogRecord]);
  }

  *resourceLogs(): Iterable<ResourceLogs> {
    for (const chunk of this.chunks.slice()) yield* new Request(chunk, 'logs').groups(ResourceLogs);
  }

  addResourceLogs(init: ResourceLogs | ResourceLogsInit = {}): ResourceLogs {
    return this.addGroup(ResourceLogs, 'ResourceLogs', init);
  }

  filter(keep: (record: LogRecord) => boolean): void {
    this.keepOnly(this.records(), keep);
  }
}

/** Makes batches of log records. `from` checks untrusted bytes once; afterwards no view throws. */
export const Logs: BatchFactory<'logs'> = createFactory('logs', (chunks) => new LogsBatch(chunks));
