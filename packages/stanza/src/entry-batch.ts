import {
  double,
  LogWriter,
  type AttributeInput,
  type LogRecordInit,
  type Logs,
  type SeverityNumber,
} from '@tributary/pdata';
import { isMap, type Entry, type EntryMap, type EntryValue } from './entry.js';
import { put } from './field.js';
import { severityName } from './severity.js';

/** Puts entries into batches of log records: those that follow one another and share a resource are a group. */
export class EntryBatch {
  readonly #writer = new LogWriter();
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
        resource: { attributes: valuesOf(entry.resource) },
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
  const {
    timestamp,
    observedTimestamp,
    severityNumber: number,
    severityText,
    traceId,
    spanId,
    traceFlags,
  } = entry;
  const severity = number === 0 ? '' : severityName(number);
  return {
    timeUnixNano: timestamp,
    observedTimeUnixNano: observedTimestamp,
    severityNumber: (severity === '' ? 'unspecified' : severity.toLowerCase()) as SeverityNumber,
    severityText: severityText === '' ? severity : severityText,
    body: valueOf(entry.body),
    attributes: valuesOf(entry.attributes),
    flags: traceFlags,
    traceId,
    spanId,
  };
}

function valueOf(value: EntryValue): AttributeInput {
  if (typeof value === 'number') return Number.isInteger(value) ? double(value) : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Array.isArray(value)
    ? (value as readonly EntryValue[]).map((each) => valueOf(each))
    : valuesOf(value as EntryMap);
}

/** The map itself, where nothing in it has to be said otherwise: most hold texts alone. */
function valuesOf(map: EntryMap): Readonly<Record<string, AttributeInput>> {
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') continue;
    const converted = Object.create(null) as Record<string, AttributeInput>;
    for (const each of Object.keys(map)) put(converted as EntryMap, each, valueOf(map[each]!) as EntryValue);
    return converted;
  }
  return map as Readonly<Record<string, AttributeInput>>;
}

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
