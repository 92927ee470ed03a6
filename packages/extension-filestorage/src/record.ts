import { crc32 } from 'node:zlib';
import type { StorageOperation } from '@tributary/component';

/*
 * A segment begins with eight bytes: seven that name the format, one for its version. Records follow, one for each
 * batch of operations, which therefore is there as a whole or not at all. All numbers are little-endian.
 *
 *     head    marker  u32
 *             length of the table  u32
 *             length of the values  u32
 *             CRC-32 of the table  u32
 *             CRC-32 of the four before  u32
 *     table   for each operation
 *             type  u8: 1 sets, 2 deletes
 *             length of the key  u16
 *             length of the value  u32
 *             CRC-32 of the value  u32
 *             key
 *     values  one after another
 *
 * The table stands apart so that a store opens without reading its values. The marker is where to go on behind
 * something that cannot be read, and the head has a sum of its own so that a record whose end is missing is told
 * from one with a wrong length.
 */

export const fileHead: Buffer = Buffer.from('TRIBSEG\x01', 'latin1');
export const headBytes = 20;

const marker = 0x5243_a55a;
const operationBytes = 11;
const maxKeyBytes = 65_535;
/** Of a table or the values of one record. */
const maxPartBytes = 2 ** 31 - 1;
const setting = 1;
const deleting = 2;

/** A batch, ready to be written. */
export interface EncodedRecord {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly entries: readonly RecordEntry[];
}

/** One operation as it stands in a record. */
export interface RecordEntry {
  readonly key: string;
  /** Where the value begins, from the start of the record; `undefined` where the key is deleted. */
  readonly valueAt: number | undefined;
  readonly valueBytes: number;
  readonly valueCrc: number;
}

/** @throws RangeError for what is too long for the format */
export function encodeRecord(operations: readonly StorageOperation[]): EncodedRecord {
  const keys = operations.map(({ key }) => Buffer.from(key));
  let tableBytes = 0;
  let valuesBytes = 0;
  for (const [i, operation] of operations.entries()) {
    const keyBytes = keys[i]!.length;
    if (keyBytes > maxKeyBytes) throw new RangeError(`a key of ${keyBytes} bytes, of ${maxKeyBytes} at most`);
    tableBytes += operationBytes + keyBytes;
    if (operation.type === 'set') valuesBytes += operation.value.length;
  }
  if (tableBytes > maxPartBytes || valuesBytes > maxPartBytes) {
    throw new RangeError(`a batch of ${tableBytes + valuesBytes} bytes`);
  }
  const front = Buffer.allocUnsafe(headBytes + tableBytes);
  const parts: Uint8Array[] = [front];
  const entries: RecordEntry[] = [];
  let at = headBytes;
  let valueAt = front.length;
  for (const [i, operation] of operations.entries()) {
    const { key } = operation;
    const value = operation.type === 'set' ? operation.value : undefined;
    const valueBytes = value?.length ?? 0;
    const valueCrc = value === undefined ? 0 : crc32(value);
    front.writeUInt8(value === undefined ? deleting : setting, at);
    front.writeUInt16LE(keys[i]!.length, at + 1);
    front.writeUInt32LE(valueBytes, at + 3);
    front.writeUInt32LE(valueCrc, at + 7);
    front.set(keys[i]!, at + operationBytes);
    at += operationBytes + keys[i]!.length;
    entries.push({ key, valueAt: value === undefined ? undefined : valueAt, valueBytes, valueCrc });
    if (value === undefined || valueBytes === 0) continue;
    parts.push(value);
    valueAt += valueBytes;
  }
  front.writeUInt32LE(marker, 0);
  front.writeUInt32LE(tableBytes, 4);
  front.writeUInt32LE(valuesBytes, 8);
  front.writeUInt32LE(crc32(front.subarray(headBytes)), 12);
  front.writeUInt32LE(crc32(front.subarray(0, 16)), 16);
  return { parts, bytes: front.length + valuesBytes, entries };
}

/** What the head of a record says. */
export interface RecordHead {
  readonly tableBytes: number;
  readonly valuesBytes: number;
  readonly tableCrc: number;
}

/** Reads a head. `undefined` where there is none; `bytes` has at least `headBytes`. */
export function decodeHead(bytes: Buffer): RecordHead | undefined {
  if (bytes.readUInt32LE(0) !== marker || bytes.readUInt32LE(16) !== crc32(bytes.subarray(0, 16))) {
    return undefined;
  }
  return {
    tableBytes: bytes.readUInt32LE(4),
    valuesBytes: bytes.readUInt32LE(8),
    tableCrc: bytes.readUInt32LE(12),
  };
}

/** Reads a table. `undefined` where it is not what was written. */
export function decodeTable(head: RecordHead, table: Buffer): RecordEntry[] | undefined {
  if (crc32(table) !== head.tableCrc) return undefined;
  const entries: RecordEntry[] = [];
  let valueAt = headBytes + table.length;
  for (let at = 0; at < table.length;) {
    const type = table.readUInt8(at);
    const keyAt = at + operationBytes;
    const keyEnd = keyAt + table.readUInt16LE(at + 1);
    const valueBytes = table.readUInt32LE(at + 3);
    const valueCrc = table.readUInt32LE(at + 7);
    const key = table.toString('utf8', keyAt, keyEnd);
    entries.push({ key, valueAt: type === setting ? valueAt : undefined, valueBytes, valueCrc });
    valueAt += valueBytes;
    at = keyEnd;
  }
  return entries;
}

/** Where the next record may begin, from `from` on; -1 where there is none. */
export function findMarker(bytes: Buffer, from: number): number {
  return bytes.indexOf(markerBytes, from);
}

const markerBytes = Buffer.alloc(4);
markerBytes.writeUInt32LE(marker);

/** Whether bytes too few for a head may be the first of one. */
export function mayBeginHead(bytes: Buffer): boolean {
  const known = Math.min(bytes.length, markerBytes.length);
  return bytes.subarray(0, known).equals(markerBytes.subarray(0, known));
}
