import { Chunk } from './edit.js';
import { encodeInit, encodeInto } from './encode.js';
import type { LogRecordInit, ResourceInit, ScopeInit } from './generated/views.js';
import { LogsBatch, type Logs } from './logs.js';
import { Writer } from './writer.js';

const resourceLogs = 10;
const resource = 10;
const scopeLogs = 18;
const scope = 10;
const logRecord = 18;
const body = 42;
const stringValue = 10;

/** What a group of records has in common. */
export interface LogGroupInit {
  readonly resource?: ResourceInit;
  readonly scope?: ScopeInit;
}

/**
 * Writes log records one behind the other, for sources that make many. A record costs a third of what it costs to
 * describe it to {@link Logs}, and one of text that is there as bytes a tenth.
 */
export class LogWriter {
  readonly #out: Writer;
  /** Where the bodies of the group that is open begin; none is at 0. */
  #resourceStart = 0;
  #scopeStart = 0;

  /** Records written. */
  count = 0;

  /** `numbers` says what a whole `number` among values is: an integer, as everywhere, or a double. Default `'integer'`. */
  constructor({ numbers = 'integer' }: { readonly numbers?: 'integer' | 'double' } = {}) {
    this.#out = new Writer(2 ** 16, numbers === 'double');
  }

  /** Bytes written, but for the lengths of the group that is open. */
  get byteLength(): number {
    return this.#out.length;
  }

  /** The records from here on are of this resource and scope. @throws as {@link Logs} for what does not fit */
  group(init: LogGroupInit): void {
    this.#close();
    const out = this.#out;
    const resourceBytes = init.resource === undefined ? undefined : encodeInit('Resource', init.resource);
    const scopeBytes = init.scope === undefined ? undefined : encodeInit('Scope', init.scope);
    this.#resourceStart = out.open(resourceLogs);
    if (resourceBytes !== undefined) out.field(resource, resourceBytes);
    this.#scopeStart = out.open(scopeLogs);
    if (scopeBytes !== undefined) out.field(scope, scopeBytes);
  }

  /** @throws as {@link Logs} for what does not fit; nothing of it is written then */
  add(record: LogRecordInit): void {
    this.#assertOpen();
    const out = this.#out;
    const { length } = out;
    const start = out.open(logRecord);
    try {
      encodeInto(out, 'LogRecord', record);
    } catch (error) {
      out.length = length;
      throw error;
    }
    out.close(start);
    this.count++;
  }

  /**
   * A record whose body is the text from `start` to `end`, which must be UTF-8: nobody looks. `common` are its other
   * fields, from {@link LogWriter.fields}.
   */
  addText(text: Buffer, start: number, end: number, common: Uint8Array): void {
    this.#assertOpen();
    const out = this.#out;
    const length = end - start;
    const valueLength = 1 + varintSize(length) + length;
    out.varint(logRecord);
    out.varint(common.length + 1 + varintSize(valueLength) + valueLength);
    out.raw(common);
    out.varint(body);
    out.varint(valueLength);
    out.varint(stringValue);
    out.varint(length);
    out.copy(text, start, end);
    this.count++;
  }

  /** Fields that many records have in common, for {@link LogWriter.addText}. @throws as {@link Logs} */
  static fields(common: Omit<LogRecordInit, 'body'>): Uint8Array {
    return Buffer.from(encodeInit('LogRecord', common));
  }

  /** What was written since the last time. The next record needs a group. */
  take(): Logs {
    this.#close();
    const out = this.#out;
    const chunk = new Chunk(out.toBytes());
    chunk.itemCount = this.count;
    out.length = 0;
    this.count = 0;
    return new LogsBatch(chunk.bytes.length === 0 ? [] : [chunk]);
  }

  #assertOpen(): void {
    if (this.#resourceStart === 0) throw new TypeError('a record needs a group: call group() first');
  }

  #close(): void {
    if (this.#resourceStart === 0) return;
    this.#out.close(this.#scopeStart);
    this.#out.close(this.#resourceStart);
    this.#resourceStart = 0;
  }
}

function varintSize(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}
