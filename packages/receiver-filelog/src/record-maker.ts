import { isUtf8 } from 'node:buffer';
import type { Ledger } from '@tributary/component';
import { LogWriter, type Logs } from '@tributary/pdata';
import {
  newEntry,
  put,
  type Entry,
  type EntryMap,
  type Operators,
  type Receipt,
  type Template,
} from '@tributary/stanza';
import type { FileLogSettings } from './config.js';
import type { Counters } from './counters.js';
import type { Encoding } from './decoder.js';
import type { Position } from './position.js';
import type { Splitter, Token } from './splitter.js';
import type { TrackedFile } from './tracked-file.js';

/** Makes records of the bytes of files. */
export interface RecordMaker {
  /**
   * Makes records of what was read of a file from `from` on, with `isEnd` also of what has no end yet. Records that
   * pass operators are on their way when this returns, and hold `receipt` for as long as they are.
   */
  make(file: TrackedFile, bytes: Buffer, from: Position, isEnd: boolean, receipt: () => Receipt): Made;
}

/** What a read has come to. */
export interface Made {
  /** Where to read on. */
  readonly next: Position;
  /** The records, where they pass no operators and there are some. */
  readonly logs: Logs | undefined;
}

/** How bytes become text, and text becomes records. */
export interface TextSettings {
  readonly config: Pick<
    FileLogSettings,
    'max_log_size_behavior' | 'include_file_record_number' | 'include_file_record_offset'
  >;
  readonly encoding: Encoding;
  readonly splitter: Splitter;
  readonly ledger: Ledger;
  readonly counters: Pick<Counters, 'invalid' | 'tooLong'>;
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint;
}

/**
 * For records that are their lines and what all of them have in common: written as the bytes that they are, which costs
 * a tenth of an entry.
 */
export function createPlainMaker(
  { config, encoding, splitter, ledger, counters, now }: TextSettings,
  attributes: Readonly<Record<string, string>>,
  resource: Readonly<Record<string, string>>,
): RecordMaker {
  const writer = new LogWriter();
  const decode = createDecode(encoding, counters);
  return {
    make(file, bytes, from, isEnd) {
      writer.group({ resource: { attributes: resource } });
      const common = { observedTimeUnixNano: now(), attributes: { ...file.attributes, ...attributes } };
      const fields = LogWriter.fields(common);
      const isText = encoding.isUtf8 && isUtf8(bytes);
      const cursor = new Cursor(from, config.max_log_size_behavior === 'truncate', counters);
      const end = splitter.split(bytes, isEnd, (token) => {
        if (!cursor.takes(token)) return;
        if (isText) writer.addText(bytes, token.start, token.end, fields);
        else writer.add({ ...common, body: decode(bytes.subarray(token.start, token.end)) });
      });
      ledger.created(writer.count);
      const logs = writer.take();
      return { next: cursor.position(end), logs: logs.itemCount > 0 ? logs : undefined };
    },
  };
}

/** Reads the header of files. */
export interface HeaderReader {
  readonly matches: (line: string) => boolean;
  /** What a line of the header says of all others. */
  readonly read: (line: string) => EntryMap;
}

/** What makes entries of records. */
export interface EntrySettings extends TextSettings {
  readonly attributes: readonly (readonly [string, Template])[];
  readonly resource: readonly (readonly [string, Template])[];
  readonly operators: Operators;
  readonly header: HeaderReader | undefined;
}

/** For records that something is done with, or that differ in more than their text. */
export function createEntryMaker(settings: EntrySettings): RecordMaker {
  const { config, encoding, splitter, ledger, counters, now, attributes, resource, operators, header } =
    settings;
  const decode = createDecode(encoding, counters);

  /** Whether it is a line of the header, which is no record. */
  function isOfHeader(file: TrackedFile, body: string | Buffer): boolean {
    if (header === undefined || file.isHeaderOver) return false;
    if (typeof body === 'string' && header.matches(body)) {
      Object.assign(file.header, header.read(body));
      return true;
    }
    file.isHeaderOver = true;
    return false;
  }

  function complete(entry: Entry): void {
    for (const [key, template] of attributes) put(entry.attributes, key, template(entry));
    for (const [key, template] of resource) put(entry.resource, key, template(entry));
  }

  return {
    make(file, bytes, from, isEnd, receipt) {
      const observed = now();
      const isText = encoding.isUtf8 && isUtf8(bytes);
      const cursor = new Cursor(from, config.max_log_size_behavior === 'truncate', counters);
      const end = splitter.split(bytes, isEnd, (token) => {
        if (!cursor.takes(token)) return;
        const record = bytes.subarray(token.start, token.end);
        const body = isText ? record.toString('utf8') : decode(record);
        if (isOfHeader(file, body)) return;
        const entry = newEntry(body, observed, receipt(), { ...file.header, ...file.attributes });
        complete(entry);
        if (config.include_file_record_number)
          entry.attributes['log.file.record_number'] = BigInt(cursor.records);
        if (config.include_file_record_offset)
          entry.attributes['log.file.record_offset'] = BigInt(from.offset + token.start);
        ledger.created(1);
        operators.process(entry);
      });
      return { next: cursor.position(end), logs: undefined };
    },
  };
}

/** The text of a record; what is no UTF-8, and should be, is counted. */
function createDecode(encoding: Encoding, counters: TextSettings['counters']): Encoding['decode'] {
  if (!encoding.isUtf8) return (bytes) => encoding.decode(bytes);
  return (bytes) => {
    if (!isUtf8(bytes)) counters.invalid();
    return encoding.decode(bytes);
  };
}

/** Counts records, and leaves out what is none. */
class Cursor {
  records: number;
  readonly #offset: number;
  readonly #truncates: boolean;
  readonly #counters: TextSettings['counters'];
  #isCut: boolean;
  /** The record goes on behind the piece that was last. */
  #goesOn = false;

  constructor({ offset, records, isCut }: Position, truncates: boolean, counters: TextSettings['counters']) {
    this.#counters = counters;
    this.#offset = offset;
    this.records = records;
    this.#isCut = isCut;
    this.#truncates = truncates;
  }

  /** Whether it becomes a record: what is empty does not, nor the rest of one that was too long. */
  takes({ start, end, goesOn }: Token): boolean {
    const isRest = this.#isCut;
    if (goesOn && !this.#goesOn && !isRest) this.#counters.tooLong();
    this.#goesOn = goesOn;
    this.#isCut = goesOn && this.#truncates;
    if (isRest && this.#truncates) return false;
    this.records++;
    return end > start;
  }

  /** Behind so many bytes. */
  position(bytes: number): Position {
    return { offset: this.#offset + bytes, records: this.records, isCut: this.#isCut };
  }
}
