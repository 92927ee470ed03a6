/**
 * A share with as many digits as its terms have, which are whole numbers: more would say what nobody has
 * measured. 0 where there is nothing to have a share of.
 */
export function ratio(part: number, whole: number): number {
  if (!(whole > 0)) return 0;
  const digits = Math.floor(Math.log10(Math.max(part, whole))) + 1;
  return Number((part / whole).toPrecision(Math.min(100, Math.max(1, digits))));
}
