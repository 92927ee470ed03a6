/** What the kernel tells a program when it starts. */
export interface Kernel {
  readonly pageSize: number;
  /** In a second. */
  readonly ticks: number;
}

const pageSizeKey = 6;
const ticksKey = 17;

/**
 * Reads /proc/self/auxv: pairs of words, of which a machine with 32 bits has short ones. Without it 4096
 * bytes and 100 ticks, as nearly everywhere.
 */
export function parseAuxv(bytes: Buffer, wordBytes: 4 | 8): Kernel {
  const kernel = { pageSize: 4096, ticks: 100 };
  const word = (at: number): number =>
    wordBytes === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
  for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
    const key = word(at);
    const value = word(at + wordBytes);
    if (value === 0 || !Number.isSafeInteger(value)) continue;
    if (key === pageSizeKey) kernel.pageSize = value;
    if (key === ticksKey) kernel.ticks = value;
  }
  return kernel;
}
