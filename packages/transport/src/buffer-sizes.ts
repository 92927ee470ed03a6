/** `read_buffer_size` and `write_buffer_size`, which are taken for the sake of the Collector's configs alone. */
import type { Logger } from '@tributary/component';
import { z } from 'zod';

/** The two keys completed. */
export interface BufferSizes {
  readonly read_buffer_size: number;
  readonly write_buffer_size: number;
}

function size(key: keyof BufferSizes): z.ZodDefault<z.ZodType<number, number>> {
  return z
    .int()
    .min(0, { error: ({ input }) => `invalid ${key} value: ${String(input)}` })
    .default(0);
}

/** The two keys, to be spread into a schema: `z.strictObject({ endpoint, ...bufferSizesShape })`. */
export const bufferSizesShape: Readonly<Record<keyof BufferSizes, z.ZodDefault<z.ZodType<number, number>>>> =
  {
    read_buffer_size: size('read_buffer_size'),
    write_buffer_size: size('write_buffer_size'),
  };

/** Tells that sizes that are set have no effect. */
export function warnOfBufferSizes(sizes: BufferSizes, logger: Logger): void {
  for (const key of ['read_buffer_size', 'write_buffer_size'] as const) {
    const value = sizes[key];
    if (value > 0) logger.warn('Has no effect: Node has its own sizes of buffers', { key, value });
  }
}
