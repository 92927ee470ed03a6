import { count, fieldsOf, linesOf } from './fields.js';

/** Counters of one line of /proc/diskstats since boot. Sectors have 512 bytes; times in milliseconds. */
export interface DiskStats {
  readonly device: string;
  readonly reads: number;
  readonly readsMerged: number;
  readonly sectorsRead: number;
  readonly readMs: number;
  readonly writes: number;
  readonly writesMerged: number;
  readonly sectorsWritten: number;
  readonly writeMs: number;
  readonly pending: number;
  readonly busyMs: number;
  readonly weightedMs: number;
}

/** Reads /proc/diskstats. Lines with fewer than 14 fields, and devices that nobody has used, are left out. */
export function parseDiskStats(bytes: Buffer): DiskStats[] {
  return linesOf(bytes).flatMap((line) => {
    const fields = fieldsOf(line);
    if (fields.length < 14) return [];
    const values = fields.slice(3, 14).map(count);
    if (values.some(Number.isNaN) || values.every((value) => value === 0)) return [];
    return [
      {
        device: fields[2]!,
        reads: values[0]!,
        readsMerged: values[1]!,
        sectorsRead: values[2]!,
        readMs: values[3]!,
        writes: values[4]!,
        writesMerged: values[5]!,
        sectorsWritten: values[6]!,
        writeMs: values[7]!,
        pending: values[8]!,
        busyMs: values[9]!,
        weightedMs: values[10]!,
      },
    ];
  });
}
