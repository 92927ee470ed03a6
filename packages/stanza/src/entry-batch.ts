import { LogWriter, type LogRecordInit, type Logs, type SeverityNumber } from '@tributary/pdata';
import { isMap, type Entry, type EntryMap } from './entry.js';
import { severityName } from './severity.js';

/** Puts entries into batches of log records: those that follow one another and share a resource are a group. */
export class EntryBatch {
  readonly #writer = new LogWriter({ numbers: 'double' });
  #resource: EntryMap | undefined;
  #scope = '';

  /** @throws TypeError or RangeError for what cannot be a log record */
  add(entry: Entry): void {
    if (
      this.#resource === undefined ||
      this.#scope !== entry.scopeName ||
      !isSame(this.#resource, entry.resource)
    ) {
      this.#writer.group({
        resource: { attributes: entry.resource },
        ...(entry.scopeName !== '' && { scope: { name: entry.scopeName } }),
      });
      this.#resource = entry.resource;
      this.#scope = entry.scopeName;
    }
    this.#writer.add(recordOf(entry));
  }

  take(): Logs {
    this.#resource = undefined;
    return this.#writer.take();
  }
}

function recordOf(entry: Entry): LogRecordInit {
  const { timestamp, observedTimestamp, severityNumber, severityText, body, attributes } = entry;
  const record: Mutable<LogRecordInit> = {
    observedTimeUnixNano: observedTimestamp,
    body: body,
    attributes: attributes,
  };
  // What a record does not have costs nothing.
  if (timestamp !== 0n) record.timeUnixNano = timestamp;
  if (severityNumber !== 0) {
    const name = severityName(severityNumber);
    record.severityNumber = name.toLowerCase() as SeverityNumber;
    record.severityText = severityText === '' ? name : severityText;
  } else if (severityText !== '') record.severityText = severityText;
  if (entry.traceId !== '') record.traceId = entry.traceId;
  if (entry.spanId !== '') record.spanId = entry.spanId;
  if (entry.traceFlags !== 0) record.flags = entry.traceFlags;
  return record;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function isSame(a: EntryMap, b: EntryMap): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    const [left, right] = [a[key], Object.hasOwn(b, key) ? b[key] : undefined];
    if (left !== right || isMap(left) || Array.isArray(left)) return false;
  }
  return true;
}
