import { z } from 'zod';

/** A number of bytes, or a text with a unit: `'16KiB'`, `'1.5mb'`. */
export type ByteSize = number | string;

const units: Readonly<Record<string, number>> = { '': 1, b: 1 };
const prefixes = ['k', 'm', 'g', 't', 'p'];

/** A zod type for {@link ByteSize} that yields bytes. `kb` is 1,000 of them, `kib` 1,024; case does not matter. */
export function byteSize(): z.ZodType<number, ByteSize> {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const bytes = typeof value === 'number' ? value : parseByteSize(value);
    if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
    context.addIssue({ code: 'custom', message: `invalid byte size '${value}'` });
    return z.NEVER;
  });
}

function parseByteSize(text: string): number | undefined {
  const [, count, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const factor = factorOf(unit.toLowerCase());
  return factor === undefined ? undefined : Math.floor(Number(count) * factor);
}

function factorOf(unit: string): number | undefined {
  const power = prefixes.indexOf(unit.slice(0, 1)) + 1;
  if (power > 0 && unit.slice(1) === 'b') return 1000 ** power;
  if (power > 0 && unit.slice(1) === 'ib') return 1024 ** power;
  return units[unit];
}
