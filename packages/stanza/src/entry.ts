/** A value in an entry. A `number` is a double, whole or not; a `bigint` is an integer. */
export type EntryValue =
  string | number | bigint | boolean | null | Uint8Array | readonly EntryValue[] | EntryMap;

/** Its keys are data: `__proto__` is one like any other, and set by `put`. */
export interface EntryMap {
  [key: string]: EntryValue;
}

/** A log record on its way through operators, which change it in place. */
export interface Entry {
  body: EntryValue;
  attributes: EntryMap;
  resource: EntryMap;
  /** Nanoseconds since the epoch; 0 where nothing told. */
  timestamp: bigint;
  observedTimestamp: bigint;
  /** 1 to 24, as OTLP has it; 0 where nothing told. */
  severityNumber: number;
  severityText: string;
  scopeName: string;
  /** Hexadecimal; '' where there is none. */
  traceId: string;
  spanId: string;
  traceFlags: number;
  receipt: Receipt;
}

/**
 * By it whoever made an entry learns when nothing of it is on its way any more: then the place in the file may move on.
 * An entry has one hold. A copy takes one more; whoever ends one of them, wherever, releases one.
 */
export interface Receipt {
  hold(): void;
  release(): void;
}

/** Of an entry that nobody waits for. */
export const noReceipt: Receipt = { hold() {}, release() {} };

/** An ordinary object, which is faster than one without a prototype: keys are asked for with `Object.hasOwn`. */
export function emptyMap(): EntryMap {
  return {};
}

/** `attributes` are the entry's from now on. */
export function newEntry(
  body: EntryValue,
  observedTimestamp: bigint,
  receipt: Receipt,
  attributes: EntryMap = emptyMap(),
): Entry {
  return {
    body,
    attributes,
    resource: emptyMap(),
    timestamp: 0n,
    observedTimestamp,
    severityNumber: 0,
    severityText: '',
    scopeName: '',
    traceId: '',
    spanId: '',
    traceFlags: 0,
    receipt,
  };
}

export function isMap(value: EntryValue | undefined): value is EntryMap {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** A copy that shares nothing that changes. It holds the receipt once more. */
export function copyOf(entry: Entry): Entry {
  entry.receipt.hold();
  return {
    ...entry,
    body: copyOfValue(entry.body),
    attributes: copyOfValue(entry.attributes) as EntryMap,
    resource: copyOfValue(entry.resource) as EntryMap,
  };
}

function copyOfValue(value: EntryValue): EntryValue {
  if (Array.isArray(value)) return value.map((each: EntryValue) => copyOfValue(each));
  if (!isMap(value)) return value;
  const copy = emptyMap();
  for (const key of Object.keys(value)) put(copy, key, copyOfValue(value[key]!));
  return copy;
}

/** Bytes that an entry keeps alive, roughly. */
export function sizeOf(entry: Entry): number {
  return 200 + sizeOfValue(entry.body) + sizeOfValue(entry.attributes) + sizeOfValue(entry.resource);
}

function sizeOfValue(value: EntryValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof Uint8Array) return value.length;
  let size = 16;
  if (Array.isArray(value)) for (const each of value as readonly EntryValue[]) size += sizeOfValue(each);
  else for (const key of Object.keys(value)) size += 16 + key.length + sizeOfValue((value as EntryMap)[key]!);
  return size;
}

/** Sets a key, whatever it is called. */
export function put<V extends EntryValue>(map: EntryMap, key: string, value: V): V {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

export function layOver(map: EntryMap, other: EntryMap): void {
  for (const key of Object.keys(other)) put(map, key, other[key]!);
}

/** Adds what `map` does not have. */
export function layUnder(map: EntryMap, other: EntryMap): EntryMap {
  for (const key of Object.keys(other)) if (!Object.hasOwn(map, key)) put(map, key, other[key]!);
  return map;
}
