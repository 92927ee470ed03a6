import * as zlib from 'node:zlib';
import type { Batch, Signal } from '@tributary/component';
import type { Completed } from './config.js';

/** Makes of a batch what is written for it: a line, or bytes with their length before them. */
export type Encode = (batch: Batch<Signal>) => Buffer | Promise<Buffer>;

/** The parts of zlib that only Node 22.15 and later have. */
export interface Zstd {
  zstdCompress(
    bytes: Uint8Array,
    options: { readonly params: Readonly<Record<number, number>> },
    done: (error: Error | null, output: Buffer) => void,
  ): void;
}

/** `ZSTD_c_compressionLevel`, whose name older types do not know. */
const levelParameter = 100;
/** Above, zstd has no level. */
const maxLevel = 22;

/** Whether records are lines: JSON that is not compressed. All others have their length before them. */
export function isLines({ format, compression }: Pick<Completed, 'format' | 'compression'>): boolean {
  return format === 'json' && compression === '';
}

/** @throws Error where this Node cannot compress with zstd */
export function createEncoder(
  config: Pick<Completed, 'format' | 'compression' | 'level'>,
  module: object = zlib,
): Encode {
  const { format, compression, level } = config;
  if (isLines(config)) return (batch) => Buffer.from(`${batch.toJson()}\n`);
  const payloadOf =
    format === 'proto'
      ? (batch: Batch<Signal>): Uint8Array => batch.toBytes()
      : (batch: Batch<Signal>): Uint8Array => Buffer.from(batch.toJson());
  if (compression === '') return (batch) => withLength(payloadOf(batch));

  if (!hasZstd(module)) {
    throw new Error(`compression "zstd" needs Node 22.15 or newer, this is ${process.versions.node}`);
  }
  const params = level === 0 ? {} : { [levelParameter]: Math.min(level, maxLevel) };
  return (batch) =>
    new Promise((resolve, reject) => {
      module.zstdCompress(payloadOf(batch), { params }, (error, output) => {
        if (error === null) resolve(withLength(output));
        else reject(error);
      });
    });
}

function hasZstd(module: object): module is Zstd {
  return 'zstdCompress' in module;
}

/** Four bytes of length, the highest first, and the payload. */
function withLength(payload: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(4 + payload.length);
  record.writeUInt32BE(payload.length);
  record.set(payload, 4);
  return record;
}
